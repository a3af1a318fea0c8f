/** What makes no sense of a change of a price, a compare-at price or a cost. */
import { Decimal } from 'decimal.js';
import type { AmountChange, BulkChange, Rounding } from './bulk-edit';
import { isDecimal } from './canonical';
import { minorUnitDigits } from './currency';

/** The arithmetic is exact for numbers up to so many characters. */
const MAX_NUMBER_LENGTH = 40;

/** Takes what is wrong with one field of a change. */
export type Report = (field: string, value: unknown, reason: string, remedy: string) => void;

/** The number, or null after reporting what is no number. */
export function checkedNumber(report: Report, field: string, text: string): Decimal | null {
  const remedy = 'Write digits with a point before the decimals, for example 12.50.';
  if (!isDecimal(text)) report(field, text, 'This is not a plain number.', remedy);
  else if (text.length > MAX_NUMBER_LENGTH) report(field, text, 'The number is too long.', remedy);
  else return new Decimal(text);
  return null;
}

/** Whether the change leaves every amount as it is before rounding. */
function checkAmount(report: Report, change: AmountChange): boolean {
  switch (change.by) {
    case 'percent':
    case 'other-price': {
      const percent = checkedNumber(report, 'change.percent', change.percent);
      if (percent?.lessThanOrEqualTo(-100))
        report(
          'change.percent',
          change.percent,
          'That leaves nothing of the amount, or less than nothing.',
          'Write a percentage above -100. To set an amount to zero, set it to the value 0.',
        );
      return change.by === 'percent' && percent?.isZero() === true;
    }
    case 'amount':
      return checkedNumber(report, 'change.amount', change.amount)?.isZero() === true;
    case 'value':
      if (checkedNumber(report, 'change.value', change.value)?.lessThan(0))
        report('change.value', change.value, 'An amount cannot be below zero.', 'Write zero or more.');
      return false;
    case 'margin': {
      const margin = checkedNumber(report, 'change.percent', change.percent);
      if (margin?.lessThan(0) || margin?.greaterThanOrEqualTo(100))
        report(
          'change.percent',
          change.percent,
          'No price has this margin.',
          'Write a percentage from 0 up to, not including, 100.',
        );
      return false;
    }
  }
}

/** Reports what makes no sense of a rounding; `currencyCode` is ISO 4217. */
export function checkRounding(report: Report, rounding: Rounding, currencyCode: string): void {
  if (rounding.to === 'none') return;
  const [field, text] =
    rounding.to === 'ending' ? ['rounding.ending', rounding.ending] : ['rounding.step', rounding.step];
  const value = checkedNumber(report, field, text);
  if (value === null) return;
  const digits = minorUnitDigits(currencyCode);
  const unit = new Decimal(10).pow(-digits).toFixed();
  if (value.decimalPlaces() > digits)
    report(field, text, `Prices in ${currencyCode} have ${digits} decimals.`, `Write a multiple of ${unit}.`);
  if (rounding.to === 'step' ? !value.greaterThan(0) : value.lessThan(0))
    report(field, text, 'Prices cannot be rounded to this.', `Write ${unit} or more.`);
}

type AmountEdit = Extract<BulkChange, { field: 'price' | 'compareAtPrice' | 'cost' }>;

/** Reports what makes no sense of a change of an amount; `currencyCode` is ISO 4217. */
export function checkAmountEdit(report: Report, edit: AmountEdit, currencyCode: string): void {
  if (edit.change === null) return;
  const leaves = checkAmount(report, edit.change);
  checkRounding(report, edit.rounding, currencyCode);
  const floor = edit.field === 'price' ? edit.floor : { atCost: false, minimum: null };
  if (floor.minimum !== null && checkedNumber(report, 'floor.minimum', floor.minimum)?.lessThan(0))
    report('floor.minimum', floor.minimum, 'No price is below zero.', 'Write zero or more, or no minimum.');
  if (leaves && edit.rounding.to === 'none' && !floor.atCost && floor.minimum === null)
    report(
      'change',
      JSON.stringify(edit.change),
      'That changes nothing.',
      'Say by how much, or how to round.',
    );
}
