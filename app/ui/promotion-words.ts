/** Promotions in a merchant's words. Pure. */
import type { PromotionState } from '~/core/promotion';
import { formatInstant } from './formats';
import type { StateWords } from './state-words';

/** What a priority is called: where promotions overlap the higher one wins. */
const PRIORITY_WORDS: [number, string][] = [
  [0, 'Lowest'],
  [250, 'Low'],
  [500, 'Normal'],
  [750, 'High'],
  [1_000, 'Highest'],
];
export const USUAL_PRIORITY = 500;

/** The priorities to choose from; `held` is offered too where it is none of them. */
export function priorityChoices(held: number): { value: string; label: string }[] {
  const choices = PRIORITY_WORDS.map(([value, label]) => ({ value: String(value), label }));
  return PRIORITY_WORDS.some(([value]) => value === held)
    ? choices
    : [...choices, { value: String(held), label: priorityWords(held) }];
}

/** "High"; of one that has no name "Number 42 of 1,000". */
export function priorityWords(priority: number): string {
  return PRIORITY_WORDS.find(([value]) => value === priority)?.[1] ?? `Number ${priority} of 1,000`;
}

interface Turned {
  state: PromotionState;
  activatedAt: string | null;
}

const STATES: Record<PromotionState, StateWords> = {
  scheduled: { label: 'Scheduled', tone: 'attention', progress: 'incomplete' },
  active: { label: 'On now', tone: 'success', progress: 'partiallyComplete' },
  ended: { label: 'Ended', progress: 'complete' },
  cancelled: { label: 'Cancelled', progress: 'incomplete' },
};

/** It ended while nobody was there to begin it. */
export const isMissed = ({ state, activatedAt }: Turned): boolean =>
  state === 'ended' && activatedAt === null;

/** Where a promotion stands. */
export function promotionStateWords(promotion: Turned): StateWords {
  return isMissed(promotion)
    ? { label: 'Missed', tone: 'critical', progress: 'incomplete' }
    : STATES[promotion.state];
}

interface Span {
  startsAt: string;
  /** Null: open. */
  endsAt: string | null;
}

/** "27 Nov 2026, 00:00 to 1 Dec 2026, 00:00", "from 27 Nov 2026, 00:00, until somebody ends it". */
export function spanWords({ startsAt, endsAt }: Span, timeZone: string): string {
  const start = formatInstant(startsAt, timeZone);
  return endsAt === null
    ? `from ${start}, until somebody ends it`
    : `${start} to ${formatInstant(endsAt, timeZone)}`;
}

/** How many products Shopify has still to take; null where nothing is to be said. */
export function followWords(promotion: Turned & { productsToFollow: number }): string | null {
  const { state, activatedAt, productsToFollow } = promotion;
  if (activatedAt === null || state === 'scheduled') return null;
  const products =
    productsToFollow === 1 ? '1 product' : `${productsToFollow.toLocaleString('en-US')} products`;
  if (state === 'active')
    return productsToFollow === 0
      ? 'Shopify has the prices of all its products.'
      : `${products} still to follow in Shopify.`;
  return productsToFollow === 0
    ? 'All its products are back to what lies beneath.'
    : `${products} still to go back in Shopify.`;
}
