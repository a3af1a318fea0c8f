/** Instants as payloads write them: in the store's own time, with its offset. */
import type { Instant } from '../state/product';

/** Offsets change on quarter hours only. A payload of a hundred variants asks for hundreds of instants. */
const QUARTER_HOUR_MS = 15 * 60_000;
const offsets = new Map<string, { text: string; ms: number }>();
const MOST_OFFSETS = 10_000;

/** The zone's offset from UTC at an instant, as "+01:00" and in milliseconds. */
function offsetAt(epochMs: number, timezone: string): { text: string; ms: number } {
  const key = `${timezone} ${Math.floor(epochMs / QUARTER_HOUR_MS)}`;
  const known = offsets.get(key);
  if (known) return known;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    timeZoneName: 'longOffset',
  }).formatToParts(new Date(epochMs));
  const text = parts.find((part) => part.type === 'timeZoneName')?.value.replace('GMT', '') || '+00:00';
  const [hours = '0', minutes = '0'] = text.slice(1).split(':');
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  const offset = { text, ms: text.startsWith('-') ? -size : size };
  if (offsets.size >= MOST_OFFSETS) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

/** "2026-11-23T21:02:03Z" in Europe/Berlin is "2026-11-23T22:02:03+01:00". */
export function shopTime(at: Instant, timezone: string): string {
  const epochMs = Date.parse(at);
  const offset = offsetAt(epochMs, timezone);
  return `${new Date(epochMs + offset.ms).toISOString().slice(0, 19)}${offset.text}`;
}
