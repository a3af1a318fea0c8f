/**
 * The rules of one store: how its prices follow from the catalog's (converted, marked up, rounded), what it shows as compare-at
 * prices, and what product-rules.ts has. They are the lowest layer over the source (overlay.ts).
 *
 * Laws (store-rules.test.ts): rules that say nothing hold nothing; a dearer price of the catalog is never cheaper in the store;
 * a price above zero stays above zero; a result lies where the rounding allows; a compare-at price is above its price or none;
 * the steps lead from the catalog's amount to the store's without a gap.
 */
import type { Decimal } from 'decimal.js';
import type { Rounding } from './bulk-edit';
import type { Day } from './calendar-day';
import { minorUnitDigits } from './currency';
import { AMOUNT_LIMIT, Exact, amountText, roundedAmount } from './price-change';
import { RULED_TEXT_FIELDS, placeOf } from './product-rules';
import type { ProductChoice, RuledProductField, StatusRule, TextRules } from './product-rules';
import type { DecimalString, VariantFields } from './product-state';

/** So many of the store's money are one of the catalog's, from this day on. */
export interface DatedRate {
  from: Day;
  rate: DecimalString;
}

export type Conversion =
  | { by: 'none' }
  | { by: 'factor'; factor: DecimalString }
  /** The last one that has begun holds. */
  | { by: 'table'; rates: DatedRate[] }
  /** Told by an address; a rate that moved by more is not taken until a person says so. */
  | { by: 'feed'; address: string; maxDailyMovePercent: DecimalString };

/** First the percentage, then the amount; either may be below zero. */
export interface Markup {
  percent: DecimalString;
  amount: DecimalString;
}

export type CompareAtRule =
  /** The catalog's, as the price is reckoned. */
  { by: 'catalog' } | { by: 'none' } | { by: 'above-price'; percent: DecimalString };

export interface StoreRules {
  products: ProductChoice;
  texts: TextRules;
  conversion: Conversion;
  markup: Markup;
  rounding: Rounding;
  compareAt: CompareAtRule;
  status: StatusRule;
}

/** The rules with the rate that holds now: prices move when another one is put in force, never by the clock alone. */
export interface RulesInForce {
  rules: StoreRules;
  /** Null: the prices are not converted. */
  rate: DecimalString | null;
}

/** Rules that leave everything as the catalog has it. */
export const NO_RULES: StoreRules = {
  products: { by: 'all' },
  texts: { title: null, descriptionHtml: null, seoTitle: null, seoDescription: null },
  conversion: { by: 'none' },
  markup: { percent: '0', amount: '0' },
  rounding: { to: 'none' },
  compareAt: { by: 'catalog' },
  status: 'catalog',
};

export type RuledAmountField = 'price' | 'compareAtPrice' | 'cost';
export type RuledField = RuledAmountField | RuledProductField;

/** One thing that was done to an amount. The amounts between are exact; the last one is what the store holds. */
export type PriceStep = { before: DecimalString | null; after: DecimalString | null } & (
  | { by: 'conversion'; rate: DecimalString }
  | { by: 'markup-percent'; percent: DecimalString }
  | { by: 'markup-amount'; amount: DecimalString }
  | { by: 'rounding'; rounding: Rounding }
  /** The compare-at price is the price raised by so many percent. */
  | { by: 'above-price'; percent: DecimalString }
  | { by: 'no-compare-at' }
  /** Rounded, the compare-at price was no longer above the price. */
  | { by: 'not-above-price' }
  /** Set for this store by hand, over whatever the rules say. */
  | { by: 'override' }
  | { by: 'promotion'; id: string; name: string }
);

export type RuledAmount =
  | { ok: true; amount: DecimalString | null; steps: PriceStep[] }
  /** The rules make no amount of it that a store can hold. */
  | { ok: false; message: string };

const isZero = (amount: DecimalString) => new Exact(amount).isZero();

/** Whether the rules make another amount of a price. */
function changesPrices({ conversion, markup, rounding }: StoreRules): boolean {
  return (
    conversion.by !== 'none' || !isZero(markup.percent) || !isZero(markup.amount) || rounding.to !== 'none'
  );
}

