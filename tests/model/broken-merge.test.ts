/** The test of the test: a merge that is broken on purpose does not get past it. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as MergeValues from '~/core/merge-value';
import { newTally, playInChaos, playInTheDark } from './two-way-play';
import { script } from './two-way-script';
import { World } from './two-way-world';

const broken = vi.hoisted(() => ({ by: 'nothing' }));
vi.mock('~/core/merge-value', async (original) => {
  const real = await original<typeof MergeValues>();
  return {
    ...real,
    mergeValue: (...args: Parameters<typeof real.mergeValue>) => {
      const decision = real.mergeValue(...args);
      const [{ source = null, remote }] = args;
      // Whoever looks last wins: the base is not asked.
      if (broken.by === 'no base' && decision.kind === 'pull')
        return { kind: 'push', before: remote, after: source };
      // A change of Shopify's is taken for an echo of ours.
      if (broken.by === 'echo' && decision.kind === 'pull') return { kind: 'skip', reason: 'converged' };
      return decision;
    },
    mergeStock: (...args: Parameters<typeof real.mergeStock>) => {
      // The last write wins the stock.
      if (broken.by === 'stock') return real.mergeStock(args[0], args[1], false);
      const decision = real.mergeStock(...args);
      // The catalog takes the movement, and the base forgets that it did.
      if (broken.by === 'twice' && decision.kind === 'pull' && decision.agreed && args[0].base)
        return { ...decision, agreed: args[0].base };
      return decision;
    },
  };
});

const PRODUCTS = 40;
let world: World | null = null;
afterEach(async () => {
  broken.by = 'nothing';
  await world?.close();
  world = null;
});

async function play(): Promise<void> {
  const [chaos = [], dark = []] = fc.sample(fc.array(script, { minLength: PRODUCTS, maxLength: PRODUCTS }), {
    numRuns: 2,
    seed: 11,
  });
  world = await World.open('inside');
  await world.fill(PRODUCTS);
  const tally = newTally();
  await playInTheDark(world, dark, 'remote-wins', tally);
  await playInChaos(world, chaos, 'remote-wins', tally);
  expect(tally.interleavings).toBe(2 * PRODUCTS);
}

describe('a merge', () => {
  it('that is whole passes', play, 600_000);

  it.each(['no base', 'echo', 'stock', 'twice'])(
    'that is broken by "%s" is caught',
    async (by) => {
      broken.by = by;
      await expect(play()).rejects.toThrow();
    },
    600_000,
  );
});
