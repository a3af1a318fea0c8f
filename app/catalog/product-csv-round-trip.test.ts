import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  CatalogMediaState,
  CatalogProductState,
  CatalogVariantState,
  ExtraColumns,
  StockByLocation,
} from '~/core/catalog-product';
import type { MetafieldState } from '~/core/product-state';
import { applyPatch } from './apply-patch';
import { clearMarker } from './product-csv-cells';
import { productCsvFormat } from './product-csv-format';
import { outlineCatalogFile, readProductCsv } from './product-csv-parse';

const shape = {
  productMetafields: [{ namespace: 'custom', key: 'care' }],
  variantMetafields: [{ namespace: 'custom', key: 'fit' }],
  extraColumns: ['Google Shopping / Gender', 'Price / Canada', 'Warehouse bin'],
  locations: ['Berlin'],
};

/** Text with what breaks CSV files: quotes, separators, line ends, marks, other scripts. */
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'Zelt',
      ' ',
      '"',
      ',',
      ';',
      '\n',
      '\r\n',
      '\r',
      '\t',
      "'",
      '<p>',
      'é',
      '漢',
      '👕',
      '=1+1',
      '\ufeff',
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''))
  .filter((value) => value.trim() !== clearMarker && (value === '' || value.trim() !== ''));
const filled = text.filter((value) => value !== '');
const nullable = fc.option(filled, { nil: null });
const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 /'"-]{0,10}[A-Za-z0-9]$/);
const code = fc.option(fc.stringMatching(/^'{0,2}[0-9A-D-]{1,14}$/), { nil: null });
const amount = fc
  .integer({ min: 0, max: 99_999_999 })
  .map((units) => String(Number((units / 10_000).toFixed(4))));
const weight = fc
  .integer({ min: 0, max: 99_999_999 })
  .map((units) => String(Number((units / 1000).toFixed(3))));

const variantFields = fc.record({
  sku: code,
  barcode: code,
  price: amount,
  compareAtPrice: fc.option(amount, { nil: null }),
  cost: fc.option(amount, { nil: null }),
  taxable: fc.boolean(),
  taxCode: fc.option(word, { nil: null }),
  tracked: fc.boolean(),
  inventoryPolicy: fc.constantFrom('DENY' as const, 'CONTINUE' as const),
  fulfillmentService: fc.constantFrom('manual', 'warehouse'),
  requiresShipping: fc.boolean(),
  weightValue: fc.option(weight, { nil: null }),
  weightUnit: fc.constantFrom('GRAMS' as const, 'KILOGRAMS' as const, 'OUNCES' as const, 'POUNDS' as const),
  harmonizedSystemCode: fc.option(fc.stringMatching(/^\d{6,13}$/), { nil: null }),
  countryCodeOfOrigin: fc.option(fc.constantFrom('FR', 'NO', 'JP'), { nil: null }),
  unitPriceMeasurement: fc.option(
    fc.record({
      quantityValue: amount,
      quantityUnit: fc.constantFrom('ML', 'G', 'M2'),
      referenceValue: fc.integer({ min: 1, max: 1000 }),
      referenceUnit: fc.constantFrom('L', 'KG', 'M2'),
    }),
    { nil: null },
  ),
});

const productFields = fc.record({
  handle: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/),
  title: word,
  descriptionHtml: text,
  vendor: fc.oneof(fc.constant(''), word),
  productType: fc.oneof(fc.constant(''), word),
  category: fc.constantFrom(
    null,
    'gid://shopify/TaxonomyCategory/aa-1-4',
    'Sporting Goods > Outdoor Recreation',
  ),
  tags: fc.uniqueArray(word, { maxLength: 5, selector: (tag) => tag.toLowerCase() }),
  status: fc.constantFrom('ACTIVE' as const, 'DRAFT' as const, 'ARCHIVED' as const, 'UNLISTED' as const),
  published: fc.boolean(),
  giftCard: fc.boolean(),
  seoTitle: nullable,
  seoDescription: nullable,
  templateSuffix: fc.option(word, { nil: null }),
});

const optionNames = fc.uniqueArray(fc.constantFrom('Size', 'Colour', 'Title', 'Länge'), { maxLength: 3 });
const extras = (header: string): fc.Arbitrary<ExtraColumns> =>
  fc.oneof(
    fc.constant({}),
    filled.map((value) => ({ [header]: value })),
  );
const metafields = (key: string): fc.Arbitrary<MetafieldState[]> =>
  fc.array(
    filled.map((value) => ({ namespace: 'custom', key, type: 'json', value })),
    { maxLength: 1 },
  );

const catalogProduct: fc.Arbitrary<CatalogProductState> = optionNames.chain((names) => {
  const value = fc.constantFrom('S', 'M', 'X"L', 'ö');
  const valuesOfOne = fc.array(value, { minLength: names.length, maxLength: names.length });
  const combinations: fc.Arbitrary<string[][]> = fc.uniqueArray(valuesOfOne, {
    minLength: 1,
    maxLength: names.length === 0 ? 1 : 6,
    selector: (values) => JSON.stringify(values),
  });
  const picture = fc.record({ number: fc.integer({ min: 1, max: 50 }), alt: text });
  const media = fc.uniqueArray(picture, { maxLength: 5, selector: ({ number }) => number }).map((pictures) =>
    pictures.map(({ number, alt }, index): CatalogMediaState => ({
      id: `m${number}`,
      url: `https://x.test/${number},a.jpg`,
      alt,
      kind: 'IMAGE',
      position: index + 1,
    })),
  );
  return fc
    .record({
      fields: productFields,
      combinations,
      media,
      variants: fc.array(
        fc.record({
          fields: variantFields,
          mediaIndex: fc.option(fc.nat(4), { nil: null }),
          metafields: metafields('fit'),
          stock: fc.constantFrom<StockByLocation>({}, { '': 3 }, { '': -2, Berlin: 0 }),
          extra: fc.oneof(extras('Price / Canada'), extras('Warehouse bin')),
        }),
        { minLength: 6, maxLength: 6 },
      ),
      metafields: metafields('care'),
      extra: extras('Google Shopping / Gender'),
    })
    .map(({ combinations: values, variants, media: pictures, ...product }) => {
      const rows = values.map((optionValues, index): CatalogVariantState => {
        const { mediaIndex, ...variant } = variants[index]!;
        const mediaId = mediaIndex === null ? null : (pictures[mediaIndex]?.id ?? null);
        return { id: `v${index}`, position: index + 1, optionValues, mediaId, ...variant };
      });
      const options = names.map((name, index) => ({
        name,
        values: [...new Set(values.map((each) => String(each[index])))],
      }));
      return { id: 'p', options, variants: rows, media: pictures, ...product };
    });
});

/** Writes the product as a file and imports the file into what is there. */
async function reimport(product: CatalogProductState, into: CatalogProductState | null, separator: string) {
  const format = productCsvFormat(shape);
  const rows = [format.header, ...format.rowsOf(product)];
  const content = Buffer.from(stringify(rows, { quoted_match: /[\r\n]/, delimiter: separator }));
  let ids = 0;
  const results = [];
  for await (const { patch, problems } of readProductCsv(content, await outlineCatalogFile(content))) {
    expect(problems).toEqual([]);
    results.push(applyPatch(into, patch!, () => `new-${(ids += 1)}`));
  }
  expect(results).toHaveLength(1);
  return results[0]!;
}

/** What a file does not carry: ids, positions, types of metafields. */
function withoutIds(product: CatalogProductState) {
  const url = (id: string | null) => product.media.find((media) => media.id === id)?.url ?? null;
  const value = (metafield: { value: string }) => metafield.value;
  return {
    ...product,
    id: null,
    media: product.media.map(({ url: address, alt }) => [address, alt]),
    metafields: product.metafields.map(value),
    variants: product.variants.map(({ id: _id, position: _position, mediaId, ...rest }) => ({
      ...rest,
      metafields: rest.metafields.map(value),
      image: url(mediaId),
    })),
  };
}

describe('export and import', () => {
  it('an export that is imported again changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(catalogProduct, fc.constantFrom(',', ';', '\t'), async (product, separator) => {
        const outcome = await reimport(product, product, separator);
        expect(outcome.problems).toEqual([]);
        expect(outcome.product).toEqual(product);
      }),
      { numRuns: 300 },
    );
  });

  it('an export that is imported into an empty catalog makes the same product', async () => {
    await fc.assert(
      fc.asyncProperty(catalogProduct, async (product) => {
        const outcome = await reimport(product, null, ',');
        expect(outcome.problems).toEqual([]);
        expect(withoutIds(outcome.product!)).toEqual(withoutIds(product));
      }),
      { numRuns: 300 },
    );
  });
});
