/** Products in their three states, for property tests. */
import fc from 'fast-check';
import type {
  MetafieldState,
  OptionState,
  ProductFields,
  RemoteProduct,
  RemoteVariant,
  SourceMedia,
  SourceProduct,
  SourceVariant,
  VariantFields,
} from './product-state';

export const LOCATIONS = ['gid://shopify/Location/1', 'gid://shopify/Location/2'];

const money = fc.constantFrom('0.00', '9.90', '12.50', '19.99', '100.00');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 2 });

const productFields: fc.Arbitrary<ProductFields> = fc.record({
  title: fc.constantFrom('Tent', 'Shirt', 'Mug '),
  descriptionHtml: fc.constantFrom('', '<p>Warm</p>', '<p>Warm<br></p>\r\n'),
  handle: fc.constantFrom('tent', 'shirt', 'mug'),
  vendor: fc.constantFrom('Acme', 'Orbit'),
  productType: fc.constantFrom('', 'Outdoor'),
  category: maybe(fc.constantFrom('gid://shopify/TaxonomyCategory/aa', 'gid://shopify/TaxonomyCategory/bb')),
  status: fc.constantFrom('ACTIVE', 'DRAFT'),
  published: fc.boolean(),
  seoTitle: maybe(fc.constantFrom('Buy', 'See')),
  seoDescription: maybe(fc.constantFrom('Now')),
  templateSuffix: maybe(fc.constantFrom('wide')),
});

const variantFields: fc.Arbitrary<VariantFields> = fc.record({
  price: money,
  compareAtPrice: maybe(money),
  cost: maybe(money),
  sku: maybe(fc.constantFrom('A-1', 'A-2', 'a-3')),
  barcode: maybe(fc.constantFrom('123', '456')),
  taxable: fc.boolean(),
  taxCode: maybe(fc.constantFrom('P000')),
  tracked: fc.constant(true),
  inventoryPolicy: fc.constantFrom('DENY', 'CONTINUE'),
  requiresShipping: fc.boolean(),
  weight: maybe(
    fc.record({ value: fc.constantFrom('0', '1.5', '200'), unit: fc.constantFrom('KILOGRAMS', 'GRAMS') }),
  ),
  harmonizedSystemCode: maybe(fc.constantFrom('610910')),
  countryCodeOfOrigin: maybe(fc.constantFrom('DE', 'FR')),
  unitPriceMeasurement: maybe(
    fc.record({
      quantityValue: fc.constantFrom('1', '2.5'),
      quantityUnit: fc.constant('KG'),
      referenceValue: fc.constant(1),
      referenceUnit: fc.constant('KG'),
    }),
  ),
});

const metafields: fc.Arbitrary<Record<string, MetafieldState>> = fc
  .dictionary(
    fc.constantFrom('care', 'fit', 'size'),
    fc.oneof(
      fc.record({ type: fc.constant('single_line_text_field'), value: fc.constantFrom('cold', 'warm') }),
      fc.record({ type: fc.constant('number_decimal'), value: fc.constantFrom('1', '1.0', '2') }),
      fc.record({
        type: fc.constant('json'),
        value: fc.constantFrom('{"a":1,"b":2}', '{"b":2, "a":1}', '[]'),
      }),
    ),
    { maxKeys: 2, noNullPrototype: true },
  )
  .map((entries) =>
    Object.fromEntries(
      Object.entries(entries).map(([key, { type, value }]) => [
        `custom.${key}`,
        { namespace: 'custom', key, type, value },
      ]),
    ),
  );

export const tags = fc.uniqueArray(
  fc.constantFrom('Sale', 'sale', ' Sale ', 'Camping', 'NEW', 'new', 'red'),
  {
    maxLength: 4,
    selector: (tag) => tag.trim().toLowerCase(),
  },
);

const inventory = fc
  .record({ first: maybe(fc.nat(9)), second: maybe(fc.nat(9)) })
  .map(({ first, second }): Record<string, number> => ({
    ...(first !== null && { [LOCATIONS[0] ?? '']: first }),
    ...(second !== null && { [LOCATIONS[1] ?? '']: second }),
  }));

const optionStructures: fc.Arbitrary<OptionState[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<OptionState[]>([{ name: 'Title', values: ['Default Title'] }]) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        sizes: fc.shuffledSubarray(['S', 'M', 'L', 'XL'], { minLength: 1, maxLength: 3 }),
        colors: fc.shuffledSubarray(['Red', 'Blue'], { minLength: 1 }),
        second: fc.constantFrom(null, 'Color', 'Colour'),
      })
      .map(({ sizes, colors, second }) => [
        { name: 'Size', values: sizes },
        ...(second === null ? [] : [{ name: second, values: colors }]),
      ]),
  },
);

function combinations(options: OptionState[]): string[][] {
  return options.reduce<string[][]>(
    (all, { values }) => all.flatMap((names) => values.map((value) => [...names, value])),
    [[]],
  );
}

