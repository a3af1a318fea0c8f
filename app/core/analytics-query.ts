/** What the analytics are asked for, and which days of the store that means. */
import { localTime } from './local-time';

export const ANALYTICS_SPANS = ['1m', '3m', '12m'] as const;
/** This month, or the last 3 or 12 of which it is one. */
export type AnalyticsSpan = (typeof ANALYTICS_SPANS)[number];

export const ANALYTICS_GRAINS = ['day', 'week', 'month'] as const;
export type AnalyticsGrain = (typeof ANALYTICS_GRAINS)[number];

export const ERROR_GROUPS = ['type', 'category', 'product', 'code'] as const;
/** What errors are counted by: product type, category, product or the code that was given. */
export type ErrorGroup = (typeof ERROR_GROUPS)[number];

/** Which products changed most: of the span, or of the day or week that is now. */
export const MOST_CHANGED_OF = ['span', 'week', 'day'] as const;
export type MostChangedOf = (typeof MOST_CHANGED_OF)[number];

export interface AnalyticsQuery {
  span: AnalyticsSpan;
  grain: AnalyticsGrain;
  errors: ErrorGroup;
  most: MostChangedOf;
}

const MONTHS: Record<AnalyticsSpan, number> = { '1m': 1, '3m': 3, '12m': 12 };

/** Reads the query from an address; what it does not name, or names wrongly, is the usual. */
export function readAnalyticsQuery(search: URLSearchParams): AnalyticsQuery {
  const of = <T extends string>(name: string, known: readonly T[], usual: T): T =>
    known.find((value) => value === search.get(name)) ?? usual;
  return {
    span: of('span', ANALYTICS_SPANS, '1m'),
    grain: of('grain', ANALYTICS_GRAINS, 'day'),
    errors: of('errors', ERROR_GROUPS, 'type'),
    most: of('most', MOST_CHANGED_OF, 'span'),
  };
}

/** The day in the store ("2026-11-29"). */
export function dayOf(instant: Date, timeZone: string): string {
  return localTime(instant, timeZone).slice(0, 10);
}

/** The first day of the span: the first of a month. */
export function spanStart(span: AnalyticsSpan, now: Date, timeZone: string): string {
  const [year = 0, month = 1] = dayOf(now, timeZone).split('-').map(Number);
  return new Date(Date.UTC(year, month - MONTHS[span], 1)).toISOString().slice(0, 10);
}

/** The first day of the period of a day: itself, its Monday, or the first of its month. */
export function periodStart(grain: AnalyticsGrain, day: string): string {
  if (grain === 'day') return day;
  if (grain === 'month') return `${day.slice(0, 7)}-01`;
  const date = new Date(`${day}T00:00:00Z`);
  return new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 86_400_000).toISOString().slice(0, 10);
}

/** The first days of all periods from the one of `first` to the one of `last`, oldest first. */
export function periodStarts(grain: AnalyticsGrain, first: string, last: string): string[] {
  const starts: string[] = [];
  const end = periodStart(grain, last);
  for (let start = periodStart(grain, first); start <= end;) {
    starts.push(start);
    const [year = 0, month = 1, day = 1] = start.split('-').map(Number);
    const next =
      grain === 'month'
        ? Date.UTC(year, month, 1)
        : Date.UTC(year, month - 1, day + (grain === 'week' ? 7 : 1));
    start = new Date(next).toISOString().slice(0, 10);
  }
  return starts;
}
