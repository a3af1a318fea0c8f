/** What charts draw: series of points, how each looks, and what their numbers say in words. */
import { formatBytes, formatInstant, formatLatency, formatMonth } from './formats';

export interface ChartPoint {
  /** ISO 8601. */
  at: string;
  /** Null: nothing is known of this moment. It is left out of the line and is "–" in the table. */
  value: number | null;
}

export interface ChartSeries {
  name: string;
  /** A noun ("products"), a currency ("EUR"), "ms", "bytes" or "%". A second unit gets an axis of its own. */
  unit: string;
  points: readonly ChartPoint[];
}

/** 'step' is a line that stays where it is until the next point: prices. */
export type ChartKind = 'line' | 'step' | 'bar' | 'stacked';

/** What a point stands for: a moment, or the day or month that begins there. */
export type ChartBucket = 'moment' | 'day' | 'month';

export interface SeriesStyle {
  colour: string;
  /** Of a line. "" draws it through. */
  dash: string;
  /** Of a bar. */
  pattern: 'plain' | 'rising' | 'dots' | 'level' | 'falling' | 'upright';
}

const STYLES: readonly [SeriesStyle, ...SeriesStyle[]] = [
  { colour: '#00609e', dash: '', pattern: 'plain' },
  { colour: '#c04a12', dash: '7 3', pattern: 'rising' },
  { colour: '#007a62', dash: '2 3', pattern: 'dots' },
  { colour: '#8f3a84', dash: '9 3 2 3', pattern: 'level' },
  { colour: '#806000', dash: '12 5', pattern: 'falling' },
  { colour: '#4a4a4a', dash: '4 2 1 2 1 2', pattern: 'upright' },
];

/** Colour, dash and pattern of a series by its place: none of them is needed to tell two apart, any one will do. */
export function seriesStyle(index: number): SeriesStyle {
  return STYLES[index % STYLES.length] ?? STYLES[0];
}

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** "12,345 products", "1.2 s", "84.5%". */
export function formatAmount(value: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === 'ms') return formatLatency(value);
  if (unit === 'bytes') return formatBytes(value);
  if (unit === '%') return `${value.toFixed(1)}%`;
  return `${numbers.format(value)} ${unit}`;
}

/** As an axis has room for: "12.3K", "1.2 s", "85%". */
export function formatTick(value: number, unit: string): string {
  if (unit === 'ms') return formatLatency(value);
  if (unit === 'bytes') return formatBytes(value);
  if (unit === '%') return `${Math.round(value)}%`;
  return short.format(value);
}

/** When a point is, as the table and the tip say it: "24 Nov 2026, 14:05", of days "24 Nov 2026". */
export function formatPointTime(at: string, bucket: ChartBucket, timeZone: string): string {
  const instant = formatInstant(at, timeZone);
  if (bucket === 'day') return instant.split(', ')[0] ?? instant;
  if (bucket === 'month') return monthOf(at, timeZone);
  return instant;
}

function monthOf(at: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
  }).formatToParts(new Date(at));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  return formatMonth(`${of('year')}-${of('month')}`);
}

const DAY_MS = 86_400_000;

/** When a point is, as the axis has room for: "14:05" where the chart shows up to a day and a half, else "24 Nov". */
export function formatTimeTick(at: number, spanMs: number, bucket: ChartBucket, timeZone: string): string {
  const iso = new Date(at).toISOString();
  if (bucket === 'month') {
    const [month = '', year = ''] = monthOf(iso, timeZone).split(' ');
    return `${month.slice(0, 3)} ${year}`;
  }
  const [day = '', time = ''] = formatInstant(iso, timeZone).split(', ');
  if (bucket !== 'day' && spanMs <= 1.5 * DAY_MS) return time;
  return day.split(' ').slice(0, 2).join(' ');
}

/** A row for each moment that any series knows, in the order of time. */
export interface ChartRow {
  at: string;
  time: number;
  /** By place of the series. */
  values: (number | null)[];
}

export function chartRows(series: readonly ChartSeries[]): ChartRow[] {
  const rows = new Map<string, ChartRow>();
  series.forEach(({ points }, place) => {
    for (const { at, value } of points) {
      const row = rows.get(at) ?? { at, time: Date.parse(at), values: series.map(() => null) };
      row.values[place] = value;
      rows.set(at, row);
    }
  });
  return [...rows.values()].sort((one, other) => one.time - other.time);
}

/** Beyond so many rows the signs of points would be a band. */
const MOST_SIGNS = 40;

/** Whether a point of a line is drawn as a sign of its own: beyond what has room, where no line reaches it. */
export function hasSign(rows: readonly ChartRow[], index: number, place: number): boolean {
  const isKnown = (at: number) => (rows[at]?.values[place] ?? null) !== null;
  if (!isKnown(index)) return false;
  return rows.length <= MOST_SIGNS || (!isKnown(index - 1) && !isKnown(index + 1));
}

/** "Products updated: lowest 0 products, highest 120 products (24 Nov 2026, 14:05), latest 3 products." */
export function describeSeries(
  { name, unit, points }: ChartSeries,
  bucket: ChartBucket,
  timeZone: string,
): string {
  const known = points.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]));
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined) return `${name}: no figures.`;
  const highest = known.reduce((most, point) => (point.value > most.value ? point : most), first);
  const lowest = known.reduce((least, point) => (point.value < least.value ? point : least), first);
  const when = formatPointTime(highest.at, bucket, timeZone);
  return `${name}: lowest ${formatAmount(lowest.value, unit)}, highest ${formatAmount(highest.value, unit)} (${when}), latest ${formatAmount(last.value, unit)}.`;
}
