/**
 * The lowest price in force in the 30 days before an instant. Directive 98/6/EC, article 6a: an announced reduction shows
 * the prior price, which is the lowest that was applied during at least the 30 days before it.
 */
import { Decimal } from 'decimal.js';
import type { DecimalString } from './product-state';

export const DAYS_LOOKED_BACK = 30;

/** From this instant on the store held this price. */
export interface PriceChangeOnRecord {
  at: Date;
  before: DecimalString | null;
  after: DecimalString | null;
}

/** A variant's price in a store, as far as it is known. */
export interface PriceHistory {
  /** In any order. */
  changes: PriceChangeOnRecord[];
  /** What the store holds now; null: nothing is known of it. */
  current: DecimalString | null;
  /** Since when changes would be on record; null: they are not at all. */
  knownSince: Date | null;
}

export type LowestPrice = {
  amount: DecimalString;
  /** ISO instant since when the history is known, where that is less than 30 days; null: all of them are known. */
  knownOnlySince: string | null;
};

const DAY_MS = 86_400_000;

/** Null where nothing is known. What the history does not reach is said, not guessed. */
export function lowestPrice(history: PriceHistory, before: Date): LowestPrice | null {
  const { current, knownSince } = history;
  if (knownSince === null) return null;
  const windowStart = before.getTime() - DAYS_LOOKED_BACK * DAY_MS;
  const from = Math.max(windowStart, knownSince.getTime());
  const sorted = history.changes.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const changes = sorted.filter(({ at }) => at.getTime() < before.getTime());
  // Whatever was in force for some time of the window. What a change found need not be what the one before it left.
  const inForce = changes.flatMap((change, index): (DecimalString | null)[] => {
    const at = change.at.getTime();
    const began = changes[index - 1]?.at.getTime() ?? Number.NEGATIVE_INFINITY;
    const until = (changes[index + 1]?.at ?? before).getTime();
    return [at > from && at > began ? change.before : null, until > from && until > at ? change.after : null];
  });
  const unchanged = sorted.find(({ at }) => at.getTime() >= before.getTime())?.before ?? current;
  const candidates = (changes.length === 0 ? [unchanged] : inForce).flatMap((amount) =>
    amount === null ? [] : [new Decimal(amount)],
  );
  if (candidates.length === 0) return null;
  return {
    amount: Decimal.min(...candidates).toFixed(
      Math.max(2, ...candidates.map((amount) => amount.decimalPlaces())),
    ),
    knownOnlySince: knownSince.getTime() > windowStart ? knownSince.toISOString() : null,
  };
}

/** Currencies of the European Union's members: where the rule holds, as far as a shop's currency tells. */
const EU_CURRENCIES: ReadonlySet<string> = new Set(['EUR', 'BGN', 'CZK', 'DKK', 'HUF', 'PLN', 'RON', 'SEK']);

/** Whether a shop is told of the lowest price: as it says itself, else by its currency. */
export function showsLowestPrice(shop: { show30DayLowest: boolean | null; currencyCode: string }): boolean {
  return shop.show30DayLowest ?? EU_CURRENCIES.has(shop.currencyCode);
}
