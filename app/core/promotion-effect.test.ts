/** Laws of what a promotion did: no effect is found where there is none, and what does not matter changes nothing. */
import fc from 'fast-check';
import { Decimal } from 'decimal.js';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween } from './calendar-day';
import { effectPeriods, promotionEffect } from './promotion-effect';
import type { DaySales, EffectPeriods, Verdict } from './promotion-effect';

const FIRST = '2026-09-07';

const periodsOf = (days: number): EffectPeriods => {
  const periods = effectPeriods({ first: FIRST, last: addDays(FIRST, days - 1) }, addDays(FIRST, 400));
  if (periods === null) throw new Error('The periods are over.');
  return periods;
};

/** Numbers in [0, 1) that a seed gives. */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x45d9f3b);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** A count around a mean, as independent buyers make it. */
function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

const WEEKDAY = [0.8, 0.7, 0.8, 0.9, 1.2, 1.6, 1.1];

/** A store in which the promotion's variants sell `factor` times what they would, whatever else moves all of it. */
function simulated(periods: EffectPeriods, seed: number, { factor = 1, trend = 1.3, mean = 12 } = {}) {
  const random = stream(seed);
  const [own, store]: [DaySales[], DaySales[]] = [[], []];
  const days = daysBetween(periods.before.first, periods.after?.last ?? periods.during.last);
  for (const [at, day] of days.entries()) {
    const isOn = day >= periods.during.first && day <= periods.during.last;
    const level = (WEEKDAY[at % 7] ?? 1) * (isOn ? trend : 1);
    const units = poisson(mean * level * (isOn ? factor : 1), random);
    const rest = poisson(5 * mean * level, random);
    own.push({ day, units, revenue: new Decimal(units).times('9.99').toFixed(2) });
    store.push({
      day,
      units: units + rest,
      revenue: new Decimal(units).times('9.99').plus(new Decimal(rest).times('5.5')).toFixed(2),
    });
  }
  return { own, store };
}

const covers = (verdict: Verdict, truth: number) =>
  verdict.kind === 'estimate' && verdict.low <= truth && truth <= verdict.high;

describe('the days that are compared', () => {
  const promotion = fc.record({
    days: fc.integer({ min: 1, max: 200 }),
    since: fc.integer({ min: 0, max: 400 }),
    isOpen: fc.boolean(),
  });

  it('are as many, on the same weekdays, and never today', () => {
    fc.assert(
      fc.property(promotion, ({ days, since, isOpen }) => {
        const today = addDays(FIRST, since);
        const last = isOpen ? null : addDays(FIRST, days - 1);
        const periods = effectPeriods({ first: FIRST, last }, today);
        if (periods === null) {
          expect(since).toBe(0);
          return;
        }
        const { before, during, after, shift, isOn } = periods;
        expect(shift % 7).toBe(0);
        expect(addDays(before.first, shift)).toBe(during.first);
        expect(addDays(before.last, shift)).toBe(during.last);
        expect(before.last < during.first).toBe(true);
        expect(during.last < today).toBe(true);
        expect(isOn).toBe(last === null || last >= today);
        if (after === null) return;
        expect(isOn).toBe(false);
        expect(after.first > during.last && after.last < today).toBe(true);
        expect(last !== null && after.first > last).toBe(true);
      }),
    );
  });
});

