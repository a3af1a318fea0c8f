/** Read models of the pages about sync runs. */
import { z } from 'zod';
import type { Queryable } from '../client.server';
import { countEndStates } from './run-counts.server';
import type { EndState, EndStateCounts } from './run-counts.server';

export interface RunRow {
  id: string;
  trigger: string;
  causedBy: string;
  state: string;
  /** 'documents' | 'bulk': how its writes were to be carried. */
  /** Null until the run is planned. */
  lane: string | null;
  productsTotal: number;
  counts: EndStateCounts;
  calls: number;
  mutations: number;
  points: number;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface RunDetail extends RunRow {
  error: string | null;
  productReads: number;
  bytesSent: number;
  throttled: number;
  adoptedScanned: number;
  /** Fields that needed no write, by reason. */
  skips: { reason: string; fields: number }[];
  cancelRequested: boolean;
}

export interface RunProductRow {
  productId: string;
  title: string;
  state: string;
  code: string | null;
  message: string | null;
  changes: number;
  points: number;
}

interface StoredRunProduct extends Omit<RunProductRow, 'productId'> {
  product_id: string;
}

export interface DeadLetterRow {
  id: string;
  job: string;
  reason: string;
  attempts: number;
  products: number;
  runId: string | null;
  failedAt: string;
}

/** One page of a list, counted in pages from 1. */
export interface PageOf<Row> {
  rows: Row[];
  page: number;
  pages: number;
  total: number;
}

const RUNS_A_PAGE = 20;
const PRODUCTS_A_PAGE = 50;

type StoredRun = NonNullable<Awaited<ReturnType<Queryable['syncRun']['findFirst']>>>;

function runRow(run: StoredRun, counts: EndStateCounts): RunRow {
  return {
    id: run.id,
    trigger: run.trigger,
    causedBy: run.causedBy,
    state: run.state,
    lane: run.lane,
    productsTotal: run.productsTotal,
    counts,
    calls: run.calls,
    mutations: run.mutations,
    points: run.points,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}

async function withCounts(db: Queryable, shopId: string, runs: StoredRun[]): Promise<RunRow[]> {
  const counts = await countEndStates(
    db,
    shopId,
    runs.map((run) => run.id),
  );
  return runs.flatMap((run) => {
    const ofRun = counts.get(run.id);
    return ofRun === undefined ? [] : [runRow(run, ofRun)];
  });
}

/** The newest runs of the shop, at most `limit`. */
export async function readLastRuns(db: Queryable, shopId: string, limit: number): Promise<RunRow[]> {
  const runs = await db.syncRun.findMany({ where: { shopId }, orderBy: { createdAt: 'desc' }, take: limit });
  return withCounts(db, shopId, runs);
}

/** All runs of the shop, newest first; `page` is brought into the pages there are. */
export async function readRuns(db: Queryable, shopId: string, page: number): Promise<PageOf<RunRow>> {
  const total = await db.syncRun.count({ where: { shopId } });
  const pages = Math.max(1, Math.ceil(total / RUNS_A_PAGE));
  const at = Math.min(Math.max(1, page), pages);
  const runs = await db.syncRun.findMany({
    where: { shopId },
    orderBy: { createdAt: 'desc' },
    skip: (at - 1) * RUNS_A_PAGE,
    take: RUNS_A_PAGE,
  });
  return { rows: await withCounts(db, shopId, runs), page: at, pages, total };
}

/** Where a page of runs ends. */
export interface RunPlace {
  /** Instant, ISO 8601. */
  createdAt: string;
  id: string;
}

/** Runs of the shop from the one after `after` on, newest first, at most `limit`; `next` is null on the last page. */
export async function readRunsAfter(
  db: Queryable,
  shopId: string,
  { after, limit }: { after: RunPlace | null; limit: number },
): Promise<{ rows: RunRow[]; next: RunPlace | null }> {
  const createdAt = after === null ? null : new Date(after.createdAt);
  const runs = await db.syncRun.findMany({
    where: {
      shopId,
      ...(after === null || createdAt === null
        ? {}
        : { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: after.id } }] }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  const shown = runs.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: await withCounts(db, shopId, shown),
    next: runs.length > limit && last ? { createdAt: last.createdAt.toISOString(), id: last.id } : null,
  };
}

const skipCounts = z.record(z.string(), z.number()).catch({});

/** One run with its figures; null where the shop has no such run. */
export async function readRun(db: Queryable, shopId: string, runId: string): Promise<RunDetail | null> {
  const run = await db.syncRun.findFirst({ where: { shopId, id: runId } });
  const row = run === null ? undefined : (await withCounts(db, shopId, [run]))[0];
  if (run === null || row === undefined) return null;
  return {
    ...row,
    error: run.error,
    productReads: run.productReads,
    bytesSent: Number(run.bytesSent),
    throttled: run.throttled,
    adoptedScanned: run.adoptedScanned,
    skips: Object.entries(skipCounts.parse(run.skips))
      .map(([reason, fields]) => ({ reason, fields }))
      .sort((left, right) => right.fields - left.fields),
    cancelRequested: run.cancelRequestedAt !== null,
  };
}

/** What became of the products of a run, those with a problem first, then by title; `state` null shows all. */
export async function readRunProducts(
  db: Queryable,
  shopId: string,
  runId: string,
  filter: { state: EndState | null; page: number },
): Promise<PageOf<RunProductRow>> {
  const where = { shopId, runId, ...(filter.state === null ? {} : { state: filter.state }) };
  const total = await db.runProduct.count({ where });
  const pages = Math.max(1, Math.ceil(total / PRODUCTS_A_PAGE));
  const page = Math.min(Math.max(1, filter.page), pages);
  const rows = await db.$queryRaw<StoredRunProduct[]>`
    SELECT product_id, title, state, code, message, changes, points FROM app.run_product
    WHERE shop_id = ${shopId}::uuid AND run_id = ${runId}::uuid AND (${filter.state}::text IS NULL OR state = ${filter.state})
    ORDER BY array_position(ARRAY['failed', 'conflicted', 'pending', 'cancelled', 'applied', 'skipped'], state), title, product_id
    LIMIT ${PRODUCTS_A_PAGE} OFFSET ${(page - 1) * PRODUCTS_A_PAGE}`;
  return {
    rows: rows.map(({ product_id, ...row }) => ({ productId: product_id, ...row })),
    page,
    pages,
    total,
  };
}

const jobPayload = z
  .object({
    name: z.string().default(''),
    runId: z.string().nullish(),
    productIds: z.array(z.string()).default([]),
  })
  .catch({ name: '', productIds: [] });

/** Jobs that gave up and were not retried since, newest first, at most 50. */
export async function readDeadLetters(db: Queryable, shopId: string): Promise<DeadLetterRow[]> {
  const letters = await db.deadLetter.findMany({
    where: { shopId, retriedAt: null },
    orderBy: { failedAt: 'desc' },
    take: 50,
  });
  return letters.map((letter) => {
    const payload = jobPayload.parse(letter.payload);
    return {
      id: letter.id,
      job: payload.name === '' ? letter.queue : payload.name,
      reason: letter.reason,
      attempts: letter.attempts,
      products: payload.productIds.length,
      runId: payload.runId ?? null,
      failedAt: letter.failedAt.toISOString(),
    };
  });
}
