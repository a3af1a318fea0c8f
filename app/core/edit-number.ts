/** Fields of a plan that are numbers, and by how much they change. */
import { Decimal } from 'decimal.js';
import { isDecimal } from './canonical';
import type { FieldPath, FieldValue } from './decision';
import { partsOf } from './held-value';

const AMOUNTS = new Set(['price', 'compareAtPrice', 'cost']);

/** Whether the field is an amount of money. How far stock moves says nothing: a delivery comes in hundreds. */
export function isAmountField({ field }: FieldPath): boolean {
  return AMOUNTS.has(field);
}

export function isStockField({ field }: FieldPath): boolean {
  return partsOf(field)[0] === 'inventory';
}

function amountOf(value: FieldValue): Decimal | null {
  return typeof value === 'number' || isDecimal(value) ? new Decimal(value) : null;
}

export function isZero(value: FieldValue): boolean {
  return amountOf(value)?.isZero() === true;
}

/** By how much a number changes, in percent of what it was. From zero there is no such share: it counts as 100. */
export function percentOfChange(before: FieldValue, after: FieldValue): Decimal {
  const [was, next] = [amountOf(before), amountOf(after)];
  if (was === null || next === null || next.equals(was)) return new Decimal(0);
  return was.isZero() ? new Decimal(100) : next.minus(was).abs().times(100).dividedBy(was.abs());
}
