/** Read model of what is cached of one product. */
import { entryState, trustOf } from '~/core/cache-entry';
import type { EntryState } from '~/core/cache-entry';
import type { Queryable } from '../client.server';

export interface CacheEntry {
  productId: string;
  remoteId: string | null;
  state: EntryState['kind'];
  /** Until when it is trusted, or since when it is not; ISO. Null: neither. */
  stateAt: string | null;
  /** Of its own part and its variants' ids; null: nothing is cached. */
  fingerprint: string | null;
  variants: number;
  fetchedAt: string | null;
  confirmedAt: string | null;
  invalidatedAt: string | null;
  invalidatedBy: string | null;
  isPinned: boolean;
  /** Its own; null: the store's. */
  ttlSeconds: number | null;
  /** What holds where it has none of its own. */
  usualTtlSeconds: number;
}

interface EntryRow {
  remoteId: string | null;
  fingerprint: string | null;
  variants: number;
  fetchedAt: Date | null;
  confirmedAt: Date | null;
  invalidatedAt: Date | null;
  invalidatedBy: string | null;
  isPinned: boolean | null;
  ttlSeconds: number | null;
  storeTtlSeconds: number | null;
}

function instantOf(state: EntryState): Date | null {
  if (state.kind === 'fresh') return state.until;
  return state.kind === 'invalidated' || state.kind === 'expired' ? state.since : null;
}

/** Null where the shop does not know the product. */
export async function readCacheEntry(
  db: Queryable,
  { shopId, productId }: { shopId: string; productId: string },
  { now, confirmAfterMs }: { now: Date; confirmAfterMs: number },
): Promise<CacheEntry | null> {
  const [row] = await db.$queryRaw<EntryRow[]>`
    SELECT link.remote_id AS "remoteId", remote.fingerprint, COALESCE(cardinality(remote.variant_order), 0) AS variants,
      remote.fetched_at AS "fetchedAt", remote.confirmed_at AS "confirmedAt", remote.invalidated_at AS "invalidatedAt",
      remote.invalidated_by AS "invalidatedBy", control.is_pinned AS "isPinned", control.ttl_seconds AS "ttlSeconds",
      shop.cache_ttl_seconds AS "storeTtlSeconds"
    FROM app.product_link link
    JOIN app.shop shop ON shop.id = link.shop_id
    LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    LEFT JOIN app.cache_control control ON control.shop_id = link.shop_id AND control.product_id = link.product_id
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = ${productId}::uuid`;
  if (row === undefined) return null;
  const { fetchedAt, confirmedAt, invalidatedAt, isPinned, storeTtlSeconds, ...shown } = row;
  const control = { isPinned: isPinned ?? false, ttlSeconds: row.ttlSeconds };
  const state = entryState(
    fetchedAt && { fetchedAt, confirmedAt, invalidatedAt },
    trustOf(control, storeTtlSeconds, confirmAfterMs),
    now,
  );
  return {
    productId,
    ...shown,
    state: state.kind,
    stateAt: instantOf(state)?.toISOString() ?? null,
    fetchedAt: fetchedAt?.toISOString() ?? null,
    confirmedAt: confirmedAt?.toISOString() ?? null,
    invalidatedAt: invalidatedAt?.toISOString() ?? null,
    isPinned: control.isPinned,
    usualTtlSeconds: storeTtlSeconds ?? Math.round(confirmAfterMs / 1_000),
  };
}
