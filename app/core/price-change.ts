/** Arithmetic of prices: what a change makes of an amount, how it is rounded, and floors. Exact, never in floats. */
import { Decimal } from 'decimal.js';
import type { AmountChange, PriceFloor, Rounding } from './bulk-edit';
import type { DecimalString } from './product-state';

/**
 * So many digits that a quotient of amounts is never taken for a tie that it only comes close to: `checkBulkChanges` takes
 * no number of more than 40 characters.
 */
export const Exact = Decimal.clone({ precision: 200, toExpNeg: -200, toExpPos: 200 });

/** What the catalog's columns hold, numeric(20,4); Shopify's own limit is higher (below 10^18). */
export const AMOUNT_LIMIT = new Exact('1e16');

/** The amounts of a variant that a change may be reckoned from. */
export interface Amounts {
  price: DecimalString | null;
  compareAtPrice: DecimalString | null;
  cost: DecimalString | null;
}

export type Reckoned =
  | { ok: true; amount: DecimalString; raisedToFloor: boolean }
  | { ok: false; code: 'nothing-to-reckon-from' | 'out-of-range'; message: string };

/** An amount as the catalog's states spell it: at least two decimals, more only where they count ("12.50", "12.345"). */
export function amountText(amount: Decimal): DecimalString {
  return amount.toFixed(Math.max(2, amount.decimalPlaces()));
}

/** Where the allowed amounts lie: `first`, and from there on in steps. */
interface Grid {
  first: Decimal;
  step: Decimal;
}

function gridOf(rounding: Rounding, digits: number): Grid {
  if (rounding.to === 'step') return { first: new Exact(0), step: new Exact(rounding.step) };
  if (rounding.to === 'none') return { first: new Exact(0), step: new Exact(10).pow(-digits) };
  // "0.99" is an ending of every whole amount; "9.99" and "90" are endings of every tenth and hundredth.
  const [whole = '0'] = rounding.ending.split('.');
  return { first: new Exact(rounding.ending), step: new Exact(10).pow(whole === '0' ? 0 : whole.length) };
}

/** The allowed amount nearest to this one, half up; or, `up`, the next that is not below it. Never below zero. */
export function roundedAmount(
  amount: Decimal.Value,
  rounding: Rounding,
  digits: number,
  direction: 'nearest' | 'up' = 'nearest',
): Decimal {
  const { first, step } = gridOf(rounding, digits);
  const steps = new Exact(amount).minus(first).dividedBy(step);
  const whole = steps.toDecimalPlaces(0, direction === 'up' ? Decimal.ROUND_CEIL : Decimal.ROUND_HALF_CEIL);
  return Exact.max(whole, 0).times(step).plus(first);
}

function moved(amount: DecimalString, percent: DecimalString): Decimal {
  return new Exact(percent).plus(100).times(amount).dividedBy(100);
}

const OTHER_PRICE = {
  price: 'compareAtPrice',
  compareAtPrice: 'price',
  cost: 'price',
} as const satisfies Record<keyof Amounts, keyof Amounts>;

const NAMES: Record<keyof Amounts, string> = {
  price: 'price',
  compareAtPrice: 'compare-at price',
  cost: 'cost',
};

/** What the change makes of the amount before it is rounded, or the name of the amount that is missing. */
function unrounded(field: keyof Amounts, change: AmountChange, amounts: Amounts): Decimal | keyof Amounts {
  const own = amounts[field];
  switch (change.by) {
    case 'value':
      return new Exact(change.value);
    case 'percent':
      return own === null ? field : moved(own, change.percent);
    case 'amount':
      return own === null ? field : new Exact(own).plus(change.amount);
    case 'other-price': {
      const other = amounts[OTHER_PRICE[field]];
      return other === null ? OTHER_PRICE[field] : moved(other, change.percent);
    }
    case 'margin': {
      // (amount - cost) / amount = margin; of a cost the price is given and the cost is what is looked for.
      const kept = new Exact(100).minus(change.percent);
      if (field === 'cost')
        return amounts.price === null ? 'price' : kept.times(amounts.price).dividedBy(100);
      return amounts.cost === null ? 'cost' : new Exact(amounts.cost).times(100).dividedBy(kept);
    }
  }
}

function floorOf({ atCost, minimum }: PriceFloor, cost: DecimalString | null): Decimal | null {
  const floors = [...(atCost && cost !== null ? [cost] : []), ...(minimum === null ? [] : [minimum])];
  return floors.length === 0 ? null : Exact.max(...floors);
}

/**
 * The new amount of one field of a variant: reckoned, rounded, and raised to the floor where it falls below it. A variant
 * without a cost has no floor at cost.
 */
export function reckonedAmount(
  field: keyof Amounts,
  change: AmountChange,
  amounts: Amounts,
  terms: { rounding: Rounding; floor: PriceFloor | null; digits: number },
): Reckoned {
  const wanted = unrounded(field, change, amounts);
  if (typeof wanted === 'string')
    return {
      ok: false,
      code: 'nothing-to-reckon-from',
      message: `The variant has no ${NAMES[wanted]} to reckon from. Give it one first, or set a fixed value.`,
    };
  const floor = terms.floor === null ? null : floorOf(terms.floor, amounts.cost);
  if (wanted.isNegative() && !wanted.isZero() && floor === null)
    return {
      ok: false,
      code: 'out-of-range',
      message: `The ${NAMES[field]} would be ${amountText(wanted)}, which is below zero. Change it by less, or set a minimum.`,
    };
  const nearest = roundedAmount(wanted, terms.rounding, terms.digits);
  const raisedToFloor = floor !== null && nearest.lessThan(floor);
  const amount = raisedToFloor ? roundedAmount(floor, terms.rounding, terms.digits, 'up') : nearest;
  if (amount.greaterThanOrEqualTo(AMOUNT_LIMIT))
    return {
      ok: false,
      code: 'out-of-range',
      message: `The ${NAMES[field]} would be ${amountText(amount)}; it must be below ${AMOUNT_LIMIT.toFixed()}. Change it by less.`,
    };
  return { ok: true, amount: amountText(amount), raisedToFloor };
}
