/**
 * Random edits, and other people's writes at every moment between plan, apply and undo: what was previewed is what is
 * written, or it is reported; and undo never touches what others changed.
 */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BulkChange } from '~/core/bulk-edit';
import type { FieldValue } from '~/core/decision';
import { heldValue } from '~/core/held-value';
import { listProductIds } from '~/db/catalog-products.server';
import { applyBulkEdit } from '~/sync/apply-bulk-edit';
import { confirmBulkEdit } from '~/sync/confirm-bulk-edit';
import { planBulkEdit } from '~/sync/plan-bulk-edit';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import { undoBulkEdit } from '~/sync/undo-bulk-edit';
import { edit, fieldsOf } from '../support/edits';
import { fillCatalog } from '../support/small-catalog';
import { openStage, wholeCatalog } from '../support/stage';
import type { Stage } from '../support/stage';

const PRODUCTS = 6;
const context = { jobId: 'play', interrupted: false, signal: new AbortController().signal };

let stage: Stage;
let ids: string[];
let location: string;

beforeAll(async () => {
  stage = await openStage({ worker: false });
  const { db } = stage.resources;
  location = 'gid://shopify/Location/1';
  await db.shopLocation.create({
    data: { shopId: stage.shopId, gid: location, name: 'Warehouse', isDefault: true },
  });
  await db.shop.update({
    where: { id: stage.shopId },
    data: { guardCatalogPercent: null, guardChangePercent: null, guardZeroStock: false },
  });
  await fillCatalog(stage, PRODUCTS);
  ids = await listProductIds(db, stage.accountId, { after: null, limit: PRODUCTS });
});
afterAll(async () => {
  await stage?.close();
});

const percent = fc.integer({ min: -60, max: 60 }).map(String);
const rounding = fc.constantFrom<BulkChange & { field: 'cost' }>(
  { field: 'cost', change: null, rounding: { to: 'none' } },
  { field: 'cost', change: null, rounding: { to: 'ending', ending: '0.99' } },
  { field: 'cost', change: null, rounding: { to: 'step', step: '0.05' } },
);
const tag = fc.constantFrom('all', 't1', 't2', 'sale', 'New');
const picture = fc.integer({ min: 0, max: 4 }).map((at) => ({
  url: `${stage.emulator.origin}/_pictures/play-${at}.jpg`,
  alt: `Play ${at}`,
  kind: 'IMAGE' as const,
}));
const changes: fc.Arbitrary<BulkChange[]> = fc.uniqueArray(
  fc.oneof(
    fc.tuple(percent, rounding).map(([by, { rounding: to }]): BulkChange => ({
      field: 'price',
      change: { by: 'percent', percent: by },
      rounding: to,
      floor: { atCost: false, minimum: '1.00' },
    })),
    percent.map((by): BulkChange => ({
      field: 'compareAtPrice',
      change: { by: 'other-price', percent: by },
      rounding: { to: 'none' },
    })),
    fc
      .uniqueArray(tag, { minLength: 1, maxLength: 3 })
      .map((tags): BulkChange => ({ field: 'tags', change: { kind: 'replace', tags } })),
    fc
      .tuple(tag, tag)
      .filter(([from, to]) => from.toLowerCase() !== to.toLowerCase())
      .map(([from, to]): BulkChange => ({ field: 'tags', change: { kind: 'rename', from, to } })),
    fc.integer({ min: -3, max: 9 }).map((by): BulkChange => ({
      field: 'inventory',
      locationId: location,
      change: { kind: 'adjust', by },
    })),
    fc
      .array(picture, { minLength: 1, maxLength: 2 })
      .map((pictures): BulkChange => ({ field: 'media', change: { kind: 'add', pictures } })),
    fc.constant<BulkChange>({ field: 'media', change: { kind: 'remove', position: 1 } }),
    fc.constant<BulkChange>({ field: 'media', change: { kind: 'move', from: 1, to: 2 } }),
    fc
      .string({ maxLength: 12, unit: 'grapheme-ascii' })
      .map((value): BulkChange => ({ field: 'vendor', value })),
    fc.constantFrom<BulkChange>(
      { field: 'status', value: 'DRAFT' },
      { field: 'metafield', of: 'variant', namespace: 'play', key: 'a', type: 'number_integer', value: '7' },
      {
        field: 'metafield',
        of: 'product',
        namespace: 'custom',
        key: 'care',
        type: 'single_line_text_field',
        value: null,
      },
    ),
  ),
  { minLength: 1, maxLength: 3, selector: ({ field }) => field },
);

