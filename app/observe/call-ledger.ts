/**
 * What a process spent on calls to Shopify, by shop and minute, handed on every second: the line waits for no statement of
 * it. What a process that is killed had not handed on is lost: a second's calls.
 */
import type { CallUsage } from '~/core/call-usage';

/** A call that is over. */
export interface SpentCall {
  shopId: string;
  kind: 'query' | 'mutation';
  outcome: string;
  spent: { calls: number; points: number; throttled: number; bytesSent: number };
}

export interface CallLedger {
  add(call: SpentCall): void;
  /** Hands on what there is, and takes nothing further. */
  close(): Promise<void>;
}

const EVERY_MS = 1_000;
const MINUTE_MS = 60_000;
/** While it cannot be handed on, shops times minutes; then the oldest are dropped. */
const MOST_KEPT = 10_000;

/** `write` is handed what was spent since the last time; what it could not take is handed to it again, with what came since. */
export function openCallLedger({
  write,
  now,
  onProblem,
  everyMs = EVERY_MS,
}: {
  write: (minutes: CallUsage[]) => Promise<void>;
  now: () => Date;
  onProblem: (error: unknown) => void;
  everyMs?: number;
}): CallLedger {
  let kept = new Map<string, CallUsage>();
  const put = (minute: CallUsage) => {
    const key = `${minute.shopId} ${minute.at.getTime()}`;
    const held = kept.get(key);
    if (held === undefined) {
      const [oldest] = kept.keys();
      if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      kept.set(key, { ...minute });
      return;
    }
    held.calls += minute.calls;
    held.mutations += minute.mutations;
    held.points += minute.points;
    held.bytesSent += minute.bytesSent;
    held.throttled += minute.throttled;
    held.unanswered += minute.unanswered;
  };
  const handOn = async () => {
    if (kept.size === 0) return;
    const minutes = [...kept.values()];
    kept = new Map();
    try {
      await write(minutes);
    } catch (error) {
      for (const minute of minutes) put(minute);
      onProblem(error);
    }
  };
  let underWay: Promise<void> | null = null;
  const timer = setInterval(() => {
    underWay ??= handOn().finally(() => (underWay = null));
  }, everyMs);
  timer.unref();
  return {
    add: ({ shopId, kind, outcome, spent }) =>
      put({
        shopId,
        at: new Date(Math.floor(now().getTime() / MINUTE_MS) * MINUTE_MS),
        calls: spent.calls,
        mutations: kind === 'mutation' ? 1 : 0,
        points: spent.points,
        bytesSent: spent.bytesSent,
        throttled: spent.throttled,
        unanswered: outcome === 'unknown' ? 1 : 0,
      }),
    close: async () => {
      clearInterval(timer);
      await underWay;
      await handOn();
    },
  };
}
