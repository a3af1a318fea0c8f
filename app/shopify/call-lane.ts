/** The calls of one shop in this process: some under way, some with their points in hand and next in line. */
import pLimit from 'p-limit';
import { QUIET_MS } from '~/core/points';

export interface CallLane {
  /**
   * Takes the points of a call, waits for a place, sends. The points are taken while the calls before are still on their
   * way: a place that gets free is used at once.
   */
  pass<T>(reserve: () => Promise<void>, send: () => Promise<T>): Promise<T>;
  /** Whether calls have their points and have not left, or left so lately that Shopify's figures may not know of them. */
  isLeaving(): boolean;
}

/** A lane of at most `concurrency` calls under way, and as many waiting behind them. `now`: milliseconds of any clock. */
export function createCallLane(concurrency: number, now = () => performance.now()): CallLane {
  const ahead = pLimit(2 * concurrency);
  const underWay = pLimit(concurrency);
  let unsent = 0;
  let lastLeftAt = -Infinity;
  return {
    pass: (reserve, send) =>
      ahead(async () => {
        await reserve();
        unsent += 1;
        return underWay(() => {
          unsent -= 1;
          lastLeftAt = now();
          return send();
        });
      }),
    isLeaving: () => unsent > 0 || now() - lastLeftAt < QUIET_MS,
  };
}