/** What somebody else does to a product. */
type Write = { at: number; what: 'price' | 'tags' | 'stock' | 'vendor' | 'metafield' | 'alt'; turn: number };
const writes: fc.Arbitrary<Write[]> = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: PRODUCTS - 1 }),
    what: fc.constantFrom<Write['what']>('price', 'tags', 'stock', 'vendor', 'metafield', 'alt'),
    turn: fc.integer({ min: 1, max: 999 }),
  }),
  { maxLength: 4 },
);

async function write({ at, what, turn }: Write): Promise<void> {
  const { db } = stage.resources;
  const productId = ids[at]!;
  switch (what) {
    case 'price':
      await db.catalogVariant.updateMany({ where: { productId }, data: { price: `${turn}.37` } });
      break;
    case 'tags':
      await db.catalogProduct.update({
        where: { id: productId },
        data: { tags: ['all', `by others ${turn}`] },
      });
      break;
    case 'stock':
      await db.catalogInventoryLevel.updateMany({
        where: { variant: { productId } },
        data: { available: turn },
      });
      break;
    case 'vendor':
      await db.catalogProduct.update({ where: { id: productId }, data: { vendor: `Others ${turn}` } });
      break;
    case 'metafield':
      await db.catalogMetafield.updateMany({ where: { productId }, data: { value: `others ${turn}` } });
      break;
    case 'alt':
      await db.catalogMedia.updateMany({ where: { productId }, data: { alt: `others ${turn}` } });
  }
}

/** Every value of the catalog by product and path, as far as these fields name it. */
type Held = (row: { productId: string; variantId: string | null; field: string }) => FieldValue;
async function held(): Promise<Held> {
  const catalog = await wholeCatalog(stage);
  return ({ productId, variantId, field }) =>
    heldValue(catalog.get(productId)!.product, { variant: variantId, field });
}

async function carryOut(editId: string): Promise<void> {
  const { resources, shopId } = stage;
  await confirmBulkEdit(resources, { shopId, editId, causedBy: 'play', confirmation: null });
  await applyBulkEdit(resources, { name: 'apply-bulk-edit', shopId, editId }, context);
}

describe('any edit, with others at work', () => {
  it('writes what it showed or says that it did not, and undo keeps what others wrote', async () => {
    const { resources, shopId } = stage;
    await fc.assert(
      fc.asyncProperty(changes, writes, writes, async (asked, between, since) => {
        const started = await startBulkEdit(resources, {
          shopId,
          name: 'Play',
          selection: { kind: 'query', query: '' },
          changes: asked,
          causedBy: 'play',
          via: 'app',
          appliesItself: false,
        });
        if (started.kind !== 'started') return fc.pre(false);
        const { editId } = started;
        await planBulkEdit(resources, { name: 'plan-bulk-edit', shopId, editId }, context);
        const planned = await fieldsOf(stage, editId, ['planned']);
        const seen = await held();
        for (const row of planned) expect(seen(row), row.field).toEqual(row.before);
        for (const each of between) await write(each);
        const before = await held();
        await carryOut(editId);
        const [after, ended] = [await held(), await fieldsOf(stage, editId)];
        const applied = ended.filter(({ state }) => state === 'applied');
        for (const row of ended) {
          if (row.state === 'skipped') continue;
          if (row.state === 'applied') expect(after(row), row.field).toEqual(row.after);
          // The order of pictures of which one stayed because it moved.
          else if (row.state === 'refused') expect(row.field).toBe('mediaOrder');
          else {
            expect(row.state, JSON.stringify(row)).toBe('moved');
            expect(before(row), row.field).not.toEqual(row.before);
          }
        }
        expect(await edit(stage, editId)).toMatchObject({
          fieldsApplied: applied.length,
          fieldsMoved: ended.filter(({ state }) => state === 'moved').length,
        });
        for (const each of since) await write(each);
        const others = await held();
        const undone = await undoBulkEdit(resources, {
          shopId,
          editId,
          productIds: [],
          causedBy: 'play',
          via: 'app',
          appliesItself: false,
        });
        if (undone.kind !== 'started') {
          expect(applied).toEqual([]);
          return true;
        }
        await planBulkEdit(resources, { name: 'plan-bulk-edit', shopId, editId: undone.editId }, context);
        await carryOut(undone.editId);
        const last = await held();
        const kept = await fieldsOf(stage, undone.editId, ['skipped']);
        const isKept = new Set(
          kept.map(({ productId, variantId, field }) => `${productId} ${variantId} ${field}`),
        );
        for (const row of applied) {
          const touched = JSON.stringify(others(row)) !== JSON.stringify(after(row));
          if (touched) expect(last(row), `${row.field} of others`).toEqual(others(row));
          else if (!isKept.has(`${row.productId} ${row.variantId} ${row.field}`))
            expect(last(row), `${row.field} back`).toEqual(row.before);
        }
        return true;
      }),
      { numRuns: Number(process.env['RUNS'] ?? 60), endOnFailure: true },
    );
  }, 240_000);
});
