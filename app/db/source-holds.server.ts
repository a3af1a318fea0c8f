/** Changes of the catalog that go beyond the limits of a shop and wait for a person. */
import type { GuardFinding } from '~/core/edit-guard';
import type { SourceId } from '~/core/product-state';
import type { Database, Queryable } from './client.server';

/** Holds these products and no others; answers whether that is news. */
export async function putHold(
  db: Database,
  hold: { shopId: string; productIds: SourceId[]; findings: GuardFinding[]; now: Date },
): Promise<boolean> {
  const { shopId, productIds, findings, now } = hold;
  return db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ isNew: boolean }[]>`
      INSERT INTO app.source_hold (shop_id, findings, products, found_at, looked_at)
      VALUES (${shopId}::uuid, ${JSON.stringify(findings)}::jsonb, ${productIds.length}, ${now}, ${now})
      ON CONFLICT (shop_id) WHERE state = 'held' DO UPDATE
        SET findings = excluded.findings, products = excluded.products, looked_at = excluded.looked_at
      RETURNING xmax = 0 AS "isNew"`;
    await tx.$executeRaw`
      DELETE FROM app.held_product WHERE shop_id = ${shopId}::uuid AND NOT product_id = ANY(${productIds}::uuid[])`;
    await tx.$executeRaw`
      INSERT INTO app.held_product (shop_id, product_id) SELECT ${shopId}::uuid, unnest(${productIds}::uuid[])
      ON CONFLICT DO NOTHING`;
    return rows[0]?.isNew === true;
  });
}

/** Ends the open hold of a shop; its products, or null where none is open any more. */
export async function endHold(
  db: Database,
  end: { shopId: string; holdId: string; state: 'approved' | 'lifted'; decidedBy: string | null; now: Date },
): Promise<SourceId[] | null> {
  const { shopId, holdId, state, decidedBy, now } = end;
  return db.$transaction(async (tx) => {
    const { count } = await tx.sourceHold.updateMany({
      where: { id: holdId, shopId, state: 'held' },
      data: { state, decidedBy, decidedAt: now },
    });
    if (count === 0) return null;
    const held = await tx.$queryRaw<{ id: SourceId }[]>`
      DELETE FROM app.held_product WHERE shop_id = ${shopId}::uuid RETURNING product_id AS id`;
    const productIds = held.map(({ id }) => id).toSorted();
    // What a sync would do was reported of them; of a store that is tried out it still holds.
    await tx.$executeRaw`
      DELETE FROM app.shadow_decision decision USING app.shop shop
      WHERE decision.shop_id = ${shopId}::uuid AND decision.product_id = ANY(${productIds}::uuid[])
        AND shop.id = decision.shop_id AND shop.sync_mode = 'live'`;
    return productIds;
  });
}

/** The open hold of a shop. */
export async function openHold(db: Queryable, shopId: string) {
  return db.sourceHold.findFirst({ where: { shopId, state: 'held' } });
}

/** Those of the products that are held. */
export async function heldAmong(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
): Promise<Set<SourceId>> {
  const rows = await db.heldProduct.findMany({
    where: { shopId, productId: { in: productIds } },
    select: { productId: true },
  });
  return new Set(rows.map(({ productId }) => productId));
}
