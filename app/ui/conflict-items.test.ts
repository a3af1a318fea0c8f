import { describe, expect, it } from 'vitest';
import type { FieldValue } from '~/core/decision';
import { conflictItem, conflictName, seenKey } from './conflict-items';

const LOCATION = 'gid://shopify/Location/1';
const item = (field: string, source: FieldValue, remote: FieldValue, base: FieldValue = null) =>
  conflictItem(
    {
      id: 'c',
      shopId: 's',
      productId: 'p',
      productTitle: 'Trail tent',
      variant: 'Two persons',
      field,
      fieldGroup: 'price',
      reason: 'both-changed',
      base,
      source,
      remote,
      state: 'open',
      openedAt: '2026-01-01T00:00:00.000Z',
      snoozedUntil: null,
      note: '',
      assignee: '',
      choice: null,
      print: 'x',
    },
    { [LOCATION]: 'Warehouse' },
  );

describe('a conflict in words', () => {
  it('is named by field, product and variant', () => {
    expect(conflictName(item(`inventory:${LOCATION}`, 1, 2))).toBe(
      'Stock at Warehouse of Trail tent, Two persons',
    );
  });

  it('shows what is there, what is gone, and nothing of ids', () => {
    expect(item('existence', 'Trail tent', null)).toMatchObject({
      catalogText: 'There',
      shopifyText: 'Deleted',
      kind: null,
    });
    expect(item('tags:sale', null, 'Sale')).toMatchObject({
      catalogText: 'Without the tag',
      shopifyText: 'Sale',
    });
    const order = item('mediaOrder', ['a-1', 'b-2'], ['b-2', 'a-1']);
    expect(order.catalogText + order.shopifyText).not.toMatch(/a-1/);
  });

  it('starts a third value from the catalog’s, as it is typed', () => {
    const care = { namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'wash' };
    expect(item('metafield:custom.care', care, null)).toMatchObject({
      kind: 'metafield-text',
      typed: 'wash',
    });
    expect(item('metafield:custom.care', { ...care, type: 'json' }, null).kind).toBeNull();
    expect(item('price', '24.90', '19.90')).toMatchObject({ kind: 'money', typed: '24.90' });
    expect(item('taxable', false, true)).toMatchObject({ kind: 'yes-no', typed: 'false' });
    expect(item('seoTitle', null, 'x').typed).toBe('');
  });

  it('is another question once a value moved', () => {
    const one = item('price', '1', '2');
    expect(seenKey(one)).not.toBe(seenKey({ ...one, print: 'y' }));
  });
});