describe('what a promotion did', () => {
  it('is nothing in about 95 of 100 stores in which it did nothing, however all of them sell', () => {
    for (const days of [7, 14, 28]) {
      const periods = periodsOf(days);
      const runs = 600;
      let covered = 0;
      for (let seed = 1; seed <= runs; seed += 1) {
        const { effect } = promotionEffect(periods, simulated(periods, seed * 7_919 + days));
        if (covers(effect.units, 0)) covered += 1;
      }
      // Six standard errors of 600 runs to either side.
      expect(covered / runs).toBeGreaterThan(0.92);
      expect(covered / runs).toBeLessThan(0.985);
    }
  });

  it('is found where it did something, and the interval holds it', () => {
    const periods = periodsOf(14);
    let [found, covered] = [0, 0];
    for (let seed = 1; seed <= 200; seed += 1) {
      const { effect } = promotionEffect(periods, simulated(periods, seed * 104_729, { factor: 1.5 }));
      if (effect.units.kind === 'estimate' && effect.units.low > 0) found += 1;
      if (covers(effect.units, 0.5)) covered += 1;
    }
    expect(found).toBeGreaterThan(180);
    expect(covered).toBeGreaterThan(180);
  });

  const seeds = fc.integer({ min: 1, max: 1_000_000 });

  it('in another currency is as much more of it', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 900 }), (seed, factor) => {
        const periods = periodsOf(14);
        const sales = simulated(periods, seed);
        const scaled = (list: DaySales[]) =>
          list.map((each) => ({ ...each, revenue: new Decimal(each.revenue).times(factor).toFixed() }));
        const one = promotionEffect(periods, sales);
        const other = promotionEffect(periods, { own: scaled(sales.own), store: scaled(sales.store) });
        expect(other.effect.units).toEqual(one.effect.units);
        expect(new Decimal(other.during.revenue).toFixed(2)).toBe(
          new Decimal(one.during.revenue).times(factor).toFixed(2),
        );
        const [a, b] = [one.effect.revenue, other.effect.revenue];
        if (a.kind !== 'estimate' || b.kind !== 'estimate') throw new Error('It is known.');
        expect(b.change).toBeCloseTo(a.change, 8);
        expect(b.low).toBeCloseTo(a.low, 8);
        expect(b.high).toBeCloseTo(a.high, 8);
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on which day is which, as long as a day keeps the one it is compared with', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.shuffledSubarray([...Array(14).keys()], { minLength: 14, maxLength: 14 }),
        (seed, order) => {
          const periods = periodsOf(14);
          const { own, store } = simulated(periods, seed);
          const moved = (list: DaySales[]) => {
            const of = new Map(list.map((each) => [each.day, each]));
            return ['before', 'during', 'after'].flatMap((name) => {
              const span =
                name === 'before' ? periods.before : name === 'during' ? periods.during : periods.after;
              return order.map((from, to) => ({
                ...of.get(addDays(span!.first, from))!,
                day: addDays(span!.first, to),
              }));
            });
          };
          const one = promotionEffect(periods, { own, store });
          const other = promotionEffect(periods, { own: moved(own), store: moved(store) });
          expect(other.during).toEqual(one.during);
          const [a, b] = [one.effect.units, other.effect.units];
          if (a.kind !== 'estimate' || b.kind !== 'estimate') throw new Error('It is known.');
          expect(b.change).toBeCloseTo(a.change, 10);
          expect(b.high).toBeCloseTo(a.high, 10);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('adds up: sums of a period are those of its days, and the rest is the store without its variants', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), (seed, days) => {
        const periods = periodsOf(days);
        const { own, store } = simulated(periods, seed);
        const { during } = promotionEffect(periods, { own, store });
        const within = (list: DaySales[]) =>
          list.filter(({ day }) => day >= periods.during.first && day <= periods.during.last);
        const revenue = (list: DaySales[]) =>
          within(list).reduce((sum, each) => sum.plus(each.revenue), new Decimal(0));
        expect(during.days).toBe(days);
        expect(during.units).toBe(within(own).reduce((sum, { units }) => sum + units, 0));
        expect(during.revenue).toBe(revenue(own).toFixed(2));
        expect(during.restRevenue).toBe(revenue(store).minus(revenue(own)).toFixed(2));
      }),
      { numRuns: 50 },
    );
  });

  it('is not said where too little is known', () => {
    const reasonOf = (verdict: Verdict) => (verdict.kind === 'too-little' ? verdict.reason : null);
    const of = (days: number, options: Parameters<typeof simulated>[2] = {}) => {
      const periods = periodsOf(days);
      return promotionEffect(periods, simulated(periods, 5, options)).effect.units;
    };
    expect(reasonOf(of(4))).toBe('few-days');
    expect(reasonOf(of(7, { mean: 0.5 }))).toBe('few-units');
    expect(of(7).kind).toBe('estimate');
    const periods = periodsOf(7);
    const { own } = simulated(periods, 5);
    const alone = promotionEffect(periods, { own, store: own }).effect;
    expect(reasonOf(alone.units)).toBe('no-comparison');
    expect(alone.extraRevenue).toBeNull();
    // All on one day each: nothing is left to compare the day with.
    const once = own.map((each) => ({
      ...each,
      units: each.day === periods.before.first || each.day === periods.during.first ? 50 : 0,
    }));
    const store = own.map((each) => ({ ...each, units: 100 }));
    expect(reasonOf(promotionEffect(periods, { own: once, store }).effect.units)).toBe('too-restless');
  });

  it('says what was earned beyond what was to be expected', () => {
    const periods = periodsOf(14);
    const { effect, during } = promotionEffect(periods, simulated(periods, 11, { factor: 2, mean: 60 }));
    if (effect.revenue.kind !== 'estimate' || effect.extraRevenue === null) throw new Error('It is known.');
    const expected = new Decimal(during.revenue).minus(effect.extraRevenue.amount);
    expect(expected.times(1 + effect.revenue.change).toFixed(0)).toBe(new Decimal(during.revenue).toFixed(0));
    expect(new Decimal(effect.extraRevenue.low).lessThan(effect.extraRevenue.high)).toBe(true);
  });
});
