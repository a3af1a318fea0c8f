/** Loads what Lockstep knows of products: the link, the base and the cached remote state. */
import { createHash } from 'node:crypto';
import type { CacheControl } from '~/core/cache-entry';
import { INVALIDATED_BY } from '~/core/cache-outcome';
import type { CacheMiss } from '~/core/cache-outcome';
import type { Sent } from '~/core/merging';
import type {
  BaseProduct,
  BaseVariant,
  Gid,
  RemoteProduct,
  RemoteVariant,
  SourceId,
} from '~/core/product-state';
import type { Queryable } from './client.server';

export type LinkState = 'linked' | 'unlinked' | 'ambiguous' | 'archived' | 'deleted';
export type SyncState = 'in-sync' | 'pending' | 'conflict' | 'failed' | 'ambiguous' | 'held';

export interface ProductLink {
  productId: SourceId;
  remoteId: Gid | null;
  state: LinkState;
  version: number;
  createSentAt: Date | null;
}

/** What we hold of Shopify's side. "unread": nothing, or something that may no longer be true. */
export type CachedRemote =
  { kind: 'read'; product: RemoteProduct } | { kind: 'absent' } | { kind: 'unread'; cause: CacheMiss };

export interface ProductStates {
  link: ProductLink;
  base: BaseProduct | null;
  remote: CachedRemote;
  /** When what we hold of Shopify was last known to be true; of single variants where only these were loaded. */
  seenAt: Date | null;
  /** When its plain fields were last looked at by themselves, those that are held beside the variants left out. */
  confirmedAt: Date | null;
  /** Null: nobody chose anything for it. */
  control: CacheControl | null;
  /** By pathKey. */
  sent: Map<string, Sent>;
}

export type BaseRow = Omit<BaseProduct, 'variants'>;
export type RemoteRow = Omit<RemoteProduct, 'variants'>;

interface LinkRow extends ProductLink {
  base: BaseRow | null;
  baseVariants: Record<SourceId, BaseVariant> | null;
  remote: RemoteRow | null;
  variantOrder: Gid[] | null;
  remoteVariants: Record<Gid, RemoteVariant> | null;
  isInvalidated: boolean;
  invalidatedBy: string | null;
  isExpired: boolean;
  isPinned: boolean | null;
  ttlSeconds: number | null;
  fetchedAt: Date | null;
  confirmedAt: Date | null;
  variantsFetchedAt: Date | null;
  sent: Record<string, Sent> | null;
}

/** A product that is read whole rewrites only what differs: its variants are as fresh as itself, or fresher. */
function seenAt({ fetchedAt, variantsFetchedAt }: LinkRow, isPartial: boolean): Date | null {
  if (!isPartial || !fetchedAt || !variantsFetchedAt) return fetchedAt;
  return variantsFetchedAt > fetchedAt ? variantsFetchedAt : fetchedAt;
}

/** Why a product must be read before it is merged; null where it need not be. */
function missOf({ remote, isInvalidated, invalidatedBy, isExpired }: LinkRow): CacheMiss | null {
  if (!remote) return 'cold';
  // What was marked before reasons were noted was marked by Shopify, or is in doubt: the former is the rule.
  if (isInvalidated) return INVALIDATED_BY.find((by) => by === invalidatedBy) ?? 'webhook';
  return isExpired ? 'expired' : null;
}

function cachedRemote(row: LinkRow): CachedRemote {
  if (row.remoteId === null) return { kind: 'absent' };
  const cause = missOf(row);
  if (!row.remote || cause !== null) return { kind: 'unread', cause: cause ?? 'cold' };
  const variants = (row.variantOrder ?? []).flatMap((id) => row.remoteVariants?.[id] ?? []);
  return { kind: 'read', product: { ...row.remote, variants } };
}

/**
 * States of these products of a shop; a product without a link is absent. One statement: the database builds each
 * product's variants into one JSON object, which is several times faster than a row a variant. `only` limits the variants to
 * these.
 */
export async function loadProductStates(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
  now: Date,
  only: { sourceId: SourceId; remoteId: Gid }[] | null = null,
): Promise<Map<SourceId, ProductStates>> {
  const sourceIds = only && only.map(({ sourceId }) => sourceId);
  const remoteIds = only && only.map(({ remoteId }) => remoteId);
  const rows = await db.$queryRaw<LinkRow[]>`
    SELECT link.product_id AS "productId", link.remote_id AS "remoteId", link.state, link.version,
      link.create_sent_at AS "createSentAt", link.sent, base.state AS base, remote.state AS remote,
      remote.variant_order AS "variantOrder", remote.fetched_at AS "fetchedAt", remote.confirmed_at AS "confirmedAt",
      (SELECT min(variant.fetched_at) FROM app.remote_variant variant
        WHERE variant.shop_id = link.shop_id AND variant.remote_product_id = link.remote_id
          AND variant.remote_id = ANY(${remoteIds}::text[])) AS "variantsFetchedAt",
      remote.invalidated_at IS NOT NULL AS "isInvalidated", remote.invalidated_by AS "invalidatedBy",
      COALESCE(remote.expires_at <= ${now}, false) AS "isExpired", control.is_pinned AS "isPinned", control.ttl_seconds AS "ttlSeconds",
      (SELECT jsonb_object_agg(variant.variant_id, variant.state) FROM app.base_variant variant
        WHERE variant.shop_id = link.shop_id AND variant.product_id = link.product_id
          AND (${sourceIds}::uuid[] IS NULL OR variant.variant_id = ANY(${sourceIds}::uuid[]))) AS "baseVariants",
      (SELECT jsonb_object_agg(variant.remote_id, variant.state) FROM app.remote_variant variant
        WHERE variant.shop_id = link.shop_id AND variant.remote_product_id = link.remote_id
          AND (${remoteIds}::text[] IS NULL OR variant.remote_id = ANY(${remoteIds}::text[]))) AS "remoteVariants"
    FROM app.product_link link
    LEFT JOIN app.base_product base ON base.shop_id = link.shop_id AND base.product_id = link.product_id
    LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    LEFT JOIN app.cache_control control ON control.shop_id = link.shop_id AND control.product_id = link.product_id
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = ANY(${productIds}::uuid[])`;
  return new Map(
    rows.map((row) => [
      row.productId,
      {
        link: {
          productId: row.productId,
          remoteId: row.remoteId,
          state: row.state,
          version: row.version,
          createSentAt: row.createSentAt,
        },
        base: row.base && { ...row.base, variants: row.baseVariants ?? {} },
        remote: cachedRemote(row),
        seenAt: seenAt(row, only !== null),
        confirmedAt: row.confirmedAt,
        control: row.isPinned === null ? null : { isPinned: row.isPinned, ttlSeconds: row.ttlSeconds },
        sent: new Map(Object.entries(row.sent ?? {})),
      },
    ]),
  );
}

/** Plain JSON with its keys in order: the database does not keep the order they were written in. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, inOrder(member)]),
  );
}

/** Changes when and only when the state does. */
export function fingerprint(state: unknown): string {
  return createHash('sha1')
    .update(JSON.stringify(inOrder(state)))
    .digest('base64url');
}

/** What the cache keeps as a product's fingerprint: its own part and which variants it has, in order. */
export function productPrint({ variants, ...row }: RemoteProduct): string {
  return fingerprint([row, variants.map((variant) => variant.id)]);
}
