/**
 * When a store works, and on which products: learned from what it did, by the clock on its wall. Recent weeks weigh more,
 * and what has not been seen often is believed less.
 */
import { localTime } from './local-time';
import type { SourceId } from './product-state';

/** 'promotion': known beforehand, so that nothing is learned from it. */
export type WorkKind = 'run' | 'edit' | 'promotion';

/** Work on many products that began at an instant. */
export interface WorkStart {
  at: Date;
  kind: WorkKind;
}

/** How often work that began in an hour of the week wrote a product: old work counts less, as of `at`. */
export interface TouchedProduct {
  slot: number;
  productId: SourceId;
  weight: number;
  at: Date;
}

export interface WorkHistory {
  /** The store's time zone. */
  timeZone: string;
  /** Since when it is recorded: days before are not days without work. */
  since: Date;
  starts: readonly WorkStart[];
  touched: readonly TouchedProduct[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAY = 1_440;
export const SLOTS = 168;

/** What happened this long ago counts half. */
export const PRODUCT_HALF_LIFE_DAYS = 14;
const WEEK_HALF_LIFE_DAYS = 28;
const DAY_HALF_LIFE_DAYS = 28;
/** How far back the habits of weeks and of days are looked for. */
export const REMEMBERED_WEEKS = 10;
const REMEMBERED_DAYS = 42;
/** Occasions without work that everything begins with: what was done twice is not certain. */
const DAY_DOUBT = 0.5;
const WEEK_DOUBT = 0.15;
const PRODUCT_DOUBT = 0.15;
/** A habit that was not kept the last time may have ended, or moved: it is believed again when it was kept once more. */
const MISSED_COUNTS = 0.5;
/** A start may as well have been so many minutes earlier or later. */
const BLUR_MINUTES = 1.5;
/** Work that began this many minutes beside the window tells which products it would be about. */
const NEAR_MINUTES = 30;
/** Work that began this many minutes before a window was what the window waits for: it came early. */
const EARLY_MINUTES = 20;
/** What other days of the week tell of this one. */
const OTHER_DAYS = 0.5;

/** What the clock on the wall shows, in minutes: differences of days are whole, whatever daylight saving does. */
export function wallMinutes(at: Date, timeZone: string): number {
  return Date.parse(`${localTime(at, timeZone)}Z`) / MINUTE_MS;
}

/** The hour of the week (0: Monday, midnight) that a wall clock shows. */
function slotOfWall(wall: number): number {
  // The first of January 1970 was a Thursday.
  const hours = Math.floor(wall / 60) + 3 * 24;
  return ((hours % SLOTS) + SLOTS) % SLOTS;
}

/** The hour of the week in the store at an instant. */
export function slotOf(at: Date, timeZone: string): number {
  return slotOfWall(wallMinutes(at, timeZone));
}

const fading = (days: number, halfLife: number) => 2 ** (-Math.max(0, days) / halfLife);

/** A weight as of a later instant. */
export function fadedWeight({ weight, at }: Pick<TouchedProduct, 'weight' | 'at'>, now: Date): number {
  return weight * fading((now.getTime() - at.getTime()) / DAY_MS, PRODUCT_HALF_LIFE_DAYS);
}

/** The history with work that has begun since, and the products it wrote. */
export function withWork(
  history: WorkHistory,
  work: WorkStart & { productIds: readonly SourceId[] },
): WorkHistory {
  const { at, kind, productIds } = work;
  const starts = [...history.starts, { at, kind }];
  if (kind === 'promotion') return { ...history, starts };
  const slot = slotOf(at, history.timeZone);
  const written = new Set(productIds);
  const touched = history.touched.map((row) => {
    if (row.slot !== slot || !written.delete(row.productId)) return row;
    return { ...row, weight: fadedWeight(row, at) + 1, at };
  });
  for (const productId of written) touched.push({ slot, productId, weight: 1, at });
  return { ...history, starts, touched };
}

/** What a history comes to. */
export interface Habits {
  timeZone: string;
  since: number;
  /** By the wall clock, in minutes, and the instants. */
  starts: readonly { wall: number; slot: number; at: number }[];
  touched: ReadonlyMap<number, readonly TouchedProduct[]>;
}

export function learnHabits({ timeZone, since, starts, touched }: WorkHistory): Habits {
  return {
    timeZone,
    since: wallMinutes(since, timeZone),
    starts: starts
      .filter(({ kind }) => kind !== 'promotion')
      .map(({ at }) => {
        const wall = wallMinutes(at, timeZone);
        return { wall, slot: slotOfWall(wall), at: at.getTime() };
      }),
    touched: Map.groupBy(touched, ({ slot }) => slot),
  };
}

/** Minutes by the wall clock, the end not included. */
interface WallWindow {
  from: number;
  until: number;
}

/** How much of the time in which a start may as well have been lies in the window. */
function share(start: number, { from, until }: WallWindow): number {
  const overlap = Math.min(start + BLUR_MINUTES, until) - Math.max(start - BLUR_MINUTES, from);
  return Math.min(1, Math.max(0, overlap / (2 * BLUR_MINUTES)));
}

/** By how many days ago: how surely work began at this time of that day; and how far from the window's begin. */
function occasions(habits: Habits, window: WallWindow): Map<number, { hit: number; offset: number }> {
  const middle = (window.from + window.until) / 2;
  const days = new Map<number, { hit: number; offset: number }>();
  for (const { wall } of habits.starts) {
    const day = Math.round((middle - wall) / DAY);
    if (day < 1) continue;
    const hit = share(wall + day * DAY, window);
    if (hit > (days.get(day)?.hit ?? 0)) days.set(day, { hit, offset: wall + day * DAY - window.from });
  }
  return days;
}

/** Whether what the window waits for was there already: also where the clock shows its time for the second time. */
function hasBegun({ starts }: Habits, { from, until }: WallWindow): boolean {
  return starts.some(({ wall }) => wall > from - EARLY_MINUTES && wall < until + BLUR_MINUTES);
}

/** How likely it is that work begins within a window, and how many minutes after the window does where it begins. */
export interface StartForecast {
  probability: number;
  minutes: number;
}

/**
 * By what was done at this time: on this day of the week, as far as that has come true on the last days, or on every day.
 * Whichever tells more; either alone is cautious.
 */
function forecastStart(habits: Habits, window: WallWindow): StartForecast {
  if (hasBegun(habits, window)) return { probability: 0, minutes: 0 };
  const days = occasions(habits, window);
  const observed = Math.floor((window.from - habits.since) / DAY);
  const hitOf = (day: number) => days.get(day)?.hit ?? 0;
  const minutesOf = () => {
    let [weights, sum] = [0, 0];
    for (const [day, { hit, offset }] of days) {
      const weight = hit * fading(day, WEEK_HALF_LIFE_DAYS);
      weights += weight;
      sum += weight * offset;
    }
    return weights > 0 ? Math.min(window.until - window.from, Math.max(0, sum / weights)) : 0;
  };
  if (days.size === 0) return { probability: 0, minutes: 0 };
  /** On this day of the week, as it was known so many days ago. */
  const weekly = (ago: number) => {
    let [hits, all] = [0, WEEK_DOUBT];
    for (let week = 1; week <= REMEMBERED_WEEKS; week += 1) {
      const day = ago + 7 * week;
      if (day > observed) break;
      const weight = fading(7 * (week - 1), WEEK_HALF_LIFE_DAYS);
      hits += weight * hitOf(day);
      all += weight;
    }
    return hits / all;
  };
  // Before it was done for the first time it was no habit.
  const known = Math.min(observed, Math.max(...[...days.keys()].filter((day) => day <= REMEMBERED_DAYS), 0));
  let [expected, cameTrue] = [DAY_DOUBT, DAY_DOUBT];
  let [hits, all] = [0, DAY_DOUBT];
  let wasKept: boolean | null = null;
  for (let day = 1; day <= Math.min(observed, REMEMBERED_DAYS); day += 1) {
    const weight = fading(day - 1, DAY_HALF_LIFE_DAYS);
    if (day <= known) {
      hits += weight * hitOf(day);
      all += weight;
    }
    const then = weekly(day);
    if (then >= 0.5) wasKept ??= hitOf(day) > 0;
    expected += weight * then;
    cameTrue += weight * Math.min(then, hitOf(day));
  }
  const likelier = Math.max(weekly(0) * (cameTrue / expected), hits / all);
  return { probability: likelier * (wasKept === false ? MISSED_COUNTS : 1), minutes: minutesOf() };
}

/** How likely it is that work begins between these instants; windows of up to an hour or so. */
export function startForecast(habits: Habits, from: Date, until: Date): StartForecast {
  const wall = wallMinutes(from, habits.timeZone);
  const length = (until.getTime() - from.getTime()) / MINUTE_MS;
  return forecastStart(habits, { from: wall, until: wall + length });
}

/** The hours of the week around a window, and what each tells of it. */
function slotsAround(window: WallWindow): Map<number, number> {
  const slots = new Map<number, number>();
  for (let day = 0; day < 7; day += 1) {
    const shift = day * DAY;
    const [first, last] = [window.from - NEAR_MINUTES, window.until + NEAR_MINUTES];
    for (let hour = Math.floor(first / 60); hour * 60 < last; hour += 1)
      slots.set(slotOfWall(hour * 60 + shift), day === 0 ? 1 : OTHER_DAYS);
  }
  return slots;
}

/** The hours of the week whose products tell of work that begins between these instants. */
export function tellingSlots(timeZone: string, from: Date, until: Date): number[] {
  const wall = wallMinutes(from, timeZone);
  const length = (until.getTime() - from.getTime()) / MINUTE_MS;
  return [...slotsAround({ from: wall, until: wall + length }).keys()];
}

/** How likely it is of each product that work which begins between these instants writes it. */
export function productsForecast(habits: Habits, from: Date, until: Date): Map<SourceId, number> {
  const wall = wallMinutes(from, habits.timeZone);
  const length = (until.getTime() - from.getTime()) / MINUTE_MS;
  const slots = slotsAround({ from: wall, until: wall + length });
  let all = PRODUCT_DOUBT;
  for (const { slot, at } of habits.starts)
    all += (slots.get(slot) ?? 0) * fading((from.getTime() - at) / DAY_MS, PRODUCT_HALF_LIFE_DAYS);
  const weights = new Map<SourceId, number>();
  for (const [slot, share] of slots)
    for (const row of habits.touched.get(slot) ?? [])
      weights.set(row.productId, (weights.get(row.productId) ?? 0) + share * fadedWeight(row, from));
  return new Map([...weights].map(([productId, weight]) => [productId, Math.min(1, weight / all)]));
}
