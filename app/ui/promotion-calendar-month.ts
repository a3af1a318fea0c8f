/** A month of promotions, laid out: its weeks, and the bars in each. Days are those of the shop's clock. Pure. */
import { localTime } from '~/core/local-time';
import type { PromotionState } from '~/core/promotion';

export interface CalendarPromotion {
  id: string;
  name: string;
  state: PromotionState;
  priority: number;
  startsAt: string;
  /** Null: open. */
  endsAt: string | null;
  activatedAt: string | null;
}

/** A stretch of one week that a promotion is on. */
export interface CalendarBar {
  promotion: CalendarPromotion;
  /** Monday is 0. */
  from: number;
  /** Days. */
  length: number;
  /** Whether it was on the day before, or is on the day after. */
  comesFromBefore: boolean;
  goesOn: boolean;
}

export interface CalendarWeek {
  /** Seven, from Monday on, as "2026-11-23". */
  days: string[];
  /** What is above wins over what is below it; bars of one lane share no day. */
  lanes: CalendarBar[][];
}

const DAY_MS = 86_400_000;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;

/** Days from here on are counted in days of UTC: a calendar knows no change of clocks. */
const dayNumber = (day: string) => Date.parse(`${day}T00:00:00Z`) / DAY_MS;
const dayText = (number: number) => new Date(number * DAY_MS).toISOString().slice(0, 10);

/** The day that the shop's clock shows. */
export const dayOf = (instant: Date, timeZone: string): string => localTime(instant, timeZone).slice(0, 10);

/** The month of an address, "2026-11"; `today`'s where it names none. */
export function readMonth(text: string | null, today: string): string {
  const isMonth = text !== null && MONTH.test(text) && Number(text.slice(0, 4)) >= 1970;
  return isMonth ? text : today.slice(0, 7);
}

/** The month so many months later; earlier where it is negative. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

/** The first day of the month's first week, and the day after its last week. */
export function shownDays(month: string): { from: string; until: string } {
  const first = dayNumber(`${month}-01`);
  const next = dayNumber(`${monthAfter(month, 1)}-01`);
  const monday = first - weekday(first);
  return { from: dayText(monday), until: dayText(next + ((7 - weekday(next)) % 7)) };
}

/** Monday is 0. The first of January 1970 was a Thursday. */
function weekday(number: number): number {
  return (((number + 3) % 7) + 7) % 7;
}

/** First and last day of a promotion; an end at midnight does not touch the day it begins. Last null: open. */
export function daysOf(
  { startsAt, endsAt }: Pick<CalendarPromotion, 'startsAt' | 'endsAt'>,
  timeZone: string,
): { first: string; last: string | null } {
  const start = new Date(startsAt);
  const first = dayOf(start, timeZone);
  if (endsAt === null) return { first, last: null };
  const lastMoment = new Date(Math.max(start.getTime(), Date.parse(endsAt) - 1));
  return { first, last: dayOf(lastMoment, timeZone) };
}

/** The one that wins comes first: as core/overlay.ts has it. */
function byRank(a: CalendarPromotion, b: CalendarPromotion): number {
  return (
    b.priority - a.priority ||
    Date.parse(b.startsAt) - Date.parse(a.startsAt) ||
    (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
  );
}

/** The weeks that a month touches, with what is on in them. */
export function calendarWeeks(
  month: string,
  promotions: CalendarPromotion[],
  timeZone: string,
): CalendarWeek[] {
  const { from, until } = shownDays(month);
  const ranked = promotions.toSorted(byRank).map((promotion) => {
    const { first, last } = daysOf(promotion, timeZone);
    return {
      promotion,
      first: dayNumber(first),
      last: last === null ? Number.POSITIVE_INFINITY : dayNumber(last),
    };
  });
  const weeks = (dayNumber(until) - dayNumber(from)) / 7;
  return Array.from({ length: weeks }, (_, week) => {
    const monday = dayNumber(from) + 7 * week;
    const bars = ranked.flatMap(({ promotion, first, last }): CalendarBar[] => {
      const start = Math.max(first, monday);
      const end = Math.min(last, monday + 6);
      if (start > end) return [];
      return [
        {
          promotion,
          from: start - monday,
          length: end - start + 1,
          comesFromBefore: first < monday,
          goesOn: last > monday + 6,
        },
      ];
    });
    return { days: Array.from({ length: 7 }, (_, day) => dayText(monday + day)), lanes: stacked(bars) };
  });
}

/** Each bar below all those that win over it and share a day with it. */
function stacked(bars: CalendarBar[]): CalendarBar[][] {
  const lanes: CalendarBar[][] = [];
  for (const bar of bars) {
    const above = lanes.findLastIndex((lane) => lane.some((other) => shareDay(other, bar)));
    const lane = lanes[above + 1];
    if (lane === undefined) lanes.push([bar]);
    else lane.push(bar);
  }
  return lanes.map((lane) => lane.toSorted((a, b) => a.from - b.from));
}

function shareDay(a: CalendarBar, b: CalendarBar): boolean {
  return a.from < b.from + b.length && b.from < a.from + a.length;
}

/** What begins or ends on a day. */
export interface CalendarEvent {
  promotion: CalendarPromotion;
  turn: 'starts' | 'ends';
  at: string;
}

/** The days of a month on which something begins or ends, and what is on from before. */
export function calendarDays(
  month: string,
  promotions: CalendarPromotion[],
  timeZone: string,
): { onFromBefore: CalendarPromotion[]; days: { day: string; events: CalendarEvent[] }[] } {
  const firstDay = `${month}-01`;
  const events = promotions.flatMap((promotion): CalendarEvent[] => [
    { promotion, turn: 'starts', at: promotion.startsAt },
    ...(promotion.endsAt === null ? [] : [{ promotion, turn: 'ends', at: promotion.endsAt } as const]),
  ]);
  const inMonth = events
    .map((event) => ({ day: dayOf(new Date(event.at), timeZone), event }))
    .filter(({ day }) => day.startsWith(`${month}-`))
    .toSorted((a, b) => Date.parse(a.event.at) - Date.parse(b.event.at));
  const days = Map.groupBy(inMonth, ({ day }) => day);
  return {
    onFromBefore: promotions.toSorted(byRank).filter((promotion) => {
      const { first, last } = daysOf(promotion, timeZone);
      return first < firstDay && (last === null || last >= firstDay);
    }),
    days: [...days].map(([day, entries]) => ({ day, events: entries.map(({ event }) => event) })),
  };
}
