/** Instants and what a shop's clock shows at them, e.g. "2026-11-24T14:05:00" in Europe/Berlin. */

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/** Making a format takes many times as long as using it; there are some hundred time zones. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** What a clock in the time zone shows, to the second. */
export function localTime(instant: Date, timeZone: string): string {
  const parts = clockOf(timeZone).formatToParts(instant);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}`;
}

/** Milliseconds by which the zone's clock is ahead of UTC at an instant. */
function offsetAt(ms: number, timeZone: string): number {
  const whole = Math.floor(ms / 1000) * 1000;
  return Date.parse(`${localTime(new Date(whole), timeZone)}Z`) - whole;
}

/**
 * The instant at which a clock in the time zone shows this: a day ("2026-11-24", its first moment), or a day and a time.
 * Of a time that comes twice (the clock is put back) the first, of one that never comes (it is put forward) the moment
 * as far behind the jump. Null for anything else.
 */
export function instantOf(local: string, timeZone: string): Date | null {
  const match = LOCAL.exec(local);
  if (match === null) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  const wall = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Date.parse takes no 25 o'clock, but it may take the 31st of February.
  if (Number.isNaN(wall) || new Date(wall).getUTCDate() !== Number(day) || Number(year) < 1900) return null;
  const before = wall - offsetAt(wall - 86_400_000, timeZone);
  const after = wall - offsetAt(wall + 86_400_000, timeZone);
  const shown = [before, after].filter((ms) => ms + offsetAt(ms, timeZone) === wall);
  return new Date(shown.length > 0 ? Math.min(...shown) : before);
}
