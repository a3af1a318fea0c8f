/** What is deleted in the catalog goes from the store as the merchant chose, and never all at once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveSettings } from '~/sync/save-settings';
import { putProduct } from '../support/catalog-rows';
import { mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({});
  for (let index = 0; index < 24; index += 1)
    await putProduct(stage.resources.db, stage.accountId, {
      handle: `p-${index}`,
      variants: [{ sku: `P-${index}`, price: '1', options: [] }],
    });
  await stage.run();
});
afterEach(async () => {
  await stage?.close();
});

const remove = (handles: string[]) =>
  stage.resources.db.catalogProduct.deleteMany({ where: { handle: { in: handles } } });

describe('a product deleted in the catalog', () => {
  it('is archived, once', async () => {
    await remove(['p-3']);
    expect(await mutationsDuring(stage, () => stage.run())).toEqual(['productUpdate']);
    expect(storeProduct(stage, 'p-3').status).toBe('ARCHIVED');
    await expectStoreToEqualCatalog(stage);
    expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
  });

  it('is deleted where the merchant chose that', async () => {
    await saveSettings(stage.resources, {
      shopId: stage.shopId,
      conflictPolicy: 'source-wins',
      deletionPolicy: 'delete',
    });
    await remove(['p-3']);
    expect(await mutationsDuring(stage, () => stage.run())).toEqual(['productDelete']);
    expect(shopOf(stage).products.size).toBe(23);
    expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
    expect(await stage.resources.db.productLink.count({ where: { remoteId: { not: null } } })).toBe(23);
    expect(await stage.resources.db.remoteVariantRow.count()).toBe(23);
  });

  it('comes back as the same product where its handle does', async () => {
    await remove(['p-3']);
    await stage.run();
    await putProduct(stage.resources.db, stage.accountId, {
      handle: 'p-3',
      variants: [{ sku: 'P-3', price: '2', options: [] }],
    });
    await stage.run();
    await stage.run();
    expect(shopOf(stage).products.size).toBe(24);
    await expectStoreToEqualCatalog(stage);
  });
});

describe('a catalog that was emptied', () => {
  it('archives nothing and says what to do', async () => {
    await stage.resources.db.catalogProduct.deleteMany({});
    let error: string | null = null;
    const sent = await mutationsDuring(stage, async () => {
      const run = await stage.run();
      expect(run.state).toBe('failed');
      error = run.error;
    });
    expect(sent).toEqual([]);
    expect(error).toMatch(/catalog is empty.*24 products.*Nothing was archived/);
    expect([...shopOf(stage).products.values()].every(({ status }) => status === 'ACTIVE')).toBe(true);
  });

  it('nor where more than half is gone', async () => {
    await remove(Array.from({ length: 13 }, (_, index) => `p-${index}`));
    const run = await stage.run();
    expect(run).toMatchObject({ state: 'failed', mutations: 0 });
    expect(run.error).toMatch(/13 of 24 linked products are gone/);
  });
});
