/** Days of a calendar as "2026-11-28": no time of day, no time zone. */

export type Day = string;

const DAY_MS = 86_400_000;
const msOf = (day: Day): number => Date.parse(`${day}T00:00:00Z`);
const dayOf = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

/** The day so many days later, earlier where negative. */
export function addDays(day: Day, days: number): Day {
  return dayOf(msOf(day) + days * DAY_MS);
}

/** How many days a stretch has, both ends included; 0 or less where it ends before it begins. */
export function dayCount(first: Day, last: Day): number {
  return Math.round((msOf(last) - msOf(first)) / DAY_MS) + 1;
}

/** Every day of a stretch, both ends included. */
export function daysBetween(first: Day, last: Day): Day[] {
  return Array.from({ length: Math.max(0, dayCount(first, last)) }, (_, index) => addDays(first, index));
}
