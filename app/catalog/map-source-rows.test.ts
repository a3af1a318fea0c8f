import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, keyText, keyValues, mappingProblems } from '~/core/source-mapping';
import { suggestMapping } from '~/core/suggest-mapping';
import type { RelationDescription, SourceMapping, SourceRow } from '~/core/source-mapping';
import { applyMappedProduct } from './apply-mapped-product';
import type { SourceIds } from './apply-mapped-product';
import { mapSourceRows } from './map-source-rows';

const column = (name: string, type = 'text') => ({
  name,
  type,
  isArray: type.endsWith('[]'),
  isNullable: true,
});
const relation: RelationDescription = {
  schema: 'shop',
  name: 'article',
  kind: 'table',
  columns: [
    column('style'),
    column('sku'),
    column('title'),
    column('brand'),
    column('price_cents', 'integer'),
    column('rrp', 'numeric(12,2)'),
    column('weight_g', 'integer'),
    column('tags', 'text[]'),
    column('color'),
    column('size'),
    column('stock', 'integer'),
  ],
  identity: ['style', 'sku'],
  primaryKey: ['style', 'sku'],
  replicaIdentity: 'default',
};
const mapping: SourceMapping = suggestMapping(relation);

const row = (changes: SourceRow = {}): SourceRow => ({
  ...{ style: 'T-1', sku: 'T-1-S', title: 'Tent', brand: 'Müller', price_cents: '1250', rrp: '19.90' },
  ...{ weight_g: '1800', tags: '["Sale"]', color: 'Green', size: 'S', stock: '4' },
  ...changes,
});
const second = (changes: SourceRow = {}) => row({ sku: 'T-1-M', size: 'M', ...changes });
const ids: SourceIds = {
  product: (key) => `product ${key}`,
  variant: (product, key) => `variant ${product} ${key}`,
  media: (product, url) => `media ${product} ${url}`,
};
const mapped = (rows: SourceRow[], by = mapping) => mapSourceRows(by, 'T-1', rows);
const productOf = (rows: SourceRow[], by = mapping) => {
  const { product, problems } = mapped(rows, by);
  if (product === null) throw new Error(JSON.stringify(problems));
  return product;
};

describe('suggested from the names of columns', () => {
  it('is a mapping that fits the table, with cents, grams and arrays told by their names and types', () => {
    expect(mappingProblems(mapping, relation)).toEqual([]);
    expect(mapping.productKey).toEqual(['style']);
    expect(mapping.variant.price).toMatchObject({
      column: 'price_cents',
      transform: { kind: 'minor-units' },
    });
    expect(mapping.variant.compareAtPrice).toMatchObject({ column: 'rrp', transform: { kind: 'decimal' } });
    expect(mapping.variant.weight?.transform).toMatchObject({ unit: 'GRAMS' });
    expect(mapping.product.tags?.transform).toEqual({ kind: 'json-list' });
    expect(mapping.options.map(({ name }) => name)).toEqual(['Color', 'Size']);
  });

  it('says which column is missing', () => {
    const without = { ...relation, columns: relation.columns.filter(({ name }) => name !== 'price_cents') };
    expect(mappingProblems(mapping, without)).toEqual([expect.objectContaining({ field: 'price_cents' })]);
  });
});

describe('keys', () => {
  it('of several columns are told apart, whatever they hold, and lead back to their values', () => {
    const values = fc.array(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(values, values, (one, other) => {
        const columns = ['a', 'b', 'c'].slice(0, one.length);
        const rowOf = (parts: string[]) =>
          Object.fromEntries(columns.map((name, index) => [name, parts[index] ?? null]));
        const key = keyText(columns, rowOf(one));
        expect(keyValues(columns, key ?? '')).toEqual(one);
        if (other.length === one.length && JSON.stringify(one) !== JSON.stringify(other))
          expect(keyText(columns, rowOf(other))).not.toBe(key);
      }),
    );
    expect(keyText(['a', 'b'], { a: 'x', b: null })).toBe(null);
  });
});

