/** Read model of the dashboard: roll-ups, and what is not rolled up yet, so that it is never behind what is recorded. */
import type { CaptureFacts } from '~/core/capture-facts';
import { RANGE_TERMS, rangeStarts } from '~/core/dashboard-range';
import type { DashboardRange } from '~/core/dashboard-range';
import { percentilesOf } from '~/core/latency-bins';
import type { LatencyCount } from '~/core/latency-bins';
import { readHitRates } from '../cache-hit-rate.server';
import type { Queryable } from '../client.server';
import { readCaptureModel } from './capture.server';

/** Figures of one part of the range. */
export interface DashboardPart {
  /** When it begins (ISO 8601). */
  at: string;
  /** Changes of fields. */
  pushed: number;
  pulled: number;
  failed: number;
  conflicted: number;
  /** Products of sync runs by how they ended. */
  runApplied: number;
  runSkipped: number;
  runConflicted: number;
  runFailed: number;
  calls: number;
  points: number;
  bytesSent: number;
  throttled: number;
  /** Milliseconds from source to confirmation; null: nothing was confirmed whose beginning is known. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
  /** Of looks, in percent; null: there were none, or it is not counted. */
  hitRate: number | null;
}

export interface DashboardStatus {
  /** 'paused': nothing is on its way. */
  activity: 'running' | 'working' | 'waiting' | 'quiet';
  /** Products that are asked for and wait, and for how long the first of them has. */
  waiting: { products: number; oldestSeconds: number };
  jobs: number;
  conflicts: number;
  deadLetters: number;
  /** Changes of the catalog that were read from its log and are not yet handed on: how old the first one is. */
  lagMs: number | null;
  capture: CaptureFacts['state'];
  retainedBytes: number | null;
}

export interface DashboardModel {
  /** The instant of this answer (ISO 8601, UTC). */
  now: string;
  range: DashboardRange;
  parts: DashboardPart[];
  /** Of the whole range. */
  latency: { changes: number; p50: number | null; p95: number | null; p99: number | null };
  /** What failed most, by code. */
  errors: { code: string; changes: number }[];
  status: DashboardStatus;
}

const ERRORS = 10;
const SHARES = [0.5, 0.95, 0.99];
/** A job that took its products longer ago and has not ended gave up. */
const LOOKING_MS = 600_000;

interface Reading {
  db: Queryable;
  shopId: string;
  grain: string;
  starts: string[];
}

interface CountRow {
  part: number;
  direction: string;
  state: string;
  code: string;
  n: number;
}

async function readCounts({ db, shopId, grain, starts }: Reading): Promise<CountRow[]> {
  return db.$queryRaw`
    SELECT width_bucket(at, ${starts}::timestamptz[]) - 1 AS part, direction, state, code, sum(n)::float8 AS n
    FROM (
      SELECT at, direction, state, code, n FROM app.activity_count
      WHERE shop_id = ${shopId}::uuid AND grain = ${grain} AND at >= ${starts[0]}::timestamptz
      UNION ALL
      SELECT at, direction, state, code, n FROM app.activity_delta
      WHERE shop_id = ${shopId}::uuid AND at >= ${starts[0]}::timestamptz
    ) AS counted
    WHERE direction IN ('push', 'pull', 'run') GROUP BY 1, 2, 3, 4`;
}

async function readBins({
  db,
  shopId,
  grain,
  starts,
}: Reading): Promise<(LatencyCount & { part: number })[]> {
  return db.$queryRaw`
    SELECT width_bucket(at, ${starts}::timestamptz[]) - 1 AS part, bin, sum(n)::float8 AS n
    FROM (
      SELECT at, bin, n FROM app.activity_latency
      WHERE shop_id = ${shopId}::uuid AND grain = ${grain} AND at >= ${starts[0]}::timestamptz
      UNION ALL
      SELECT at, bin, n FROM app.activity_delta
      WHERE shop_id = ${shopId}::uuid AND at >= ${starts[0]}::timestamptz AND bin IS NOT NULL
    ) AS counted
    GROUP BY 1, 2`;
}

interface UsageRow {
  part: number;
  calls: number;
  points: number;
  bytesSent: number;
  throttled: number;
}

async function readUsage({ db, shopId, grain, starts }: Reading): Promise<UsageRow[]> {
  return db.$queryRaw`
    SELECT width_bucket(at, ${starts}::timestamptz[]) - 1 AS part, sum(calls)::float8 AS calls, sum(points) AS points,
      sum(bytes_sent)::float8 AS "bytesSent", sum(throttled)::float8 AS throttled
    FROM app.activity_usage WHERE shop_id = ${shopId}::uuid AND grain = ${grain} AND at >= ${starts[0]}::timestamptz
    GROUP BY 1`;
}

interface StatusRow {
  waiting: number;
  oldest: number | null;
  jobs: number;
  isRunning: boolean;
  conflicts: number;
  letters: number;
  lag: number | null;
}

