/** Selections that somebody has read: which products wait, and how far each is. */
import type { Gid, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

export interface WarmCounts {
  selected: number;
  fresh: number;
  leftOut: number;
  total: number;
  pointsExpected: number;
}

/** The next selection of the shop whose products are not known yet. */
export async function nextToSelect(
  db: Queryable,
  shopId: string,
): Promise<{ id: string; selection: unknown; allowance: number } | null> {
  return db.cacheWarm.findFirst({
    where: { shopId, selectedAt: null, finishedAt: null },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: { id: true, selection: true, allowance: true },
  });
}

/** Notes products to be read. Repeatable. */
export async function noteAsked(
  db: Queryable,
  warm: { id: string; shopId: string },
  productIds: readonly SourceId[],
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO app.cache_warm_product (warm_id, shop_id, product_id)
    SELECT ${warm.id}::uuid, ${warm.shopId}::uuid, unnest(${[...productIds]}::uuid[])
    ON CONFLICT DO NOTHING`;
}

/** All of its products are known now. */
export async function noteSelected(
  db: Queryable,
  warmId: string,
  counts: WarmCounts,
  now: Date,
): Promise<void> {
  await db.cacheWarm.updateMany({
    where: { id: warmId, finishedAt: null },
    data: {
      selectedAt: now,
      productsSelected: counts.selected,
      productsFresh: counts.fresh,
      productsLeftOut: counts.leftOut,
      productsTotal: counts.total,
      pointsExpected: counts.pointsExpected,
      ...(counts.total === 0 && { finishedAt: now }),
    },
  });
}

/** Ends one that cannot go on. */
export async function endWarm(db: Queryable, warmId: string, error: string, now: Date): Promise<void> {
  await db.cacheWarm.updateMany({
    where: { id: warmId, finishedAt: null },
    data: { error, finishedAt: now },
  });
  await db.cacheWarmProduct.deleteMany({ where: { warmId } });
}

export interface AskedProduct {
  warmId: string;
  productId: SourceId;
  /** Null: it is not linked any more. */
  remoteId: Gid | null;
  variants: number;
  /** It must be read whole. */
  isUnread: boolean;
}

/** The next products of the oldest selection that is under way. */
export async function nextAsked(
  db: Queryable,
  shopId: string,
  { limit, now }: { limit: number; now: Date },
): Promise<AskedProduct[]> {
  return db.$queryRaw`
    SELECT asked.warm_id AS "warmId", asked.product_id AS "productId", link.remote_id AS "remoteId",
      COALESCE(cardinality(remote.variant_order), 1) AS variants,
      remote.remote_id IS NULL OR remote.invalidated_at IS NOT NULL OR COALESCE(remote.expires_at <= ${now}, false) AS "isUnread"
    FROM app.cache_warm_product asked
    LEFT JOIN app.product_link link
      ON link.shop_id = asked.shop_id AND link.product_id = asked.product_id AND link.state = 'linked'
    LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    WHERE asked.shop_id = ${shopId}::uuid AND asked.warm_id = (
      SELECT id FROM app.cache_warm WHERE shop_id = ${shopId}::uuid AND selected_at IS NOT NULL AND finished_at IS NULL
      ORDER BY created_at, id LIMIT 1)
    ORDER BY asked.product_id LIMIT ${limit}::int`;
}

/** Notes a page as done: `read` of it was found as it is cached. The last page ends the selection. */
export async function noteAskedDone(
  tx: Queryable,
  warmId: string,
  page: { productIds: readonly SourceId[]; read: number; points: number },
  now: Date,
): Promise<void> {
  const { count } = await tx.cacheWarmProduct.deleteMany({
    where: { warmId, productId: { in: [...page.productIds] } },
  });
  const left = await tx.cacheWarmProduct.findFirst({ where: { warmId }, select: { productId: true } });
  await tx.cacheWarm.updateMany({
    where: { id: warmId, finishedAt: null },
    data: {
      productsDone: { increment: count },
      productsRead: { increment: page.read },
      points: { increment: page.points },
      ...(left === null && { finishedAt: now }),
    },
  });
}

/** Shops with selections that are not through: their job may have been lost. */
export async function shopsWithWarms(db: Queryable): Promise<string[]> {
  const rows = await db.cacheWarm.findMany({
    where: { finishedAt: null },
    select: { shopId: true },
    distinct: ['shopId'],
  });
  return rows.map(({ shopId }) => shopId);
}
