/** Which product of the catalog is which of the shop. */
import { Prisma } from '#generated/prisma/client';
import type { Sent } from '~/core/merging';
import type { Gid, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import type { SyncState } from './product-states.server';

/**
 * Makes the missing links of an account's catalog products; links that exist are left as they are. None is made where the
 * shop has joined or left an account since whoever asks looked: its catalog is another one then.
 */
export async function ensureLinks(
  db: Queryable,
  scope: { shopId: string; accountId: string },
  productIds?: SourceId[],
): Promise<void> {
  const chosen =
    productIds === undefined ? Prisma.empty : Prisma.sql`AND product.id = ANY(${productIds}::uuid[])`;
  await db.$executeRaw`
    WITH owner AS (
      SELECT account_id FROM app.shop WHERE id = ${scope.shopId}::uuid AND account_id = ${scope.accountId}::uuid FOR SHARE
    )
    INSERT INTO app.product_link (shop_id, product_id, title)
    SELECT ${scope.shopId}::uuid, product.id, product.title FROM catalog.product product JOIN owner USING (account_id)
    WHERE product.account_id = ${scope.accountId}::uuid ${chosen}
    ON CONFLICT (shop_id, product_id) DO NOTHING`;
}

/**
 * Ties a catalog product to a product of the shop. A former link to the same product whose own catalog product is gone
 * gives way; returns false where another catalog product holds it.
 */
export async function linkProduct(
  tx: Queryable,
  shopId: string,
  productId: SourceId,
  remoteId: Gid,
): Promise<boolean> {
  const [holder] = await tx.$queryRaw<{ productId: SourceId; isAlive: boolean }[]>`
    SELECT link.product_id AS "productId", EXISTS (SELECT 1 FROM catalog.product WHERE id = link.product_id) AS "isAlive"
    FROM app.product_link link WHERE link.shop_id = ${shopId}::uuid AND link.remote_id = ${remoteId}`;
  if (holder && holder.productId !== productId) {
    if (holder.isAlive) return false;
    await tx.$executeRaw`DELETE FROM app.base_variant WHERE shop_id = ${shopId}::uuid AND product_id = ${holder.productId}::uuid`;
    await tx.$executeRaw`DELETE FROM app.base_product WHERE shop_id = ${shopId}::uuid AND product_id = ${holder.productId}::uuid`;
    await tx.$executeRaw`DELETE FROM app.product_link WHERE shop_id = ${shopId}::uuid AND product_id = ${holder.productId}::uuid`;
  }
  await tx.$executeRaw`
    UPDATE app.product_link SET remote_id = ${remoteId}, state = 'linked', version = version + 1
    WHERE shop_id = ${shopId}::uuid AND product_id = ${productId}::uuid`;
  return true;
}

/** Notes, before they are sent, which products are about to be created: a retry looks for them first. */
export async function stampCreates(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
  now: Date,
): Promise<void> {
  await db.$executeRaw`
    UPDATE app.product_link SET create_sent_at = ${now}
    WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[])`;
}

/** Notes, before they are sent, values that are about to be written over others, by pathKey: see Weighing.sent. */
export async function noteSent(
  db: Queryable,
  shopId: string,
  sent: { productId: SourceId; values: Record<string, Sent> }[],
): Promise<void> {
  if (sent.length === 0) return;
  await db.$executeRaw`
    UPDATE app.product_link link SET sent = COALESCE(link.sent, '{}') || row.values
    FROM jsonb_to_recordset(${JSON.stringify(sent)}::jsonb) AS row("productId" uuid, "values" jsonb)
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = row."productId"`;
}

/** What the Products page shows of products whose states did not move. */
export async function noteLooks(
  db: Queryable,
  shopId: string,
  looks: { productId: SourceId; syncState: SyncState; decision: string; reason: string | null }[],
  runId: string | null,
  now: Date,
): Promise<void> {
  if (looks.length === 0) return;
  await db.$executeRaw`
    UPDATE app.product_link link SET sync_state = row."syncState", last_decision = row.decision, last_reason = row.reason,
      last_run_id = COALESCE(${runId}::uuid, last_run_id), last_synced_at = ${now}
    FROM jsonb_to_recordset(${JSON.stringify(looks)}::jsonb)
      AS row("productId" uuid, "syncState" text, decision text, reason text)
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = row."productId"`;
}

/** Catalog products that these products of the shop are linked to, each with the one it is linked to. */
export async function productsOfRemotes(
  db: Queryable,
  shopId: string,
  remoteIds: Gid[],
): Promise<Map<SourceId, Gid>> {
  const rows = await db.productLink.findMany({
    where: { shopId, remoteId: { in: remoteIds } },
    select: { productId: true, remoteId: true },
  });
  return new Map(
    rows.flatMap(({ productId, remoteId }) => (remoteId === null ? [] : [[productId, remoteId]])),
  );
}

/** Links whose catalog product was deleted and whose Shopify product has not followed yet. */
export async function orphanedLinks(db: Queryable, shopId: string): Promise<SourceId[]> {
  const rows = await db.$queryRaw<{ productId: SourceId }[]>`
    SELECT link.product_id AS "productId" FROM app.product_link link
    WHERE link.shop_id = ${shopId}::uuid AND link.state = 'linked'
      AND NOT EXISTS (SELECT 1 FROM catalog.product WHERE id = link.product_id)`;
  return rows.map((row) => row.productId);
}