/** The fields that the rules hold in the store: what Shopify has of them never reaches the catalog. */
export function fieldsOfRules(rules: StoreRules): RuledField[] {
  const prices = changesPrices(rules);
  return [
    ...(prices ? (['price'] as const) : []),
    ...(prices || rules.compareAt.by !== 'catalog' ? (['compareAtPrice'] as const) : []),
    // What a thing cost is converted so that margins stay true; nothing is earned on it.
    ...(rules.conversion.by === 'none' ? [] : (['cost'] as const)),
    ...RULED_TEXT_FIELDS.filter((field) => rules.texts[field] !== null),
    ...(rules.status === 'draft' || placeOf(rules, false) === 'off-sale' ? (['status'] as const) : []),
  ];
}

/** Whether the rules leave every product as the catalog has it. */
export function saysNothing(rules: StoreRules): boolean {
  return fieldsOfRules(rules).length === 0 && rules.products.by === 'all';
}

/** The table's rate on a day; null: none has begun yet. */
export function rateOnDay(rates: readonly DatedRate[], day: Day): DatedRate | null {
  const begun = rates.filter(({ from }) => from <= day);
  return begun.reduce<DatedRate | null>((last, rate) => (last && last.from > rate.from ? last : rate), null);
}

/** The day on which the table's next rate begins; null: none does. */
export function nextRateDay(rates: readonly DatedRate[], day: Day): Day | null {
  const later = rates.map(({ from }) => from).filter((from) => from > day);
  return later.toSorted()[0] ?? null;
}

/** By how many percent one rate is away from another, as text with two decimals; never below zero. */
export function movedPercent(held: DecimalString, told: DecimalString): DecimalString {
  return new Exact(told).minus(held).abs().times(100).dividedBy(held).toFixed(2);
}

/** Whether a rate that a feed tells is taken in place of the one that holds. */
export function isRateTaken(
  held: DecimalString | null,
  told: DecimalString,
  maxDailyMovePercent: DecimalString,
): boolean {
  if (held === null) return true;
  return new Exact(told)
    .minus(held)
    .abs()
    .times(100)
    .lessThanOrEqualTo(new Exact(maxDailyMovePercent).times(held));
}

/** An amount on its way through the rules. */
class Walk {
  readonly steps: PriceStep[] = [];
  constructor(public amount: Decimal) {}

  /** Notes a step, where it changed anything. */
  to(after: Decimal, step: (amounts: { before: DecimalString; after: DecimalString }) => PriceStep): void {
    const before = this.amount;
    this.amount = after;
    if (!before.equals(after))
      this.steps.push(step({ before: amountText(before), after: amountText(after) }));
  }
}

/** Rounded as the rule says; what costs something costs at least the smallest amount that the rule allows. */
function rounded(amount: Decimal, rounding: Rounding, digits: number): Decimal {
  const nearest = roundedAmount(amount, rounding, digits);
  return nearest.isZero() && amount.greaterThan(0) ? roundedAmount(amount, rounding, digits, 'up') : nearest;
}

function convert(walk: Walk, { rules, rate }: RulesInForce): void {
  if (rules.conversion.by !== 'none' && rate !== null)
    walk.to(walk.amount.times(rate), (amounts) => ({ by: 'conversion', rate, ...amounts }));
}

const NAMES: Record<RuledAmountField, string> = {
  price: 'price',
  compareAtPrice: 'compare-at price',
  cost: 'cost',
};

const impossible = (field: RuledAmountField, amount: Decimal): RuledAmount => ({
  ok: false,
  message: amount.isNegative()
    ? `The rules of this store make its ${NAMES[field]} ${amountText(amount)}, which is below zero. Take less off in the store rules, or give the product a price of its own in this store.`
    : `The rules of this store make its ${NAMES[field]} ${amountText(amount)}; it must be below ${AMOUNT_LIMIT.toFixed()}. Check the rate in the store rules.`,
});

function settled(field: RuledAmountField, walk: Walk): RuledAmount {
  const { amount, steps } = walk;
  return (amount.isNegative() && !amount.isZero()) || amount.greaterThanOrEqualTo(AMOUNT_LIMIT)
    ? impossible(field, amount)
    : { ok: true, amount: amountText(amount), steps };
}

