/** The audit log of what was changed in the catalog through Lockstep itself: by a restore, or by a bulk edit. */
import type { FieldPath, FieldValue } from '~/core/decision';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { fingerprint } from './product-states.server';

export interface CatalogFieldChange {
  productId: SourceId;
  path: FieldPath;
  before: FieldValue;
  after: FieldValue;
  state: 'applied' | 'skipped';
  code: string | null;
  message: string;
  sku: string | null;
}

/** Records fields of one restore or one edit; `causeId` tells it from any other. */
export async function recordCatalogChanges(
  tx: Queryable,
  cause: { shopId: string; direction: 'restore' | 'edit'; causeId: string; causedBy: string; now: Date },
  changes: CatalogFieldChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const { shopId, direction, causeId, causedBy, now } = cause;
  const rows = changes.map(({ path, ...change }) => ({
    ...change,
    key: fingerprint([change.productId, direction, causeId, path.variant, path.field]),
    variant: path.variant,
    field: path.field,
  }));
  await tx.$executeRaw`
    INSERT INTO app.change (change_key, shop_id, product_id, remote_product_id, variant_id, sku, field, direction, before, after,
      state, code, message, caused_by, at)
    SELECT row.key, ${shopId}::uuid, row."productId",
      (SELECT remote_id FROM app.product_link WHERE shop_id = ${shopId}::uuid AND product_id = row."productId"),
      row.variant, row.sku, row.field, ${direction}, row.before, row.after, row.state, row.code, row.message, ${causedBy}, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS row(key text, "productId" uuid, variant text, sku text, field text, before jsonb, after jsonb, state text, code text, message text)`;
}
