/** Read model of the drift of a store, and of the check that looks for it. */
import type { Queryable } from '../client.server';

/**
 * A linked product has drifted while its three states are known to disagree:
 *
 * - its last look left something open (`sync_state` is not 'in-sync'): since `drifted_at`;
 * - Shopify's side was marked as changed and has not been looked at yet: since `invalidated_at` (what somebody only asked to
 *   be read again is not known to have changed);
 * - the catalog's rows were changed after the last look: since that change.
 *
 * The score is the share of such products among all that are linked and still in the catalog; it counts what is known, so a
 * lost webhook shows only once a check has found it. `since` is the earliest of these instants.
 */
export interface Drift {
  linked: number;
  drifted: number;
  since: string | null;
}

export interface StoreCheck {
  id: string;
  state: string;
  lane: string;
  causedBy: string;
  productsTotal: number;
  productsScanned: number;
  productsDrifted: number;
  /** Why it failed; of a finished one, why it left the bulk lane. */
  error: string | null;
  startedAt: string;
  finishedAt: string | null;
}

export interface DriftModel {
  drift: Drift;
  /** The check under way. */
  running: StoreCheck | null;
  /** The last one that ended. */
  last: StoreCheck | null;
  /** Before the first sync there is nothing to compare. */
  canCheck: boolean;
}

async function scoreOf(
  db: Queryable,
  { id: shopId, accountId }: { id: string; accountId: string },
): Promise<Drift> {
  const [row] = await db.$queryRaw<{ linked: bigint; drifted: bigint; since: Date | null }[]>`
    SELECT count(*) AS linked, count(since) AS drifted, min(since) AS since FROM (
      SELECT LEAST(
        CASE WHEN link.sync_state <> 'in-sync' THEN COALESCE(link.drifted_at, link.last_synced_at, now()) END,
        CASE WHEN remote.invalidated_by IN ('person', 'api') THEN NULL ELSE remote.invalidated_at END,
        CASE WHEN product.updated_at > link.last_synced_at THEN product.updated_at END,
        CASE WHEN variant.updated_at > link.last_synced_at THEN variant.updated_at END
      ) AS since
      FROM app.product_link link
      JOIN catalog.product product ON product.id = link.product_id
      LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
      LEFT JOIN (
        SELECT product_id, max(updated_at) AS updated_at FROM catalog.variant
        WHERE account_id = ${accountId}::uuid GROUP BY product_id
      ) AS variant ON variant.product_id = link.product_id
      WHERE link.shop_id = ${shopId}::uuid AND link.state = 'linked'
    ) AS linked`;
  return {
    linked: Number(row?.linked ?? 0),
    drifted: Number(row?.drifted ?? 0),
    since: row?.since?.toISOString() ?? null,
  };
}

type CheckRow = Omit<StoreCheck, 'startedAt' | 'finishedAt'> & { startedAt: Date; finishedAt: Date | null };

const checkOf = (row: CheckRow | null): StoreCheck | null =>
  row && {
    id: row.id,
    state: row.state,
    lane: row.lane,
    causedBy: row.causedBy,
    productsTotal: row.productsTotal,
    productsScanned: row.productsScanned,
    productsDrifted: row.productsDrifted,
    error: row.error,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };

export async function readDrift(
  db: Queryable,
  shop: { id: string; accountId: string; adoptedAt: Date | null },
): Promise<DriftModel> {
  const shopId = shop.id;
  const [drift, running, last] = await Promise.all([
    scoreOf(db, shop),
    db.reconciliation.findFirst({ where: { shopId, state: 'running' } }),
    db.reconciliation.findFirst({
      where: { shopId, state: { not: 'running' } },
      orderBy: { startedAt: 'desc' },
    }),
  ]);
  return { drift, running: checkOf(running), last: checkOf(last), canCheck: shop.adoptedAt !== null };
}
