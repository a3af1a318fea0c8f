/** How far back the dashboard looks, and into which parts its charts divide that. */
import { instantOf, localTime } from './local-time';

export const DASHBOARD_RANGES = ['1h', '6h', '24h', '7d', '30d', '90d'] as const;
export type DashboardRange = (typeof DASHBOARD_RANGES)[number];

interface RangeTerms {
  /** Which roll-ups it is read from. */
  grain: 'minute' | 'hour' | 'day';
  stepMinutes: number;
  steps: number;
}

/** Steps of hours divide a day: they begin at whole ones of the store's clock. */
export const RANGE_TERMS: Record<DashboardRange, RangeTerms> = {
  '1h': { grain: 'minute', stepMinutes: 1, steps: 60 },
  '6h': { grain: 'minute', stepMinutes: 5, steps: 72 },
  '24h': { grain: 'minute', stepMinutes: 15, steps: 96 },
  '7d': { grain: 'hour', stepMinutes: 180, steps: 56 },
  '30d': { grain: 'hour', stepMinutes: 720, steps: 60 },
  '90d': { grain: 'day', stepMinutes: 1_440, steps: 90 },
};

const MINUTE_MS = 60_000;

/** When the parts of a range begin, oldest first; the last one is the one of now. */
export function rangeStarts(range: DashboardRange, now: Date, timeZone: string): Date[] {
  const { grain, stepMinutes, steps } = RANGE_TERMS[range];
  const stepMs = stepMinutes * MINUTE_MS;
  if (grain === 'minute') {
    const last = Math.floor(now.getTime() / stepMs) * stepMs;
    return Array.from({ length: steps }, (_, index) => new Date(last - (steps - 1 - index) * stepMs));
  }
  // By the wall clock, so that a day has its own length where the clock is put forward or back.
  const wall = Date.parse(`${localTime(now, timeZone)}Z`);
  const last = Math.floor(wall / stepMs) * stepMs;
  return Array.from({ length: steps }, (_, index) => {
    const local = new Date(last - (steps - 1 - index) * stepMs).toISOString().slice(0, 19);
    const instant = instantOf(local, timeZone);
    if (instant === null) throw new RangeError(`"${local}" is no time of a clock.`);
    return instant;
  });
}
