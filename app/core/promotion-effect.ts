/**
 * What a promotion did: units and revenue of its variants before, during and after, against the rest of the store. The days of
 * the promotion are compared with the same weekdays some whole weeks before; what the rest of the store did over the same days
 * is taken out (difference in differences, of ratios). How sure that is comes from how much the days differ among themselves:
 * a jackknife over the pairs of days with Student's t, so that few or restless days give a wide interval and not a false one.
 */
import { Decimal } from 'decimal.js';
import { addDays, dayCount, daysBetween } from './calendar-day';
import type { Day } from './calendar-day';
import { t975 } from './student-t';

/** What was sold on a day. */
export interface DaySales {
  day: Day;
  units: number;
  /** A decimal as text. */
  revenue: string;
}

export interface Span {
  first: Day;
  last: Day;
}

export interface EffectPeriods {
  before: Span;
  during: Span;
  /** Null: no day after it is over yet. */
  after: Span | null;
  /** Whole weeks between a day and the one it is compared with, in days. */
  shift: number;
  /** Whether the promotion goes on beyond `during`, whose last day is the last one that is over. */
  isOn: boolean;
  /** Whether days of the time after are still to come. */
  isAfterPartial: boolean;
}

/** Longer promotions are measured by their first days: a year ago is no time to compare with. */
const MOST_DAYS = 91;

/**
 * The days to compare: those of the promotion (the first and the last even where it was on for a part of them), the same weekdays
 * before and after it. `today` is not over and counts for nothing. Null: no day of it is over yet.
 */
export function effectPeriods(promotion: { first: Day; last: Day | null }, today: Day): EffectPeriods | null {
  const yesterday = addDays(today, -1);
  const { first } = promotion;
  const end = promotion.last ?? yesterday;
  const isOn = promotion.last === null || promotion.last > yesterday;
  const last = [end, yesterday, addDays(first, MOST_DAYS - 1)].sort()[0] ?? end;
  const days = dayCount(first, last);
  if (days < 1) return null;
  const shift = Math.ceil(days / 7) * 7;
  const moved = (by: number): Span => ({ first: addDays(first, by), last: addDays(last, by) });
  const following = moved(shift);
  const afterLast = following.last < yesterday ? following.last : yesterday;
  // Of one that was longer than what is measured, the days that follow are its own.
  const isAfterOver = !isOn && last === end && dayCount(following.first, afterLast) > 0;
  return {
    before: moved(-shift),
    during: { first, last },
    after: isAfterOver ? { first: following.first, last: afterLast } : null,
    shift,
    isOn,
    isAfterPartial: isAfterOver && afterLast < following.last,
  };
}

export type TooLittle =
  /** Fewer than five days to compare. */
  | 'few-days'
  /** Fewer than twenty units in one of the two periods. */
  | 'few-units'
  /** The rest of the store sold next to nothing. */
  | 'no-comparison'
  /** The days differ so much that any change could be chance. */
  | 'too-restless';

export type Verdict =
  | { kind: 'too-little'; reason: TooLittle }
  /** By how much more was sold than was to be expected: 0.25 is a quarter more. The interval holds the truth in 95 of 100 cases. */
  | { kind: 'estimate'; change: number; low: number; high: number };

export interface PeriodSums {
  days: number;
  units: number;
  revenue: string;
  /** Of the rest of the store. */
  restUnits: number;
  restRevenue: string;
}

export interface Comparison {
  units: Verdict;
  revenue: Verdict;
  /** Revenue beyond what was to be expected; null where too little is known. */
  extraRevenue: { amount: string; low: string; high: string } | null;
}

export interface PromotionEffect {
  periods: EffectPeriods;
  before: PeriodSums;
  during: PeriodSums;
  after: PeriodSums | null;
  /** The days of the promotion against those before it. */
  effect: Comparison;
  /** The days after it against those before it: what was only bought earlier is missing then. */
  aftermath: Comparison | null;
}

export const LEAST_DAYS = 5;
export const LEAST_UNITS = 20;
/** An interval that reaches over more than this factor to either side tells nothing. */
const WIDEST = Math.log(10);

/** A day of the period and the day it is compared with: the promotion's variants and the rest. */
interface Pair {
  own: number;
  ownBefore: number;
  rest: number;
  restBefore: number;
}

const sums = (pairs: readonly Pair[]): Pair =>
  pairs.reduce(
    (all, pair) => ({
      own: all.own + pair.own,
      ownBefore: all.ownBefore + pair.ownBefore,
      rest: all.rest + pair.rest,
      restBefore: all.restBefore + pair.restBefore,
    }),
    { own: 0, ownBefore: 0, rest: 0, restBefore: 0 },
  );

/** Logarithm of the change against the rest; not finite where something was not sold at all. */
const logChange = ({ own, ownBefore, rest, restBefore }: Pair): number =>
  Math.log(own) - Math.log(ownBefore) - Math.log(rest) + Math.log(restBefore);

