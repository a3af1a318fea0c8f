/** Numbers, spans and instants as people read them; the same text on the server and in the browser. */

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 12345.6 as "12,346". */
export function formatCount(count: number): string {
  return numbers.format(count);
}

/** "1 product", "2,000 products"; the plural is the noun with "s" unless given. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** A share of a whole as "0.4%"; what is there but rounds to nothing is "under 0.1%". */
export function formatShare(part: number, whole: number): string {
  const percent = whole > 0 ? (100 * part) / whole : 0;
  if (percent > 0 && percent < 0.1) return 'under 0.1%';
  return `${percent.toFixed(percent === 0 || percent === 100 ? 0 : 1)}%`;
}

/** Things per second: "12", below ten "3.4". */
export function formatRate(perSecond: number): string {
  return perSecond >= 10 ? formatCount(perSecond) : perSecond.toFixed(1);
}

/** A span in seconds as "8 s", "2 min 5 s", "1 h 20 min". */
export function formatSpan(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** A span in milliseconds as "0 ms", "340 ms", "1.2 s", "48 s", "2 min 5 s". */
export function formatLatency(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : formatSpan(ms / 1000);
}

/** Bytes in powers of 1,000: "840 B", "1.2 kB", "3.4 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  const megabytes = bytes / 1_000_000;
  return `${megabytes >= 100 ? formatCount(megabytes) : megabytes.toFixed(1)} MB`;
}

/**
 * An instant (ISO 8601) in a time zone as "24 Nov 2026, 14:05". Built from parts, because Node and browsers put
 * different spaces and commas into a whole formatted date. `seconds` adds them: "14:05:09".
 */
export function formatInstant(iso: string, timeZone: string, { seconds = false } = {}): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(iso));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  const second = seconds ? `:${of('second')}` : '';
  return `${of('day')} ${of('month')} ${of('year')}, ${of('hour')}:${of('minute')}${second}`;
}

/** Seconds between two instants (ISO 8601). */
export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** "2026-11" as "November 2026". */
export function formatMonth(month: string): string {
  const [year = '', number = ''] = month.split('-');
  return `${MONTHS[Number(number) - 1] ?? number} ${year}`;
}

/** "2026-11-03" as "Tuesday, 3 November". */
export function formatDay(day: string): string {
  const [, month = '', number = ''] = day.split('-');
  // getUTCDay begins with Sunday.
  const weekday = WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? '';
  return `${weekday}, ${Number(number)} ${MONTHS[Number(month) - 1] ?? month}`;
}

/** An instant (ISO 8601) in a time zone as "14:05"; `seconds` adds them: "14:05:09". */
export function formatTime(iso: string, timeZone: string, { seconds = false } = {}): string {
  return formatInstant(iso, timeZone, { seconds }).slice(seconds ? -8 : -5);
}
