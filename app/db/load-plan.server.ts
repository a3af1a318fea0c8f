/**
 * How much of each product must be loaded. At the end of a look that left nothing to do, the revisions of the source and
 * the fingerprints of the remote are noted beside the base; as long as both stand there is nothing to merge. An
 * optimisation only: where in doubt the whole product is loaded, and the merge decides.
 */
import type { Gid, RemoteProduct, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { fingerprint, productPrint } from './product-states.server';

export type Extent =
  | { kind: 'unchanged' }
  /** Only these variants moved, and each of them is known on all three sides. */
  | { kind: 'variants'; variants: { sourceId: SourceId; remoteId: Gid }[] }
  | { kind: 'whole' };

/**
 * Revisions of the source as they stood before its rows were read. The product's is the sum of the catalog's, of what lies
 * over it in the store, and of the store's rules: each only grows, so that the sum stands only while all do.
 */
export interface Revisions {
  product: bigint | null;
  /** Of the rules of the store alone: older rules must not be laid over what is noted with it. */
  rules: number;
  variants: Map<SourceId, bigint>;
}

interface ProductRow {
  productId: SourceId;
  remoteId: Gid | null;
  revision: bigint | null;
  rulesRevision: number;
  isAgreed: boolean;
  /** As many as are cached. */
  variants: number;
}

interface VariantRow {
  productId: SourceId;
  variantId: SourceId;
  revision: bigint;
  /** Null: not known on Shopify's side. */
  remoteId: Gid | null;
  hasMoved: boolean;
}

export interface PlannedLoad {
  extent: Extent;
  revisions: Revisions;
  /** Variants that are cached of it. */
  cachedVariants: number;
}

/** Products without a link are absent. */
export async function planLoads(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
  now: Date,
): Promise<Map<SourceId, PlannedLoad>> {
  const products = await db.$queryRaw<ProductRow[]>`
    SELECT link.product_id AS "productId", link.remote_id AS "remoteId", product.revision + COALESCE(overlaid.revision, 0) + shop.rules_revision AS revision,
      shop.rules_revision AS "rulesRevision",
      COALESCE(link.state = 'linked' AND base.source_revision = product.revision + COALESCE(overlaid.revision, 0) + shop.rules_revision AND base.remote_print = remote.fingerprint
        AND remote.invalidated_at IS NULL AND COALESCE(remote.expires_at > ${now}, true), false) AS "isAgreed",
      COALESCE(cardinality(remote.variant_order), 0) AS variants
    FROM app.product_link link
    JOIN app.shop shop ON shop.id = link.shop_id
    LEFT JOIN catalog.product product ON product.id = link.product_id
    LEFT JOIN app.overlay_revision overlaid ON overlaid.shop_id = link.shop_id AND overlaid.product_id = link.product_id
    LEFT JOIN app.base_product base ON base.shop_id = link.shop_id AND base.product_id = link.product_id
    LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = ANY(${productIds}::uuid[])`;
  const doubtful = products.filter((row) => !row.isAgreed).map((row) => row.productId);
  // The products are named to each table: by the shop alone the database would read all of its variants.
  const remoteIds = products.flatMap((row) => row.remoteId ?? []);
  const variants = await db.$queryRaw<VariantRow[]>`
    SELECT * FROM (
      SELECT variant.product_id AS "productId", variant.id AS "variantId", variant.revision,
        remote.remote_id AS "remoteId",
        base.source_revision IS DISTINCT FROM variant.revision OR remote.fingerprint IS DISTINCT FROM base.remote_print AS "hasMoved"
      FROM catalog.variant variant
      LEFT JOIN app.base_variant base
        ON base.shop_id = ${shopId}::uuid AND base.product_id = ANY(${productIds}::uuid[]) AND base.variant_id = variant.id
      LEFT JOIN app.remote_variant remote
        ON remote.shop_id = ${shopId}::uuid AND remote.remote_product_id = ANY(${remoteIds}) AND remote.remote_id = base.remote_id
      WHERE variant.product_id = ANY(${productIds}::uuid[])
    ) AS compared
    WHERE "hasMoved" OR "productId" = ANY(${doubtful}::uuid[])`;
  const byProduct = Map.groupBy(variants, (row) => row.productId);
  return new Map(
    products.map(({ productId, revision, rulesRevision, isAgreed, variants: cachedVariants }) => {
      const own = byProduct.get(productId) ?? [];
      const revisions = {
        product: revision,
        rules: rulesRevision,
        variants: new Map(own.map((row) => [row.variantId, row.revision])),
      };
      return [productId, { extent: extentOf(isAgreed, own), revisions, cachedVariants }];
    }),
  );
}

function extentOf(isAgreed: boolean, variants: VariantRow[]): Extent {
  if (!isAgreed) return { kind: 'whole' };
  const moved = [];
  for (const { variantId, remoteId, hasMoved } of variants) {
    if (remoteId === null) return { kind: 'whole' };
    if (hasMoved) moved.push({ sourceId: variantId, remoteId });
  }
  return moved.length === 0 ? { kind: 'unchanged' } : { kind: 'variants', variants: moved };
}

/**
 * Linked products whose rows of the catalog moved since they were last found in order. Those that a bulk edit or an
 * approval is carrying now were looked at by a person already, and are left out.
 */
export async function movedProducts(
  db: Queryable,
  { shopId, accountId }: { shopId: string; accountId: string },
): Promise<SourceId[]> {
  const rows = await db.$queryRaw<{ id: SourceId }[]>`
    SELECT link.product_id AS id FROM app.product_link link
    JOIN app.shop shop ON shop.id = link.shop_id
    JOIN catalog.product product ON product.id = link.product_id
    LEFT JOIN app.overlay_revision overlaid ON overlaid.shop_id = link.shop_id AND overlaid.product_id = link.product_id
    LEFT JOIN app.base_product base ON base.shop_id = link.shop_id AND base.product_id = link.product_id
    LEFT JOIN (
      SELECT DISTINCT variant.product_id FROM catalog.variant variant
      LEFT JOIN app.base_variant agreed ON agreed.shop_id = ${shopId}::uuid AND agreed.variant_id = variant.id
      WHERE variant.account_id = ${accountId}::uuid AND agreed.source_revision IS DISTINCT FROM variant.revision
    ) AS moved ON moved.product_id = link.product_id
    WHERE link.shop_id = ${shopId}::uuid AND link.state = 'linked' AND link.last_synced_at IS NOT NULL
      AND (base.source_revision IS DISTINCT FROM product.revision + COALESCE(overlaid.revision, 0) + shop.rules_revision OR moved.product_id IS NOT NULL)
      AND NOT EXISTS (
        SELECT 1 FROM app.sync_run run JOIN app.run_product listed ON listed.run_id = run.id
        WHERE run.shop_id = link.shop_id AND run.trigger IN ('edit', 'approved') AND run.state IN ('queued', 'running')
          AND listed.product_id = link.product_id AND listed.state = 'pending')
    ORDER BY link.product_id`;
  return rows.map(({ id }) => id);
}

/** Revisions of every variant of products whose load plan did not list them. */
export async function readRevisions(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
): Promise<Map<SourceId, Revisions>> {
  const rows = await db.$queryRaw<
    {
      productId: SourceId;
      revision: bigint;
      rulesRevision: number;
      variants: Record<SourceId, number> | null;
    }[]
  >`
    SELECT product.id AS "productId", product.revision + COALESCE(overlaid.revision, 0) + shop.rules_revision AS revision,
      shop.rules_revision AS "rulesRevision",
      (SELECT jsonb_object_agg(variant.id, variant.revision) FROM catalog.variant variant WHERE variant.product_id = product.id) AS variants
    FROM catalog.product product
    JOIN app.shop shop ON shop.id = ${shopId}::uuid
    LEFT JOIN app.overlay_revision overlaid ON overlaid.shop_id = shop.id AND overlaid.product_id = product.id
    WHERE product.id = ANY(${productIds}::uuid[])`;
  return new Map(
    rows.map(({ productId, revision, rulesRevision, variants }) => [
      productId,
      {
        product: revision,
        rules: rulesRevision,
        variants: new Map(Object.entries(variants ?? {}).map(([id, number]) => [id, BigInt(number)])),
      },
    ]),
  );
}

export interface SettledProduct {
  productId: SourceId;
  version: number;
  revisions: Revisions;
  /** The remote state that was merged. */
  remote: RemoteProduct;
  /** Source id of each remote variant that is linked. */
  variants: { variantId: SourceId; remoteId: string }[];
  /** Only the variants listed were looked at. */
  isPartial: boolean;
}

/** Notes that these states leave nothing to do. A product that somebody recorded meanwhile is left alone. */
export async function noteSettled(db: Queryable, shopId: string, settled: SettledProduct[]): Promise<void> {
  if (settled.length === 0) return;
  const variants = settled.flatMap((product) => {
    const prints = new Map(product.remote.variants.map((variant) => [variant.id, variant]));
    return product.variants.flatMap(({ variantId, remoteId }) => {
      const [revision, remote] = [product.revisions.variants.get(variantId), prints.get(remoteId)];
      return revision === undefined || !remote
        ? []
        : [
            {
              product: product.productId,
              version: product.version,
              id: variantId,
              revision: String(revision),
              print: fingerprint(remote),
            },
          ];
    });
  });
  const products = settled.flatMap(({ productId, version, revisions, remote, isPartial }) =>
    isPartial || revisions.product === null
      ? []
      : [{ product: productId, version, revision: String(revisions.product), print: productPrint(remote) }],
  );
  await db.$executeRaw`
    UPDATE app.base_variant base SET source_revision = row.revision::bigint, remote_print = row.print
    FROM jsonb_to_recordset(${JSON.stringify(variants)}::jsonb) AS row(product uuid, version int, id uuid, revision text, print text)
    JOIN app.product_link link ON link.shop_id = ${shopId}::uuid AND link.product_id = row.product AND link.version = row.version
    WHERE base.shop_id = ${shopId}::uuid AND base.variant_id = row.id
      AND (base.source_revision IS DISTINCT FROM row.revision::bigint OR base.remote_print IS DISTINCT FROM row.print)`;
  await db.$executeRaw`
    UPDATE app.base_product base SET source_revision = row.revision::bigint, remote_print = row.print
    FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb) AS row(product uuid, version int, revision text, print text)
    JOIN app.product_link link ON link.shop_id = ${shopId}::uuid AND link.product_id = row.product AND link.version = row.version
    WHERE base.shop_id = ${shopId}::uuid AND base.product_id = row.product
      AND (base.source_revision IS DISTINCT FROM row.revision::bigint OR base.remote_print IS DISTINCT FROM row.print)`;
}

/** Something that all products depend on changed (which location a name means): each is looked at as a whole again. */
export async function forgetSettled(db: Queryable, shopId: string): Promise<void> {
  await db.$executeRaw`UPDATE app.base_product SET source_revision = NULL WHERE shop_id = ${shopId}::uuid`;
}
