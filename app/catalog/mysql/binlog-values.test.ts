import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOf, isReadable, textAt } from './binlog-values';
import { enumWords, quoteName } from './mysql-quoting';

const DECIMAL = 246;
const BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

/** As the server writes a decimal(precision, scale): https://dev.mysql.com/doc/internals/en/storage-requirements-numeric.html */
function writeDecimal(digits: string, scale: number, isNegative: boolean): Buffer {
  const whole = digits.slice(0, digits.length - scale);
  const parts = [whole.slice(0, whole.length % 9)];
  for (let at = whole.length % 9; at < whole.length; at += 9) parts.push(whole.slice(at, at + 9));
  const fraction = digits.slice(digits.length - scale);
  for (let at = 0; at < fraction.length; at += 9) parts.push(fraction.slice(at, at + 9));
  const bytes = Buffer.concat(
    parts.flatMap((part) => {
      const length = BYTES[part.length] ?? 0;
      if (length === 0) return [];
      const one = Buffer.alloc(length);
      one.writeUIntBE(Number(part), 0, length);
      return [one];
    }),
  );
  if (isNegative) for (const [index, byte] of bytes.entries()) bytes[index] = byte ^ 0xff;
  bytes[0] = (bytes[0] ?? 0) ^ 0x80;
  return bytes;
}

describe('a decimal of the log', () => {
  it('is the text that the server prints, at every precision', () => {
    const shape = fc
      .tuple(fc.integer({ min: 1, max: 65 }), fc.integer({ min: 0, max: 30 }))
      .filter(([precision, scale]) => scale <= precision)
      .chain(([precision, scale]) =>
        fc.tuple(
          fc.constant(scale),
          fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: precision, maxLength: precision }),
          fc.boolean(),
        ),
      );
    fc.assert(
      fc.property(shape, ([scale, digits, sign]) => {
        const isNegative = sign && /[1-9]/.test(digits);
        const row = writeDecimal(digits, scale, isNegative);
        const column = { type: DECIMAL, meta: digits.length | (scale << 8) };
        const whole = digits.slice(0, digits.length - scale).replace(/^0+(?=\d)/, '') || '0';
        const fraction = scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`;
        const key = { name: 'id', type: `decimal(${digits.length},${scale})`, charset: null };
        expect(textAt(column, key, row, 0)).toBe(`${isNegative ? '-' : ''}${whole}${fraction}`);
        expect(endOf(column, row, 0)).toBe(row.length);
      }),
    );
  });
});

describe('what can be told from the log alone', () => {
  const readable = (type: string, charset: string | null = null) => isReadable({ name: 'id', type, charset });
  it('is what has one text', () => {
    for (const type of [
      'int(11)',
      'bigint(20) unsigned',
      'decimal(10,2)',
      'date',
      "enum('a')",
      'binary(16)',
      'year(4)',
    ])
      expect(readable(type), type).toBe(true);
    for (const type of [
      'float',
      'double',
      'datetime',
      'timestamp(6)',
      'bit(1)',
      'int(5) unsigned zerofill',
      'json',
      'uuid',
    ])
      expect(readable(type), type).toBe(false);
    expect(readable('varchar(10)', 'latin1')).toBe(true);
    expect(readable('varchar(10)', 'swe7')).toBe(false);
  });
});

describe('names and words', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (words) => {
        const type = `enum(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(',')})`;
        expect(enumWords(type)).toEqual(words);
      }),
    );
    fc.assert(
      fc.property(
        fc.string().filter((name) => !name.includes('\0')),
        (name) => {
          expect(quoteName(name).slice(1, -1).replaceAll('``', '')).not.toContain('`');
        },
      ),
    );
  });
});