/** A price as the rules make it, before anything is said of compare-at prices. */
function ruledPrice(
  field: RuledAmountField,
  held: DecimalString,
  inForce: RulesInForce,
  digits: number,
): RuledAmount {
  const { markup, rounding } = inForce.rules;
  const walk = new Walk(new Exact(held));
  convert(walk, inForce);
  const { percent, amount } = markup;
  walk.to(walk.amount.times(new Exact(percent).plus(100)).dividedBy(100), (amounts) => ({
    by: 'markup-percent',
    percent,
    ...amounts,
  }));
  walk.to(walk.amount.plus(amount), (amounts) => ({ by: 'markup-amount', amount, ...amounts }));
  if (walk.amount.isNegative() && !walk.amount.isZero()) return impossible(field, walk.amount);
  walk.to(rounded(walk.amount, rounding, digits), (amounts) => ({ by: 'rounding', rounding, ...amounts }));
  return settled(field, walk);
}

function ruledCost(held: DecimalString, inForce: RulesInForce, digits: number): RuledAmount {
  const walk = new Walk(new Exact(held));
  convert(walk, inForce);
  const rounding = { to: 'none' } as const;
  walk.to(rounded(walk.amount, rounding, digits), (amounts) => ({ by: 'rounding', rounding, ...amounts }));
  return settled('cost', walk);
}

function ruledCompareAt(
  held: DecimalString | null,
  price: { catalogs: DecimalString; stores: DecimalString } | null,
  inForce: RulesInForce,
  digits: number,
): RuledAmount {
  const { compareAt, rounding } = inForce.rules;
  switch (compareAt.by) {
    case 'none':
      return {
        ok: true,
        amount: null,
        steps: held === null ? [] : [{ by: 'no-compare-at', before: held, after: null }],
      };
    case 'above-price': {
      if (price === null) return { ok: true, amount: held, steps: [] };
      const { percent } = compareAt;
      const raised = new Exact(percent).plus(100).times(price.stores).dividedBy(100);
      const walk = new Walk(raised);
      const first: PriceStep = { by: 'above-price', percent, before: held, after: amountText(raised) };
      walk.to(rounded(raised, rounding, digits), (amounts) => ({ by: 'rounding', rounding, ...amounts }));
      return withoutEqual(settled('compareAtPrice', walk), price.stores, [first]);
    }
    case 'catalog': {
      if (held === null) return { ok: true, amount: null, steps: [] };
      const ruled = ruledPrice('compareAtPrice', held, inForce, digits);
      const wasAbove = price !== null && new Exact(held).greaterThan(price.catalogs);
      return wasAbove ? withoutEqual(ruled, price.stores) : ruled;
    }
  }
}

/** No compare-at price where it would not be above the price: nothing would be struck through but the price itself. */
function withoutEqual(ruled: RuledAmount, price: DecimalString, first: PriceStep[] = []): RuledAmount {
  if (!ruled.ok) return ruled;
  const { amount } = ruled;
  const steps = [...first, ...ruled.steps];
  if (amount === null || new Exact(amount).greaterThan(price)) return { ok: true, amount, steps };
  return {
    ok: true,
    amount: null,
    steps: [...steps, { by: 'not-above-price', before: amount, after: null }],
  };
}

export type RuledAmounts = Partial<Record<RuledAmountField, RuledAmount>>;

/**
 * What the rules make of the amounts of a variant. A field that the catalog does not manage, or that the rules leave alone,
 * is absent. `currencyCode`: ISO 4217, of the store.
 */
export function ruledAmounts(
  fields: Partial<Pick<VariantFields, RuledAmountField>>,
  inForce: RulesInForce,
  currencyCode: string,
): RuledAmounts {
  const held = new Set(fieldsOfRules(inForce.rules));
  const digits = minorUnitDigits(currencyCode);
  const amounts: RuledAmounts = {};
  const { price, compareAtPrice, cost } = fields;
  if (price !== undefined && held.has('price')) amounts.price = ruledPrice('price', price, inForce, digits);
  const stores = amounts.price === undefined ? price : amounts.price.ok ? amounts.price.amount : undefined;
  if (compareAtPrice !== undefined && held.has('compareAtPrice'))
    amounts.compareAtPrice = ruledCompareAt(
      compareAtPrice,
      price === undefined || stores === undefined || stores === null ? null : { catalogs: price, stores },
      inForce,
      digits,
    );
  if (cost !== undefined && cost !== null && held.has('cost'))
    amounts.cost = ruledCost(cost, inForce, digits);
  return amounts;
}
