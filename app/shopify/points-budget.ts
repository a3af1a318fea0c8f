/** The points of a shop, shared by all calls of all workers: reserve before a call, settle after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KEPT_SHARE, waitFor } from '~/core/points';
import type { Bucket, Settlement } from '~/core/points';

export type { Settlement } from '~/core/points';

/** What is believed to be there now. */
export interface BudgetState {
  maximum: number;
  /** Points a second. */
  restoreRate: number;
  available: number;
}

/** Whoever takes points. Background work leaves a share of the bucket to the work that somebody waits for. */
export interface Taker {
  signal?: AbortSignal;
  isBackground?: boolean;
}

export interface PointsBudget {
  /**
   * Waits until the points are there, then takes them; first come, first served within a process, among takers of a kind. Send the call at
   * once: points that are taken long before the call arrives look like points nobody took. Rejects with the reason of
   * the signal, and has taken nothing then.
   */
  reserve(shopId: string, points: number, taker: Taker): Promise<void>;
  /** Gives back what a call did not cost and corrects our belief by what Shopify says. Owed after every `reserve`. */
  settle(shopId: string, settlement: Settlement): Promise<void>;
  /** Null for a shop that was never called. */
  read(shopId: string): Promise<BudgetState | null>;
}

/** Where the buckets are kept; each step is atomic and told the time by the store. */
export interface BucketStore {
  /** Takes the points where they are there, and beyond them `keptShare` of a full bucket. */
  reserve(
    shopId: string,
    points: number,
    keptShare: number,
  ): Promise<{ taken: boolean; bucket: Bucket; at: number }>;
  settle(shopId: string, settlement: Settlement): Promise<void>;
  read(shopId: string): Promise<BudgetState | null>;
}

/** Another process may have given points back meanwhile: no wait is longer than this without another look. */
const LONGEST_SLEEP_MS = 1_000;

interface Line {
  /** Settles when everybody who came before has been served. */
  tail: Promise<void>;
  /** Counts settlements, so that none slips in between a look and the sleep that follows it. */
  settlements: number;
  wake: (() => void) | null;
}

/** The budget over a store. Waits are computed, not polled. */
export function createPointsBudget(store: BucketStore): PointsBudget {
  const newLine = (): Line => ({ tail: Promise.resolve(), settlements: 0, wake: null });
  /** Who is waited for does not stand behind what nobody waits for. */
  const lines = new Map<string, { background: Line; interactive: Line }>();
  const linesOf = (shopId: string) => {
    const own = lines.get(shopId) ?? { background: newLine(), interactive: newLine() };
    lines.set(shopId, own);
    return own;
  };

  const takeWhenThere = async (
    shopId: string,
    line: Line,
    points: number,
    { signal, isBackground = false }: Taker,
  ) => {
    const keptShare = isBackground ? KEPT_SHARE : 0;
    for (;;) {
      signal?.throwIfAborted();
      const seen = line.settlements;
      const { taken, bucket, at } = await store.reserve(shopId, points, keptShare);
      if (taken) return;
      if (line.settlements !== seen) continue;
      const wake = new AbortController();
      const wakeUp = () => wake.abort();
      line.wake = wakeUp;
      signal?.addEventListener('abort', wakeUp);
      const ms = Math.min(waitFor(bucket, points, at, keptShare), LONGEST_SLEEP_MS);
      // A sleep that is cut short is a reason to look again, at the points or at the caller's signal.
      await sleep(ms, undefined, { signal: wake.signal }).catch(() => undefined);
      signal?.removeEventListener('abort', wakeUp);
      line.wake = null;
    }
  };

  return {
    reserve: async (shopId, points, taker) => {
      const { signal, isBackground = false } = taker;
      signal?.throwIfAborted();
      const line = linesOf(shopId)[isBackground ? 'background' : 'interactive'];
      const before = line.tail;
      let leave: () => void = () => undefined;
      line.tail = new Promise((resolve) => {
        leave = resolve;
      });
      try {
        await orAborted(before, signal);
        await takeWhenThere(shopId, line, points, taker);
      } finally {
        // Who leaves early does not let the next one overtake those before.
        void before.then(leave);
      }
    },
    settle: async (shopId, settlement) => {
      await store.settle(shopId, settlement);
      for (const line of Object.values(linesOf(shopId))) {
        line.settlements += 1;
        line.wake?.();
      }
    },
    read: (shopId) => store.read(shopId),
  };
}

async function orAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
