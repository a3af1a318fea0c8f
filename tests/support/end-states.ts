/** "Each intended change has exactly one end state": what must hold of the record after any schedule of faults. */
import { expect } from 'vitest';
import { shopOf } from './merchant';
import type { Stage } from './stage';

/** Expects no product of a run without an end, no change twice, no request left over, and nothing doubled in the store. */
export async function expectOneEndState(
  stage: Pick<Stage, 'resources' | 'emulator' | 'shopId'>,
): Promise<void> {
  const { db } = stage.resources;
  expect(
    await db.runProduct.count({ where: { state: 'pending' } }),
    'products of runs without an end state',
  ).toBe(0);
  expect(
    await db.syncRun.count({ where: { state: { in: ['queued', 'adopting', 'running'] } } }),
    'runs without an end',
  ).toBe(0);
  expect(await db.syncRequest.count(), 'requests nobody took').toBe(0);
  // What is changed to and fro may be made again as often as it was taken back. An amount's 132.50 is the store's 132.5.
  const twice = await db.$queryRaw<object[]>`
    WITH pushed AS (
      SELECT product_id, variant_id, field, direction,
        regexp_replace(before::text, '^("\\d+\\.\\d*[1-9])0+"$|^("\\d+)\\.0+"$', '\\1\\2"') AS before,
        regexp_replace(after::text, '^("\\d+\\.\\d*[1-9])0+"$|^("\\d+)\\.0+"$', '\\1\\2"') AS after
      FROM app.change WHERE state = 'applied')
    SELECT made.product_id, made.variant_id, made.field, made.after, count(*)::int AS times FROM pushed made
    WHERE made.direction = 'push'
    GROUP BY made.product_id, made.variant_id, made.field, made.after, made.before
    HAVING count(*) > 1 + (
      SELECT count(*) FROM pushed back WHERE back.product_id = made.product_id
        AND back.variant_id IS NOT DISTINCT FROM made.variant_id AND back.field = made.field
        AND back.before = made.after AND back.after = made.before)`;
  expect(twice, 'changes that were applied twice').toEqual([]);
  const shop = shopOf(stage);
  const handles = [...shop.products.values()].map((product) => product.title);
  expect(handles.length, 'products of the same title').toBe(new Set(handles).size);
  const skus = [...shop.inventoryItems.values()].flatMap(({ sku }) => sku ?? []);
  expect(skus.length, 'SKUs the store holds twice').toBe(new Set(skus).size);
  for (const product of shop.products.values()) {
    const sources = product.mediaIds.map((id) => shop.files.get(id)!.originalSource);
    expect(sources.length, `pictures of ${product.handle} that it holds twice`).toBe(new Set(sources).size);
  }
}
