/** What a plan comes to, summed up while it is made. Plain JSON, so that a plan can be gone on with where it stopped. */
import { Decimal } from 'decimal.js';
import type { EditWarning, PlannedField } from './bulk-edit';
import type { EditGuard } from './edit-guard';
import { isAmountField, isStockField, percentOfChange } from './edit-number';
import { exceeds } from './merging';
import type { DecimalString } from './product-state';

export type EditTotals = {
  productsToChange: number;
  fieldsToChange: number;
  fieldsSkipped: number;
  /** How many fields each warning is given for; those that none is given for are left out. */
  warnings: Partial<Record<EditWarning, number>>;
  /** Of all changes of an amount of money, in percent of what it was. */
  largestPercent: DecimalString;
  /** Amounts of money that change by more than the guard lets through. */
  fieldsAboveLimit: number;
  /** Stock that is set to zero or below. */
  fieldsToZeroStock: number;
};

/** The totals of a plan that has nothing in it yet. */
export function noTotals(): EditTotals {
  return {
    productsToChange: 0,
    fieldsToChange: 0,
    fieldsSkipped: 0,
    warnings: {},
    largestPercent: '0',
    fieldsAboveLimit: 0,
    fieldsToZeroStock: 0,
  };
}

/**
 * The totals with another product's fields, all of them at once, so that the product counts once. The given totals stay as
 * they are: a chunk that is rolled back is counted again from where it began.
 */
export function withProduct(
  totals: EditTotals,
  fields: PlannedField[],
  { changePercent }: Pick<EditGuard, 'changePercent'>,
): EditTotals {
  const sum = { ...totals, warnings: { ...totals.warnings } };
  let largest = new Decimal(totals.largestPercent);
  let changed = 0;
  for (const field of fields) {
    if (field.outcome === 'skip') {
      sum.fieldsSkipped++;
      continue;
    }
    changed++;
    for (const warning of field.warnings) sum.warnings[warning] = (sum.warnings[warning] ?? 0) + 1;
    const { path, before, after } = field;
    if (isStockField(path) && typeof after === 'number' && after <= 0) sum.fieldsToZeroStock++;
    if (!isAmountField(path)) continue;
    largest = Decimal.max(largest, percentOfChange(before, after));
    if (changePercent !== null && exceeds(changePercent, before, after)) sum.fieldsAboveLimit++;
  }
  sum.fieldsToChange += changed;
  if (changed > 0) sum.productsToChange++;
  return { ...sum, largestPercent: largest.toFixed() };
}
