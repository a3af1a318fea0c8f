/** A simulated store with its cache, minute by minute, under one way of warming it. */
import { UNKNOWN_SPEED } from '~/core/call-speed';
import type { SourceId } from '~/core/product-state';
import {
  chooseWarming,
  habitualStart,
  habitualUpcoming,
  knownUpcoming,
  warmingAllowance,
} from '~/core/warming';
import { learnHabits, withWork } from '~/core/work-habits';
import type { Habits, WorkHistory } from '~/core/work-habits';
import { documentCosts } from '~/shopify/document-costs';
import { DAYS, beginOf } from './simulated-stores';
import type { SimulatedProduct, SimulatedStore, SimulatedWork } from './simulated-stores';
import { startDelay } from './start-delay';
import type { NeededProduct, StartDelay } from './start-delay';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** CONFIRM_AFTER_SECONDS' default. */
export const TRUST_MS = 600_000;
export const TRAINING_DAYS = 42;
const costs = documentCosts({ publicationId: 'gid://shopify/Publication/1', locations: 1 });
/** What is read of a product to trust it: its own plain fields and those of its variants, as sync/warm-cache.ts does. */
export const pointsOf = ({ variants }: SimulatedProduct) =>
  costs.productFields.points + variants * costs.variantFields.points;

export interface Warmed {
  at: number;
  product: SimulatedProduct;
  /** Work looked at it before it went stale. */
  isUsed: boolean;
  /** And wrote it. */
  isWritten: boolean;
  /** That it would be. */
  probability: number;
}

export interface Outcome {
  starts: StartDelay[];
  warmed: Warmed[];
}

export type Strategy = 'none' | 'forecast' | 'everything';

/** A store's cache and what is learned of it, minute by minute. */
class Playing {
  private readonly seenAt = new Map<SourceId, number>();
  private readonly invalidated = new Set<SourceId>();
  private readonly open = new Map<SourceId, Warmed>();
  /** What is being read, at the instants at which it will have been. */
  private reading: Omit<Warmed, 'isUsed' | 'isWritten'>[] = [];
  private history: WorkHistory;
  private habits: Habits;
  private readonly byId: Map<SourceId, SimulatedProduct>;
  readonly warmed: Warmed[] = [];
  readonly starts: { at: number; delay: StartDelay }[] = [];

  constructor(
    private readonly store: SimulatedStore,
    private readonly strategy: Strategy,
  ) {
    this.byId = new Map(store.products.map((product) => [product.id, product]));
    this.history = { timeZone: store.timeZone, since: beginOf(0), starts: [], touched: [] };
    this.habits = learnHabits(this.history);
  }

  /** What is read up to an instant comes into the cache. */
  private takeIn(now: number): void {
    const isDone = ({ at }: { at: number }) => at <= now;
    for (const row of this.reading.filter(isDone)) {
      const { at, product } = row;
      this.seenAt.set(product.id, at);
      this.invalidated.delete(product.id);
      const entry = { ...row, isUsed: false, isWritten: false };
      this.open.set(product.id, entry);
      this.warmed.push(entry);
    }
    this.reading = this.reading.filter((row) => !isDone(row));
  }

  invalidate(product: SimulatedProduct): void {
    this.invalidated.add(product.id);
    // What was warmed is stale now, and nothing has come of it.
    this.open.delete(product.id);
  }

  /** The look that a webhook asks for: not the work that warming is for. */
  lookAt(now: number, product: SimulatedProduct): void {
    this.seenAt.set(product.id, now);
    this.invalidated.delete(product.id);
  }

  private stateOf(product: SimulatedProduct, now: number): NeededProduct['state'] {
    if (this.invalidated.has(product.id)) return 'unread';
    if (this.strategy === 'everything') return 'fresh';
    return now - (this.seenAt.get(product.id) ?? -Infinity) < TRUST_MS ? 'fresh' : 'old';
  }

