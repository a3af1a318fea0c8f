/**
 * Eight weeks of stores that were not there: nightly and daily syncs at wobbling times, weekly flash sales, edits at any
 * time, changes in Shopify. What is drawn here is what is thought of real stores, set down before anything was learned from
 * it; the learner sees only what began when and what it wrote.
 */
import { SeededRandom } from '~/catalog/seeded-random';
import { instantOf } from '~/core/local-time';
import type { SourceId } from '~/core/product-state';
import type { WorkKind } from '~/core/work-habits';

export const DAYS = 56;
/** Monday; before the end of the eight weeks the clocks change in Sydney, Berlin, London and America. */
const FIRST_DAY = Date.parse('2026-09-14T00:00:00Z');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface SimulatedProduct {
  id: SourceId;
  variants: number;
  category: number;
  /** How likely a sync writes it. */
  propensity: number;
  webhooksPerDay: number;
}

export interface SimulatedWork {
  at: Date;
  kind: WorkKind;
  products: readonly SimulatedProduct[];
  /** Since when its time is known: of a promotion. */
  knownSince: Date | null;
}

export interface SimulatedStore {
  name: string;
  timeZone: string;
  bucket: { maximum: number; restoreRate: number };
  products: readonly SimulatedProduct[];
  /** In order of time. */
  works: readonly SimulatedWork[];
  /** When Shopify told of a product. */
  webhooks: readonly { at: Date; product: SimulatedProduct }[];
}

interface Sync {
  /** "02:10" */
  time: (day: number) => string;
  wobbleMinutes: number;
  /** 0: Monday. */
  weekdays: (day: number) => readonly number[];
  /** Besides the irregular days that every store has. */
  missed: number;
}

