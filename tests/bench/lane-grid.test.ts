/**
 * The choice of the lane over a grid of sizes, plans and speeds of bulk operations, reckoned: documents take what the forecast
 * says (held to 15 % by forecast.test.ts), bulk operations what each world says, with noise. bulk-lane.test.ts measures cells
 * of it. A chosen operation that turns out slow is stopped as the app stops it, and documents carry what is left.
 */
import { describe, expect, it } from 'vitest';
import { noTimes } from '~/core/call-speed';
import type { CallTimes } from '~/core/call-speed';
import { chooseLane, isTooSlow, learnedBulk } from '~/core/choose-lane';
import { forecastDocuments } from '~/core/forecast';
import type { Forecast, ForecastTerms } from '~/core/forecast';
import { documentCosts } from '~/shopify/document-costs';
import { seededRandom } from '../../emulator/random';
import { priceDemand } from './price-demand';

const SIZES = [100, 300, 1_000, 3_000, 10_000, 30_000];
const VARIANTS = 10;
const PLANS = { standard: [2_000, 100], advanced: [4_000, 200], plus: [20_000, 1_000] } as const;
const STARTS = [0.5, 5, 30, 120];
const LINES_PER_SECOND = [1, 5, 20, 100, 500];
/** Of what an operation takes: so much more or less than the line through all of them. */
const NOISE = 0.1;
/** Products of the runs that came before. */
const LEARNED = [500, 120, 2_000, 900];

interface World {
  start: number;
  linesPerSecond: number;
}

const terms = (plan: Plan): ForecastTerms => ({
  bucket: { maximum: PLANS[plan][0], restoreRate: PLANS[plan][1], available: PLANS[plan][0] },
  costs: documentCosts({ publicationId: null, locations: 0 }),
  speed: { first: 0.35, further: 0.02 },
  rowSeconds: 0.0005,
  ...{ callsUnderWay: 10, productsPerJob: 250, productsPerPart: 30, partsUnderWay: 6 },
});

type Plan = keyof typeof PLANS;
const documentsOf = new Map<string, Forecast>();
/** What documents take for so many products. */
function documentsFor(plan: Plan, products: number): Forecast {
  const key = `${plan} ${products}`;
  const known = documentsOf.get(key) ?? forecastDocuments(priceDemand(products, VARIANTS), terms(plan));
  documentsOf.set(key, known);
  return known;
}

const secondsIn = ({ start, linesPerSecond }: World, lines: number) => start + lines / linesPerSecond;

/** What the chosen lane takes, and which it was. */
function taken(world: World, plan: Plan, products: number, times: CallTimes, noise: number) {
  const demand = priceDemand(products, VARIANTS);
  const documents = documentsFor(plan, products);
  const bulk = noise * secondsIn(world, products);
  const reads = { calls: 0, points: 0, seconds: 0 };
  const { forecast, patience } = chooseLane(documents, demand, { times, reads });
  const better = Math.min(documents.seconds, bulk);
  if (forecast.lane === 'documents')
    return { lane: 'documents', seconds: documents.seconds, better } as const;
  const step = Math.max(0.25, documents.seconds / 1_000);
  for (let seconds = step; seconds < bulk; seconds += step) {
    const done = Math.max(0, seconds / noise - world.start) * world.linesPerSecond;
    const progress = { lines: Math.min(products, Math.floor(done)), ofLines: products, seconds };
    if (!isTooSlow(progress, patience)) continue;
    const left = documents.seconds * (1 - progress.lines / products);
    return { lane: 'stopped', seconds: seconds + left, better } as const;
  }
  return { lane: 'bulk', seconds: bulk, better } as const;
}

describe('the lane, over a grid of sizes, plans and speeds', () => {
  it('is never more than 20 % slower than the better one where the store is known', () => {
    const random = seededRandom(11);
    const noise = () => 1 + NOISE * (2 * random() - 1);
    for (const plan of ['standard', 'advanced', 'plus'] as const) {
      let [worst, cells] = [0, 0];
      const lanes = { documents: 0, bulk: 0, stopped: 0 };
      for (const start of STARTS)
        for (const linesPerSecond of LINES_PER_SECOND) {
          const world = { start, linesPerSecond };
          const times = LEARNED.reduce(
            (known, lines) => learnedBulk(known, { lines, seconds: noise() * secondsIn(world, lines) }),
            noTimes(),
          );
          for (const products of SIZES) {
            const { lane, seconds, better } = taken(world, plan, products, times, noise());
            cells += 1;
            lanes[lane] += 1;
            worst = Math.max(worst, seconds / better);
            expect
              .soft(seconds / better, `${plan} ${products} ${JSON.stringify(world)} ${lane}`)
              .toBeLessThanOrEqual(1.2);
          }
        }
      process.stdout.write(
        `${plan}: ${cells} cells reckoned (${lanes.documents} documents, ${lanes.bulk} bulk, ${lanes.stopped} stopped): the chosen lane is at worst ${worst.toFixed(2)} x the better\n`,
      );
    }
  });

  it('is never more than 20 % slower than documents where the store was never seen to work in bulk', () => {
    let worst = 0;
    for (const plan of ['standard', 'advanced', 'plus'] as const)
      for (const start of STARTS)
        for (const linesPerSecond of LINES_PER_SECOND)
          for (const products of SIZES) {
            const { seconds } = taken({ start, linesPerSecond }, plan, products, noTimes(), 1);
            worst = Math.max(worst, seconds / documentsFor(plan, products).seconds);
          }
    process.stdout.write(`never seen to work in bulk: at worst ${worst.toFixed(2)} x documents\n`);
    expect(worst).toBeLessThanOrEqual(1.2);
  });
});
