/** The audit log of a restore: what each field held, what it was to hold again, and what became of it. */
import type { FieldPath, FieldValue } from '~/core/decision';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { fingerprint } from './product-states.server';

export interface RestoredChange {
  path: FieldPath;
  before: FieldValue;
  after: FieldValue;
  state: 'applied' | 'skipped';
  code: string | null;
  message: string;
  sku: string | null;
}

/** Records the fields of one restore; `restoreId` tells it from any other. */
export async function recordRestore(
  tx: Queryable,
  scope: { shopId: string; productId: SourceId; restoreId: string; causedBy: string; now: Date },
  changes: RestoredChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const { shopId, productId, restoreId, causedBy, now } = scope;
  const rows = changes.map(({ path, ...change }) => ({
    ...change,
    key: fingerprint([productId, 'restore', restoreId, path.variant, path.field]),
    variant: path.variant,
    field: path.field,
  }));
  await tx.$executeRaw`
    INSERT INTO app.change (change_key, shop_id, product_id, remote_product_id, variant_id, sku, field, direction, before, after,
      state, code, message, caused_by, at)
    SELECT row.key, ${shopId}::uuid, ${productId}::uuid,
      (SELECT remote_id FROM app.product_link WHERE shop_id = ${shopId}::uuid AND product_id = ${productId}::uuid),
      row.variant, row.sku, row.field, 'restore', row.before, row.after, row.state, row.code, row.message, ${causedBy}, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS row(key text, variant text, sku text, field text, before jsonb, after jsonb, state text, code text, message text)`;
}