  work({ at, kind, products }: SimulatedWork): void {
    const now = at.getTime();
    this.takeIn(now);
    // Warming stops where work begins.
    this.reading = [];
    const states = products.map((product) => ({ product, state: this.stateOf(product, now) }));
    const needed = [0, 1].flatMap((part) =>
      states
        // What is fresh goes first within a job.
        .filter(({ state }) => (state === 'fresh' ? 0 : 1) === part)
        .map(({ product, state }): NeededProduct => ({
          variants: product.variants,
          state,
          writesProduct: product.category % 5 === 0,
        })),
    );
    const delay = startDelay(needed, {
      bucket: this.store.bucket,
      costs,
      speed: UNKNOWN_SPEED,
      ...{ rowSeconds: 0.0005, concurrency: 10, jobs: 8 },
    });
    this.starts.push({ at: now, delay });
    // A run looks at every product, an edit or a promotion at its own.
    if (kind === 'run')
      for (const entry of this.open.values()) if (now - entry.at < TRUST_MS) entry.isUsed = true;
    for (const { product, state } of states) {
      const entry = this.open.get(product.id);
      if (entry && state === 'fresh') entry.isUsed = entry.isWritten = true;
      this.open.delete(product.id);
      this.lookAt(now, product);
    }
    this.history = withWork(this.history, { at, kind, productIds: products.map(({ id }) => id) });
    this.habits = learnHabits(this.history);
  }

  /** Decides what to warm. */
  tick(now: number): void {
    this.takeIn(now);
    if (this.strategy !== 'forecast' || this.reading.length > 0) return;
    const start = habitualStart(this.habits, new Date(now), TRUST_MS);
    const upcoming = [
      ...knownUpcoming(this.known(now), new Date(now), TRUST_MS),
      ...(start ? [habitualUpcoming(this.habits, start)] : []),
    ];
    if (upcoming.length === 0) return;
    const lead = Math.min(...upcoming.map(({ startsAt }) => startsAt.getTime())) - now;
    const { maximum, restoreRate } = this.store.bucket;
    const recent = this.warmed.filter((entry) => entry.at >= now - 14 * DAY_MS && entry.at < now - TRUST_MS);
    const chosen = chooseWarming(upcoming, {
      freshUntil: new Map(
        [...this.seenAt]
          .filter(([id]) => !this.invalidated.has(id))
          .map(([id, at]) => [id, new Date(at + TRUST_MS)]),
      ),
      pointsOf: (id) => {
        const product = this.byId.get(id);
        return product ? pointsOf(product) : 0;
      },
      allowance: warmingAllowance({ maximum, restoreRate, available: maximum }, lead),
      record: {
        warmed: recent.length,
        unused: recent.filter(({ isUsed }) => !isUsed).length,
        expectedUnused: recent.reduce((all, { probability }) => all + 1 - probability, 0),
      },
    });
    let spent = 0;
    for (const { productId, points, probability } of chosen) {
      const product = this.byId.get(productId);
      if (!product) continue;
      spent += points;
      // As fast as the store restores: what live work may take stays.
      this.reading.push({ at: now + 1_000 + (spent / restoreRate) * 1_000, product, probability });
    }
  }

  /** Promotions whose time is known. */
  private known(now: number) {
    return this.store.works
      .filter(({ at, knownSince }) => knownSince && knownSince.getTime() <= now && at.getTime() > now)
      .map(({ at, products }) => ({
        id: String(at.getTime()),
        startsAt: at,
        productIds: products.map(({ id }) => id),
      }));
  }
}

/** Plays the eight weeks of a store; what is measured is the last two. */
export function play(store: SimulatedStore, strategy: Strategy): Outcome {
  const playing = new Playing(store, strategy);
  const events = [
    ...store.works.map((work) => ({ at: work.at.getTime(), run: () => playing.work(work) })),
    ...store.webhooks.flatMap(({ at, product }) => [
      { at: at.getTime(), run: () => playing.invalidate(product) },
      // A burst of webhooks is handled together, some time later.
      { at: at.getTime() + 5_000, run: () => playing.lookAt(at.getTime() + 5_000, product) },
    ]),
  ].sort((a, b) => a.at - b.at);
  const end = beginOf(DAYS + 1).getTime();
  let next = 0;
  for (let now = beginOf(0).getTime(); now < end; now += MINUTE_MS) {
    for (; (events[next]?.at ?? Infinity) <= now; next += 1) events[next]?.run();
    playing.tick(now);
  }
  const from = beginOf(TRAINING_DAYS).getTime();
  return {
    starts: playing.starts.filter(({ at }) => at >= from).map(({ delay }) => delay),
    warmed: playing.warmed.filter(({ at }) => at >= from),
  };
}
