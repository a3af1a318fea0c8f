import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isAfter, lsnNumber, lsnOf } from './lsn';

const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

it('reads what it writes, and orders positions as numbers are ordered', () => {
  fc.assert(fc.property(number, (value) => lsnNumber(lsnOf(value)) === value));
  fc.assert(fc.property(number, number, (a, b) => isAfter(lsnOf(a), lsnOf(b)) === a > b));
});

it('writes positions as PostgreSQL does, and reads the padded ones of the wire', () => {
  expect(lsnOf(0x16b374d848n)).toBe('16/B374D848');
  expect(lsnNumber('00000016/0000000A')).toBe(0x160000000an);
  expect(() => lsnNumber('16')).toThrow('no position');
});
