import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AmountChange, PriceFloor, Rounding } from './bulk-edit';
import { minorUnitDigits } from './currency';
import { type Amounts, reckonedAmount } from './price-change';

/** Fractions of whole numbers: the oracle knows no decimals. The denominator is above zero. */
type Fraction = [numerator: bigint, denominator: bigint];

function fraction(text: string): Fraction {
  const [, sign, whole, decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  const digits = BigInt(whole! + decimals);
  return [sign === '-' ? -digits : digits, 10n ** BigInt(decimals.length)];
}

const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const minus = (a: Fraction, [c, d]: Fraction): Fraction => plus(a, [-c, d]);
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const over = (a: Fraction, [c, d]: Fraction): Fraction => times(a, c < 0n ? [-d, -c] : [d, c]);
const compare = ([a, b]: Fraction, [c, d]: Fraction) => (a * d < c * b ? -1 : a * d > c * b ? 1 : 0);
const below = (a: Fraction, b: Fraction) => compare(a, b) < 0;
const floor = ([a, b]: Fraction): bigint => (a >= 0n || a % b === 0n ? a / b : a / b - 1n);
const isWhole = ([a, b]: Fraction) => a % b === 0n;
const HUNDRED: Fraction = [100n, 1n];
const ZERO: Fraction = [0n, 1n];

const share = (percent: string) => over(plus(fraction(percent), HUNDRED), HUNDRED);

function wanted(change: AmountChange, { price, compareAtPrice, cost }: Amounts): Fraction {
  switch (change.by) {
    case 'percent':
      return times(fraction(price!), share(change.percent));
    case 'amount':
      return plus(fraction(price!), fraction(change.amount));
    case 'value':
      return fraction(change.value);
    case 'other-price':
      return times(fraction(compareAtPrice!), share(change.percent));
    case 'margin':
      return over(fraction(cost!), minus([1n, 1n], over(fraction(change.percent), HUNDRED)));
  }
}

/** Where allowed amounts lie, told in another way than the code tells it. */
function gridOf(rounding: Rounding, digits: number): { first: Fraction; step: Fraction } {
  if (rounding.to === 'none') return { first: ZERO, step: [1n, 10n ** BigInt(digits)] };
  if (rounding.to === 'step') return { first: ZERO, step: fraction(rounding.step) };
  const whole = rounding.ending.split('.')[0]!;
  return { first: fraction(rounding.ending), step: [whole === '0' ? 1n : 10n ** BigInt(whole.length), 1n] };
}

function isAllowed(amount: Fraction, rounding: Rounding, digits: number): boolean {
  const { first, step } = gridOf(rounding, digits);
  return isWhole(over(minus(amount, first), step)) && !below(amount, first);
}

/** Half up, and never before the first. */
function nearest(amount: Fraction, rounding: Rounding, digits: number): Fraction {
  const { first, step } = gridOf(rounding, digits);
  const steps = floor(plus(over(minus(amount, first), step), [1n, 2n]));
  return plus(first, times(step, [steps < 0n ? 0n : steps, 1n]));
}

const decimal = (max: number, places: number) =>
  fc
    .tuple(fc.nat(max), fc.integer({ min: 0, max: places }), fc.nat(10 ** places - 1))
    .map(([whole, size, rest]) => {
      const decimals = String(rest).padStart(places, '0').slice(0, size);
      return decimals === '' ? String(whole) : `${whole}.${decimals}`;
    });
const signed = (max: number, places: number) =>
  fc.tuple(fc.boolean(), decimal(max, places)).map(([negative, text]) => (negative ? `-${text}` : text));
const percents = signed(99, 4);

const changes: fc.Arbitrary<AmountChange> = fc.oneof(
  percents.map((percent): AmountChange => ({ by: 'percent', percent })),
  percents.map((percent): AmountChange => ({ by: 'other-price', percent })),
  decimal(99, 4).map((percent): AmountChange => ({ by: 'margin', percent })),
  signed(500, 4).map((amount): AmountChange => ({ by: 'amount', amount })),
  decimal(1_000_000, 4).map((value): AmountChange => ({ by: 'value', value })),
);

const amounts: fc.Arbitrary<Amounts> = fc.record({
  price: decimal(10_000, 4),
  compareAtPrice: decimal(10_000, 4),
  cost: decimal(10_000, 4),
});

/** Currencies and roundings that fit them. */
const grounds = fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF').chain((currencyCode) => {
  const digits = minorUnitDigits(currencyCode);
  const fine = (units: number) =>
    digits === 0
      ? String(units)
      : `${Math.floor(units / 10 ** digits)}.${String(units % 10 ** digits).padStart(digits, '0')}`;
  const rounding: fc.Arbitrary<Rounding> = fc.oneof(
    fc.constant<Rounding>({ to: 'none' }),
    fc.nat(50_000).map((units): Rounding => ({ to: 'ending', ending: fine(units) })),
    fc.integer({ min: 1, max: 20_000 }).map((units): Rounding => ({ to: 'step', step: fine(units) })),
  );
  return fc.record({ digits: fc.constant(digits), rounding });
});

const floors: fc.Arbitrary<PriceFloor> = fc.record({
  atCost: fc.boolean(),
  minimum: fc.option(decimal(10_000, 4), { nil: null }),
});

