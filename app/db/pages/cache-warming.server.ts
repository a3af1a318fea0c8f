/** Read model of warming: what was forecast, what became of it, and what somebody asked for. */
import type { Queryable } from '../client.server';

const DAY_MS = 86_400_000;

export interface WarmingPoint {
  /** When the part begins; ISO. */
  at: string;
  /** Products of which it is known whether they were used. */
  ended: number;
  used: number;
  /** Of these, as many as were expected to be used. */
  expectedUsed: number;
  points: number;
}

export interface WarmingModel {
  points: WarmingPoint[];
  /** What is chosen, or read and not used yet, by when it is expected; ISO. */
  upcoming: { expectedAt: string | null; reason: string; products: number; warmed: number }[];
  /** Work that began lately, the newest first. */
  starts: { at: string; kind: string; products: number }[];
}

/** Warming by day. */
export async function readWarming(
  db: Queryable,
  shopId: string,
  { hours, bucketHours, now }: { hours: number; bucketHours: number; now: Date },
): Promise<WarmingModel> {
  const end = Math.floor(now.getTime() / 3_600_000) * 3_600_000 + 3_600_000;
  const from = new Date(end - hours * 3_600_000);
  const [rows, upcoming, starts] = await Promise.all([
    db.$queryRaw<{ at: Date; ended: number; used: number; expectedUsed: number; points: number }[]>`
      SELECT date_bin(${bucketHours} * interval '1 hour', hour, ${from}::timestamptz) AS at, sum(used + unused)::int AS ended,
        sum(used)::int AS used, sum(used + unused - expected_unused)::float8 AS "expectedUsed", sum(points)::float8 AS points
      FROM app.warming_hour WHERE shop_id = ${shopId}::uuid AND hour >= ${from} GROUP BY 1 ORDER BY 1`,
    db.$queryRaw<{ expectedAt: Date | null; reason: string; products: number; warmed: number }[]>`
      SELECT expected_at AS "expectedAt", reason, count(*)::int AS products, count(warmed_at)::int AS warmed
      FROM app.warmed_product WHERE shop_id = ${shopId}::uuid GROUP BY 1, 2 ORDER BY 1 NULLS LAST LIMIT 10`,
    db.workStartRow.findMany({
      where: { shopId, at: { gte: new Date(now.getTime() - 30 * DAY_MS) } },
      orderBy: { at: 'desc' },
      take: 10,
    }),
  ]);
  return {
    points: rows.map((row) => ({ ...row, at: row.at.toISOString() })),
    upcoming: upcoming.map((row) => ({ ...row, expectedAt: row.expectedAt?.toISOString() ?? null })),
    starts: starts.map(({ at, kind, products }) => ({ at: at.toISOString(), kind, products })),
  };
}

export interface AskedWarm {
  id: string;
  state: 'selecting' | 'running' | 'finished' | 'failed';
  selection: unknown;
  causedBy: string;
  allowance: number;
  productsSelected: number;
  productsFresh: number;
  productsLeftOut: number;
  productsTotal: number;
  productsDone: number;
  productsRead: number;
  pointsExpected: number;
  points: number;
  error: string | null;
  createdAt: string;
  finishedAt: string | null;
}

type WarmRow = NonNullable<Awaited<ReturnType<Queryable['cacheWarm']['findFirst']>>>;

function stateOf({ selectedAt, finishedAt, error }: WarmRow): AskedWarm['state'] {
  if (finishedAt !== null) return error === null ? 'finished' : 'failed';
  return selectedAt === null ? 'selecting' : 'running';
}

const warmOf = (row: WarmRow): AskedWarm => ({
  id: row.id,
  state: stateOf(row),
  selection: row.selection,
  causedBy: row.causedBy,
  allowance: row.allowance,
  productsSelected: row.productsSelected,
  productsFresh: row.productsFresh,
  productsLeftOut: row.productsLeftOut,
  productsTotal: row.productsTotal,
  productsDone: row.productsDone,
  productsRead: row.productsRead,
  pointsExpected: row.pointsExpected,
  points: row.points,
  error: row.error,
  createdAt: row.createdAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
});

/** A selection that somebody has read; null where the shop has none of that id. */
export async function readWarm(db: Queryable, shopId: string, id: string): Promise<AskedWarm | null> {
  const row = await db.cacheWarm.findFirst({ where: { id, shopId } });
  return row && warmOf(row);
}

/** The last ones, the newest first. */
export async function readWarms(db: Queryable, shopId: string): Promise<AskedWarm[]> {
  const rows = await db.cacheWarm.findMany({
    where: { shopId },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: 5,
  });
  return rows.map(warmOf);
}
