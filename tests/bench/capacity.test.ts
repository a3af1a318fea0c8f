/** The table of docs/capacity.md: workers that fleets of up to 10,000 stores need, by simulation of a day. */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '~/catalog/seeded-random';
import { simulateDay } from './capacity';
import type { Constants } from './capacity';

/** Measured by tests/bench/many-stores.test.ts, which prints them; see docs/capacity.md. */
const MEASURED: Constants = {
  secondsPerProduct: Number(process.env['SECONDS_PER_PRODUCT'] ?? 0.0061),
  pointsPerProduct: Number(process.env['POINTS_PER_PRODUCT'] ?? 10.2),
};
/** What a fleet may add to what the points of a store take, for 99 of 100 bursts. */
const MOST_ADDED_SECONDS = 60;

/** The fewest workers, tried in steps of a quarter from those that the day's mean alone takes. */
function workersFor(stores: number, changedProductsPerDay: number) {
  const mean = (stores * changedProductsPerDay * MEASURED.secondsPerProduct) / 86_400;
  for (let workers = Math.max(1, Math.ceil(mean)); ; workers = Math.ceil(workers * 1.25)) {
    const random = new SeededRandom(17);
    const fleet = { stores, changedProductsPerDay, workers };
    const day = simulateDay(fleet, MEASURED, () => random.next());
    if (day.added.p99 <= MOST_ADDED_SECONDS) return { workers, ...day };
  }
}

describe.each([1_000, 10_000])('stores with %i changed products a day', (changes) => {
  let fewer = 0;

  it.each([10, 100, 1_000, 10_000])('%i of them', { timeout: 600_000 }, (stores) => {
    const { workers, busiest, added } = workersFor(stores, changes);
    process.stdout.write(
      `| ${stores} | ${changes} | ${workers} | ${(busiest * 100).toFixed(0)} % | ${added.median.toFixed(0)} s | ${added.p99.toFixed(0)} s |\n`,
    );
    // Ten times the stores never need fewer, nor more than ten times as many but for the step of the search.
    expect(workers).toBeGreaterThanOrEqual(fewer);
    if (fewer > 0) expect(workers).toBeLessThanOrEqual(10 * fewer * 1.25 + 1);
    fewer = workers;
  });
});
