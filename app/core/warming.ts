/**
 * Which products of the cache are read anew shortly before work will need them. What is known beforehand (promotions) is
 * certain; what habits tell is as likely as it was. So many are chosen that few of them are read for nothing.
 */
import type { SourceId } from './product-state';
import { productsForecast, startForecast } from './work-habits';
import type { Habits } from './work-habits';

const MINUTE_MS = 60_000;
/** Work that begins sooner is not waited for: the reads would be in its way. */
const LEAST_LEAD_MS = 20_000;
/** Nothing is read longer before it is needed, however long it is trusted. */
const MOST_LEAD_MS = 10 * MINUTE_MS;
/** Of the time that what was read is trusted, this much is left for reading all of it. */
const READING_MS = 20_000;
/** A start is waited for as long as its window gets likelier within this many minutes. */
const BETTER_WITHIN_MINUTES = 5;
/** What a start in the middle of the window is worth, in probability. */
const MIDDLE_COUNTS = 0.03;
/** Work that is no likelier than this is no reason to read anything. */
const LEAST_PROBABILITY = 0.5;
/** Of what is known to begin: it may still be cancelled, or Shopify tells of a change in between. */
const KNOWN_PROBABILITY = 0.99;
/** Of what is read, this share may be of products that are not written; fewer are not looked at. */
export const UNUSED_SHARE = 0.1;
/** Of work that begins, what it writes less surely than this is not read: others make better use of what may be for nothing. */
const LEAST_NEED = 0.95;
/** Above this share habits are not what they were. */
const MUCH_UNUSED = 0.2;
/** Share of what the store restores until the work is expected that warming may take. */
const IDLE_SHARE = 0.5;
/** Below this share of a full bucket something else is at work. */
const BUSY_BELOW = 0.5;

export type WarmingReason = { kind: 'habit' } | { kind: 'promotion'; id: string };

/** Work that will begin, or likely does. */
export interface Upcoming {
  reason: WarmingReason;
  /** When it is expected. */
  startsAt: Date;
  /** How likely it is of each product that it is needed then. */
  products: ReadonlyMap<SourceId, number>;
}

/** Work whose time is set. */
export interface KnownWork {
  id: string;
  startsAt: Date;
  productIds: readonly SourceId[];
}

/** How long before work its products may be read: none where what is read is not trusted for long enough. */
function mostLead(trustMs: number): number {
  return Math.min(MOST_LEAD_MS, trustMs) - READING_MS;
}

/** Work whose time is set and for which it is time to read. */
export function knownUpcoming(known: readonly KnownWork[], now: Date, trustMs: number): Upcoming[] {
  return known.flatMap(({ id, startsAt, productIds }): Upcoming[] => {
    const lead = startsAt.getTime() - now.getTime();
    if (lead < LEAST_LEAD_MS || lead > mostLead(trustMs)) return [];
    return [
      {
        reason: { kind: 'promotion', id },
        startsAt,
        products: new Map(productIds.map((productId) => [productId, KNOWN_PROBABILITY])),
      },
    ];
  });
}

/** A start that habits tell of and for which now is the moment to read. */
export interface HabitualStart {
  from: Date;
  until: Date;
  probability: number;
  startsAt: Date;
}

/** The start that habits tell of, where there is no better moment within the next minutes to read for it. */
export function habitualStart(habits: Habits, now: Date, trustMs: number): HabitualStart | null {
  const most = mostLead(trustMs);
  if (most <= LEAST_LEAD_MS) return null;
  const at = (later: number) => {
    const from = new Date(now.getTime() + later * MINUTE_MS + LEAST_LEAD_MS);
    const until = new Date(now.getTime() + later * MINUTE_MS + most);
    const { probability, minutes } = startForecast(habits, from, until);
    const half = (until.getTime() - from.getTime()) / MINUTE_MS / 2;
    // Of moments that are as likely the one is better that is wrong by the most minutes either way.
    const score = probability - MIDDLE_COUNTS * (Math.abs(minutes - half) / half);
    return { from, until, probability, minutes, score };
  };
  const { from, until, probability, minutes, score } = at(0);
  if (probability < LEAST_PROBABILITY) return null;
  for (let later = 1; later <= BETTER_WITHIN_MINUTES; later += 1)
    // The smallest differences are the fading of a minute.
    if (at(later).score > score + 1e-6) return null;
  return { from, until, probability, startsAt: new Date(from.getTime() + minutes * MINUTE_MS) };
}

