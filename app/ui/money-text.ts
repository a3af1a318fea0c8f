import { minorUnitDigits } from '~/core/currency';

/** An amount without the zeros that its currency has no use for: 3450.00 JPY is "3450". What counts stays. */
export function moneyText(amount: string, currencyCode: string): string {
  const [whole = '', decimals = ''] = amount.split('.');
  const digits = minorUnitDigits(currencyCode);
  const kept = decimals.slice(0, digits) + decimals.slice(digits).replace(/0+$/, '');
  return kept === '' ? whole : `${whole}.${kept}`;
}
