/** Bulk edits in every state, for their pages. */
import { randomUUID } from 'node:crypto';
import type { Prisma } from '#generated/prisma/client';
import type { Database } from '~/db/client.server';
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import { bulkChangesSchema, productSelectionSchema } from '~/sync/bulk-edit-schema';

export type EditState =
  | 'planning'
  | 'planned'
  | 'guarded'
  | 'twoPersons'
  | 'nothing'
  | 'applying'
  | 'finished'
  | 'cancelled'
  | 'failed'
  | 'undo';

const LOWER: BulkChange = {
  field: 'price',
  change: { by: 'percent', percent: '-10' },
  rounding: { to: 'ending', ending: '0.99' },
  floor: { atCost: true, minimum: null },
};
const TAG: BulkChange = { field: 'tags', change: { kind: 'add', tags: ['autumn-sale'] } };

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

interface Shop {
  id: string;
  accountId: string;
}
type FieldRow = Prisma.BulkEditFieldCreateManyInput;

/** The fields of a plan over the products: prices of all variants, and a tag. */
async function planOf(db: Database, shop: Shop, editId: string, productIds: string[]): Promise<FieldRow[]> {
  const products = await db.catalogProduct.findMany({
    where: { id: { in: productIds } },
    orderBy: { title: 'asc' },
    include: { variants: { orderBy: { position: 'asc' } } },
  });
  const rows = products.flatMap(({ id: productId, title, variants }, index): Omit<FieldRow, 'position'>[] => {
    const common = { editId, shopId: shop.id, productId, title };
    return [
      ...variants.map((variant, at) => {
        const isSkipped = (index + at) % 9 === 8;
        const price = Number(variant.price);
        return {
          ...common,
          variantId: variant.id,
          variantTitle: variant.option1,
          sku: variant.sku,
          field: 'price',
          before: price.toFixed(2),
          after: isSkipped ? price.toFixed(2) : (Math.round(price * 0.9) - 0.01).toFixed(2),
          state: isSkipped ? 'skipped' : 'planned',
          code: isSkipped ? 'unchanged' : null,
          message: isSkipped ? 'It has this value already.' : null,
          warnings: isSkipped
            ? []
            : index % 7 === 3
              ? ['below-cost', 'large-change']
              : at === 2
                ? ['raised-to-floor']
                : [],
        };
      }),
      { ...common, field: 'tags:autumn-sale', after: 'autumn-sale', state: 'planned', warnings: [] },
    ];
  });
  return rows.map((row, position) => ({ ...row, position }));
}

interface Seeded {
  name: string;
  data: Partial<Prisma.BulkEditCreateManyInput>;
  productIds: string[];
  /** What became of the field at this place of those to change. */
  end?: (place: number) => { state: string; message?: string };
  changes?: BulkChange[];
  selection?: ProductSelection;
}

async function seedEdit(db: Database, shop: Shop, seeded: Seeded): Promise<string> {
  const id = randomUUID();
  const fields = await planOf(db, shop, id, seeded.productIds);
  let place = 0;
  for (const field of fields) if (field.state === 'planned') Object.assign(field, seeded.end?.(place++));
  const changing = fields.filter(({ state }) => state !== 'skipped');
  const count = (state: string) => fields.filter((field) => field.state === state).length;
  const warnings: Record<string, number> = {};
  for (const { warnings: given } of fields)
    if (Array.isArray(given)) for (const code of given) warnings[code] = (warnings[code] ?? 0) + 1;
  const { selection = { kind: 'query', query: 'vendor:"Fjell & Co"' }, changes = [LOWER, TAG] } = seeded;
  await db.bulkEdit.create({
    data: {
      id,
      shopId: shop.id,
      name: seeded.name,
      selection: productSelectionSchema.parse(selection),
      changes: bulkChangesSchema.parse(changes),
      causedBy: 'user 1',
      productsSelected: seeded.productIds.length,
      variantsSelected: seeded.productIds.length * 3,
      productsWalked: seeded.productIds.length,
      productsToChange: new Set(changing.map(({ productId }) => productId)).size,
      fieldsToChange: changing.length,
      fieldsSkipped: count('skipped'),
      fieldsApplied: count('applied'),
      fieldsMoved: count('moved'),
      fieldsRefused: count('refused'),
      warnings,
      ...seeded.data,
    },
  });
  await db.bulkEditField.createMany({ data: fields });
  return id;
}

const FORECAST = { lane: 'documents', calls: 42, points: 1_260, seconds: 74 };
const GUARD = [
  { limit: 'catalog-share', percent: '66.67', products: 80, ofProducts: 120 },
  { limit: 'change', percent: '62.5', fields: 18 },
  { limit: 'zero-stock', fields: 3 },
];

