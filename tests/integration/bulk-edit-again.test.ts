/** What had moved when an edit was applied, asked again; and the file of its results. */
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBulkEdits } from '~/db/pages/bulk-edits.server';
import { cancelBulkEdit } from '~/sync/cancel-bulk-edit';
import { confirmBulkEdit } from '~/sync/confirm-bulk-edit';
import { exportBulkEdit } from '~/sync/export-bulk-edit';
import { planMovedAgain } from '~/sync/plan-moved-again';
import { undoBulkEdit } from '~/sync/undo-bulk-edit';
import { rawProduct } from '../support/catalog-rows';
import { PERCENT, applyEdit, awaitEdit, fieldsOf, planEdit } from '../support/edits';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';

let stage: Stage;
let editId: string;

const db = () => stage.resources.db;
const again = (id = editId) =>
  planMovedAgain(stage.resources, { shopId: stage.shopId, editId: id, causedBy: 'anna' });
const prices = async () =>
  Object.fromEntries(
    (await db().catalogVariant.findMany({ orderBy: { sku: 'asc' } })).map(({ sku, price }) => [
      sku,
      Number(price),
    ]),
  );

beforeAll(async () => {
  stage = await openStage({});
  await db().shop.update({
    where: { id: stage.shopId },
    data: { guardCatalogPercent: null, guardChangePercent: null },
  });
  for (const name of ['A', 'B'])
    await rawProduct(db(), stage.accountId, {
      handle: `mug-${name.toLowerCase()}`,
      product: { title: `=Mug ${name}`, tags: ['all'] },
      options: [{ name: 'Size', values: ['S', 'M'] }],
      media: [],
      metafields: [],
      variants: [
        { sku: `${name}-S`, option1: 'S', price: '100' },
        { sku: `${name}-M`, option1: 'M', price: '200' },
      ],
    });
  // Two of the three variants that were selected move before the plan is applied, and the tag of one product.
  const plan = await planEdit(stage, { kind: 'query', query: 'price:>=100 -sku:B-M' }, [
    PERCENT('-10'),
    { field: 'tags', change: { kind: 'remove', tags: ['all'] } },
  ]);
  editId = plan.id;
  await db().$executeRaw`UPDATE catalog.variant SET price = 150 WHERE sku IN ('A-S', 'B-S')`;
  await applyEdit(stage, editId);
  expect(await prices()).toEqual({ 'A-S': 150, 'A-M': 180, 'B-S': 150, 'B-M': 200 });
});
afterAll(async () => {
  await stage?.close();
});

describe('planning again what moved', () => {
  it('asks for the moved fields alone, from what they hold now', async () => {
    const started = await again();
    if (started.kind !== 'started') throw new Error(`Not started: ${JSON.stringify(started)}`);
    const plan = await awaitEdit(stage, started.editId, ['planned']);
    const fields = await fieldsOf(stage, plan.id);
    expect(
      fields.map(({ sku, field, before, after }) => [sku, field, Number(before), Number(after)]),
    ).toEqual([
      ['A-S', 'price', 150, 135],
      ['B-S', 'price', 150, 135],
    ]);
    // Given up, it may be asked for once more; under way or applied it may not.
    expect(await again()).toEqual({ kind: 'asked-already', editId: plan.id });
    await cancelBulkEdit(stage.resources, { shopId: stage.shopId, editId: plan.id });
    const second = await again();
    if (second.kind !== 'started') throw new Error(`Not started: ${JSON.stringify(second)}`);
    await awaitEdit(stage, second.editId, ['planned']);
    await applyEdit(stage, second.editId);
    expect(await prices()).toEqual({ 'A-S': 135, 'A-M': 180, 'B-S': 135, 'B-M': 200 });
    expect(await again()).toEqual({ kind: 'asked-already', editId: second.editId });
    expect(await again(second.editId)).toEqual({ kind: 'nothing-moved' });
  });

  it('asks nothing again of an undo, nor of an edit of another shop', async () => {
    const undo = await undoBulkEdit(stage.resources, {
      shopId: stage.shopId,
      editId,
      productIds: [],
      causedBy: 'anna',
      via: 'app',
      appliesItself: false,
    });
    if (undo.kind !== 'started') throw new Error(`Not started: ${JSON.stringify(undo)}`);
    await awaitEdit(stage, undo.editId, ['planned']);
    expect(await again(undo.editId)).toEqual({ kind: 'is-undo' });
    const stranger = { shopId: crypto.randomUUID(), editId, causedBy: 'eve' };
    expect(await planMovedAgain(stage.resources, stranger)).toEqual({ kind: 'gone' });
    expect(await confirmBulkEdit(stage.resources, { ...stranger, confirmation: null })).toEqual({
      kind: 'gone',
    });
  });
});

describe('the results as CSV', () => {
  it('holds every field with what became of it, and no formula', async () => {
    const pieces: string[] = [];
    for await (const piece of exportBulkEdit(stage.resources, { shopId: stage.shopId, editId }))
      pieces.push(piece);
    const rows: Record<string, string>[] = parse(pieces.join(''), { columns: true });
    expect(rows.map((row) => [row['Product'], row['SKU'], row['Field'], row['State']])).toEqual([
      ["'=Mug A", '', 'tags:all', 'applied'],
      ["'=Mug A", 'A-S', 'price', 'moved'],
      ["'=Mug A", 'A-M', 'price', 'applied'],
      ["'=Mug B", '', 'tags:all', 'applied'],
      ["'=Mug B", 'B-S', 'price', 'moved'],
    ]);
    expect(rows[1]!['Reason']).toContain('after the plan was made');
  });

  it('holds nothing of an edit of another shop', async () => {
    const pieces: string[] = [];
    const stranger = { shopId: crypto.randomUUID(), editId };
    for await (const piece of exportBulkEdit(stage.resources, stranger)) pieces.push(piece);
    expect(parse(pieces.join(''), { columns: true })).toEqual([]);
  });
});

describe('the history', () => {
  it('turns its pages from the newest to the oldest, each edit once', async () => {
    const seen: string[] = [];
    for (let before: string | null = null; ;) {
      const page: Awaited<ReturnType<typeof readBulkEdits>> = await readBulkEdits(db(), stage.shopId, {
        before,
        limit: 2,
      });
      seen.push(...page.rows.map(({ id }) => id));
      before = page.next;
      if (before === null) break;
    }
    const all = await db().bulkEdit.findMany({
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      select: { id: true },
    });
    expect(seen).toEqual(all.map(({ id }) => id));
    expect(seen.length).toBeGreaterThan(3);
    expect((await readBulkEdits(db(), crypto.randomUUID(), { before: null, limit: 2 })).rows).toEqual([]);
  });
});
