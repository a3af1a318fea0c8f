import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromGrams,
  readAddress,
  readBoolean,
  readCode,
  readDecimal,
  readHandle,
  readInteger,
  readTags,
  toGrams,
  writeCode,
} from './product-csv-cells';

describe('decimals', () => {
  it.each([
    ['12.50', '12.5'],
    ['50', '50'],
    [' 0 ', '0'],
    ['.5', '0.5'],
    ['-0', '0'],
    ['0099.10', '99.1'],
  ])('reads %s', (cell, value) => {
    expect(readDecimal(cell, 4)).toEqual({ ok: true, value });
  });

  it.each([
    ['-1.00', /negative/],
    ['1.234,56', /decimal comma or marks between thousands/],
    ['1,000', /decimal comma or marks between thousands/],
    ['12,5', /decimal comma or marks between thousands/],
    ['$1,000.00', /currency sign/],
    ['12 EUR', /currency sign, a unit or letters/],
    ['1E+5', /scientific/],
    ['free', /not a number/],
    ['1.23456', /5 decimal places; at most 4/],
    ['123456789012345', /too large/],
  ])('refuses %s and says why', (cell, reason) => {
    expect(readDecimal(cell, 4)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });
});

describe('other cells', () => {
  it('reads whole numbers within their range', () => {
    expect(readInteger('-3', { min: -5, max: 5 })).toEqual({ ok: true, value: -3 });
    expect(readInteger('4.0', { min: -5, max: 5 })).toEqual({ ok: true, value: 4 });
    expect(readInteger('1.5', { min: -5, max: 5 })).toMatchObject({ ok: false });
    expect(readInteger('6', { min: -5, max: 5 })).toMatchObject({
      ok: false,
      reason: 'The number is out of range.',
    });
  });

  it('reads booleans in any case and refuses other words', () => {
    expect(readBoolean('TRUE')).toEqual({ ok: true, value: true });
    expect(readBoolean('False')).toEqual({ ok: true, value: false });
    expect(readBoolean('maybe')).toMatchObject({ ok: false, remedy: 'Write TRUE or FALSE.' });
  });

  it('splits tags, without repeats', () => {
    expect(readTags(' Sale, summer,,sale ,Camp')).toEqual({ ok: true, value: ['Sale', 'summer', 'Camp'] });
  });

  it('suggests a handle', () => {
    expect(readHandle('Trail Tent')).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('"trail-tent"'),
    });
    expect(readHandle(' Trail-Tent ')).toEqual({ ok: true, value: 'trail-tent' });
  });

  it('refuses codes that a spreadsheet has spoiled', () => {
    expect(readCode('4.00639E+12')).toMatchObject({ ok: false });
    expect(readCode("'0123456")).toEqual({ ok: true, value: '0123456' });
  });

  it('refuses what is no web address', () => {
    expect(readAddress('ftp://example.com/a.jpg')).toMatchObject({ ok: false });
    expect(readAddress('tent.jpg')).toMatchObject({ ok: false });
    expect(readAddress('https://cdn.example.com/a b.jpg')).toMatchObject({ ok: true });
  });
});

describe('laws', () => {
  it('every code is read back as it was written', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^'{0,3}[0-9A-Za-z-]{1,20}$/), (code) => {
        fc.pre(!/^\d([.,]\d+)?E\+\d+$/i.test(code));
        expect(readCode(writeCode(code))).toEqual({ ok: true, value: code });
      }),
    );
  });

  it('grams carry every weight of 6 decimal places in every unit', () => {
    const weight = fc
      .integer({ min: 0, max: 999_999_999 })
      .map((millionths) => (millionths / 1e6).toFixed(6));
    fc.assert(
      fc.property(weight, fc.constantFrom('GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS'), (value, unit) => {
        expect(Number(fromGrams(toGrams(value, unit), unit))).toBe(Number(value));
      }),
    );
  });
});
