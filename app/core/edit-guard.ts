/** What a bulk edit may do without being confirmed, and what a plan does beyond that. */
import { Decimal } from 'decimal.js';
import type { EditTotals } from './edit-totals';
import type { DecimalString } from './product-state';

/** Null: no limit. */
export interface EditGuard {
  /** Share of the catalog's products that an edit may change, in percent. */
  catalogPercent: DecimalString | null;
  /** By how much an amount of money may change, in percent of what it was. */
  changePercent: DecimalString | null;
  /** Stock that is set to zero or below. */
  zeroStock: boolean;
  /** A guarded edit must be confirmed by somebody else than whoever made it. */
  secondPerson: boolean;
  /** The limits hold what comes from the database or by the API as well. */
  source: boolean;
}

/** A limit that a plan goes beyond, and how far. */
export type GuardFinding =
  | { limit: 'catalog-share'; percent: DecimalString; products: number; ofProducts: number }
  /** `percent`: the largest change of the plan. */
  | { limit: 'change'; percent: DecimalString; fields: number }
  | { limit: 'zero-stock'; fields: number };

/** Above the limit by a hair is still above it: what is shown is rounded up. */
function shownPercent(percent: Decimal): DecimalString {
  return percent.toDecimalPlaces(2, Decimal.ROUND_UP).toFixed();
}

/**
 * Which limits of the guard a plan goes beyond; empty: it may be applied unconfirmed. `totals` are those of the whole plan,
 * summed up under this guard; `productsInCatalog` is what the share is taken of.
 */
export function guardFindings(
  totals: EditTotals,
  productsInCatalog: number,
  guard: EditGuard,
): GuardFinding[] {
  const findings: GuardFinding[] = [];
  const { productsToChange: products, largestPercent, fieldsAboveLimit, fieldsToZeroStock } = totals;
  // Products may have left the catalog since: a plan never changes more than all of it.
  const share = new Decimal(products).times(100).dividedBy(Math.max(products, productsInCatalog, 1));
  if (guard.catalogPercent !== null && share.greaterThan(guard.catalogPercent))
    findings.push({
      limit: 'catalog-share',
      percent: shownPercent(share),
      products,
      ofProducts: productsInCatalog,
    });
  if (guard.changePercent !== null && fieldsAboveLimit > 0)
    findings.push({
      limit: 'change',
      percent: shownPercent(new Decimal(largestPercent)),
      fields: fieldsAboveLimit,
    });
  if (guard.zeroStock && fieldsToZeroStock > 0)
    findings.push({ limit: 'zero-stock', fields: fieldsToZeroStock });
  return findings;
}

/** What the database changes of so few products is everyday business, whatever their share of a small catalog. */
const FEW_PRODUCTS = 10;
/** Single products sell out every day: stock counts where so large a share of the catalog goes at once. */
const SOLD_OUT_PERCENT = 5;

/** As `guardFindings`, of changes that came from the database or by the API: those that make no plan, and no single edit. */
export function sourceFindings(
  totals: EditTotals,
  productsInCatalog: number,
  guard: EditGuard,
): GuardFinding[] {
  const { productsToChange, fieldsToZeroStock } = totals;
  const isMany = (count: number) => count > FEW_PRODUCTS;
  return guardFindings(totals, productsInCatalog, {
    ...guard,
    catalogPercent: isMany(productsToChange) ? guard.catalogPercent : null,
    zeroStock:
      guard.zeroStock &&
      isMany(fieldsToZeroStock) &&
      fieldsToZeroStock * 100 > productsInCatalog * SOLD_OUT_PERCENT,
  });
}
