/**
 * Products of an account's catalog that a store takes along when it leaves: copied into a catalog of its own, and everything
 * that is known of them for the store pointed at the copies. By statements over all of them, never one by one. The id of
 * each copy follows from that of its original (app.copied_id), so that no table of pairs is needed.
 */
import { Prisma } from '#generated/prisma/client';
import type { Queryable } from './client.server';

export interface Copying {
  shopId: string;
  /** Whose catalog the originals are in. */
  from: string;
  /** Whose the copies are. */
  to: string;
  /** Something new: the same products may be copied many times. */
  salt: string;
}

/**
 * The products that are taken along: those that the store has, or may have (a creation of which no answer came). Not in a
 * condition of its own table: what asks for it must be asked before the links themselves are moved.
 */
const taken = ({ shopId, from }: Copying) => Prisma.sql`
  SELECT link.product_id FROM app.product_link link JOIN catalog.product original ON original.id = link.product_id
  WHERE link.shop_id = ${shopId}::uuid AND original.account_id = ${from}::uuid
    AND (link.remote_id IS NOT NULL OR link.create_sent_at IS NOT NULL)`;

/** Keeps the merchant's own transactions from adding to the originals or taking from them until this one ends. */
export async function lockOriginals(tx: Queryable, copying: Copying): Promise<number> {
  const [row] = await tx.$queryRaw<{ products: number }[]>`
    SELECT count(*)::int AS products FROM (
      SELECT 1 FROM catalog.product WHERE id IN (${taken(copying)}) ORDER BY id FOR UPDATE) AS original`;
  return row?.products ?? 0;
}

/** Every column as in the original, also those that are not there yet, but for the ids. */
export async function copyCatalogRows(tx: Queryable, copying: Copying): Promise<void> {
  const { salt, to } = copying;
  const id = (column: Prisma.Sql) => Prisma.sql`app.copied_id(${column}::text, ${salt})`;
  const account = Prisma.sql`'account_id', ${to}::uuid`;
  const product = Prisma.sql`'product_id', ${id(Prisma.sql`o.product_id`)}`;
  const variant = Prisma.sql`'variant_id', ${id(Prisma.sql`o.variant_id`)}`;
  const own = Prisma.sql`'id', ${id(Prisma.sql`o.id`)}`;
  const ofProducts = Prisma.sql`o.product_id IN (${taken(copying)})`;
  const ofVariants = Prisma.sql`o.variant_id IN (SELECT id FROM catalog.variant WHERE product_id IN (${taken(copying)}))`;
  await tx.$executeRaw`
    INSERT INTO catalog.product SELECT copy.* FROM catalog.product o,
      LATERAL jsonb_populate_record(o, jsonb_build_object(${account}, ${own})) AS copy WHERE o.id IN (${taken(copying)})`;
  await tx.$executeRaw`
    INSERT INTO catalog.product_option SELECT copy.* FROM catalog.product_option o,
      LATERAL jsonb_populate_record(o, jsonb_build_object(${account}, ${product})) AS copy WHERE ${ofProducts}`;
  await tx.$executeRaw`
    INSERT INTO catalog.media SELECT copy.* FROM catalog.media o,
      LATERAL jsonb_populate_record(o, jsonb_build_object(${account}, ${own}, ${product})) AS copy WHERE ${ofProducts}`;
  await tx.$executeRaw`
    INSERT INTO catalog.variant SELECT copy.* FROM catalog.variant o,
      LATERAL jsonb_populate_record(o, jsonb_build_object(${account}, ${own}, ${product},
        'media_id', ${id(Prisma.sql`o.media_id`)})) AS copy WHERE ${ofProducts}`;
  await tx.$executeRaw`
    INSERT INTO catalog.inventory_level SELECT copy.* FROM catalog.inventory_level o,
      LATERAL jsonb_populate_record(o, jsonb_build_object(${account}, ${variant})) AS copy WHERE ${ofVariants}`;
  await tx.$executeRaw`
    INSERT INTO catalog.metafield SELECT copy.* FROM catalog.metafield o,
      LATERAL jsonb_populate_record(o, jsonb_build_object(${account}, ${own}, ${product})) AS copy WHERE ${ofProducts}`;
  await tx.$executeRaw`
    INSERT INTO catalog.metafield SELECT copy.* FROM catalog.metafield o,
      LATERAL jsonb_populate_record(o, jsonb_build_object(${account}, ${own}, ${variant})) AS copy WHERE ${ofVariants}`;
}

/** An id of a variant (Shopify's own ones stay as they are), or something in which ids may stand. */
type ColumnType = 'variant' | 'variant-text' | 'text' | 'jsonb';

/** A table of rows of one store and product, and its other columns that may hold ids of the catalog. */
interface Holder {
  table: string;
  columns?: Record<string, ColumnType>;
}

const VALUES = { before: 'jsonb', after: 'jsonb' } as const;

/** In this order; the links are the last, for they say which products are meant. */
export const HOLDERS: readonly Holder[] = [
  { table: 'base_variant', columns: { variant_id: 'variant', state: 'jsonb' } },
  { table: 'base_product', columns: { state: 'jsonb' } },
  { table: 'sync_request' },
  { table: 'run_product' },
  {
    table: 'change',
    columns: { variant_id: 'variant-text', field: 'text', returned: 'jsonb', ...VALUES },
  },
  {
    table: 'conflict',
    columns: {
      variant_id: 'variant',
      field: 'text',
      base: 'jsonb',
      source: 'jsonb',
      remote: 'jsonb',
      value: 'jsonb',
    },
  },
  { table: 'policy_rule' },
  { table: 'shadow_decision', columns: { variant_id: 'variant', field: 'text', ...VALUES } },
  { table: 'held_product' },
  {
    table: 'bulk_edit_field',
    columns: {
      variant_id: 'variant-text',
      field: 'text',
      override_before: 'jsonb',
      override_after: 'jsonb',
      ...VALUES,
    },
  },
  { table: 'promotion_variant', columns: { variant_id: 'variant' } },
  { table: 'store_override', columns: { variant_id: 'variant', field: 'text', value: 'jsonb' } },
  { table: 'released_path', columns: { variant_id: 'variant', field: 'text' } },
  { table: 'overlay_revision' },
  { table: 'work_product' },
  { table: 'warmed_product' },
  { table: 'cache_control' },
  { table: 'cache_warm_product' },
  { table: 'product_link', columns: { sent: 'jsonb' } },
];

