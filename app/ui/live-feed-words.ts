/** The live feed in a merchant's words. */
import { beginningOf, stepsOf } from '~/core/live-feed';
import type { FeedInstants, StepKind } from '~/core/live-feed';
import { counted, formatLatency } from './formats';
import type { FeedItem, FeedWaiting, LiveFeed } from './live-feed';
import type { StateWords } from './state-words';

const STEPS: Record<StepKind, string> = {
  changed: 'committed',
  asked: 'asked for',
  decided: 'decided',
  sent: 'sent',
  confirmed: 'confirmed',
};

/** "committed · decided +120 ms · sent +40 ms · confirmed +310 ms"; a line may break between the steps only. */
export function stepWords(direction: string, instants: FeedInstants): string {
  return stepsOf(instants)
    .map(({ kind, afterMs }) => {
      const word = kind === 'changed' && direction === 'pull' ? 'changed in Shopify' : STEPS[kind];
      return (afterMs === null ? word : `${word} +${formatLatency(afterMs)}`).replaceAll(' ', '\u00a0');
    })
    .join(' · ');
}

const WAITING: Record<FeedWaiting['state'], { badge: StateWords; text: string }> = {
  waiting: { badge: { label: 'Waiting', progress: 'incomplete' }, text: 'waits for its turn' },
  looking: {
    badge: { label: 'Being compared', tone: 'info', progress: 'partiallyComplete' },
    text: 'is being compared',
  },
  writing: {
    badge: { label: 'Being written', tone: 'info', progress: 'partiallyComplete' },
    text: 'is being written',
  },
};

export const waitingBadge = ({ state }: FeedWaiting): StateWords => WAITING[state].badge;

/** "committed 1.2 s ago, is being written" */
export function waitingWords(waiting: FeedWaiting, now: string): string {
  const { text } = WAITING[waiting.state];
  const from = beginningOf(waiting);
  if (from === null) return text;
  const ago = formatLatency(Math.max(0, Date.parse(now) - Date.parse(from)));
  return `${waiting.changedAt === null ? 'asked for' : 'changed'} ${ago} ago, ${text}`;
}

/** How long changes took from their source to their confirmation. */
export function latencyWords(latency: LiveFeed['latency']): string {
  if (latency === null) return 'No change of your database or of Shopify was confirmed in the last hour.';
  const { changes, medianMs, p99Ms } = latency;
  return `Last hour, from source to confirmed: median ${formatLatency(medianMs)}, 99% within ${formatLatency(p99Ms)} (${counted(changes, 'change')}).`;
}

const NAMED = 3;

/** What a screen reader says of new rows. */
export function newsWords(items: readonly Pick<FeedItem, 'title'>[]): string {
  const titles = [...new Set(items.map(({ title }) => (title === '' ? 'a product that is gone' : title)))];
  const rest = titles.length - NAMED;
  const named = titles.slice(0, NAMED).join(', ');
  return `${counted(items.length, 'new change')}: ${named}${rest > 0 ? ` and ${counted(rest, 'more product')}` : ''}.`;
}
