import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Transform } from '~/core/source-mapping';
import { htmlOfText, readCell, slugOf, writeCell } from './source-cells';

/** A decimal text as a fraction of whole numbers: what no rounding can hide. */
function rational(text: string): { units: bigint; scale: bigint } {
  const [whole = '', decimals = ''] = text.split('.');
  return { units: BigInt(whole + decimals), scale: 10n ** BigInt(decimals.length) };
}
const sameNumber = (one: string, other: string) => {
  const [a, b] = [rational(one), rational(other)];
  return a.units * b.scale === b.units * a.scale;
};
const value = (text: string, transform: Transform) => {
  const read = readCell(text, transform);
  return read.ok ? read.value : null;
};

describe('amounts', () => {
  it('in the smallest unit of a currency are exact, to the last of fourteen digits', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 14n - 1n }),
        fc.integer({ min: 0, max: 4 }),
        (units, decimals) => {
          const read = value(String(units), { kind: 'minor-units', decimals });
          const { units: got, scale } = rational(String(read));
          expect(got * 10n ** BigInt(decimals)).toBe(units * scale);
          expect(read).toMatch(/^\d+(\.\d*[1-9])?$/);
        },
      ),
    );
  });

  it('as decimals keep their value whatever zeros and mark they are written with', () => {
    const decimal = fc.tuple(fc.nat(10 ** 9), fc.stringMatching(/^\d{0,4}$/), fc.nat(6));
    fc.assert(
      fc.property(decimal, fc.constantFrom('.' as const, ',' as const), ([whole, digits, zeros], mark) => {
        const plain = digits === '' ? `${whole}` : `${whole}.${digits}`;
        const written = digits === '' ? plain : `${plain}${'0'.repeat(zeros)}`.replace('.', mark);
        expect(sameNumber(String(value(` ${written} `, { kind: 'decimal', mark })), plain)).toBe(true);
      }),
    );
  });

  it('refuses what can be read in two ways, what is negative and what would be rounded', () => {
    const point: Transform = { kind: 'decimal', mark: '.' };
    const comma: Transform = { kind: 'decimal', mark: ',' };
    for (const text of ['1,250.00', '1,5', '-1', '1e3', 'NaN', '€5', '1.23456', 'Infinity', ''])
      expect(readCell(text, point).ok, text).toBe(false);
    for (const text of ['1.250,00', '1.5', '1,2,3']) expect(readCell(text, comma).ok, text).toBe(false);
    for (const text of ['12.5', '-5', '5 EUR'])
      expect(readCell(text, { kind: 'minor-units', decimals: 2 }).ok, text).toBe(false);
  });
});

describe('writing back', () => {
  const transforms: fc.Arbitrary<Transform> = fc.constantFrom<Transform>(
    { kind: 'text', trim: true },
    { kind: 'text', trim: false },
    { kind: 'html' },
    { kind: 'plain-text' },
    { kind: 'slug' },
    { kind: 'decimal', mark: ',' },
    { kind: 'minor-units', decimals: 2 },
    { kind: 'weight', unit: 'GRAMS', mark: '.' },
    { kind: 'integer' },
    { kind: 'list', separator: ';' },
    { kind: 'json-list' },
    { kind: 'words', words: { ja: 'true', jawohl: 'true', nein: 'false', doch: 'maybe' } },
  );
  const values = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.double({ min: 0, max: 1e9, noNaN: true }).map((number) => number.toFixed(2)),
    fc.constantFrom('true', 'false', 'maybe'),
    fc.array(fc.oneof(fc.string(), fc.constantFrom('a;b', ' spaced ', 'Sale'))),
  );

  it('gives a text from which exactly the same is read again, or none', () => {
    fc.assert(
      fc.property(transforms, values, (transform, wanted) => {
        const text = writeCell(wanted, transform);
        if (text !== null) expect(value(text, transform)).toEqual(wanted);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives one wherever there is just one, and none where two words would do', () => {
    expect(writeCell('12.5', { kind: 'minor-units', decimals: 2 })).toBe('1250');
    expect(writeCell('12.5', { kind: 'decimal', mark: ',' })).toBe('12,5');
    expect(writeCell('12.555', { kind: 'minor-units', decimals: 2 })).toBe(null);
    expect(writeCell(['Summer', 'Sale'], { kind: 'list', separator: ';' })).toBe('Summer;Sale');
    expect(writeCell(['a;b'], { kind: 'list', separator: ';' })).toBe(null);
    const words: Transform = { kind: 'words', words: { ja: 'true', jawohl: 'true', nein: 'false' } };
    expect(writeCell('false', words)).toBe('nein');
    expect(writeCell('true', words)).toBe(null);
    expect(writeCell('<p>x</p>', { kind: 'plain-text' })).toBe(null);
  });
});

describe('texts', () => {
  it('become HTML in which nothing is markup that was not meant', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bare = htmlOfText(text).replaceAll(/<\/?p>|<br>/g, '');
        expect(bare).not.toMatch(/[<>"]/);
      }),
    );
    expect(htmlOfText('One\r\ntwo\n\n a < b & c ')).toBe('<p>One<br>two</p><p>a &lt; b &amp; c</p>');
  });

  it('become web names that stay as they are when they are made again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(slugOf(slugOf(text))).toBe(slugOf(text));
      }),
    );
    expect(slugOf('  Größe: Zwei-Personen Zelt / Été ')).toBe('grosse-zwei-personen-zelt-ete');
    expect(slugOf('GROẞE')).toBe('grosse');
  });
});
