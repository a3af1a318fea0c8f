/** Whether the database is followed, in a merchant's words. */
import type { CaptureFacts } from '~/core/capture-facts';
import { formatBytes } from './formats';
import type { StateWords } from './state-words';

const BADGES: Record<CaptureFacts['state'], StateWords> = {
  following: { label: 'Following', tone: 'success', progress: 'complete' },
  waiting: { label: 'Reconnecting', tone: 'attention', progress: 'partiallyComplete' },
  refused: { label: 'Needs you', tone: 'critical', progress: 'incomplete' },
  silent: { label: 'No worker runs', tone: 'critical', progress: 'incomplete' },
  off: { label: 'Off', progress: 'incomplete' },
};

const SENTENCES: Record<CaptureFacts['state'], string> = {
  following: 'Changes of your database are on their way to Shopify as soon as they are committed.',
  waiting: 'The connection to the database broke. Changes wait there, and follow when it is back.',
  refused: 'Changes reach Shopify with the next sync only, until this is mended:',
  silent: 'Changes wait in the database until a worker process runs again.',
  off: 'Changes of your database reach Shopify with the next sync.',
};

export function captureBadge({ state, problem }: CaptureFacts): StateWords {
  return state === 'following' && problem ? BADGES.refused : BADGES[state];
}

export function captureSentence({ state, problem }: CaptureFacts): string {
  return state === 'following' && problem ? 'Not all changes can be followed:' : SENTENCES[state];
}

export interface CaptureAlarm {
  title: string;
  text: string;
}

/** What somebody must do something about; null: nothing. */
export function captureAlarm(facts: CaptureFacts): CaptureAlarm | null {
  const { state, isAlarming, isLost, retainedBytes, safeBytes } = facts;
  if (isLost)
    return {
      title: 'The database could not keep all changes',
      text: 'Once a worker runs, your whole catalog is compared with Shopify: nothing is lost.',
    };
  if (isAlarming) {
    const kept = retainedBytes === null ? 'Much of its log' : `${formatBytes(retainedBytes)} of its log`;
    const rest = safeBytes === null ? '' : ` It gives up after ${formatBytes(Math.max(0, safeBytes))} more.`;
    return {
      title: 'Your database keeps changes that nobody reads',
      text: `${kept} cannot be removed, which fills its disk in the end.${rest} See that a worker runs and reaches the database.`,
    };
  }
  if (state === 'silent')
    return { title: 'No worker runs', text: `${SENTENCES.silent} Start one: npm run worker.` };
  return null;
}