async function seedRun(
  db: Database,
  shop: Shop,
  productIds: string[],
  state: string,
  endOf: (index: number) => string,
): Promise<string> {
  const run = await db.syncRun.create({
    data: {
      shopId: shop.id,
      trigger: 'edit',
      causedBy: 'user 1',
      state,
      isPartial: true,
      productsTotal: productIds.length,
      calls: 14,
      points: 380,
      createdAt: minutesAgo(1),
      startedAt: minutesAgo(1),
      ...(state === 'finished' && { finishedAt: minutesAgo(0.2) }),
    },
  });
  await db.runProduct.createMany({
    data: productIds.map((productId, index) => ({
      runId: run.id,
      shopId: shop.id,
      productId,
      title: `Product ${index + 1}`,
      state: endOf(index),
      changes: 4,
    })),
  });
  return run.id;
}

/** Edits of one shop in every state, by what is to be seen of them; the products are its catalog's. */
export async function seedEdits(
  db: Database,
  shop: Shop,
  productIds: string[],
): Promise<Record<EditState, string>> {
  const some = productIds.slice(0, 40);
  const run = (state: string, endOf: (index: number) => string) => seedRun(db, shop, some, state, endOf);
  const ended = { startedAt: minutesAgo(22), finishedAt: minutesAgo(20), plannedAt: minutesAgo(25) };
  const edit = (seeded: Omit<Seeded, 'productIds'> & { productIds?: string[] }) =>
    seedEdit(db, shop, { productIds: some, ...seeded });
  const finishedRun = await run('finished', (index) => (index === 3 ? 'failed' : 'applied'));
  const finished = await edit({
    name: 'Autumn sale',
    data: {
      state: 'finished',
      runId: finishedRun,
      confirmedBy: 'user 1',
      createdAt: minutesAgo(30),
      ...ended,
    },
    end: (place) =>
      place % 29 === 5
        ? { state: 'moved', message: 'It changed after the plan was made: the newer value stays.' }
        : place === 40
          ? { state: 'refused', message: 'The catalog cannot take this value.' }
          : { state: 'applied' },
  });
  const undo = await edit({
    name: 'Undo: Autumn sale',
    data: { undoOf: finished, state: 'planned', forecast: FORECAST, createdAt: minutesAgo(5) },
    end: (place) =>
      place % 31 === 6
        ? { state: 'skipped', message: 'Somebody set it to 18.50 since: that is kept.' }
        : { state: 'planned' },
  });
  await db.bulkEditField.updateMany({
    where: { editId: undo, state: 'skipped', message: { startsWith: 'Somebody' } },
    data: { code: 'changed-since', warnings: [] },
  });
  return {
    finished,
    undo,
    planning: await edit({
      name: 'Winter prices',
      productIds: productIds.slice(0, 1),
      data: { state: 'planning', productsSelected: 1_840, productsWalked: 750, createdAt: minutesAgo(0.1) },
      selection: { kind: 'query', query: '' },
    }),
    planned: await edit({
      name: 'Summer clearance',
      data: { state: 'planned', forecast: FORECAST, createdAt: minutesAgo(9) },
    }),
    guarded: await edit({
      name: 'Everything must go',
      data: {
        state: 'planned',
        forecast: FORECAST,
        guard: GUARD,
        createdAt: minutesAgo(8),
        causedBy: 'user 2',
      },
    }),
    twoPersons: await edit({
      name: 'Everything must go, again',
      data: { state: 'planned', guard: GUARD, createdAt: minutesAgo(7) },
    }),
    nothing: await edit({
      name: 'Tags of last year',
      productIds: productIds.slice(0, 3),
      data: {
        state: 'planned',
        fieldsToChange: 0,
        productsToChange: 0,
        fieldsSkipped: 12,
        createdAt: minutesAgo(6),
      },
      end: () => ({ state: 'skipped', message: 'The product has no such tag.' }),
    }),
    applying: await edit({
      name: 'Weekend prices',
      data: {
        state: 'applying',
        runId: await run('running', (index) => (index < 12 ? 'applied' : 'pending')),
        productsWritten: 21,
        createdAt: minutesAgo(2),
        startedAt: minutesAgo(1),
        via: 'api',
        causedBy: 'API key “warehouse”',
      },
      end: (place) => ({ state: place < 80 ? 'applied' : 'planned' }),
    }),
    cancelled: await edit({
      name: 'Prices of tents',
      data: {
        state: 'cancelled',
        runId: await run('finished', (index) => (index < 18 ? 'applied' : 'cancelled')),
        createdAt: minutesAgo(60),
        confirmedBy: 'user 1',
        ...ended,
      },
      end: (place) => ({ state: place < 70 ? 'applied' : 'cancelled' }),
      selection: { kind: 'skus', skus: ['SKU-1-S', 'SKU-1-M'] },
    }),
    failed: await edit({
      name: 'Stock of the attic',
      data: {
        state: 'failed',
        error: 'The database did not answer five times. Make the edit again.',
        createdAt: minutesAgo(90),
        ...ended,
      },
      end: (place) => ({ state: place < 30 ? 'applied' : 'cancelled' }),
      changes: [
        { field: 'inventory', locationId: 'gid://shopify/Location/1', change: { kind: 'adjust', by: -2 } },
      ],
    }),
  };
}
