/**
 * Both sides edited at random, webhooks lost, doubled, late and out of order, workers killed, answers lost. 1,000
 * interleavings a run of 500 products: `npm run test:model` plays 10,000 of them. RUNS, PRODUCTS and SEED lengthen or repeat it.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Winner } from '~/core/decision';
import { newTally, playInChaos, playInTheDark } from './two-way-play';
import { script } from './two-way-script';
import { World } from './two-way-world';

/** Products that live through each run; each counts once in chaos and once in the dark. */
const PRODUCTS = Number(process.env['PRODUCTS'] ?? 60);
const RUNS = Number(process.env['RUNS'] ?? 1);

let world: World;
beforeAll(async () => {
  world = await World.open('process');
  await world.fill(PRODUCTS);
}, 600_000);
afterAll(async () => {
  await world?.close();
});

it('always converges to what the policy demands, loses no edit, and counts each movement of stock once', async () => {
  const tally = newTally();
  const scripts = fc.array(script, { minLength: PRODUCTS, maxLength: PRODUCTS });
  const policy = fc.constantFrom<Winner>('source-wins', 'remote-wins', 'manual');
  await fc.assert(
    fc.asyncProperty(scripts, scripts, policy, async (chaos, dark, winner) => {
      await playInChaos(world, chaos, winner, tally);
      await playInTheDark(world, dark, winner, tally);
    }),
    {
      numRuns: RUNS,
      endOnFailure: true,
      ...(process.env['SEED'] !== undefined && { seed: Number(process.env['SEED']) }),
    },
  );
  expect(tally.interleavings).toBeGreaterThanOrEqual(RUNS * PRODUCTS * 2);
  // Between our last look and our write Shopify offers no protection: it happens, rarely.
  expect(tally.unseen).toBeLessThanOrEqual(tally.edits / 100);
  process.stdout.write(
    `${tally.interleavings} interleavings, ${tally.edits} edits of titles and prices, ${tally.unseen} fell between a look and a write.\n`,
  );
}, 3_600_000);
