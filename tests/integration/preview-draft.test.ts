/** What the editor of bulk edits is answered while an edit is being made. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readEditChoices } from '~/db/pages/edit-choices.server';
import { bulkChangesSchema } from '~/sync/bulk-edit-schema';
import { previewDraft } from '~/sync/preview-draft';
import { readSkuFile } from '~/sync/read-sku-file';
import { schemaProblems } from '~/sync/schema-problems';
import { rawProduct } from '../support/catalog-rows';
import { PERCENT } from '../support/edits';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({});
  const product = (handle: string, vendor: string, sku: string) =>
    rawProduct(stage.resources.db, stage.accountId, {
      handle,
      product: { title: handle, vendor, tags: ['all', vendor] },
      options: [],
      media: [],
      metafields: [],
      variants: [{ sku, price: '10.00' }],
    });
  await product('tent', 'Acme', 'T-1');
  await product('lamp', 'Fjell', 'L-1');
  await product('mug', 'Acme', 'M-1');
});
afterAll(async () => {
  await stage?.close();
});

const preview = (draft: Omit<Parameters<typeof previewDraft>[1], 'shopId' | 'accountId'>) =>
  previewDraft(stage.resources, { shopId: stage.shopId, accountId: stage.accountId, ...draft });

describe('a draft', () => {
  it('counts what is selected before there is a change', async () => {
    expect(await preview({ selection: { kind: 'query', query: 'vendor:Acme' }, changes: null })).toEqual({
      selected: { products: 2, variants: 2 },
      missing: { count: 0, first: [] },
      rows: null,
      problems: [],
    });
  });

  it('names the SKUs that the catalog lacks, and plans the others', async () => {
    const skus = ['T-1', 't-1', 'nope'];
    const found = await preview({ selection: { kind: 'skus', skus }, changes: [PERCENT('-10')] });
    expect(found).toMatchObject({
      selected: { products: 1, variants: 1 },
      missing: { count: 2, first: ['t-1', 'nope'] },
      problems: [],
    });
    expect(found.rows).toMatchObject([{ sku: 'T-1', planned: { before: '10.00', after: '9.00' } }]);
    expect(await stage.resources.db.bulkEdit.count()).toBe(0);
  });

  it('is still counted where its changes make no sense', async () => {
    const found = await preview({ selection: { kind: 'query', query: '' }, changes: [PERCENT('-100')] });
    expect(found).toMatchObject({
      selected: { products: 3, variants: 3 },
      rows: null,
      problems: [{ field: 'changes.0.change.percent' }],
    });
  });

  it('with a search that cannot be read selects nothing, and says why', async () => {
    const selection = { kind: 'query', query: 'vendorr:x' } as const;
    expect(await preview({ selection, changes: null })).toMatchObject({ selected: null, rows: null });
    expect(await preview({ selection, changes: [PERCENT('5')] })).toMatchObject({
      selected: null,
      problems: [{ field: 'query' }],
    });
  });
});

describe('what is offered', () => {
  it('are values of this catalog, each once', async () => {
    const shop = await stage.resources.db.shop.findUniqueOrThrow({ where: { id: stage.shopId } });
    const choices = await readEditChoices(stage.resources.db, shop);
    expect(choices).toMatchObject({
      vendors: ['Acme', 'Fjell'],
      productTypes: [],
      tags: ['Acme', 'all', 'Fjell'],
    });
    expect(choices.locations.length).toBeGreaterThan(0);
    const other = await readEditChoices(stage.resources.db, { ...shop, accountId: shop.id });
    expect(other.vendors).toEqual([]);
  });
});

describe('what the schemas refuse', () => {
  it('is told at the field where it lies', () => {
    const read = z
      .object({ changes: bulkChangesSchema })
      .safeParse({ changes: [PERCENT('1'), { field: 'seoTitle', value: 'x'.repeat(100_000) }] });
    expect(schemaProblems(read.error!)).toMatchObject([{ field: 'changes.1.value', remedy: 'Shorten it.' }]);
  });
});

describe('a file of SKUs', () => {
  it('says in which line what cannot be taken', async () => {
    const read = await readSkuFile(new TextEncoder().encode(`SKU\nA-1\n${'x'.repeat(300)}\nB-2\n`));
    expect(read.skus).toEqual(['A-1', 'B-2']);
    expect(read.problems).toEqual([expect.stringMatching(/^Line 3, “x+”: .*300 characters.* 255 /)]);
  });
});