/** What a column holds once every id in it is that of a copy. Most values hold none: those are only looked at. */
function movedColumn(column: string, type: ColumnType, { from, salt }: Copying): Prisma.Sql {
  const held = Prisma.raw(`held."${column}"`);
  if (type === 'variant')
    return Prisma.sql`CASE WHEN ${held} IN (SELECT id FROM catalog.variant WHERE account_id = ${from}::uuid)
      THEN app.copied_id(${held}::text, ${salt})::uuid ELSE ${held} END`;
  if (type === 'variant-text')
    return Prisma.sql`CASE WHEN ${held} IN (SELECT id::text FROM catalog.variant WHERE account_id = ${from}::uuid)
      THEN app.copied_id(${held}, ${salt}) ELSE ${held} END`;
  return Prisma.sql`CASE WHEN ${held}::text ~ '[0-9a-f]{8}-[0-9a-f]{4}-'
    THEN app.copied_ids(${held}::text, ${salt}, ${from}::uuid)::${Prisma.raw(type)} ELSE ${held} END`;
}

/** Points what is known of the products for the store at their copies. What Shopify holds is cached by its own ids. */
export async function moveKnowledge(tx: Queryable, copying: Copying): Promise<void> {
  const { shopId, salt } = copying;
  for (const { table, columns = {} } of HOLDERS) {
    const further = Object.entries(columns).map(
      ([column, type]) => Prisma.sql`, ${Prisma.raw(`"${column}"`)} = ${movedColumn(column, type, copying)}`,
    );
    await tx.$executeRaw`
      UPDATE app.${Prisma.raw(`"${table}"`)} AS held
      SET product_id = app.copied_id(held.product_id::text, ${salt})::uuid ${further.length === 0 ? Prisma.empty : Prisma.join(further, '')}
      WHERE held.shop_id = ${shopId}::uuid AND held.product_id IN (${taken(copying)})`;
  }
  await moveLists(tx, copying);
}

/** Where ids stand in lists and in the terms of something. */
async function moveLists(tx: Queryable, { shopId, from, salt }: Copying): Promise<void> {
  const moved = (column: string) =>
    Prisma.sql`app.copied_ids(${Prisma.raw(column)}::text, ${salt}, ${from}::uuid)`;
  await tx.$executeRaw`
    UPDATE app.inventory_intent SET product_ids = ${moved('product_ids')}::uuid[], operations = ${moved('operations')}::jsonb
    WHERE shop_id = ${shopId}::uuid`;
  await tx.$executeRaw`
    UPDATE app.own_stock_use SET variant_id = ${moved('variant_id')}::uuid WHERE shop_id = ${shopId}::uuid`;
  await tx.$executeRaw`
    UPDATE app.bulk_edit SET undo_product_ids = ${moved('undo_product_ids')}::uuid[], selection = ${moved('selection')}::jsonb
    WHERE shop_id = ${shopId}::uuid`;
  await tx.$executeRaw`
    UPDATE app.saved_edit SET selection = ${moved('selection')}::jsonb WHERE shop_id = ${shopId}::uuid`;
  await tx.$executeRaw`
    UPDATE app.dead_letter SET payload = ${moved('payload')}::jsonb WHERE shop_id = ${shopId}::uuid`;
}

/**
 * What jobs had taken and not ended is asked for anew: they look for the originals and find no link. Before the knowledge is
 * moved.
 */
export async function askAgain(tx: Queryable, shopId: string, now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO app.sync_request (shop_id, product_id, cause, requested_at, source_changed_at, remote_changed_at, asked_at)
    SELECT DISTINCT ON (product.key) job.shop_id, product.key::uuid, 'retry', ${now}, (product.value->>0)::timestamptz,
      (product.value->>1)::timestamptz, COALESCE((product.value->>2)::timestamptz, ${now})
    FROM app.sync_job job, jsonb_each(job.products) product WHERE job.shop_id = ${shopId}::uuid
    ORDER BY product.key, job.taken_at
    ON CONFLICT (shop_id, product_id) DO NOTHING`;
  await tx.$executeRaw`DELETE FROM app.sync_job WHERE shop_id = ${shopId}::uuid`;
}

/** What is left of products that the store does not have and does not take along. After the knowledge is moved. */
export async function dropUntaken(tx: Queryable, { shopId, from }: Copying): Promise<void> {
  const untaken = Prisma.sql`product_id IN (SELECT id FROM catalog.product WHERE account_id = ${from}::uuid)`;
  for (const table of ['ambiguous_match', 'sync_request', 'held_product', 'shadow_decision', 'product_link'])
    await tx.$executeRaw`
      DELETE FROM app.${Prisma.raw(`"${table}"`)} WHERE shop_id = ${shopId}::uuid AND ${untaken}`;
  await tx.$executeRaw`
    DELETE FROM app.conflict WHERE shop_id = ${shopId}::uuid AND state IN ('open', 'resolving') AND ${untaken}`;
}