interface Plan {
  name: string;
  timeZone: string;
  bucket: SimulatedStore['bucket'];
  products: number;
  syncs: Sync[];
  /** Flash sales are promotions with a set time, or edits that somebody makes about then. */
  flash: { weekday: number; time: string; wobbleMinutes: number; isScheduled: boolean };
  /** Share of the often written products that change places with others every two weeks. */
  turnover: number;
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const WEEKDAYS = [0, 1, 2, 3, 4];
const STANDARD = { maximum: 2_000, restoreRate: 100 };
const ADVANCED = { maximum: 4_000, restoreRate: 200 };
const PLUS = { maximum: 20_000, restoreRate: 1_000 };

const always =
  <T>(value: T) =>
  () =>
    value;
const at = (time: string, wobbleMinutes: number, weekdays = EVERY_DAY, missed = 0): Sync => ({
  time: always(time),
  wobbleMinutes,
  weekdays: always(weekdays),
  missed,
});

const PLANS: Plan[] = [
  {
    name: 'nightly by a clock',
    timeZone: 'Europe/Berlin',
    bucket: STANDARD,
    products: 1_500,
    syncs: [at('02:10', 1.5)],
    flash: { weekday: 4, time: '18:00', wobbleMinutes: 0, isScheduled: true },
    turnover: 0.05,
  },
  {
    name: 'after an export, weekdays',
    timeZone: 'America/New_York',
    bucket: ADVANCED,
    products: 2_500,
    syncs: [at('06:30', 4, WEEKDAYS)],
    flash: { weekday: 3, time: '12:00', wobbleMinutes: 15, isScheduled: false },
    turnover: 0.05,
  },
  {
    name: 'by hand in the morning',
    timeZone: 'Europe/London',
    bucket: STANDARD,
    products: 800,
    syncs: [at('09:30', 25, WEEKDAYS, 0.15)],
    flash: { weekday: 5, time: '10:00', wobbleMinutes: 0, isScheduled: true },
    turnover: 0.1,
  },
  {
    name: 'nightly, moves in week 7',
    timeZone: 'Europe/Berlin',
    bucket: PLUS,
    products: 3_000,
    syncs: [
      {
        time: (day) => (day < 46 ? '03:00' : '04:30'),
        wobbleMinutes: 1.5,
        weekdays: (day) => (day < 46 ? EVERY_DAY : [0, 1, 2, 3, 4, 5]),
        missed: 0,
      },
    ],
    flash: { weekday: 6, time: '20:00', wobbleMinutes: 0, isScheduled: true },
    turnover: 0.05,
  },
  {
    name: 'twice a day',
    timeZone: 'America/Los_Angeles',
    bucket: STANDARD,
    products: 1_000,
    syncs: [at('05:00', 2.5), at('14:00', 2.5)],
    flash: { weekday: 4, time: '09:00', wobbleMinutes: 0, isScheduled: true },
    turnover: 0.05,
  },
  {
    name: 'nightly, changing assortment',
    timeZone: 'Australia/Sydney',
    bucket: ADVANCED,
    products: 2_000,
    syncs: [at('01:00', 2)],
    flash: { weekday: 2, time: '11:00', wobbleMinutes: 20, isScheduled: false },
    turnover: 0.25,
  },
];

/** How likely the syncs write a product: few are written daily (best sellers, day prices), most now and then. */
function propensity(random: SeededRandom): number {
  const kind = random.next();
  if (kind < 0.1) return 0.97 + 0.03 * random.next();
  if (kind < 0.2) return 0.7 + 0.27 * random.next();
  if (kind < 0.4) return 0.1 + 0.4 * random.next();
  return 0.08 * random.next();
}

/** About normal, of this standard deviation. */
function wobble(random: SeededRandom, deviation: number): number {
  let sum = -6;
  for (let draw = 0; draw < 12; draw += 1) sum += random.next();
  return sum * deviation;
}

/** The instant of a time of a day of the eight weeks in the store. */
function instantIn(timeZone: string, day: number, time: string): number {
  const date = new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 10);
  const instant = instantOf(`${date}T${time}`, timeZone);
  if (!instant) throw new Error(`${date} ${time} is no time.`);
  return instant.getTime();
}

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function simulate(plan: Plan, random: SeededRandom, irregular: number): SimulatedStore {
  const { timeZone } = plan;
  const products: SimulatedProduct[] = Array.from({ length: plan.products }, () => {
    const own = propensity(random);
    return {
      id: random.uuid(),
      variants: random.integer(1, 8),
      category: random.integer(0, 19),
      propensity: own,
      webhooksPerDay: 0.03 + own * random.next(),
    };
  }).sort((a, b) => (a.id < b.id ? -1 : 1));
  const works: SimulatedWork[] = [];
  const webhooks: SimulatedStore['webhooks'][number][] = [];
  const add = (time: number, kind: WorkKind, chosen: readonly SimulatedProduct[], knownSince: Date | null) =>
    works.push({ at: new Date(Math.round(time)), kind, products: [...chosen], knownSince });
  for (let day = 0; day < DAYS; day += 1) {
    if (day > 0 && day % 14 === 0)
      for (const product of products)
        if (product.propensity >= 0.7 && random.chance(plan.turnover)) {
          const other = products[random.integer(0, products.length - 1)] ?? product;
          [product.propensity, other.propensity] = [other.propensity, product.propensity];
        }
    const written = () => products.filter((product) => random.chance(product.propensity));
    for (const sync of plan.syncs) {
      if (!sync.weekdays(day).includes(day % 7) || random.chance(sync.missed + irregular)) continue;
      const late = random.chance(irregular) ? 20 + 70 * random.next() : 0;
      const minutes = late + wobble(random, sync.wobbleMinutes);
      add(instantIn(timeZone, day, sync.time(day)) + minutes * MINUTE_MS, 'run', written(), null);
    }
    const { flash } = plan;
    if (day % 7 === flash.weekday) {
      const category = random.integer(0, 19);
      const on = products.filter((product) => product.category === category);
      const time = instantIn(timeZone, day, flash.time) + wobble(random, flash.wobbleMinutes) * MINUTE_MS;
      const knownSince = flash.isScheduled ? new Date(time - 2 * DAY_MS) : null;
      add(time, flash.isScheduled ? 'promotion' : 'edit', on, knownSince);
      // It ends after four hours.
      if (flash.isScheduled) add(time + 240 * MINUTE_MS, 'promotion', on, knownSince);
    }
    // Somebody edits this and that in working hours.
    if (random.chance(0.3)) {
      const time = instantIn(timeZone, day, clock(random.integer(8 * 60, 18 * 60)));
      add(time + random.next() * MINUTE_MS, 'edit', random.sample(products, random.integer(11, 60)), null);
    }
    for (const product of products)
      if (random.chance(product.webhooksPerDay)) {
        // Mostly by day, when people buy and work.
        const minute = random.chance(0.8) ? random.integer(8 * 60, 22 * 60) : random.integer(0, 1_439);
        webhooks.push({
          at: new Date(instantIn(timeZone, day, clock(minute)) + Math.floor(random.next() * MINUTE_MS)),
          product,
        });
      }
  }
  const inOrder = (a: { at: Date }, b: { at: Date }) => a.at.getTime() - b.at.getTime();
  return {
    ...{ name: plan.name, timeZone, bucket: plan.bucket, products },
    works: works.filter(({ products: chosen }) => chosen.length > 0).sort(inOrder),
    webhooks: webhooks.sort(inOrder),
  };
}

/** The stores of a seed; `irregular`: share of days without their sync, and of days with one that comes much later. */
export function simulatedStores(seed: number, irregular: number): SimulatedStore[] {
  const random = new SeededRandom(seed);
  return PLANS.map((plan) => simulate(plan, random, irregular));
}

/** The instant at which a day of the eight weeks begins, roughly: in UTC. */
export function beginOf(day: number): Date {
  return new Date(FIRST_DAY + day * DAY_MS);
}
