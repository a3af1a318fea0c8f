import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { moneyText } from './money-text';

it('leaves zeros out that a currency has no use for, and nothing that counts', () => {
  expect(moneyText('3450.00', 'JPY')).toBe('3450');
  expect(moneyText('3454.2475', 'JPY')).toBe('3454.2475');
  expect(moneyText('19.90', 'EUR')).toBe('19.90');
  expect(moneyText('1.250', 'KWD')).toBe('1.250');
  const amounts = fc.tuple(fc.nat(9_999), fc.stringMatching(/^\d{0,6}$/));
  fc.assert(
    fc.property(amounts, fc.constantFrom('JPY', 'EUR', 'KWD'), ([whole, decimals], code) => {
      const amount = decimals === '' ? String(whole) : `${whole}.${decimals}`;
      expect(new Decimal(moneyText(amount, code)).equals(amount)).toBe(true);
    }),
  );
});
