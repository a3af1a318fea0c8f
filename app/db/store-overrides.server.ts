/** Overrides of one store: what it holds in a field whatever the catalog says. */
import type { FieldValue } from '~/core/decision';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { fieldValue } from './field-value.server';

export interface StoredOverride {
  id: string;
  productId: SourceId;
  variantId: SourceId | null;
  field: string;
  value: FieldValue;
}

interface Row extends Omit<StoredOverride, 'value'> {
  value: unknown;
}

const parsed = (row: Row): StoredOverride => ({ ...row, value: fieldValue.parse(row.value) });

/** Keeps everybody else from changing overrides of the store until the transaction ends. */
export async function lockOverrides(tx: Queryable, shopId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`overrides ${shopId}`}, 0))`;
}

/** Takes these overrides away, as far as they are there; answers what they were. */
export async function takeOverrides(tx: Queryable, shopId: string, ids: string[]): Promise<StoredOverride[]> {
  const rows = await tx.$queryRaw<Row[]>`
    DELETE FROM app.store_override WHERE shop_id = ${shopId}::uuid AND id = ANY(${ids}::uuid[])
    RETURNING id, product_id AS "productId", variant_id AS "variantId", field, value`;
  return rows.map(parsed);
}

export interface OverrideWrite {
  productId: SourceId;
  variantId: SourceId | null;
  field: string;
  value: FieldValue;
}

/** Sets overrides; one that a path has already is replaced. */
export async function setOverrides(
  tx: Queryable,
  cause: { shopId: string; editId: string | null; setBy: string; now: Date },
  writes: OverrideWrite[],
): Promise<void> {
  if (writes.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO app.store_override (shop_id, product_id, variant_id, field, value, edit_id, set_by, set_at)
    SELECT ${cause.shopId}::uuid, row."productId", row."variantId", row.field, row.value, ${cause.editId}::uuid, ${cause.setBy},
      ${cause.now}
    FROM jsonb_to_recordset(${JSON.stringify(writes)}::jsonb) AS row("productId" uuid, "variantId" uuid, field text, value jsonb)
    ON CONFLICT (shop_id, product_id, variant_id, field) DO UPDATE
      SET id = excluded.id, value = excluded.value, edit_id = excluded.edit_id, set_by = excluded.set_by, set_at = excluded.set_at`;
}

/** Takes away the overrides of these paths. */
export async function clearOverrides(
  tx: Queryable,
  shopId: string,
  paths: Omit<OverrideWrite, 'value'>[],
): Promise<void> {
  if (paths.length === 0) return;
  await tx.$executeRaw`
    DELETE FROM app.store_override held
    USING jsonb_to_recordset(${JSON.stringify(paths)}::jsonb) AS row("productId" uuid, "variantId" uuid, field text)
    WHERE held.shop_id = ${shopId}::uuid AND held.product_id = row."productId"
      AND held.variant_id IS NOT DISTINCT FROM row."variantId" AND held.field = row.field`;
}
