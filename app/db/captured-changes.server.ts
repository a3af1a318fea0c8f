/** Products whose rows of the catalog changed, until their burst is over: what the stream told of is safe here. */
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

/** How long changes of a product are let gather. */
export interface Debounce {
  /** Milliseconds after its last change. */
  windowMs: number;
  /** Milliseconds after its first one at the latest, if it keeps changing. */
  longestMs: number;
}

export interface CapturedChange {
  productId: SourceId;
  /** Shop whose own work wrote it: that one asks for it by itself. */
  ownOf: string | null;
}

/** As the log tells of it. */
export interface CommittedChange extends CapturedChange {
  /** When the first and the last transaction that changed it were committed. */
  changedAt: Date;
  lastChangedAt: Date;
}

/** Which transactions' work a statement sees now: pg_current_snapshot(). */
export async function currentSnapshot(db: Queryable): Promise<string> {
  const [row] = await db.$queryRaw<[{ snapshot: string }]>`SELECT pg_current_snapshot()::text AS snapshot`;
  return row.snapshot;
}

export interface DueChange extends CapturedChange {
  /** The first commit that nobody has seen to; null: nobody knows. */
  changedAt: Date | null;
  /** Another one where the product has changed again. */
  stamp: bigint;
}

/**
 * Stores that these products changed and, in the same statement, that all changes up to `position` are stored. Null: more
 * of the same transaction follows. Only then may the position be confirmed.
 */
export async function storeChanges(
  db: Queryable,
  changes: {
    products: CommittedChange[];
    committedAt: Date;
    position: string | null;
    debounce: Debounce;
  },
): Promise<void> {
  const { products, committedAt, position, debounce } = changes;
  const window = debounce.windowMs / 1_000;
  const longest = debounce.longestMs / 1_000;
  await db.$executeRaw`
    WITH stored AS (
      INSERT INTO app.captured_change AS held (product_id, own_of, first_at, due_at, changed_at, last_changed_at)
      SELECT id, own_of, LEAST(${committedAt}, clock_timestamp()), LEAST(${committedAt}, clock_timestamp()) + make_interval(secs => ${window}),
        changed_at, last_changed_at
      FROM unnest(${products.map(({ productId }) => productId)}::uuid[], ${products.map(({ ownOf }) => ownOf)}::uuid[],
        ${products.map(({ changedAt }) => changedAt.toISOString())}::timestamptz[],
        ${products.map(({ lastChangedAt }) => lastChangedAt.toISOString())}::timestamptz[]) AS row(id, own_of, changed_at, last_changed_at)
      ON CONFLICT (product_id) DO UPDATE SET stamp = nextval('app.captured_change_stamp'),
        changed_at = LEAST(held.changed_at, excluded.changed_at), last_changed_at = excluded.last_changed_at,
        own_of = CASE WHEN held.own_of = excluded.own_of THEN held.own_of END,
        due_at = LEAST(excluded.due_at, held.first_at + make_interval(secs => ${longest}))
    )
    UPDATE app.change_capture SET position = COALESCE(${position}, position), last_change_at = ${committedAt} WHERE id = 'catalog'`;
}

/**
 * Products whose burst is over, those that wait longest first, without those that are being seen to; and in how many
 * milliseconds there will be more of them. Null: none waits.
 */
export async function dueChanges(
  db: Queryable,
  { limit, except }: { limit: number; except: SourceId[] },
): Promise<{ due: DueChange[]; nextInMs: number | null }> {
  const rows = await db.$queryRaw<(DueChange & { waitMs: number })[]>`
    SELECT product_id AS "productId", own_of AS "ownOf", changed_at AS "changedAt", stamp,
      (EXTRACT(EPOCH FROM due_at - clock_timestamp()) * 1000)::float8 AS "waitMs"
    FROM app.captured_change WHERE NOT product_id = ANY(${except}::uuid[]) ORDER BY due_at LIMIT ${limit + 1}`;
  const due = rows.slice(0, limit).filter(({ waitMs }) => waitMs <= 0);
  return { due, nextInMs: rows[due.length]?.waitMs ?? null };
}

/**
 * Forgets changes that were seen to. A product that changed again meanwhile stays: what is left of it was committed while it
 * was being seen to, at its last commit at the latest.
 */
export async function forgetChanges(db: Queryable, seen: DueChange[]): Promise<void> {
  if (seen.length === 0) return;
  await db.$executeRaw`
    WITH done AS (
      SELECT * FROM unnest(${seen.map(({ productId }) => productId)}::uuid[], ${seen.map(({ stamp }) => stamp)}::bigint[]) AS row(product_id, stamp)
    ), gone AS (
      DELETE FROM app.captured_change held USING done WHERE held.product_id = done.product_id AND held.stamp = done.stamp
    )
    UPDATE app.captured_change held SET changed_at = held.last_changed_at
    FROM done WHERE held.product_id = done.product_id AND held.stamp <> done.stamp`;
}

/**
 * These are to be seen to once more in `ms`, for every shop. One that changed again meanwhile is as due as it is. `isAsked`:
 * whoever wrote them asks for them: another change that comes until then begins an instant of its own.
 */
