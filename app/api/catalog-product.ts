/** A product of the catalog in the API's JSON: what is answered, what may be sent, and how the catalog understands it. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type {
  CatalogProductState,
  CatalogVariantState,
  MetafieldPatch,
  ProductPatch,
  VariantPatch,
} from '~/core/catalog-product';
import { amount, canonicalAmount, id, named } from './schemas';

const statuses = z.enum(['ACTIVE', 'DRAFT', 'ARCHIVED', 'UNLISTED']);
const weightUnits = z.enum(['GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS']);
const inventoryPolicies = z.enum(['DENY', 'CONTINUE']);

const metafield = named(
  'Metafield',
  z.object({ namespace: z.string(), key: z.string(), type: z.string(), value: z.string() }),
);

const variant = named(
  'CatalogVariant',
  z.object({
    id,
    option_values: z.array(z.string()).describe('One for each option of the product.'),
    sku: z.string().nullable(),
    barcode: z.string().nullable(),
    price: z.string(),
    compare_at_price: z.string().nullable(),
    cost: z.string().nullable(),
    taxable: z.boolean(),
    tax_code: z.string().nullable(),
    tracked: z.boolean(),
    inventory_policy: inventoryPolicies,
    requires_shipping: z.boolean(),
    weight: z.object({ value: z.string(), unit: weightUnits }).nullable(),
    harmonized_system_code: z.string().nullable(),
    country_code_of_origin: z.string().nullable(),
    image_url: z.string().nullable(),
    inventory: z
      .record(z.string(), z.int())
      .describe('Available units by location name; "" is the default location.'),
    metafields: z.array(metafield),
  }),
);

/** A product as it is answered. */
export const catalogProduct = named(
  'CatalogProduct',
  z.object({
    id,
    handle: z.string(),
    title: z.string(),
    description_html: z.string(),
    vendor: z.string(),
    product_type: z.string(),
    category: z.string().nullable().describe("Shopify's taxonomy: an id, or the full name."),
    tags: z.array(z.string()),
    status: statuses,
    published: z.boolean(),
    gift_card: z.boolean(),
    seo_title: z.string().nullable(),
    seo_description: z.string().nullable(),
    template_suffix: z.string().nullable(),
    options: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
    images: z.array(z.object({ url: z.string(), alt: z.string(), kind: z.string() })),
    variants: z.array(variant),
    metafields: z.array(metafield),
  }),
);

/** "12.5" as "12.50". */
function money(text: string): string;
function money(text: string | null): string | null;
function money(text: string | null): string | null {
  if (text === null) return null;
  const value = new Decimal(text);
  return value.toFixed(Math.max(2, value.decimalPlaces()));
}

function variantJson(state: CatalogVariantState, urls: Map<string, string>): z.input<typeof variant> {
  const { fields } = state;
  return {
    id: state.id,
    option_values: state.optionValues,
    sku: fields.sku,
    barcode: fields.barcode,
    price: money(fields.price),
    compare_at_price: money(fields.compareAtPrice),
    cost: money(fields.cost),
    taxable: fields.taxable,
    tax_code: fields.taxCode,
    tracked: fields.tracked,
    inventory_policy: fields.inventoryPolicy,
    requires_shipping: fields.requiresShipping,
    weight: fields.weightValue === null ? null : { value: fields.weightValue, unit: fields.weightUnit },
    harmonized_system_code: fields.harmonizedSystemCode,
    country_code_of_origin: fields.countryCodeOfOrigin,
    image_url: state.mediaId === null ? null : (urls.get(state.mediaId) ?? null),
    inventory: state.stock,
    metafields: state.metafields,
  };
}

