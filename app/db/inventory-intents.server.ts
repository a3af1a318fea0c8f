/** Stock writes that are on their way: kept until their answer is recorded (decision 006). */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FieldValue } from '~/core/decision';
import type { OperationFor } from '~/core/operation';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

export type InventorySet = OperationFor<'inventory-set'>;

export interface InventoryIntent {
  id: string;
  /** As they were sent in one call, in order: sent again they have the same idempotency key. */
  operations: InventorySet[];
  sentAt: Date;
}

const fieldValue: z.ZodType<FieldValue> = z.json();
const inventorySet: z.ZodType<InventorySet> = z.object({
  kind: z.literal('inventory-set'),
  productId: z.string(),
  intent: z.string(),
  remoteId: z.string(),
  changes: z.array(
    z.object({
      path: z.object({ variant: z.string().nullable(), field: z.string() }),
      before: fieldValue,
      after: fieldValue,
    }),
  ),
  quantities: z.array(
    z.object({
      variantId: z.string(),
      variantRemoteId: z.string(),
      inventoryItemId: z.string(),
      locationId: z.string(),
      quantity: z.number(),
      changeFromQuantity: z.number().nullable(),
    }),
  ),
});

/** What makes two calls the same intent: keys in one order, as the database does not keep the order they came in. */
const told = (operations: InventorySet[]) => z.array(inventorySet).parse(operations);

/** The same for the same call of a shop: one that is sent again is the same intent. */
export function intentId(shopId: string, operations: InventorySet[]): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([shopId, told(operations)]))
    .digest('hex');
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Notes calls that are about to be sent. */
export async function addIntents(
  db: Queryable,
  shopId: string,
  calls: InventorySet[][],
  now: Date,
): Promise<void> {
  await db.inventoryIntent.createMany({
    data: calls.map((operations) => ({
      id: intentId(shopId, operations),
      shopId,
      productIds: [...new Set(operations.map(({ productId }) => productId))],
      operations: z.json().parse(operations) ?? [],
      sentAt: now,
    })),
    skipDuplicates: true,
  });
}

/** Forgets intents; returns those that were still there: only who gets one may act on its outcome. */
export async function endIntents(db: Queryable, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db.$queryRaw<{ id: string }[]>`
    DELETE FROM app.inventory_intent WHERE id = ANY(${ids}::uuid[]) RETURNING id::text`;
  return new Set(rows.map(({ id }) => id));
}

/** Intents that carry any of these products, oldest first. */
export async function findIntents(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
): Promise<InventoryIntent[]> {
  const rows = await db.$queryRaw<{ id: string; operations: unknown; sentAt: Date }[]>`
    SELECT id, operations, sent_at AS "sentAt" FROM app.inventory_intent
    WHERE shop_id = ${shopId}::uuid AND product_ids && ${productIds}::uuid[] ORDER BY sent_at`;
  return rows.map(({ id, operations, sentAt }) => ({
    id,
    operations: z.array(inventorySet).parse(operations),
    sentAt,
  }));
}

/** Brings the base to what these writes set: both sides agreed on it, whatever moved since. */
export async function agreeOnQuantities(
  tx: Queryable,
  shopId: string,
  quantities: InventorySet['quantities'],
): Promise<void> {
  // Row by row: one statement would change a variant once, however many of its locations it names.
  for (const { variantId, locationId, quantity } of quantities) {
    const agreed = JSON.stringify({ source: quantity, remote: quantity });
    await tx.$executeRaw`
      UPDATE app.base_variant SET state = jsonb_set(state, ARRAY['inventory', ${locationId}], ${agreed}::jsonb)
      WHERE shop_id = ${shopId}::uuid AND variant_id = ${variantId}::uuid`;
  }
}

/** Raises the version of links, so that work that started from an older state is thrown away; answers the former ones. */
export async function raiseVersions(
  tx: Queryable,
  shopId: string,
  productIds: SourceId[],
): Promise<Map<SourceId, number>> {
  const rows = await tx.$queryRaw<{ id: SourceId; version: number }[]>`
    UPDATE app.product_link SET version = version + 1
    WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[])
    RETURNING product_id AS id, version - 1 AS version`;
  return new Map(rows.map(({ id, version }) => [id, version]));
}
