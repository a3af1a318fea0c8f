/**
 * How many workers so many stores need, by simulation: a day, second by second. Stores change products in bursts; each store
 * may spend its points, each worker its processor, and shops take turns (docs/capacity.md). What is measured comes in as
 * `Constants`; nothing here is a measurement.
 */

export interface Constants {
  /** Seconds of a worker's processor that a changed product takes, from the look to the record. */
  secondsPerProduct: number;
  /** Points of a changed product. */
  pointsPerProduct: number;
}

export interface Fleet {
  stores: number;
  /** Mean of a store and day; a few stores have most of them. */
  changedProductsPerDay: number;
  workers: number;
}

export interface Day {
  /** Share of the workers' processors that was used in the busiest ten minutes. */
  busiest: number;
  /** Seconds from the burst to its last product, the share of the points alone taken off: what the fleet adds. */
  added: { median: number; p99: number };
  bursts: number;
}

/** Shopify's restore rates; how stores are spread over plans is an assumption. */
const PLANS = [
  { share: 0.75, rate: 100, bucket: 2_000 },
  { share: 0.2, rate: 200, bucket: 4_000 },
  { share: 0.05, rate: 1_000, bucket: 20_000 },
] as const;
const DAY_SECONDS = 86_400;
const BURSTS_A_DAY = 6;
/** Share of a day's bursts that come in its busiest hour. */
const RUSH_SHARE = 0.2;

interface Burst {
  at: number;
  store: number;
  products: number;
}

function burstsOf({ stores, changedProductsPerDay }: Fleet, random: () => number): Burst[] {
  const bursts: Burst[] = [];
  for (let store = 0; store < stores; store += 1) {
    // Sizes are log-normal (sigma 1.5): the mean is kept, and one store in a hundred has thirty times the median.
    const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const ofDay = changedProductsPerDay * Math.exp(1.5 * gauss - 1.125);
    for (let burst = 0; burst < BURSTS_A_DAY; burst += 1) {
      const isRush = random() < RUSH_SHARE;
      const at = isRush ? 9 * 3_600 + random() * 3_600 : random() * DAY_SECONDS;
      bursts.push({ at: Math.floor(at), store, products: Math.ceil(ofDay / BURSTS_A_DAY) });
    }
  }
  return bursts.toSorted((one, other) => one.at - other.at);
}

interface Shop {
  rate: number;
  bucket: number;
  points: number;
  seenAt: number;
  waiting: { products: number; begunAt: number; alone: number }[];
}

function planOf(draw: number): (typeof PLANS)[number] {
  let sum = 0;
  for (const plan of PLANS) {
    sum += plan.share;
    if (draw < sum) return plan;
  }
  return PLANS[0];
}

const rank = (sorted: readonly number[], share: number) =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;

/** One day of a fleet; `random` in [0, 1) decides who changes what and when. */
export function simulateDay(fleet: Fleet, constants: Constants, random: () => number): Day {
  const shops = Array.from({ length: fleet.stores }, (): Shop => {
    const { rate, bucket } = planOf(random());
    return { rate, bucket, points: bucket, seenAt: 0, waiting: [] };
  });
  const bursts = burstsOf(fleet, random);
  const active = new Set<Shop>();
  const added: number[] = [];
  const used: number[] = [];
  let next = 0;
  for (let second = 0; second < DAY_SECONDS || active.size > 0; second += 1) {
    for (let burst = bursts[next]; burst !== undefined && burst.at <= second; burst = bursts[next]) {
      next += 1;
      const shop = shops[burst.store];
      if (!shop) continue;
      if (shop.waiting.length === 0) {
        shop.points = Math.min(shop.bucket, shop.points + (second - shop.seenAt) * shop.rate);
        shop.seenAt = second;
      }
      const ahead = shop.waiting.reduce((sum, { products }) => sum + products, burst.products);
      const alone = Math.max(0, (ahead * constants.pointsPerProduct - shop.points) / shop.rate);
      shop.waiting.push({ products: burst.products, begunAt: second, alone });
      active.add(shop);
    }
    // Turns: in each round every shop gets the same, and what one cannot use goes to the others.
    let left = fleet.workers / constants.secondsPerProduct;
    const all = left;
    const ready = [...active].map((shop) => {
      shop.points = Math.min(shop.bucket, shop.points + shop.rate * (second - shop.seenAt));
      shop.seenAt = second;
      const wanted = shop.waiting.reduce((sum, { products }) => sum + products, 0);
      return { shop, able: Math.min(wanted, Math.floor(shop.points / constants.pointsPerProduct)) };
    });
    ready.sort((one, other) => one.able - other.able);
    ready.forEach(({ shop, able }, index) => {
      let share = Math.min(able, left / (ready.length - index));
      left -= share;
      shop.points -= share * constants.pointsPerProduct;
      for (let first = shop.waiting[0]; first !== undefined && share > 0; first = shop.waiting[0]) {
        const done = Math.min(share, first.products);
        first.products -= done;
        share -= done;
        if (first.products > 1e-9) break;
        added.push(Math.max(0, second + 1 - first.begunAt - first.alone));
        shop.waiting.shift();
      }
      if (shop.waiting.length === 0) active.delete(shop);
    });
    used.push(1 - left / all);
  }
  const windows = Array.from({ length: Math.ceil(used.length / 600) }, (_, window) => {
    const of = used.slice(window * 600, (window + 1) * 600);
    return of.reduce((sum, one) => sum + one, 0) / 600;
  });
  const sorted = added.toSorted((one, other) => one - other);
  return {
    busiest: windows.reduce((most, one) => Math.max(most, one), 0),
    added: { median: rank(sorted, 0.5), p99: rank(sorted, 0.99) },
    bursts: bursts.length,
  };
}
