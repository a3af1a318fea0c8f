import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typedText, WEIGHT_UNITS } from '~/core/value-kind';
import { readTypedValue } from './typed-value';

const read = (field: string, typed: string, source: Parameters<typeof readTypedValue>[2]['source'] = null) =>
  readTypedValue(field, typed, { source, remote: null });
const metafield = (type: string) => ({ namespace: 'custom', key: 'care', type, value: 'x' });

describe('readTypedValue', () => {
  it.each([
    ['price', '12.5', '12.50'],
    ['price', ' 007 ', '7.00'],
    ['price', '0', '0.00'],
    ['price', '0.1234', '0.1234'],
    ['compareAtPrice', '', null],
    ['cost', '3', '3.00'],
    ['inventory:gid://shopify/Location/1', '-4', -4],
    ['title', '  Tent ', 'Tent'],
    ['descriptionHtml', ' <p>a</p>\n', ' <p>a</p>\n'],
    ['descriptionHtml', '', ''],
    ['vendor', '', ''],
    ['sku', '', null],
    ['handle', 'trail-tent', 'trail-tent'],
    ['taxable', 'false', false],
    ['status', 'DRAFT', 'DRAFT'],
    ['inventoryPolicy', 'CONTINUE', 'CONTINUE'],
    ['weight', '1.5 kg', { value: '1.5', unit: 'KILOGRAMS' }],
    ['weight', ' 012LB', { value: '12', unit: 'POUNDS' }],
  ])('takes %s “%s”', (field, typed, value) => {
    expect(read(field, typed)).toEqual({ ok: true, value });
  });

  it.each([
    ['price', '', '12.50'],
    ['price', '-1', '12.50'],
    ['price', '12,50', '12.50'],
    ['price', '1e3', '12.50'],
    ['price', '1.23456', '12.50'],
    ['compareAtPrice', 'free', 'empty'],
    ['inventory:gid://shopify/Location/1', '1.5', 'whole number'],
    ['inventory:gid://shopify/Location/1', '9999999999', '1,000,000,000'],
    ['title', '   ', 'title'],
    ['title', 'x'.repeat(256), '255'],
    ['sku', 'a\nb', 'one line'],
    ['handle', 'Trail Tent', 'lower case'],
    ['handle', '', 'lower case'],
    ['taxable', 'maybe', 'yes or no'],
    ['status', 'LIVE', 'Draft'],
    ['tags:Sale', 'Sale', 'keep one'],
    ['existence', 'x', 'keep one'],
    ['weight', '12', 'unit'],
    ['weight', '-1 kg', '1.5 kg'],
    ['weight', '1,5 kg', '1.5 kg'],
    ['unitPriceMeasurement', '12', 'keep one'],
    ['metafield:custom.care', 'x', 'keep one'],
  ])('refuses %s “%s” and says what to write', (field, typed, remedy) => {
    expect(read(field, typed)).toEqual({
      ok: false,
      field,
      typed,
      remedy: expect.stringContaining(remedy),
    });
  });

  it('keeps a metafield’s key and type, and minds its type', () => {
    const of = (type: string, typed: string) => read('metafield:custom.care', typed, metafield(type));
    expect(of('number_integer', '012')).toEqual({
      ok: true,
      value: { ...metafield('number_integer'), value: '12' },
    });
    expect(of('boolean', 'true')).toMatchObject({ ok: true, value: { value: 'true' } });
    expect(of('number_integer', '1.5')).toMatchObject({ ok: false });
    expect(of('single_line_text_field', '')).toMatchObject({ ok: false });
    expect(of('json', '{}')).toMatchObject({ ok: false });
  });

  it('never lets through an amount that the catalog would refuse', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 24 }), (typed) => {
        const result = read('price', typed);
        if (result.ok) expect(String(result.value)).toMatch(/^\d{1,16}\.\d{2,4}$/);
      }),
    );
  });

  it('reads back every weight as it is shown', () => {
    const units = fc.constantFrom(...Object.keys(WEIGHT_UNITS));
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 999_999 }), units, (whole, decimals, unit) => {
        const value = { value: `${whole}.${String(decimals).padStart(6, '0')}`, unit };
        expect(read('weight', typedText(value))).toEqual({ ok: true, value });
      }),
    );
  });
});