export async function postponeChanges(
  db: Queryable,
  seen: DueChange[],
  ms: number,
  { isAsked = false } = {},
): Promise<void> {
  if (seen.length === 0) return;
  await db.$executeRaw`
    WITH seen AS (
      SELECT * FROM unnest(${seen.map(({ productId }) => productId)}::uuid[], ${seen.map(({ stamp }) => stamp)}::bigint[]) AS row(product_id, stamp)
    ), again AS (
      UPDATE app.captured_change held SET changed_at = held.last_changed_at
      FROM seen WHERE ${isAsked} AND held.product_id = seen.product_id AND held.stamp <> seen.stamp
    )
    UPDATE app.captured_change held SET own_of = NULL, due_at = clock_timestamp() + make_interval(secs => ${ms / 1_000}),
      changed_at = CASE WHEN NOT ${isAsked} THEN held.changed_at END
    FROM seen WHERE held.product_id = seen.product_id AND held.stamp = seen.stamp`;
}

/**
 * Stores every product that may differ from what was last agreed on with a connected store: by its revision, new, or gone
 * from the catalog. What a stream might have told of and did not is then seen to like any other change.
 */
export async function storeWhatMayDiffer(db: Queryable): Promise<number> {
  return db.$executeRaw`
    INSERT INTO app.captured_change (product_id, first_at, due_at)
    SELECT DISTINCT differing.id, clock_timestamp(), clock_timestamp() FROM (
      SELECT product.id FROM app.shop shop
      JOIN catalog.product product ON product.account_id = shop.account_id
      LEFT JOIN app.overlay_revision overlaid ON overlaid.shop_id = shop.id AND overlaid.product_id = product.id
      LEFT JOIN app.base_product base ON base.shop_id = shop.id AND base.product_id = product.id
      WHERE shop.uninstalled_at IS NULL AND shop.adopted_at IS NOT NULL
        AND base.source_revision IS DISTINCT FROM product.revision + COALESCE(overlaid.revision, 0) + shop.rules_revision
      UNION ALL
      SELECT variant.product_id FROM app.shop shop
      JOIN catalog.variant variant ON variant.account_id = shop.account_id
      LEFT JOIN app.base_variant base ON base.shop_id = shop.id AND base.variant_id = variant.id
      WHERE shop.uninstalled_at IS NULL AND shop.adopted_at IS NOT NULL AND base.source_revision IS DISTINCT FROM variant.revision
      UNION ALL
      SELECT link.product_id FROM app.shop shop
      JOIN app.product_link link ON link.shop_id = shop.id AND link.state = 'linked'
      WHERE shop.uninstalled_at IS NULL AND shop.adopted_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM catalog.product WHERE id = link.product_id)
    ) AS differing
    ON CONFLICT (product_id) DO UPDATE SET stamp = nextval('app.captured_change_stamp'), due_at = excluded.due_at,
      own_of = NULL`;
}

export interface ChangedForShop {
  shopId: string;
  productId: SourceId;
  changedAt: Date | null;
  /** The product is in the catalog. */
  exists: boolean;
  /** Null: the store does not know it yet. */
  linkState: string | null;
  /** What the pages show of it. */
  syncState: string | null;
  /** Changes are weighed before they are sent, or some are held. */
  isGuarded: boolean;
  /** Its category is a name that was never looked up in Shopify's taxonomy. */
  hasNewCategory: boolean;
}

/** Which connected stores these products are for. A store that was never synced waits for its first sync. */
export async function shopsOfChanges(db: Queryable, changes: DueChange[]): Promise<ChangedForShop[]> {
  return db.$queryRaw<ChangedForShop[]>`
    SELECT shop.id AS "shopId", changed.id AS "productId", changed.at AS "changedAt", product.id IS NOT NULL AS exists, link.state AS "linkState", link.sync_state AS "syncState",
      shop.guard_source OR EXISTS (SELECT 1 FROM app.source_hold hold WHERE hold.shop_id = shop.id AND hold.state = 'held') AS "isGuarded",
      COALESCE(product.category NOT LIKE 'gid://%' AND NOT EXISTS (SELECT 1 FROM app.taxonomy_category known WHERE known.full_name = product.category), false) AS "hasNewCategory"
    FROM unnest(${changes.map(({ productId }) => productId)}::uuid[], ${changes.map(({ ownOf }) => ownOf)}::uuid[],
      ${changes.map(({ changedAt }) => changedAt?.toISOString() ?? null)}::timestamptz[]) AS changed(id, own_of, at)
    JOIN app.shop shop ON shop.id IS DISTINCT FROM changed.own_of
    LEFT JOIN catalog.product product ON product.id = changed.id AND product.account_id = shop.account_id
    LEFT JOIN app.product_link link ON link.shop_id = shop.id AND link.product_id = changed.id
    WHERE shop.uninstalled_at IS NULL AND shop.adopted_at IS NOT NULL AND (product.id IS NOT NULL OR link.product_id IS NOT NULL)
    ORDER BY shop.id, changed.id`;
}
