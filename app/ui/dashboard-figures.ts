/** What the dashboard shows, as the page reads it again and again. */
import { z } from 'zod';
import { DASHBOARD_RANGES } from '~/core/dashboard-range';
import type { DashboardRange } from '~/core/dashboard-range';
import type { ChartSeries } from './chart-series';
import { useLiveReading } from './live-reading';
import type { StreamState } from './live-stream';

const count = z.number();
const ms = z.number().nullable();

const dashboardPart = z.object({
  at: z.string(),
  pushed: count,
  pulled: count,
  failed: count,
  conflicted: count,
  runApplied: count,
  runSkipped: count,
  runConflicted: count,
  runFailed: count,
  calls: count,
  points: count,
  bytesSent: count,
  throttled: count,
  p50: ms,
  p95: ms,
  p99: ms,
  hitRate: count.nullable(),
});

const dashboardFigures = z.object({
  now: z.string(),
  range: z.enum(DASHBOARD_RANGES),
  parts: z.array(dashboardPart),
  latency: z.object({ changes: count, p50: ms, p95: ms, p99: ms }),
  errors: z.array(z.object({ code: z.string(), changes: count })),
  status: z.object({
    activity: z.enum(['running', 'working', 'waiting', 'quiet']),
    waiting: z.object({ products: count, oldestSeconds: count }),
    jobs: count,
    conflicts: count,
    deadLetters: count,
    lagMs: ms,
    capture: z.enum(['off', 'following', 'waiting', 'refused', 'silent']),
    retainedBytes: count.nullable(),
  }),
  budget: z.object({ maximum: count, restoreRate: count, available: count }).nullable(),
});

export type DashboardPart = z.infer<typeof dashboardPart>;
export type DashboardFigures = z.infer<typeof dashboardFigures>;

const isMoving = ({ status }: DashboardFigures) => status.activity !== 'quiet';

/** The newest figures of a range: those the page was loaded with until newer ones are read. */
export function useDashboardFigures(
  range: DashboardRange,
  initial: DashboardFigures,
): { figures: DashboardFigures; stream: StreamState } {
  const { answer, stream } = useLiveReading(
    `/app/dashboard/figures?range=${range}`,
    dashboardFigures,
    isMoving,
  );
  const isNewer =
    answer !== null && (initial.range !== range || Date.parse(answer.now) >= Date.parse(initial.now));
  return { figures: isNewer ? answer : initial, stream };
}

/** Names of the parts' numbers that can be drawn. */
export type PartKey = Exclude<keyof DashboardPart, 'at'>;

/** Series of a chart, each of one number of the parts. */
export function seriesOf(
  parts: readonly DashboardPart[],
  lines: readonly { key: PartKey; name: string; unit: string }[],
): ChartSeries[] {
  return lines.map(({ key, name, unit }) => ({
    name,
    unit,
    points: parts.map((part) => ({ at: part.at, value: part[key] })),
  }));
}

/** The sum of a number over all parts; null counts as nothing. */
export function totalOf(parts: readonly DashboardPart[], key: PartKey): number {
  return parts.reduce((sum, part) => sum + (part[key] ?? 0), 0);
}
