/** The cache in words of merchants. */
import type { CacheMiss } from '~/core/cache-outcome';
import { formatInstant, formatSpan } from './formats';
import type { StateWords } from './state-words';

/** Why a product was read, as a legend has room for, in the order of the charts. */
export const MISS_GROUPS: readonly { name: string; causes: readonly CacheMiss[] }[] = [
  { name: 'Never read before', causes: ['cold'] },
  { name: 'Too old to be written over', causes: ['expired'] },
  { name: 'Shopify told of a change', causes: ['webhook'] },
  { name: 'Found changed by a check', causes: ['reconciliation', 'warming'] },
  { name: 'Asked for by somebody', causes: ['person', 'api'] },
  { name: 'A write had no answer', causes: ['doubt'] },
];

/** Who or what marked an entry. */
export function invalidatedWords(by: string | null): string {
  switch (by) {
    case 'reconciliation':
      return 'a check of the store found it changed';
    case 'warming':
      return 'warming found it changed';
    case 'person':
      return 'somebody asked for it here';
    case 'api':
      return 'a program asked for it';
    case 'doubt':
      return 'a write had no answer';
    default:
      return 'Shopify told of a change';
  }
}

export interface ShownEntry {
  state: 'empty' | 'invalidated' | 'expired' | 'fresh' | 'pinned';
  stateAt: string | null;
  invalidatedBy: string | null;
}

export function entryBadge({ state }: Pick<ShownEntry, 'state'>): StateWords {
  switch (state) {
    case 'empty':
      return { label: 'Nothing cached', tone: 'attention' };
    case 'invalidated':
      return { label: 'To be read', tone: 'attention' };
    case 'expired':
      return { label: 'To be confirmed', tone: 'info' };
    case 'fresh':
      return { label: 'Fresh', tone: 'success' };
    case 'pinned':
      return { label: 'Pinned', tone: 'success' };
  }
}

/** What the state means for the next sync. */
export function entrySentence({ state, stateAt, invalidatedBy }: ShownEntry, timeZone: string): string {
  const at = stateAt === null ? '' : formatInstant(stateAt, timeZone);
  switch (state) {
    case 'empty':
      return 'The next sync reads it from Shopify.';
    case 'invalidated':
      return `The next sync reads it from Shopify: ${invalidatedWords(invalidatedBy)}, ${at}.`;
    case 'expired':
      return `Trusted until ${at}: before something is written over, Shopify is asked once more.`;
    case 'fresh':
      return `Trusted until ${at}: nothing is read before it is written.`;
    case 'pinned':
      return 'Trusted however old. Changes that Shopify tells of are still read.';
  }
}

const TTL_CHOICES = [60, 600, 3_600, 21_600, 86_400, 604_800];

/** Times to live to choose from, `own` among them; "" stands for what holds otherwise. */
export function ttlOptions(own: number | null, usual: string): { value: string; label: string }[] {
  const seconds = [...new Set([...TTL_CHOICES, ...(own === null ? [] : [own])])].sort((a, b) => a - b);
  return [
    { value: '', label: usual },
    ...seconds.map((each) => ({ value: String(each), label: ttlWords(each) })),
  ];
}

/** "10 min", "1 h", "7 d". */
export function ttlWords(seconds: number): string {
  const days = seconds / 86_400;
  return days >= 1 && Number.isInteger(days) ? `${days} d` : formatSpan(seconds);
}

/** Why fields were left as they are (SkipReason of app/core/decision.ts, and what the line adds). */
export function skipWords(reason: string): string {
  switch (reason) {
    case 'unchanged-products':
      return 'Products of which nothing moved';
    case 'unchanged':
      return 'Nothing changed on either side';
    case 'converged':
      return 'Both sides already held the same';
    case 'unmanaged':
      return 'The catalog says nothing of it';
    case 'only-in-shopify':
      return 'Only Shopify has it, and it was never yours';
    case 'deleted-in-shopify':
      return 'Deleted in Shopify, and not made again unasked';
    case 'not-chosen':
      return 'Not among the products of this store';
    case 'not-possible':
      return 'Shopify cannot be told it';
    default:
      return reason.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
  }
}
