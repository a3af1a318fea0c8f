import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUIET_MS } from '~/core/points';
import { createCallLane } from './call-lane';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('call lane', () => {
  it('takes points ahead of a free place, never has too many under way, and knows what has not left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
        async (scheduler, concurrency, refusals) => {
          let clock = 0;
          const lane = createCallLane(concurrency, () => clock);
          let held = 0;
          let underWay = 0;
          const passed = refusals.map((isRefused, index) =>
            lane.pass(
              async () => {
                await scheduler.schedule(Promise.resolve(), `reserve ${index}`);
                if (isRefused) throw new Error('no points');
                held += 1;
              },
              async () => {
                held -= 1;
                underWay += 1;
                await scheduler.schedule(Promise.resolve(), `send ${index}`);
                underWay -= 1;
                return index;
              },
            ),
          );
          const ended = Promise.allSettled(passed);
          await settled();
          while (scheduler.count() > 0) {
            clock += QUIET_MS;
            await scheduler.waitOne();
            await settled();
            expect(underWay).toBeLessThanOrEqual(concurrency);
            expect(held + underWay).toBeLessThanOrEqual(2 * concurrency);
            if (held > 0) expect([underWay, lane.isLeaving()]).toEqual([concurrency, true]);
          }
          expect(await ended).toEqual(
            refusals.map((isRefused, index) =>
              isRefused
                ? { status: 'rejected', reason: new Error('no points') }
                : { status: 'fulfilled', value: index },
            ),
          );
          clock += QUIET_MS;
          expect(lane.isLeaving()).toBe(false);
        },
      ),
    );
  });

  it('has the points of the next call in hand while the one before is under way', async () => {
    let clock = 0;
    const lane = createCallLane(1, () => clock);
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const steps: string[] = [];
    const calls = [answered, Promise.resolve()].map((arrival, index) =>
      lane.pass(
        async () => void steps.push(`points ${index}`),
        async () => {
          steps.push(`left ${index}`);
          await arrival;
        },
      ),
    );
    await settled();
    expect(steps).toEqual(['points 0', 'points 1', 'left 0']);
    clock += QUIET_MS;
    expect(lane.isLeaving()).toBe(true);
    answer();
    await Promise.all(calls);
    expect([steps.at(-1), lane.isLeaving()]).toEqual(['left 1', true]);
    clock += QUIET_MS;
    expect(lane.isLeaving()).toBe(false);
  });
});
