/** Walks over a whole store: who walks, how far, and how it ended. */
import { z } from 'zod';
import type { Gid, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

export type Lane = 'pages' | 'bulk';

const bulkOperations = z.array(
  z.object({
    part: z.enum(['products', 'variants']),
    id: z.string(),
    /** Taken before it was started: what was written later is newer than what it reads. */
    startedAt: z.coerce.date(),
    isRead: z.boolean(),
  }),
);
export type WalkOperation = z.infer<typeof bulkOperations>[number];

export interface Walk {
  id: string;
  shopId: string;
  lane: Lane;
  causedBy: string;
  cursor: string | null;
  operations: WalkOperation[];
  startedAt: Date;
}

interface WalkRow {
  id: string;
  shopId: string;
  lane: Lane;
  causedBy: string;
  cursor: string | null;
  operations: unknown;
  startedAt: Date;
}

const walkOf = (row: WalkRow): Walk => ({ ...row, operations: bulkOperations.parse(row.operations) });

/** How long a walk stays a job's own when that job is killed and never taken up again. */
const CLAIM_MS = 120_000;
const claimEnd = (now: Date) => new Date(now.getTime() + CLAIM_MS);

/** Products a walk looks at: linked, and still in the catalog. What was deleted there is a run's to decide. */
export async function countWalked(db: Queryable, shopId: string): Promise<number> {
  const rows = await db.$queryRaw<{ products: bigint }[]>`
    SELECT count(*) AS products FROM app.product_link link
    JOIN catalog.product product ON product.id = link.product_id
    WHERE link.shop_id = ${shopId}::uuid AND link.state = 'linked' AND link.remote_id IS NOT NULL`;
  return Number(rows[0]?.products ?? 0);
}

/** The next of them after a product id. */
export async function nextWalked(
  db: Queryable,
  shopId: string,
  after: SourceId | null,
  limit: number,
): Promise<{ productId: SourceId; remoteId: Gid }[]> {
  return db.$queryRaw`
    SELECT link.product_id AS "productId", link.remote_id AS "remoteId" FROM app.product_link link
    JOIN catalog.product product ON product.id = link.product_id
    WHERE link.shop_id = ${shopId}::uuid AND link.state = 'linked' AND link.remote_id IS NOT NULL
      AND (${after}::uuid IS NULL OR link.product_id > ${after}::uuid)
    ORDER BY link.product_id LIMIT ${limit}`;
}

/** Takes a running walk for a job. Null: it has ended, or another job walks. */
export async function takeWalk(
  db: Queryable,
  { id, shopId, claimant, now }: { id: string; shopId: string; claimant: string; now: Date },
): Promise<Walk | null> {
  const [row] = await db.$queryRaw<WalkRow[]>`
    UPDATE app.reconciliation SET claimed_by = ${claimant}, claimed_until = ${claimEnd(now)}
    WHERE id = ${id}::uuid AND shop_id = ${shopId}::uuid AND state = 'running'
      AND (claimed_by IS NULL OR claimed_by = ${claimant} OR claimed_until < ${now})
    RETURNING id, shop_id AS "shopId", lane, caused_by AS "causedBy", cursor, bulk_operations AS operations, started_at AS "startedAt"`;
  return row ? walkOf(row) : null;
}

export interface Stride {
  cursor?: string | null;
  lane?: Lane;
  operations?: WalkOperation[];
  lookAt?: Date | null;
  scanned?: number;
  drifted?: number;
  points?: number;
  /** Why the lane was left. */
  note?: string;
}

/** Notes how far the walk is. False: it was cancelled, the app is gone from the shop, or another job walks. */
export async function noteStride(
  db: Queryable,
  walk: { id: string; claimant: string },
  stride: Stride,
  now: Date,
): Promise<boolean> {
  const { cursor, lane, operations, lookAt, note } = stride;
  const count = await db.$executeRaw`
    UPDATE app.reconciliation walk SET claimed_until = ${claimEnd(now)},
      cursor = CASE WHEN ${cursor !== undefined} THEN ${cursor ?? null} ELSE walk.cursor END,
      lane = COALESCE(${lane ?? null}, walk.lane),
      bulk_operations = COALESCE(${operations ? JSON.stringify(operations) : null}::jsonb, walk.bulk_operations),
      look_at = CASE WHEN ${lookAt !== undefined} THEN ${lookAt ?? null}::timestamptz ELSE walk.look_at END,
      products_scanned = walk.products_scanned + ${stride.scanned ?? 0},
      products_drifted = walk.products_drifted + ${stride.drifted ?? 0},
      points = walk.points + ${stride.points ?? 0}, error = COALESCE(${note ?? null}, walk.error)
    FROM app.shop shop
    WHERE walk.id = ${walk.id}::uuid AND walk.state = 'running' AND walk.claimed_by = ${walk.claimant}
      AND shop.id = walk.shop_id AND shop.uninstalled_at IS NULL`;
  return count > 0;
}

/** Lets go of a walk, so that another job may take it up at once. */
export async function releaseWalk(db: Queryable, walk: { id: string; claimant: string }): Promise<void> {
  await db.$executeRaw`
    UPDATE app.reconciliation SET claimed_by = NULL, claimed_until = NULL
    WHERE id = ${walk.id}::uuid AND claimed_by = ${walk.claimant}`;
}

/** Ends a running walk; false where it had ended. */
export async function endWalk(
  db: Queryable,
  walk: { id: string; shopId: string },
  end: { state: 'finished' | 'cancelled' | 'failed'; error?: string; drifted?: number },
  now: Date,
): Promise<boolean> {
  const { count } = await db.reconciliation.updateMany({
    where: { ...walk, state: 'running' },
    data: {
      state: end.state,
      finishedAt: now,
      lookAt: null,
      ...(end.error !== undefined && { error: end.error }),
      ...(end.drifted !== undefined && { productsDrifted: { increment: end.drifted } }),
    },
  });
  return count > 0;
}

/** Bulk operations that a walk left behind in Shopify when it ended; null while it runs. */
export async function leftOperations(
  db: Queryable,
  walk: { id: string; shopId: string },
): Promise<WalkOperation[] | null> {
  const row = await db.reconciliation.findFirst({
    where: walk,
    select: { state: true, bulkOperations: true },
  });
  return row && row.state !== 'running' ? bulkOperations.parse(row.bulkOperations) : null;
}

/** When a job looks at the walk's bulk operations again, as far as one is due. */
export async function lookAtOf(db: Queryable, walkId: string): Promise<Date | null> {
  const row = await db.reconciliation.findUnique({ where: { id: walkId }, select: { lookAt: true } });
  return row?.lookAt ?? null;
}

/** Running walks that no job walks and that none is to take up: their job was lost. */
export async function lostWalks(db: Queryable, olderThan: Date): Promise<{ id: string; shopId: string }[]> {
  return db.reconciliation.findMany({
    where: {
      state: 'running',
      startedAt: { lt: olderThan },
      AND: [
        { OR: [{ claimedUntil: null }, { claimedUntil: { lt: olderThan } }] },
        { OR: [{ lookAt: null }, { lookAt: { lt: olderThan } }] },
      ],
    },
    select: { id: true, shopId: true },
  });
}