export function catalogProductJson(state: CatalogProductState): z.input<typeof catalogProduct> {
  const { fields } = state;
  const urls = new Map(state.media.map(({ id: mediaId, url }) => [mediaId, url]));
  return {
    id: state.id,
    handle: fields.handle,
    title: fields.title,
    description_html: fields.descriptionHtml,
    vendor: fields.vendor,
    product_type: fields.productType,
    category: fields.category,
    tags: fields.tags,
    status: fields.status,
    published: fields.published,
    gift_card: fields.giftCard,
    seo_title: fields.seoTitle,
    seo_description: fields.seoDescription,
    template_suffix: fields.templateSuffix,
    options: state.options,
    images: state.media.map(({ url, alt, kind }) => ({ url, alt, kind })),
    variants: state.variants.map((one) => variantJson(one, urls)),
    metafields: state.metafields,
  };
}

const line = z.string().trim().max(255);
const filledLine = line.min(1);
const ADDRESS = 'Send the whole address of the picture, beginning with https://.';
const address = z
  .string()
  .max(2_048)
  .regex(/^https?:\/\/\S+$/, ADDRESS)
  .refine((text) => URL.canParse(text), ADDRESS);

const metafieldPatch = z.strictObject({
  namespace: z.string().regex(/^[\w-]{1,255}$/, 'Send letters, digits, _ and -, such as "custom".'),
  key: z.string().regex(/^[\w-]{1,64}$/, 'Send letters, digits, _ and -, such as "care".'),
  type: z
    .string()
    .regex(/^[\w.]{1,100}$/, 'Send a type of Shopify, such as "single_line_text_field".')
    .optional()
    .describe('Absent: the type it has, or the usual one for its key.'),
  value: z.string().max(100_000).nullable().describe('Null takes the metafield away.'),
});

const MOST_VARIANTS = 2_048;
const MOST_IMAGES = 250;
const MOST_TAGS = 250;
const MOST_UNITS = 1_000_000_000;

const tag = filledLine.regex(/^[^,]*$/, 'Send a tag without commas; each tag is an entry of its own.');

const variantPatch = z.strictObject({
  option_values: z
    .array(filledLine)
    .max(3)
    .optional()
    .describe('One for each option. Absent: the SKU says which variant it is.'),
  sku: filledLine.nullable().optional(),
  barcode: filledLine.nullable().optional(),
  price: amount.optional(),
  compare_at_price: amount.nullable().optional(),
  cost: amount.nullable().optional(),
  taxable: z.boolean().optional(),
  tax_code: filledLine.nullable().optional(),
  tracked: z.boolean().optional(),
  inventory_policy: inventoryPolicies.optional(),
  requires_shipping: z.boolean().optional(),
  weight_grams: z
    .string()
    .regex(/^\d{1,10}(\.\d{1,6})?$/, 'Send grams as text, digits with a point, such as "1250.5".')
    .nullable()
    .optional(),
  weight_unit: weightUnits.optional().describe('The unit that the weight is shown in.'),
  harmonized_system_code: z
    .string()
    .regex(/^\d{6,13}$/, 'Send 6 to 13 digits.')
    .nullable()
    .optional(),
  country_code_of_origin: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Send two capital letters, such as "DE".')
    .nullable()
    .optional(),
  image_url: address.nullable().optional().describe('One of the product’s pictures, or a new one.'),
  inventory: z
    .record(z.string().max(255), z.int().min(-MOST_UNITS).max(MOST_UNITS).nullable())
    .optional()
    .describe('Available units by location name; "" is the default location, null takes the level away.'),
  metafields: z.array(metafieldPatch).max(250).optional(),
});

