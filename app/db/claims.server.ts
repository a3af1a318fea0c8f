/**
 * Which job may write a product now. Two jobs that look at one product at the same time (a run and a webhook) would both
 * find the same thing missing, and a picture or a variant would be added twice.
 */
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

/** How long a claim stands when its job is killed and never taken up again. */
const CLAIM_MS = 120_000;

/**
 * Claims products that are still as they were loaded (version) and that no other job has claimed; answers those it got.
 * `claimant` names the job: one that is taken up again after a crash finds its own claims.
 */
export async function claimProducts(
  db: Queryable,
  claim: {
    shopId: string;
    claimant: string;
    products: { productId: SourceId; version: number }[];
    now: Date;
  },
): Promise<Set<SourceId>> {
  const { shopId, claimant, products, now } = claim;
  const until = new Date(now.getTime() + CLAIM_MS);
  const rows = await db.$queryRaw<{ id: SourceId }[]>`
    UPDATE app.product_link link SET claimed_by = ${claimant}, claimed_until = ${until}
    FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb) AS row("productId" uuid, version int)
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = row."productId" AND link.version = row.version
      AND (link.claimed_by IS NULL OR link.claimed_by = ${claimant} OR link.claimed_until < ${now})
    RETURNING link.product_id AS id`;
  return new Set(rows.map((row) => row.id));
}

/** Claims products whatever their version; answers those it got. */
export async function claimAnyVersion(
  db: Queryable,
  claim: { shopId: string; claimant: string; productIds: SourceId[]; now: Date },
): Promise<Set<SourceId>> {
  const { shopId, claimant, productIds, now } = claim;
  const until = new Date(now.getTime() + CLAIM_MS);
  const rows = await db.$queryRaw<{ id: SourceId }[]>`
    UPDATE app.product_link SET claimed_by = ${claimant}, claimed_until = ${until}
    WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[])
      AND (claimed_by IS NULL OR claimed_by = ${claimant} OR claimed_until < ${now})
    RETURNING product_id AS id`;
  return new Set(rows.map((row) => row.id));
}

/** Claimants of this kind hold products for as long as Shopify works through a file: minutes, or hours. */
const LASTING = 'bulk:';

/** As whom a job of the bulk lane claims products, whichever attempt it is. */
export function lastingClaimant(bulkWriteId: string): string {
  return `${LASTING}${bulkWriteId}`;
}

/** Those of the products that another job holds for long: whoever looks at them now can do nothing. */
export async function heldForLong(
  db: Queryable,
  look: { shopId: string; claimant: string; productIds: SourceId[]; now: Date },
): Promise<Set<SourceId>> {
  const { shopId, claimant, productIds, now } = look;
  const rows = await db.productLink.findMany({
    where: {
      shopId,
      productId: { in: productIds },
      claimedBy: { startsWith: LASTING, not: claimant },
      claimedUntil: { gt: now },
    },
    select: { productId: true },
  });
  return new Set(rows.map((row) => row.productId));
}

/** Keeps what a job has claimed its own, where its work takes long. */
export async function renewClaims(
  db: Queryable,
  { shopId, claimant, now }: { shopId: string; claimant: string; now: Date },
): Promise<void> {
  const until = new Date(now.getTime() + CLAIM_MS);
  await db.productLink.updateMany({
    where: { shopId, claimedBy: claimant },
    data: { claimedUntil: until },
  });
}

/** Gives up what this job has claimed of these products. */
export async function releaseProducts(
  db: Queryable,
  shopId: string,
  claimant: string,
  productIds: SourceId[],
): Promise<void> {
  await db.$executeRaw`
    UPDATE app.product_link SET claimed_by = NULL, claimed_until = NULL
    WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[]) AND claimed_by = ${claimant}`;
}
