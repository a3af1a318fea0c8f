/** When the summary of a store's day is due, by the store's clock. */
import { instantOf, localTime } from './local-time';

export interface DueSummary {
  /** The day it is of, "2026-11-24": that on which it is sent. */
  day: string;
  /** What failed from the same time of the day before until now is told: 23, 24 or 25 hours. */
  from: Date;
  until: Date;
}

/** So long after its time a summary is still sent: the app was down, or it was only now asked for. */
const STILL_DUE_MS = 12 * 3_600_000;

const dayBefore = (day: string) =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** The summary that is due at an instant, where it is not made yet; null: none. `at`: "08:00". */
export function dueSummary(at: string, now: Date, timeZone: string): DueSummary | null {
  const today = localTime(now, timeZone).slice(0, 10);
  // Shortly after midnight that of yesterday evening may still be due.
  for (const day of [today, dayBefore(today)]) {
    const until = instantOf(`${day}T${at}`, timeZone);
    const from = instantOf(`${dayBefore(day)}T${at}`, timeZone);
    if (until === null || from === null || until > now) continue;
    return now.getTime() - until.getTime() > STILL_DUE_MS ? null : { day, from, until };
  }
  return null;
}
