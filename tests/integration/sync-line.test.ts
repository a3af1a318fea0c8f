/** The straight line end to end: what the catalog says becomes and stays what the store shows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putProduct } from '../support/catalog-rows';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { DEMO_SHOP } from '../support/connected-shop';

let stage: Stage;
const ids: string[] = [];

beforeAll(async () => {
  stage = await openStage({});
  const { db } = stage.resources;
  for (let index = 0; index < 30; index += 1)
    ids.push(
      await putProduct(db, stage.accountId, {
        handle: `tent-${index}`,
        tags: ['Camping', `t${index}`],
        options: ['Size', 'Color'],
        images: [`https://cdn.example.com/tent-${index}.jpg`],
        variants: ['S', 'M', 'L'].flatMap((size) =>
          ['Red', 'Blue'].map((color) => ({
            sku: `T${index}-${size}-${color}`,
            price: '99.90',
            options: [size, color],
            available: 5,
          })),
        ),
      }),
    );
});
afterAll(async () => {
  await stage?.close();
});

const shop = () => stage.emulator.state.shops.get(DEMO_SHOP)!;

describe('the line', () => {
  it('creates the whole catalog in the store', async () => {
    const run = await stage.run();
    expect(run.error).toBeNull();
    expect(run.products.filter((product) => product.state !== 'applied')).toEqual([]);
    expect(shop().products.size).toBe(30);
    expect(shop().variants.size).toBe(180);
    expect([...shop().products.values()].every((product) => product.publishedOn.size > 0)).toBe(true);
  });

  it('does nothing the second time', async () => {
    const before = stage.emulator.log.all().length;
    const run = await stage.run();
    expect(run.products.map((product) => product.state)).toEqual(Array(30).fill('skipped'));
    expect(
      stage.emulator.log
        .all()
        .slice(before)
        .map((call) => call.fields),
    ).toEqual([]);
    expect(run).toMatchObject({ mutations: 0, productReads: 0, state: 'finished' });
  });

  it('sends one changed price as one variant', async () => {
    await stage.resources.db.catalogVariant.updateMany({
      where: { sku: 'T7-M-Blue' },
      data: { price: '89.9' },
    });
    const before = stage.emulator.log.all().length;
    const run = await stage.run();
    const calls = stage.emulator.log.all().slice(before);
    expect(run.products.filter((product) => product.state === 'applied')).toHaveLength(1);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ fields: ['productVariantsBulkUpdate'], throttled: false });
    expect(calls[0]!.requestBytes).toBeLessThanOrEqual(400);
    const variant = [...shop().variants.values()].find(
      (each) => shop().inventoryItems.get(each.inventoryItemId)?.sku === 'T7-M-Blue',
    );
    expect(variant?.price).toBe('89.90');
  });
});