describe('the arithmetic of prices', () => {
  it('equals that of fractions, rounded half up', () => {
    fc.assert(
      fc.property(changes, amounts, grounds, (change, held, { rounding, digits }) => {
        const exact = wanted(change, held);
        const result = reckonedAmount('price', change, held, { rounding, digits, floor: null });
        if (below(exact, ZERO)) {
          expect(result).toMatchObject({ ok: false, code: 'out-of-range' });
          return;
        }
        if (!result.ok) throw new Error(result.message);
        expect(compare(fraction(result.amount), nearest(exact, rounding, digits))).toBe(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('ends on what the rounding allows, a multiple of the minor unit, with the decimals that Shopify writes', () => {
    fc.assert(
      fc.property(changes, amounts, grounds, floors, (change, held, { rounding, digits }, floor) => {
        const result = reckonedAmount('price', change, held, { rounding, digits, floor });
        if (!result.ok) return;
        const amount = fraction(result.amount);
        expect(isAllowed(amount, rounding, digits)).toBe(true);
        expect(isWhole(times(amount, [10n ** BigInt(digits), 1n]))).toBe(true);
        expect(result.amount).toMatch(/^\d+\.(\d\d|\d{2,}[1-9])$/);
        if (rounding.to !== 'ending' || digits !== 2) return;
        const { ending } = rounding;
        expect(result.amount.endsWith(ending.startsWith('0.') ? ending.slice(1) : ending)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('never crosses a floor, and raises to the first allowed amount from it on, only what fell below it', () => {
    fc.assert(
      fc.property(changes, amounts, grounds, floors, (change, held, { rounding, digits }, floor) => {
        const limits = [
          ...(floor.atCost ? [held.cost!] : []),
          ...(floor.minimum === null ? [] : [floor.minimum]),
        ];
        const result = reckonedAmount('price', change, held, { rounding, digits, floor });
        if (!result.ok) {
          expect(limits).toEqual([]);
          return;
        }
        const amount = fraction(result.amount);
        for (const limit of limits) expect(below(amount, fraction(limit))).toBe(false);
        const unbounded = nearest(wanted(change, held), rounding, digits);
        const fell = limits.some((limit) => below(unbounded, fraction(limit)));
        expect(result.raisedToFloor).toBe(fell);
        if (!fell) {
          expect(compare(amount, unbounded)).toBe(0);
          return;
        }
        const { first, step } = gridOf(rounding, digits);
        const lower = minus(amount, step);
        expect(below(lower, first) || limits.some((limit) => below(lower, fraction(limit)))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('does not take an amount that comes close to a tie for one', () => {
    const of = (percent: string, cost: string) =>
      reckonedAmount(
        'price',
        { by: 'margin', percent },
        { price: null, compareAtPrice: null, cost },
        { rounding: { to: 'none' }, digits: 2, floor: null },
      );
    // 0.005 and 0.00499999999999999999999999999999...
    expect(of('0', '0.005')).toMatchObject({ amount: '0.01' });
    expect(of('0.0000000000000000000000000000', '0.0049999999999999999999999999999999')).toMatchObject({
      amount: '0.00',
    });
    expect(of('50', '0.00249999999999999999999999999999999999')).toMatchObject({ amount: '0.00' });
  });

  it('is that of examples reckoned by hand', () => {
    const held = { price: '19.99', compareAtPrice: '30.00', cost: '8.00' };
    const of = (
      field: keyof Amounts,
      change: AmountChange,
      rounding: Rounding = { to: 'none' },
      digits = 2,
    ) => {
      const result = reckonedAmount(field, change, held, { rounding, digits, floor: null });
      return result.ok ? result.amount : result.code;
    };
    expect(of('price', { by: 'percent', percent: '-10' })).toBe('17.99');
    expect(of('price', { by: 'percent', percent: '-10' }, { to: 'ending', ending: '0.95' })).toBe('17.95');
    expect(of('price', { by: 'percent', percent: '-10' }, { to: 'ending', ending: '9.99' })).toBe('19.99');
    expect(of('price', { by: 'percent', percent: '-10' }, { to: 'step', step: '0.05' })).toBe('18.00');
    expect(of('price', { by: 'value', value: '17.45' }, { to: 'ending', ending: '0.95' })).toBe('17.95');
    expect(of('price', { by: 'value', value: '0.10' }, { to: 'ending', ending: '0.99' })).toBe('0.99');
    expect(of('price', { by: 'value', value: '1234' }, { to: 'ending', ending: '80' }, 0)).toBe('1280.00');
    expect(of('price', { by: 'value', value: '1.2345' }, { to: 'none' }, 3)).toBe('1.235');
    expect(of('price', { by: 'other-price', percent: '-25' })).toBe('22.50');
    expect(of('compareAtPrice', { by: 'other-price', percent: '50' })).toBe('29.99');
    expect(of('price', { by: 'margin', percent: '60' })).toBe('20.00');
    expect(of('cost', { by: 'margin', percent: '60' })).toBe('8.00');
    expect(of('price', { by: 'value', value: '9999999999999999.99' })).toBe('9999999999999999.99');
    expect(of('price', { by: 'value', value: '9999999999999999.995' })).toBe('out-of-range');
  });

  it('knows the minor units of ISO 4217, whatever the runtime takes for cash', () => {
    const digits = (codes: string) => codes.split(' ').map(minorUnitDigits);
    expect(digits('JPY KRW CLP VND ISK')).toEqual([0, 0, 0, 0, 0]);
    expect(digits('EUR USD GBP HUF COP IDR')).toEqual([2, 2, 2, 2, 2, 2]);
    expect(digits('KWD BHD OMR TND JOD')).toEqual([3, 3, 3, 3, 3]);
    expect(digits('CLF')).toEqual([4]);
  });
});
