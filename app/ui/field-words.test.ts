import { describe, expect, it } from 'vitest';
import { fieldLabel, fieldText } from './field-words';

describe('fields in words', () => {
  it('names every kind of field', () => {
    const locations = { 'gid://shopify/Location/1': 'Warehouse' };
    expect(fieldLabel('compareAtPrice', {})).toBe('Compare-at price');
    expect(fieldLabel('tags:New: in', {})).toBe('Tag “New: in”');
    expect(fieldLabel('metafield:custom.care', {})).toBe('Metafield custom.care');
    expect(fieldLabel('inventory:gid://shopify/Location/1', locations)).toBe('Stock at Warehouse');
    expect(fieldLabel('inventory:gid://shopify/Location/2', locations)).toBe(
      'Stock at a location that is gone',
    );
  });

  it('writes values of every shape', () => {
    expect(fieldText('price', '20.9')).toBe('20.90');
    expect(fieldText('cost', '0.125')).toBe('0.125');
    expect(fieldText('status', 'DRAFT')).toBe('Draft');
    expect(fieldText('title', null)).toBe('');
    expect(fieldText('taxable', false)).toBe('No');
    expect(fieldText('weight', { value: '1.5', unit: 'POUNDS' })).toBe('1.5 lb');
    expect(fieldText('tags', ['a', 'b'])).toBe('a, b');
    expect(fieldText('options', [{ name: 'Size', values: ['S', 'M'] }])).toBe('Size: S, M');
    expect(
      fieldText('unitPriceMeasurement', {
        quantityValue: '750',
        quantityUnit: 'ML',
        referenceValue: 1,
        referenceUnit: 'L',
      }),
    ).toBe('750 ML per 1 L');
  });
});
