/** The audit log of what was changed through Lockstep itself: the catalog by a restore or a bulk edit, and what lies over it. */
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

/** Records fields of one restore, edit or overlay; `causeId` tells it from any other: once recorded it is not again. */
export async function recordCatalogChanges(
  tx: Queryable,
  cause: {
    shopId: string;
    direction: 'restore' | 'edit' | 'override' | 'promotion';
    causeId: string;
    causedBy: string;
    now: Date;
  },
  changes: CatalogFieldChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const { shopId, direction, causeId, causedBy, now } = cause;
  // What lies over the catalog never was a value of it.
  const overlay = direction === 'override' || direction === 'promotion' ? 'held' : null;
  const rows = changes.map(({ path, ...change }) => ({
    ...change,
    key: fingerprint([change.productId, direction, causeId, path.variant, path.field]),
    variant: path.variant,
    field: path.field,
  }));
  await tx.$executeRaw`
    INSERT INTO app.change (change_key, shop_id, product_id, remote_product_id, variant_id, sku, field, direction, before, after,
      state, code, message, caused_by, at, overlay)
    SELECT row.key, ${shopId}::uuid, row."productId",
      (SELECT remote_id FROM app.product_link WHERE shop_id = ${shopId}::uuid AND product_id = row."productId"),
      row.variant, row.sku, row.field, ${direction}, row.before, row.after, row.state, row.code, row.message, ${causedBy}, ${now}, ${overlay}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS row(key text, "productId" uuid, variant text, sku text, field text, before jsonb, after jsonb, state text, code text, message text)
    ON CONFLICT (shop_id, change_key) DO NOTHING`;
}
