/**
 * The cache of what Shopify holds of products: written from what was read and from what writes returned. What is older than
 * the last record of a product never gets in.
 */
import type { InvalidatedBy } from '~/core/cache-outcome';
import { identical } from '~/core/canonical';
import type { FieldValue } from '~/core/decision';
import type { Gid, RemoteProduct, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { fingerprint, productPrint } from './product-states.server';
import type { RemoteRow } from './product-states.server';

function remoteRow({ variants: _variants, ...row }: RemoteProduct): RemoteRow {
  return row;
}

const plain = (value: unknown): FieldValue => JSON.parse(JSON.stringify(value ?? null));
export const differs = (a: unknown, b: unknown) => !identical(plain(a), plain(b));

/** Rows of a base or a cache that are new or changed, and keys that are gone. */
export function changedRows<T>(
  held: Map<string, T>,
  next: Map<string, T>,
): { changed: [string, T][]; gone: string[] } {
  return {
    changed: [...next].filter(([key, row]) => {
      const before = held.get(key);
      return before === undefined || (before !== row && differs(before, row));
    }),
    gone: [...held.keys()].filter((key) => !next.has(key)),
  };
}

/** Notes when products and variants last changed by Shopify's clock, where that is not what is noted. */
async function saveChangedAt(
  tx: Queryable,
  shopId: string,
  changedAt: ReadonlyMap<Gid, Date>,
): Promise<void> {
  if (changedAt.size === 0) return;
  const rows = JSON.stringify([...changedAt].map(([id, at]) => ({ id, at })));
  await tx.$executeRaw`
    UPDATE app.remote_product remote SET changed_at = row.at
    FROM jsonb_to_recordset(${rows}::jsonb) AS row(id text, at timestamptz)
    WHERE remote.shop_id = ${shopId}::uuid AND remote.remote_id = row.id AND remote.changed_at IS DISTINCT FROM row.at`;
  await tx.$executeRaw`
    UPDATE app.remote_variant remote SET changed_at = row.at
    FROM jsonb_to_recordset(${rows}::jsonb) AS row(id text, at timestamptz)
    WHERE remote.shop_id = ${shopId}::uuid AND remote.remote_id = row.id AND remote.changed_at IS DISTINCT FROM row.at`;
}

/**
 * Writes remote products into the cache. `held` is what it holds of each now; `changedAt` where they were read. What was
 * marked as changed after `seenAt` stays so: the news may be of something that this state does not know.
 */
export async function saveRemotes(
  tx: Queryable,
  shopId: string,
  now: Date,
  remotes: {
    held: RemoteProduct | null;
    remote: RemoteProduct;
    seenAt: Date | null;
    isPartial?: boolean;
  }[],
  changedAt: ReadonlyMap<Gid, Date> = new Map(),
): Promise<void> {
  const products: object[] = [];
  const variants: object[] = [];
  const gone: string[] = [];
  for (const { held, remote, seenAt, isPartial = false } of remotes) {
    const order = remote.variants.map((variant) => variant.id);
    if (!isPartial)
      products.push({ id: remote.id, state: remoteRow(remote), order, print: productPrint(remote), seenAt });
    const byId = (product: RemoteProduct | null) =>
      new Map((product?.variants ?? []).map((variant) => [variant.id, variant]));
    const rows = changedRows(byId(held), byId(remote));
    gone.push(...rows.gone);
    for (const [id, state] of rows.changed)
      variants.push({
        id,
        product: remote.id,
        item: state.inventoryItemId,
        sku: state.fields.sku,
        state,
        print: fingerprint(state),
      });
  }
  if (gone.length > 0)
    await tx.$executeRaw`DELETE FROM app.remote_variant WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${gone})`;
  if (products.length > 0)
    await tx.$executeRaw`
      WITH row AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb)
          AS row(id text, state jsonb, "order" jsonb, print text, "seenAt" timestamptz)
      )
      INSERT INTO app.remote_product AS held (shop_id, remote_id, state, variant_order, fingerprint, fetched_at, invalidated_at)
      SELECT ${shopId}::uuid, row.id, row.state, ARRAY(SELECT jsonb_array_elements_text(row.order)), row.print, ${now}, NULL FROM row
      ON CONFLICT (shop_id, remote_id) DO UPDATE SET state = excluded.state, variant_order = excluded.variant_order,
        fingerprint = excluded.fingerprint, fetched_at = excluded.fetched_at,
        invalidated_at = CASE WHEN held.invalidated_at > (SELECT "seenAt" FROM row WHERE row.id = excluded.remote_id)
          THEN held.invalidated_at END,
        invalidated_by = CASE WHEN held.invalidated_at > (SELECT "seenAt" FROM row WHERE row.id = excluded.remote_id)
          THEN held.invalidated_by END`;
  if (variants.length > 0)
    await tx.$executeRaw`
      INSERT INTO app.remote_variant (shop_id, remote_id, remote_product_id, inventory_item_id, sku, state, fingerprint, fetched_at)
      SELECT ${shopId}::uuid, row.id, row.product, row.item, row.sku, row.state, row.print, ${now}
      FROM jsonb_to_recordset(${JSON.stringify(variants)}::jsonb)
        AS row(id text, product text, item text, sku text, state jsonb, print text)
      ON CONFLICT (shop_id, remote_id) DO UPDATE SET remote_product_id = excluded.remote_product_id,
        inventory_item_id = excluded.inventory_item_id, sku = excluded.sku, state = excluded.state,
        fingerprint = excluded.fingerprint, fetched_at = excluded.fetched_at`;
  await saveChangedAt(tx, shopId, changedAt);
}

/** Forgets what the cache holds of products that Shopify no longer has. */
export async function dropRemotes(tx: Queryable, shopId: string, remoteIds: Gid[]): Promise<void> {
  if (remoteIds.length === 0) return;
  await tx.$executeRaw`DELETE FROM app.remote_variant WHERE shop_id = ${shopId}::uuid AND remote_product_id = ANY(${remoteIds})`;
  await tx.$executeRaw`DELETE FROM app.remote_product WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${remoteIds})`;
}

/** A product as it was just read. */
export interface ReadRemote {
  productId: SourceId;
  /** Of its link, when it was loaded. */
  version: number;
  remoteId: Gid;
  /** What the cache held then. */
  held: RemoteProduct | null;
  /** Null: Shopify does not have it. */
  remote: RemoteProduct | null;
  seenAt: Date;
}

/**
 * Writes what was read into the cache; answers the products of which it did. A product that was recorded while the answer
 * was on its way, or is being recorded now, is left alone: the answer may be older than that record, and the next merge
 * would take what we wrote for news of Shopify's that went back.
 */
export async function saveReadRemotes(
  tx: Queryable,
  scope: { shopId: string; now: Date },
  read: ReadRemote[],
  changedAt: ReadonlyMap<Gid, Date>,
): Promise<Set<SourceId>> {
  const loaded = read.map(({ productId, version }) => ({ productId, version }));
  const rows = await tx.$queryRaw<{ id: SourceId }[]>`
    SELECT link.product_id AS id FROM app.product_link link
    JOIN jsonb_to_recordset(${JSON.stringify(loaded)}::jsonb) AS row("productId" uuid, version int)
      ON link.product_id = row."productId" AND link.version = row.version
    WHERE link.shop_id = ${scope.shopId}::uuid
    FOR NO KEY UPDATE OF link SKIP LOCKED`;
  const current = new Set(rows.map(({ id }) => id));
  const own = read.filter(({ productId }) => current.has(productId));
  await saveRemotes(
    tx,
    scope.shopId,
    scope.now,
    own.flatMap(({ held, remote, seenAt }) => (remote ? [{ held, remote, seenAt }] : [])),
    changedAt,
  );
  await dropRemotes(
    tx,
    scope.shopId,
    own.flatMap(({ remote, remoteId }) => (remote ? [] : [remoteId])),
  );
  return current;
}

/** Notes that a read begun at this instant found the plain fields of these products and their variants as they are cached. */
export async function noteConfirmed(
  tx: Queryable,
  shopId: string,
  remoteIds: Gid[],
  readBegan: Date,
): Promise<void> {
  if (remoteIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE app.remote_product SET confirmed_at = ${readBegan}
    WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${remoteIds}) AND invalidated_at IS NULL
      AND (confirmed_at IS NULL OR confirmed_at < ${readBegan})`;
}

/**
 * Marks cached products as possibly untrue: they are read again before they are merged. Answers how many are cached. The
 * first reason stays, but what somebody merely asked for gives way to what is known.
 */
export async function invalidateRemotes(
  tx: Queryable,
  shopId: string,
  remoteIds: Gid[],
  { by, now }: { by: InvalidatedBy; now: Date },
): Promise<number> {
  if (remoteIds.length === 0) return 0;
  return tx.$executeRaw`
    UPDATE app.remote_product SET invalidated_at = ${now},
      invalidated_by = CASE WHEN invalidated_at IS NULL OR invalidated_by IN ('person', 'api') THEN ${by} ELSE invalidated_by END
    WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${remoteIds})`;
}
