/** What the cache holds of Shopify's products, to be compared with a read of them, and what follows from that. */
import type { Gid, RemoteProduct, RemoteVariant, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import type { RemoteRow } from './product-states.server';

export interface HeldRemote {
  productId: SourceId;
  remoteId: Gid;
  /** Null: the cache holds nothing. */
  product: RemoteProduct | null;
  /** When a row of it was last written. */
  writtenAt: Date | null;
  /** A sync has looked at the product at least once. */
  wasSynced: boolean;
  /** The line is about to look at it, or writes it at this moment: nothing can be told from a comparison. */
  isInHand: boolean;
}

interface HeldRow {
  productId: SourceId;
  remoteId: Gid;
  state: RemoteRow | null;
  variantOrder: Gid[] | null;
  variants: Record<Gid, RemoteVariant> | null;
  writtenAt: Date | null;
  wasSynced: boolean;
  isInHand: boolean;
}

/** Of these products of the shop, those that a walk looks at (as `nextWalked`). */
export async function loadHeldRemotes(
  db: Queryable,
  shopId: string,
  remoteIds: Gid[],
  now: Date,
): Promise<Map<Gid, HeldRemote>> {
  const rows = await db.$queryRaw<HeldRow[]>`
    SELECT link.product_id AS "productId", link.remote_id AS "remoteId", remote.state, remote.variant_order AS "variantOrder",
      variants.states AS variants, GREATEST(remote.fetched_at, variants.written_at) AS "writtenAt",
      link.last_synced_at IS NOT NULL AS "wasSynced",
      remote.invalidated_at IS NOT NULL OR COALESCE(link.claimed_until > ${now}, false) AS "isInHand"
    FROM app.product_link link
    JOIN catalog.product product ON product.id = link.product_id
    LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    LEFT JOIN LATERAL (
      SELECT jsonb_object_agg(variant.remote_id, variant.state) AS states, max(variant.fetched_at) AS written_at
      FROM app.remote_variant variant WHERE variant.shop_id = link.shop_id AND variant.remote_product_id = link.remote_id
    ) AS variants ON true
    WHERE link.shop_id = ${shopId}::uuid AND link.state = 'linked' AND link.remote_id = ANY(${remoteIds})`;
  return new Map(
    rows.map(({ state, variantOrder, variants, ...row }) => [
      row.remoteId,
      {
        ...row,
        product: state && {
          ...state,
          variants: (variantOrder ?? []).flatMap((id) => variants?.[id] ?? []),
        },
      },
    ]),
  );
}

/** Products that these variants belong to, as far as they are cached. */
export async function productsOfVariants(
  db: Queryable,
  shopId: string,
  variantIds: Gid[],
): Promise<Map<Gid, Gid>> {
  const rows = await db.remoteVariantRow.findMany({
    where: { shopId, remoteId: { in: variantIds } },
    select: { remoteId: true, remoteProductId: true },
  });
  return new Map(rows.map(({ remoteId, remoteProductId }) => [remoteId, remoteProductId]));
}

/** Notes that a read begun at this instant found these products as they are cached. */
export async function noteVerified(
  db: Queryable,
  shopId: string,
  remoteIds: Gid[],
  readBegan: Date,
): Promise<void> {
  if (remoteIds.length === 0) return;
  await db.$executeRaw`
    UPDATE app.remote_product SET fetched_at = ${readBegan}
    WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${remoteIds}) AND fetched_at < ${readBegan}`;
}

/** Cached products that a whole read begun at this instant did not bring: Shopify has them no longer. */
export async function unseenSince(
  db: Queryable,
  shopId: string,
  readBegan: Date,
  now: Date,
): Promise<{ productId: SourceId; remoteId: Gid }[]> {
  return db.$queryRaw`
    SELECT link.product_id AS "productId", link.remote_id AS "remoteId" FROM app.product_link link
    JOIN catalog.product product ON product.id = link.product_id
    JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    WHERE link.shop_id = ${shopId}::uuid AND link.state = 'linked' AND remote.fetched_at < ${readBegan}
      AND remote.invalidated_at IS NULL AND COALESCE(link.claimed_until <= ${now}, true)
      AND NOT EXISTS (
        SELECT 1 FROM app.remote_variant variant WHERE variant.shop_id = link.shop_id
          AND variant.remote_product_id = link.remote_id AND variant.fetched_at > ${readBegan})`;
}

export interface StaleProduct {
  productId: SourceId;
  /** The catalog was changed after the last look. False: Shopify's side is in doubt, or the last look changed the catalog itself. */
  isNewInCatalog: boolean;
}

/**
 * Linked products of which we know ourselves that they must be looked at, whether or not somebody was to: the catalog's
 * rows have another revision than was last found in order, or the cache is marked as possibly untrue or empty. Products
 * that wait for a person (conflicts, refusals) are left alone unless Shopify's side is in doubt.
 */
export async function staleProducts(
  db: Queryable,
  { shopId, accountId }: { shopId: string; accountId: string },
): Promise<StaleProduct[]> {
  return db.$queryRaw`
    SELECT "productId", "hasMoved" AND "isNewer" AS "isNewInCatalog" FROM (
      SELECT link.product_id AS "productId",
        remote.invalidated_at IS NOT NULL OR (remote.remote_id IS NULL AND link.last_synced_at IS NULL) AS "isInDoubt",
        link.sync_state = 'in-sync'
          AND (base.source_revision IS DISTINCT FROM product.revision + COALESCE(overlaid.revision, 0) + shop.rules_revision OR COALESCE(variants.have_moved, false)) AS "hasMoved",
        product.updated_at > link.last_synced_at OR COALESCE(variants.updated_at > link.last_synced_at, false) AS "isNewer"
      FROM app.product_link link
      JOIN app.shop shop ON shop.id = link.shop_id
      JOIN catalog.product product ON product.id = link.product_id
      LEFT JOIN app.overlay_revision overlaid ON overlaid.shop_id = link.shop_id AND overlaid.product_id = link.product_id
      LEFT JOIN app.base_product base ON base.shop_id = link.shop_id AND base.product_id = link.product_id
      LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
      LEFT JOIN (
        SELECT variant.product_id, max(variant.updated_at) AS updated_at,
          bool_or(agreed.source_revision IS DISTINCT FROM variant.revision) AS have_moved
        FROM catalog.variant variant
        LEFT JOIN app.base_variant agreed ON agreed.shop_id = ${shopId}::uuid AND agreed.variant_id = variant.id
        WHERE variant.account_id = ${accountId}::uuid GROUP BY variant.product_id
      ) AS variants ON variants.product_id = link.product_id
      WHERE link.shop_id = ${shopId}::uuid AND link.state = 'linked' AND link.remote_id IS NOT NULL
    ) AS linked
    WHERE "isInDoubt" OR "hasMoved"`;
}
