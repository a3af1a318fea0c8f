/** What a sync would have done where it may not write. */
import type { FieldPath, FieldValue } from '~/core/decision';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

export interface ShadowDecision {
  path: FieldPath;
  kind: 'push' | 'pull' | 'conflict';
  before: FieldValue;
  after: FieldValue;
}

/** Puts the decisions of the last look at each of these products in the place of the former ones. */
export async function replaceShadowDecisions(
  db: Queryable,
  shopId: string,
  products: { productId: SourceId; decisions: ShadowDecision[] }[],
  now: Date,
): Promise<void> {
  if (products.length === 0) return;
  const productIds = products.map(({ productId }) => productId);
  const rows = products.flatMap(({ productId, decisions }) =>
    decisions.map(({ path, ...rest }) => ({ product: productId, ...path, ...rest })),
  );
  await db.shadowDecision.deleteMany({ where: { shopId, productId: { in: productIds } } });
  if (rows.length > 0)
    await db.$executeRaw`
      INSERT INTO app.shadow_decision (shop_id, product_id, variant_id, field, kind, before, after, at)
      SELECT ${shopId}::uuid, row.product, row.variant, row.field, row.kind, row.before, row.after, ${now}
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS row(product uuid, variant uuid, field text, kind text, before jsonb, after jsonb)`;
}
