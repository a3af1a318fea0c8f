/** Whatever goes wrong on the way to Shopify: in the end the store is as the catalog says, and nothing is there twice. */
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../emulator/faults';
import { expectOneEndState } from '../support/end-states';
import { changeCatalog, fillCatalog } from '../support/small-catalog';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';

let stage: Stage;
afterEach(async () => {
  await stage?.close();
});

const KINDS: FaultKind[] = [
  'http-429',
  'http-500',
  'http-502',
  'http-503',
  'throttled',
  'timeout-before',
  'timeout-after',
  'reset-before',
  'reset-after',
  'slow',
  'malformed-json',
];

/** Runs until no product failed for lack of an answer: a job gives up after its attempts, and the next run goes on. */
async function runToTheEnd(): Promise<number> {
  for (let runs = 1; ; runs += 1) {
    const run = await stage.run(undefined, 100_000);
    expect(run.error).toBeNull();
    if (run.products.every(({ state }) => state !== 'failed')) return runs;
    if (runs === 4)
      throw new Error(
        `Products still fail: ${JSON.stringify(run.products.filter(({ state }) => state === 'failed').slice(0, 3))}`,
      );
  }
}

describe('a fault of every fifth call', () => {
  it.each(KINDS)('%s', async (kind) => {
    stage = await openStage({ env: { SHOPIFY_TIMEOUT_SECONDS: '0.7', JOB_ATTEMPTS: '12' } });
    const ids = await fillCatalog(stage, 60);
    const rule = { kind, ms: 900, match: { probability: 0.2 } };
    stage.emulator.faults.add(rule);
    await runToTheEnd();
    await changeCatalog(stage, ids, 0);
    await changeCatalog(stage, ids, 1);
    await runToTheEnd();
    expect(stage.emulator.faults.list()[0]!.struck, 'faults that struck').toBeGreaterThan(0);
    stage.emulator.faults.clear();
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
    // What is recorded is what the store holds: a fresh look at all of it finds nothing to do.
    await stage.resources.db.remoteProductRow.updateMany({ data: { invalidatedAt: new Date() } });
    expect((await stage.run()).mutations).toBe(0);
  });
});

describe('user errors of every fifth field', () => {
  it('fail with their product; the next run mends them', async () => {
    stage = await openStage({});
    const ids = await fillCatalog(stage, 60);
    stage.emulator.faults.add({
      kind: 'user-errors',
      match: { probability: 0.2 },
      userErrors: [{ field: ['title'], message: 'Something is wrong with this', code: 'INVALID' }],
    });
    const first = await stage.run();
    expect(first.products.some(({ state }) => state === 'failed')).toBe(true);
    expect(first.products.some(({ state }) => state === 'applied')).toBe(true);
    await changeCatalog(stage, ids, 0);
    const second = await stage.run();
    for (const { state, message } of second.products)
      if (state === 'failed') expect(message).toMatch(/Shopify says “Something is wrong with this\.”/);
    stage.emulator.faults.clear();
    const third = await stage.run();
    expect(third.products.filter(({ state }) => state === 'failed')).toEqual([]);
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
  });
});