describe('the rows of a product', () => {
  it('become a product with a variant each', () => {
    expect(productOf([row(), second({ price_cents: '990', stock: '-2' })])).toEqual({
      key: 'T-1',
      fields: { title: 'Tent', vendor: 'Müller', tags: ['Sale'] },
      optionNames: ['Color', 'Size'],
      variants: [
        {
          key: 'T-1-S',
          fields: {
            tracked: true,
            sku: 'T-1-S',
            price: '12.5',
            compareAtPrice: '19.9',
            weightValue: '1800',
            weightUnit: 'GRAMS',
          },
          optionValues: ['Green', 'S'],
          metafields: [],
          stock: { '': 4 },
        },
        expect.objectContaining({
          key: 'T-1-M',
          fields: expect.objectContaining({ price: '9.9' }),
          optionValues: ['Green', 'M'],
          stock: { '': -2 },
        }),
      ],
      metafields: [],
    });
  });

  it('have no options where one row names none, and none that is blank on all', () => {
    expect(productOf([row({ color: null, size: '' })])).toMatchObject({
      optionNames: [],
      variants: [{ optionValues: [] }],
    });
    expect(productOf([row({ color: null }), second({ color: null })]).optionNames).toEqual(['Size']);
  });

  it.each([
    ['an empty title', [row({ title: ' ' })], 'title', /title is empty/],
    ['a price that is none', [row({ price_cents: '12.5' })], 'price_cents', /whole number/],
    ['no price', [row({ price_cents: null })], 'price_cents', /price is empty/],
    ['stock in parts', [row({ stock: '1.5' })], 'stock', /whole number/],
    ['a list that is none', [row({ tags: 'Sale' })], 'tags', /JSON/],
    ['an option missing on one row', [row(), second({ size: null })], 'size', /is empty/],
    ['the same options twice', [row(), second({ size: 'S' })], 'color, size', /same options/],
    ['the same variant key twice', [row(), second({ sku: 'T-1-S' })], 'sku', /same variant key/],
  ])('are refused whole for %s, and the cell is named', (_, rows, at, reason) => {
    const { product, problems } = mapped(rows);
    expect(product).toBe(null);
    expect(problems[0]).toMatchObject({ column: at, reason: expect.stringMatching(reason) });
    expect(problems[0]?.remedy).not.toBe('');
  });

  it('take what stands in for empty cells, and words by a table', () => {
    const by: SourceMapping = {
      ...mapping,
      product: {
        ...mapping.product,
        status: {
          column: 'color',
          otherwise: 'off',
          transform: { kind: 'words', words: { green: 'ACTIVE', off: 'DRAFT' } },
        },
      },
    };
    expect(productOf([row()], by).fields.status).toBe('ACTIVE');
    expect(productOf([row({ color: null })], by).fields.status).toBe('DRAFT');
    expect(mapped([row({ color: 'blue' })], by).problems[0]).toMatchObject({
      value: 'blue',
      column: 'color',
    });
  });
});

describe('in the catalog', () => {
  const rowsOf = fc.uniqueArray(fc.constantFrom('XS', 'S', 'M', 'L', 'XL'), { minLength: 1 }).chain((sizes) =>
    fc.tuple(
      ...sizes.map((size) =>
        fc
          .record({ price: fc.nat(99_999), stock: fc.option(fc.integer({ min: -5, max: 50 })) })
          .map(({ price, stock }) =>
            row({
              sku: `T-1-${size}`,
              size,
              price_cents: String(price),
              stock: stock === null ? null : String(stock),
            }),
          ),
      ),
    ),
  );

  it('are what they say, whatever the catalog held; taken over again they change nothing', () => {
    fc.assert(
      fc.property(rowsOf, rowsOf, (first, then) => {
        const one = productOf(first);
        const other = productOf(then);
        const before = applyMappedProduct(null, one, null, ids);
        const after = applyMappedProduct(before, other, one, ids);
        expect(after).toEqual(applyMappedProduct(after, other, null, ids));
        expect(after.id).toBe(before.id);
        expect(after.fields.handle).toBe(before.fields.handle);
        expect(
          after.variants.map(({ fields, optionValues, stock }) => [
            fields.sku,
            fields.price,
            optionValues,
            stock,
          ]),
        ).toEqual(
          other.variants.map(({ fields, optionValues, stock }) => [
            fields.sku,
            fields.price,
            optionValues,
            Object.fromEntries(Object.entries(stock).filter(([, level]) => level !== null)),
          ]),
        );
        const kept = new Map(before.variants.map(({ fields, id }) => [fields.sku, id]));
        for (const { fields, id } of after.variants)
          if (kept.has(fields.sku)) expect(id).toBe(kept.get(fields.sku));
      }),
    );
  });

  it('leave alone what was changed there while they did not move', () => {
    const rows = [row(), second()];
    const before = applyMappedProduct(null, productOf(rows), null, ids);
    const [variant] = before.variants;
    const edited = {
      ...before,
      fields: { ...before.fields, vendor: 'Edited' },
      variants: before.variants.map((one) =>
        one === variant
          ? { ...one, fields: { ...one.fields, price: '1' }, stock: { '': 99, Berlin: 3 } }
          : one,
      ),
    };
    const after = applyMappedProduct(
      edited,
      productOf([row({ title: 'New' }), second()]),
      productOf(rows),
      ids,
    );
    expect(after.fields).toMatchObject({ title: 'New', vendor: 'Edited' });
    expect(after.variants[0]).toMatchObject({ fields: { price: '1' }, stock: { '': 99, Berlin: 3 } });
  });

  it('read only the columns that are mapped', () => {
    expect(columnsOf(mapping)).not.toContain('internal_note');
    expect(new Set(columnsOf(mapping)).size).toBe(columnsOf(mapping).length);
  });
});
