import { describe, expect, it } from 'vitest';
import type { BaseProduct, RemoteProduct, SourceProduct, VariantFields } from '~/core/product-state';
import { compareStates } from './state-comparison';
import type { ThreeStates } from './state-comparison';

const LOCATION = 'gid://shopify/Location/1';
const settings = {
  policy: { conflict: 'manual', deletion: 'archive' },
  canPublish: true,
  locations: { [LOCATION]: 'Warehouse' },
} as const;

const productFields = {
  title: 'Tent',
  descriptionHtml: '<p>Light.</p>',
  handle: 'tent',
  vendor: 'Nordwind',
  productType: '',
  category: null,
  status: 'ACTIVE',
  published: true,
  seoTitle: null,
  seoDescription: null,
  templateSuffix: null,
} as const;

const variantFields: VariantFields = {
  price: '20.90',
  compareAtPrice: null,
  cost: null,
  sku: 'TENT',
  barcode: null,
  taxable: true,
  taxCode: null,
  tracked: true,
  inventoryPolicy: 'DENY',
  requiresShipping: true,
  weight: { value: '1.5', unit: 'KILOGRAMS' },
  harmonizedSystemCode: null,
  countryCodeOfOrigin: null,
  unitPriceMeasurement: null,
};

const pairs = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, { source: value, remote: value }]));

function agreeing(): { source: SourceProduct; base: BaseProduct; remote: RemoteProduct } {
  const tags = ['outdoor'];
  return {
    source: {
      id: 'p',
      fields: { ...productFields },
      giftCard: false,
      tags,
      options: [],
      media: [],
      metafields: {},
      variants: [
        {
          id: 'v',
          fields: { ...variantFields },
          optionValues: [],
          mediaId: null,
          metafields: {},
          inventory: { [LOCATION]: 4 },
        },
      ],
    },
    base: {
      fields: pairs(productFields),
      tags: { source: tags, remote: tags },
      options: { source: [], remote: [] },
      variantOrder: ['v'],
      mediaOrder: [],
      media: {},
      metafields: {},
      variants: {
        v: {
          remoteId: 'gid://shopify/ProductVariant/1',
          fields: pairs(variantFields),
          optionValues: { source: [], remote: [] },
          media: { sourceId: null, remoteId: null },
          metafields: {},
          inventory: { [LOCATION]: { source: 4, remote: 4 } },
        },
      },
    },
    remote: {
      id: 'gid://shopify/Product/1',
      fields: { ...productFields },
      giftCard: false,
      tags,
      options: [],
      media: [],
      metafields: {},
      variants: [
        {
          id: 'gid://shopify/ProductVariant/1',
          inventoryItemId: 'gid://shopify/InventoryItem/1',
          fields: { ...variantFields },
          optionValues: [],
          mediaId: null,
          metafields: {},
          inventory: { [LOCATION]: 4 },
        },
      ],
    },
  };
}

function compared(states: ThreeStates) {
  const comparison = compareStates(states, settings);
  const rows = [...comparison.product, ...comparison.variants.flatMap(({ fields }) => fields)];
  return { comparison, row: (field: string) => rows.find((row) => row.field === field) };
}

describe('the three states side by side', () => {
  it('finds nothing where all agree, and leaves out what is empty everywhere', () => {
    const { comparison, row } = compared(agreeing());
    expect(comparison.differences).toBe(0);
    expect(row('price')).toMatchObject({
      catalog: '20.90',
      agreed: '20.90',
      shopify: '20.90',
      verdict: 'same',
    });
    expect(row('weight')).toMatchObject({ catalog: '1.5 kg' });
    expect(row(`inventory:${LOCATION}`)).toMatchObject({ label: 'Stock at Warehouse', shopify: '4' });
    expect(row('barcode')).toBeUndefined();
  });

  it('says which way a change of one side goes', () => {
    const states = agreeing();
    states.source.variants[0]!.fields.price = '19.9';
    states.remote.fields.title = 'Tent for two';
    states.remote.tags = ['outdoor', 'summer'];
    const { comparison, row } = compared(states);
    expect(row('price')).toMatchObject({ catalog: '19.90', shopify: '20.90', verdict: 'to-shopify' });
    expect(row('title')).toMatchObject({ catalog: 'Tent', shopify: 'Tent for two', verdict: 'to-catalog' });
    expect(row('tags')).toMatchObject({ verdict: 'to-catalog', shopify: 'outdoor, summer' });
    expect(comparison).toMatchObject({
      differences: 3,
      variants: [{ id: 'v', differences: 1, presence: 'both' }],
    });
  });

  it('calls a change on both sides a conflict', () => {
    const states = agreeing();
    states.source.fields.vendor = 'Nord';
    states.remote.fields.vendor = 'Wind';
    expect(compared(states).row('vendor')).toMatchObject({
      catalog: 'Nord',
      agreed: 'Nordwind',
      shopify: 'Wind',
      verdict: 'conflict',
    });
  });

  it('shows both spellings of an agreed pair, and no difference', () => {
    const states = agreeing();
    states.base.fields.handle = { source: 'tent', remote: 'tent-1' };
    states.remote.fields.handle = 'tent-1';
    expect(compared(states).row('handle')).toMatchObject({
      agreed: 'tent (Shopify: tent-1)',
      verdict: 'same',
    });
  });

  it('counts what one side does not have once', () => {
    const { source } = agreeing();
    const { comparison, row } = compared({ source, base: null, remote: null });
    expect(comparison.differences).toBe(1);
    expect(row('title')).toMatchObject({ agreed: null, shopify: '', verdict: 'to-shopify' });
    expect(comparison.variants[0]).toMatchObject({ presence: 'catalog', differences: 0 });
  });

  it('leaves alone a variant that only Shopify has', () => {
    const states = agreeing();
    const extra = structuredClone(states.remote.variants[0]!);
    states.remote.variants.push({
      ...extra,
      id: 'gid://shopify/ProductVariant/2',
      optionValues: ['XL'],
      fields: { ...extra.fields, sku: 'XL' },
    });
    const { comparison } = compared(states);
    expect(comparison.differences).toBe(0);
    expect(comparison.variants[1]).toMatchObject({ presence: 'shopify', title: 'XL' });
    expect(comparison.variants[1]!.fields.every(({ verdict }) => verdict === 'only-in-shopify')).toBe(true);
  });

  it('has something to show for a product that nobody has any more', () => {
    expect(compareStates({ source: null, base: null, remote: null }, settings)).toMatchObject({
      differences: 0,
      variants: [],
    });
  });
});
