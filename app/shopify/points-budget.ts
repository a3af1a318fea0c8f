/** The points of a shop, shared by all calls of all workers: reserve before a call, settle after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '~/core/points';
import type { Bucket, Settlement } from '~/core/points';

export type { Settlement } from '~/core/points';

/** What is believed to be there now. */
export interface BudgetState {
  maximum: number;
  /** Points a second. */
  restoreRate: number;
  available: number;
}

export interface PointsBudget {
  /**
   * Waits until the points are there, then takes them; first come, first served within a process. Send the call at
   * once: points that are taken long before the call arrives look like points nobody took. Rejects with the reason of
   * the signal, and has taken nothing then.
   */
  reserve(shopId: string, points: number, limits: { signal?: AbortSignal }): Promise<void>;
  /** Gives back what a call did not cost and corrects our belief by what Shopify says. Owed after every `reserve`. */
  settle(shopId: string, settlement: Settlement): Promise<void>;
  /** Null for a shop that was never called. */
  read(shopId: string): Promise<BudgetState | null>;
}

/** Where the buckets are kept; each step is atomic and told the time by the store. */
export interface BucketStore {
  reserve(shopId: string, points: number): Promise<{ taken: boolean; bucket: Bucket; at: number }>;
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
  const lines = new Map<string, Line>();
  const lineOf = (shopId: string): Line => {
    const line = lines.get(shopId) ?? { tail: Promise.resolve(), settlements: 0, wake: null };
    lines.set(shopId, line);
    return line;
  };

  const takeWhenThere = async (
    shopId: string,
    line: Line,
    points: number,
    signal: AbortSignal | undefined,
  ) => {
    for (;;) {
      signal?.throwIfAborted();
      const seen = line.settlements;
      const { taken, bucket, at } = await store.reserve(shopId, points);
      if (taken) return;
      if (line.settlements !== seen) continue;
      const wake = new AbortController();
      const wakeUp = () => wake.abort();
      line.wake = wakeUp;
      signal?.addEventListener('abort', wakeUp);
      const ms = Math.min(waitFor(bucket, points, at), LONGEST_SLEEP_MS);
      // A sleep that is cut short is a reason to look again, at the points or at the caller's signal.
      await sleep(ms, undefined, { signal: wake.signal }).catch(() => undefined);
      signal?.removeEventListener('abort', wakeUp);
      line.wake = null;
    }
  };

  return {
    reserve: async (shopId, points, { signal }) => {
      signal?.throwIfAborted();
      const line = lineOf(shopId);
      const before = line.tail;
      let leave: () => void = () => undefined;
      line.tail = new Promise((resolve) => {
        leave = resolve;
      });
      try {
        await orAborted(before, signal);
        await takeWhenThere(shopId, line, points, signal);
      } finally {
        // Who leaves early does not let the next one overtake those before.
        void before.then(leave);
      }
    },
    settle: async (shopId, settlement) => {
      await store.settle(shopId, settlement);
      const line = lineOf(shopId);
      line.settlements += 1;
      line.wake?.();
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