/** What may be sent of a product: what is absent stays, null or empty clears. */
export const productPatch = named(
  'CatalogProductPatch',
  z.strictObject({
    handle: z
      .string()
      .regex(
        /^[^\s/?#\p{Lu}]{1,255}$/u,
        'Send it in lower case without spaces and without / ? #, such as "trail-tent".',
      )
      .describe('Says which product it is; one that the catalog does not have is made.'),
    title: filledLine.optional(),
    description_html: z.string().max(500_000).optional(),
    vendor: line.optional(),
    product_type: line.optional(),
    category: z
      .string()
      .min(1)
      .max(1_000)
      .nullable()
      .optional()
      .describe('An id of Shopify’s taxonomy, or the full name: "Apparel & Accessories > Clothing".'),
    tags: z.array(tag).max(MOST_TAGS).optional(),
    status: statuses.optional(),
    published: z.boolean().optional(),
    gift_card: z.boolean().optional(),
    seo_title: z.string().max(5_000).nullable().optional(),
    seo_description: z.string().max(50_000).nullable().optional(),
    template_suffix: filledLine.nullable().optional(),
    options: z.array(filledLine).max(3).optional().describe('Names of the options, in order.'),
    variants: z
      .array(variantPatch)
      .max(MOST_VARIANTS)
      .optional()
      .describe('Variants to write, found by option values, then by SKU; others stay.'),
    images: z
      .array(
        z.strictObject({
          url: address,
          alt: z.string().max(512).optional(),
          position: z.int().min(1).max(MOST_IMAGES).optional(),
        }),
      )
      .max(MOST_IMAGES)
      .optional()
      .describe('Pictures, found by address; others stay.'),
    replace_images: z.boolean().optional().describe('True: these pictures are all there shall be.'),
    metafields: z.array(metafieldPatch).max(250).optional(),
  }),
);

type PatchJson = z.output<typeof productPatch>;

/** The object without the members that are undefined: absent says "keep", which undefined must not clear. */
function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> };
function present(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

const clearable = (text: string | null | undefined) =>
  text === undefined || text === null ? text : canonicalAmount(text);

function distinctTags(tags: string[] | undefined): string[] | undefined {
  return tags && [...new Map(tags.toReversed().map((one) => [one.toLowerCase(), one])).values()].reverse();
}

const metafields = (patches: z.output<typeof metafieldPatch>[] = []): MetafieldPatch[] =>
  patches.map(({ namespace, key, type, value }) => ({ namespace, key, type: type ?? null, value }));

/** `line`: its place among the variants, from 1. */
function variantPatchOf(json: z.output<typeof variantPatch>, index: number): VariantPatch {
  const weightGrams = clearable(json.weight_grams);
  return {
    line: index + 1,
    fields: present({
      sku: json.sku,
      barcode: json.barcode,
      price: json.price === undefined ? undefined : canonicalAmount(json.price),
      compareAtPrice: clearable(json.compare_at_price),
      cost: clearable(json.cost),
      taxable: json.taxable,
      taxCode: json.tax_code,
      tracked: json.tracked,
      inventoryPolicy: json.inventory_policy,
      requiresShipping: json.requires_shipping,
      weightUnit: json.weight_unit,
      harmonizedSystemCode: json.harmonized_system_code,
      countryCodeOfOrigin: json.country_code_of_origin,
    }),
    ...(weightGrams === undefined ? {} : { weightGrams }),
    optionValues: json.option_values ?? [],
    ...(json.image_url === undefined ? {} : { mediaUrl: json.image_url }),
    metafields: metafields(json.metafields),
    stock: json.inventory ?? {},
    extra: {},
  };
}

/** What the catalog makes of it. Line 0 is the product itself, line n its nth variant. */
export function patchOf(json: PatchJson): ProductPatch {
  const variants = (json.variants ?? []).map(variantPatchOf);
  return {
    handle: json.handle,
    lines: [0, ...variants.map((one) => one.line)],
    fields: present({
      title: json.title,
      descriptionHtml: json.description_html,
      vendor: json.vendor,
      productType: json.product_type,
      category: json.category,
      tags: distinctTags(json.tags),
      status: json.status,
      published: json.published,
      giftCard: json.gift_card,
      seoTitle: json.seo_title,
      seoDescription: json.seo_description,
      templateSuffix: json.template_suffix,
    }),
    optionNames: json.options ?? [],
    variants,
    replacesMedia: json.replace_images ?? false,
    media: (json.images ?? []).map(({ url, alt, position }) => ({
      line: 0,
      url,
      position: position ?? null,
      ...(alt === undefined ? {} : { alt }),
    })),
    metafields: metafields(json.metafields),
    extra: {},
  };
}