/** The options with only the values that variants use, as both the catalog and Shopify state them. */
export function usedOptions(options: OptionState[], variants: { optionValues: string[] }[]): OptionState[] {
  return options.map(({ name, values }, index) => {
    const used = new Set(variants.map((variant) => variant.optionValues[index] ?? ''));
    return { name, values: [...new Set([...values.filter((value) => used.has(value)), ...used])] };
  });
}

const pictures = fc.shuffledSubarray(['front', 'back', 'side'], { maxLength: 3 });
const alts = fc.constantFrom('', 'Front', 'Seen from behind');

interface Bare {
  fields: ProductFields;
  tags: string[];
  metafields: Record<string, MetafieldState>;
  options: OptionState[];
  variants: Omit<RemoteVariant, 'id' | 'inventoryItemId' | 'mediaId'>[];
  media: { name: string; alt: string }[];
  /** Index of each variant's picture, taken modulo; -1: none. */
  shown: number[];
}

const bare: fc.Arbitrary<Bare> = optionStructures.chain((options) =>
  fc
    .record({
      fields: productFields,
      tags,
      metafields,
      chosen: fc.shuffledSubarray(combinations(options), { minLength: 1 }).map((all) => all.slice(0, 4)),
      each: fc.array(fc.record({ fields: variantFields, metafields, inventory }), {
        minLength: 4,
        maxLength: 4,
      }),
      media: pictures.chain((names) => fc.tuple(...names.map((name) => alts.map((alt) => ({ name, alt }))))),
      shown: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 4, maxLength: 4 }),
    })
    .map(({ chosen, each, ...rest }) => {
      const skus = new Set<string>();
      const variants = chosen.flatMap((optionValues, index) => {
        const own = each[index];
        if (!own) return [];
        const sku = own.fields.sku !== null && skus.has(own.fields.sku) ? null : own.fields.sku;
        if (sku !== null) skus.add(sku);
        return [{ ...own, fields: { ...own.fields, sku }, optionValues }];
      });
      return { ...rest, options: usedOptions(options, variants), variants };
    }),
);

const shownOf = <T extends { id: string }>({ shown }: Bare, index: number, media: T[]): string | null => {
  const at = shown[index] ?? -1;
  return at < 0 || media.length === 0 ? null : (media[at % media.length]?.id ?? null);
};

function asSource(product: Bare, unmanaged: ReadonlySet<string>, generation: number): SourceProduct {
  const managed = <F extends object>(fields: F): Partial<F> => {
    const kept: Partial<F> = {};
    for (const name in fields) if (!unmanaged.has(name)) kept[name] = fields[name];
    return kept;
  };
  const media: SourceMedia[] = product.media.map(({ name, alt }) => ({
    id: `m-${name}`,
    url: `https://cdn.example.com/${generation === 0 ? '' : 'new-'}${name}.jpg`,
    alt,
    kind: 'IMAGE',
  }));
  return {
    id: 'p',
    fields: managed(product.fields),
    giftCard: false,
    tags: product.tags,
    options: product.options,
    variants: product.variants.map(({ fields, ...variant }, index): SourceVariant => ({
      ...variant,
      id: `v-${variant.optionValues.join('-')}`,
      fields: managed(fields),
      mediaId: shownOf(product, index, media),
    })),
    media,
    metafields: product.metafields,
  };
}

function asRemote(product: Bare): RemoteProduct {
  const media = product.media.map(({ name, alt }) => ({
    id: `gid://shopify/MediaImage/${name}`,
    url: `https://cdn.shopify.com/files/${name}.jpg?v=1`,
    alt,
    kind: 'IMAGE' as const,
    status: 'READY' as const,
  }));
  return {
    id: 'gid://shopify/Product/1',
    fields: product.fields,
    giftCard: false,
    tags: product.tags.map((tag) => tag.trim()),
    options: product.options,
    variants: product.variants.map((variant, index) => ({
      ...variant,
      id: `gid://shopify/ProductVariant/${variant.optionValues.join('-')}`,
      inventoryItemId: `gid://shopify/InventoryItem/${variant.optionValues.join('-')}`,
      mediaId: shownOf(product, index, media),
    })),
    media,
    metafields: product.metafields,
  };
}

const unmanaged = fc
  .subarray(['vendor', 'category', 'published', 'cost', 'weight', 'barcode'])
  .map((names) => new Set<string>(names));

/** A product of the catalog; its ids are told by its content, so that two of them meet in what they share. */
export const sourceProducts: fc.Arbitrary<SourceProduct> = fc
  .record({ product: bare, unmanaged, generation: fc.constantFrom(0, 0, 0, 1) })
  .map(({ product, unmanaged, generation }) => asSource(product, unmanaged, generation));

/** A product of the store. */
export const remoteProducts: fc.Arbitrary<RemoteProduct> = bare.map(asRemote);

/** A source with all fields managed and the store's product that holds the same. */
export const twins = bare.map((product) => ({
  source: asSource(product, new Set(), 0),
  remote: asRemote(product),
}));