function estimate(pairs: readonly Pair[]): Verdict {
  const all = sums(pairs);
  if (all.rest <= 0 || all.restBefore <= 0) return { kind: 'too-little', reason: 'no-comparison' };
  const count = pairs.length;
  const without = pairs.map((pair) =>
    logChange({
      own: all.own - pair.own,
      ownBefore: all.ownBefore - pair.ownBefore,
      rest: all.rest - pair.rest,
      restBefore: all.restBefore - pair.restBefore,
    }),
  );
  const change = logChange(all);
  const mean = without.reduce((sum, one) => sum + one, 0) / count;
  const spread = without.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const reach = t975(count - 1) * Math.sqrt(((count - 1) / count) * spread);
  if (!Number.isFinite(change) || !(reach <= WIDEST)) return { kind: 'too-little', reason: 'too-restless' };
  return {
    kind: 'estimate',
    change: Math.exp(change) - 1,
    low: Math.exp(change - reach) - 1,
    high: Math.exp(change + reach) - 1,
  };
}

interface Sold {
  units: number;
  revenue: Decimal;
}
const NOTHING: Sold = { units: 0, revenue: new Decimal(0) };

function byDay(sales: readonly DaySales[]): ReadonlyMap<Day, Sold> {
  const days = new Map<Day, Sold>();
  for (const { day, units, revenue } of sales) {
    const before = days.get(day) ?? NOTHING;
    days.set(day, { units: before.units + units, revenue: before.revenue.plus(revenue) });
  }
  return days;
}

/** What was sold of the promotion's variants and of all others. */
interface Ledger {
  own: (day: Day) => Sold;
  rest: (day: Day) => Sold;
}

function periodSums({ own, rest }: Ledger, { first, last }: Span): PeriodSums {
  const days = daysBetween(first, last);
  const sum = (of: (day: Day) => Sold): Sold =>
    days.reduce((all, day) => {
      const { units, revenue } = of(day);
      return { units: all.units + units, revenue: all.revenue.plus(revenue) };
    }, NOTHING);
  const [sold, others] = [sum(own), sum(rest)];
  return {
    days: days.length,
    units: sold.units,
    revenue: sold.revenue.toFixed(2),
    restUnits: others.units,
    restRevenue: others.revenue.toFixed(2),
  };
}

function compare(ledger: Ledger, span: Span, shiftBack: number): Comparison {
  const { own, rest } = ledger;
  const days = daysBetween(span.first, span.last);
  const pairsOf = (amount: (sold: Sold) => number): Pair[] =>
    days.map((day) => {
      const before = addDays(day, -shiftBack);
      return {
        own: amount(own(day)),
        ownBefore: amount(own(before)),
        rest: amount(rest(day)),
        restBefore: amount(rest(before)),
      };
    });
  const tooLittle = (reason: TooLittle): Comparison => ({
    units: { kind: 'too-little', reason },
    revenue: { kind: 'too-little', reason },
    extraRevenue: null,
  });
  if (days.length < LEAST_DAYS) return tooLittle('few-days');
  const byUnits = pairsOf(({ units }) => units);
  const units = sums(byUnits);
  if (Math.min(units.own, units.ownBefore) < LEAST_UNITS) return tooLittle('few-units');
  const revenue = estimate(pairsOf((sold) => sold.revenue.toNumber()));
  return {
    units: estimate(byUnits),
    revenue,
    extraRevenue: revenue.kind === 'estimate' ? extra(periodSums(ledger, span).revenue, revenue) : null,
  };
}

/** What is left of the revenue when what was to be expected without the change is taken out. */
function extra(
  revenue: string,
  { change, low, high }: { change: number; low: number; high: number },
): NonNullable<Comparison['extraRevenue']> {
  const beyond = (by: number) =>
    new Decimal(revenue).minus(new Decimal(revenue).dividedBy(1 + by)).toFixed(2);
  return { amount: beyond(change), low: beyond(low), high: beyond(high) };
}

/**
 * Compares a promotion's variants with the rest of the store over the periods. `store` is all of the store, the promotion's
 * variants included; days without a row sold nothing.
 */
export function promotionEffect(
  periods: EffectPeriods,
  { own, store }: { own: readonly DaySales[]; store: readonly DaySales[] },
): PromotionEffect {
  const ownDays = byDay(own);
  const storeDays = byDay(store);
  const ofOwn = (day: Day): Sold => ownDays.get(day) ?? NOTHING;
  const ledger: Ledger = {
    own: ofOwn,
    rest: (day) => {
      const all = storeDays.get(day) ?? NOTHING;
      const sold = ofOwn(day);
      return { units: all.units - sold.units, revenue: all.revenue.minus(sold.revenue) };
    },
  };
  const { before, during, after, shift } = periods;
  return {
    periods,
    before: periodSums(ledger, before),
    during: periodSums(ledger, during),
    after: after && periodSums(ledger, after),
    effect: compare(ledger, during, shift),
    aftermath: after && compare(ledger, after, 2 * shift),
  };
}
