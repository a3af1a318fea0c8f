/** Hours of the store's day in which only what is critical is told. */
import { localTime } from './local-time';

/** "22:00" to "07:00" by the store's clock, across midnight where the end comes first. */
export interface QuietHours {
  from: string;
  until: string;
}

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Whether a text is a time of day such as "07:30". */
export function isTimeOfDay(text: string): boolean {
  return CLOCK.test(text);
}

/** The same beginning and end are no quiet hours: nobody means a day without alerts. */
export function isQuietAt(hours: QuietHours | null, instant: Date, timeZone: string): boolean {
  if (hours === null) return false;
  const { from, until } = hours;
  const clock = localTime(instant, timeZone).slice(11, 16);
  return from <= until ? clock >= from && clock < until : clock >= from || clock < until;
}
