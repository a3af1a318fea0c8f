/** What a store's prices were, from our own record: for the lowest price of 30 days. */
import type { PriceHistory } from '~/core/lowest-price';
import { isDecimal } from '~/core/canonical';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { fieldValue } from './field-value.server';

interface ChangeRow {
  variantId: SourceId;
  at: Date;
  before: unknown;
  after: unknown;
}

interface KnownRow {
  variantId: SourceId;
  price: unknown;
  knownSince: Date | null;
}

function amount(value: unknown): string | null {
  const parsed = fieldValue.parse(value);
  return isDecimal(parsed) ? parsed : null;
}

/**
 * The price history of these products' variants in the store, by variant. It reaches back to the store's first sync, to
 * when the variant was made in the store, and as far as the audit log does.
 */
export async function readPriceHistories(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
  now: Date,
): Promise<Map<SourceId, PriceHistory>> {
  const [known, changes] = await Promise.all([
    db.$queryRaw<KnownRow[]>`
      SELECT base.variant_id AS "variantId", remote.state->'fields'->'price' AS price,
        GREATEST(shop.adopted_at, ${now}::timestamptz - shop.audit_retention_days * interval '1 day',
          (SELECT max(made.at) FROM app.change made
            WHERE made.shop_id = base.shop_id AND made.product_id = base.product_id AND made.field = 'existence'
              AND made.direction = 'push' AND made.state = 'applied' AND made.after <> 'null'::jsonb
              AND (made.variant_id IS NULL OR made.variant_id = base.variant_id::text))) AS "knownSince"
      FROM app.base_variant base
      JOIN app.shop shop ON shop.id = base.shop_id
      LEFT JOIN app.remote_variant remote ON remote.shop_id = base.shop_id AND remote.remote_id = base.remote_id
      WHERE base.shop_id = ${shopId}::uuid AND base.product_id = ANY(${productIds}::uuid[])`,
    db.$queryRaw<ChangeRow[]>`
      SELECT variant_id AS "variantId", at, before, COALESCE(returned, after) AS after FROM app.change
      WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[]) AND field = 'price' AND state = 'applied'
        AND direction IN ('push', 'pull') AND variant_id IS NOT NULL
      ORDER BY at, id`,
  ]);
  const byVariant = Map.groupBy(changes, ({ variantId }) => variantId);
  return new Map(
    known.map(({ variantId, price, knownSince }) => [
      variantId,
      {
        current: amount(price),
        knownSince,
        changes: (byVariant.get(variantId) ?? []).map(({ at, before, after }) => ({
          at,
          before: amount(before),
          after: amount(after),
        })),
      },
    ]),
  );
}