async function readStatus(db: Queryable, shopId: string, now: Date): Promise<DashboardStatus> {
  const working = new Date(now.getTime() - LOOKING_MS);
  const [[row], capture] = await Promise.all([
    db.$queryRaw<StatusRow[]>`
      SELECT request.waiting, request.oldest,
        (SELECT count(*) FROM app.sync_job job
          WHERE job.shop_id = ${shopId}::uuid AND (job.taken_at > ${working} OR job.id LIKE 'bulk:%'))::int AS jobs,
        EXISTS (SELECT 1 FROM app.sync_run WHERE shop_id = ${shopId}::uuid AND state IN ('queued', 'adopting', 'running')
          AND created_at > ${now}::timestamptz - interval '30 days') AS "isRunning",
        (SELECT count(*) FROM app.conflict WHERE shop_id = ${shopId}::uuid AND state = 'open')::int AS conflicts,
        (SELECT count(*) FROM app.dead_letter WHERE shop_id = ${shopId}::uuid AND retried_at IS NULL)::int AS letters,
        (SELECT GREATEST(0, extract(epoch FROM ${now}::timestamptz - min(changed_at)) * 1000) FROM app.captured_change)::float8 AS lag
      FROM (
        SELECT count(*)::int AS waiting, extract(epoch FROM ${now}::timestamptz - min(asked_at))::float8 AS oldest
        FROM app.sync_request WHERE shop_id = ${shopId}::uuid
      ) AS request`,
    readCaptureModel(db, now),
  ]);
  const [waiting, jobs] = [row?.waiting ?? 0, row?.jobs ?? 0];
  const isFollowed = capture.state === 'following' || capture.state === 'waiting';
  return {
    activity: row?.isRunning === true ? 'running' : jobs > 0 ? 'working' : waiting > 0 ? 'waiting' : 'quiet',
    waiting: { products: waiting, oldestSeconds: Math.max(0, row?.oldest ?? 0) },
    jobs,
    conflicts: row?.conflicts ?? 0,
    deadLetters: row?.letters ?? 0,
    lagMs: isFollowed ? (row?.lag ?? 0) : null,
    capture: capture.state,
    retainedBytes: capture.retainedBytes,
  };
}

/** All that the dashboard shows of a range that ends now. */
export async function readDashboard(
  db: Queryable,
  shop: { id: string; timezone: string },
  range: DashboardRange,
  now: Date,
): Promise<DashboardModel> {
  const dates = rangeStarts(range, now, shop.timezone);
  const starts = dates.map((date) => date.toISOString());
  const reading: Reading = { db, shopId: shop.id, grain: RANGE_TERMS[range].grain, starts };
  const [counts, bins, usage, hitRates, status] = await Promise.all([
    readCounts(reading),
    readBins(reading),
    readUsage(reading),
    readHitRates(db, shop.id, dates),
    readStatus(db, shop.id, now),
  ]);
  const countsOf = Map.groupBy(counts, ({ part }) => part);
  const binsOf = Map.groupBy(bins, ({ part }) => part);
  const usageOf = new Map(usage.map((row) => [row.part, row]));
  const parts = starts.map((at, part): DashboardPart => {
    const own = countsOf.get(part) ?? [];
    const of = (directions: string[], state: string) =>
      own.reduce(
        (sum, row) => sum + (row.state === state && directions.includes(row.direction) ? row.n : 0),
        0,
      );
    const used = usageOf.get(part);
    const [p50 = null, p95 = null, p99 = null] = percentilesOf(binsOf.get(part) ?? [], SHARES);
    const rate = hitRates[part] ?? null;
    return {
      at,
      pushed: of(['push'], 'applied'),
      pulled: of(['pull'], 'applied'),
      failed: of(['push', 'pull'], 'failed'),
      conflicted: of(['push', 'pull'], 'conflicted'),
      runApplied: of(['run'], 'applied'),
      runSkipped: of(['run'], 'skipped'),
      runConflicted: of(['run'], 'conflicted'),
      runFailed: of(['run'], 'failed'),
      calls: used?.calls ?? 0,
      points: used?.points ?? 0,
      bytesSent: used?.bytesSent ?? 0,
      throttled: used?.throttled ?? 0,
      p50,
      p95,
      p99,
      hitRate: rate === null ? null : rate * 100,
    };
  });
  const [p50 = null, p95 = null, p99 = null] = percentilesOf(bins, SHARES);
  return {
    now: now.toISOString(),
    range,
    parts,
    latency: { changes: bins.reduce((sum, { n }) => sum + n, 0), p50, p95, p99 },
    errors: errorsOf(counts),
    status,
  };
}

function errorsOf(counts: CountRow[]): DashboardModel['errors'] {
  const byCode = new Map<string, number>();
  for (const { direction, state, code, n } of counts)
    if (state === 'failed' && direction !== 'run') byCode.set(code, (byCode.get(code) ?? 0) + n);
  return [...byCode]
    .map(([code, changes]) => ({ code, changes }))
    .filter(({ changes }) => changes > 0)
    .sort((one, other) => other.changes - one.changes || one.code.localeCompare(other.code))
    .slice(0, ERRORS);
}
