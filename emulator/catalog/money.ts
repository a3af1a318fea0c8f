/** Amounts as Shopify writes them: text with the currency's minor units. */
import { Decimal } from 'decimal.js';

const digitsByCurrency = new Map<string, number>();

/** How many decimals a currency has: EUR 2, JPY 0, KWD 3. Two for codes the runtime does not know. */
export function minorUnits(currencyCode: string): number {
  const known = digitsByCurrency.get(currencyCode);
  if (known !== undefined) return known;
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: currencyCode }).resolvedOptions()
    .maximumFractionDigits;
  digitsByCurrency.set(currencyCode, digits ?? 2);
  return digits ?? 2;
}

/** A decimal text rounded half up to the currency's minor units: "12.5" in EUR is "12.50". */
export function money(amount: string, currencyCode: string): string {
  return new Decimal(amount).toFixed(minorUnits(currencyCode), Decimal.ROUND_HALF_UP);
}

export function isNegative(amount: string): boolean {
  return new Decimal(amount).lt(0);
}