/** The products that habits tell of for a start; the habits know them for tellingSlots of its window. */
export function habitualUpcoming(habits: Habits, start: HabitualStart): Upcoming {
  const products = [...productsForecast(habits, start.from, start.until)].flatMap(
    ([productId, own]): [SourceId, number][] =>
      own >= LEAST_NEED ? [[productId, own * start.probability]] : [],
  );
  return { reason: { kind: 'habit' }, startsAt: start.startsAt, products: new Map(products) };
}

/** Points that warming may take now: part of what the store restores until the work begins, and nothing of a busy store's. */
export function warmingAllowance(
  bucket: { maximum: number; restoreRate: number; available: number },
  leadMs: number,
): number {
  if (bucket.available < BUSY_BELOW * bucket.maximum) return 0;
  return (IDLE_SHARE * bucket.restoreRate * Math.max(0, leadMs)) / 1_000;
}

/** What became of what was read lately: how much, how much of it for nothing, and how much of it was expected to be. */
export interface WarmingRecord {
  warmed: number;
  unused: number;
  expectedUnused: number;
}

export interface WarmingTerms {
  /** Until when what the cache holds of a product will be trusted; absent: it must be read anyway. */
  freshUntil: ReadonlyMap<SourceId, Date>;
  /** What reading a product costs. */
  pointsOf: (productId: SourceId) => number;
  allowance: number;
  record: WarmingRecord;
}

export interface ChosenProduct {
  productId: SourceId;
  probability: number;
  points: number;
  reason: WarmingReason;
}

/**
 * How many of so many products may be read for nothing, so that few of all that is read lately are: what is certain leaves
 * room for what is less so. Where many more were than are to be, only what is all but certain is read.
 */
function mostUnused(count: number, { warmed, unused, expectedUnused }: WarmingRecord): number {
  const own = UNUSED_SHARE * count;
  if (unused > MUCH_UNUSED * warmed) return own / 2;
  return own + Math.min(own / 2, Math.max(0, UNUSED_SHARE * warmed - Math.max(unused, expectedUnused)));
}

/** The products to be read now, the likeliest first. */
export function chooseWarming(upcoming: readonly Upcoming[], terms: WarmingTerms): ChosenProduct[] {
  const candidates = new Map<SourceId, ChosenProduct>();
  for (const { reason, startsAt, products } of upcoming)
    for (const [productId, probability] of products) {
      const fresh = terms.freshUntil.get(productId);
      if (fresh && fresh >= startsAt) continue;
      const other = candidates.get(productId);
      candidates.set(productId, {
        productId,
        probability: other ? 1 - (1 - other.probability) * (1 - probability) : probability,
        points: terms.pointsOf(productId),
        reason: other && other.probability > probability ? other.reason : reason,
      });
    }
  const likely = [...candidates.values()].sort(
    (a, b) => b.probability - a.probability || (a.productId < b.productId ? -1 : 1),
  );
  const affordable: ChosenProduct[] = [];
  let points = 0;
  for (const candidate of likely) {
    if (points + candidate.points > terms.allowance) break;
    points += candidate.points;
    affordable.push(candidate);
  }
  let [unused, most] = [0, 0];
  for (const [index, { probability }] of affordable.entries()) {
    unused += 1 - probability;
    if (unused <= mostUnused(index + 1, terms.record)) most = index + 1;
  }
  return affordable.slice(0, most);
}
