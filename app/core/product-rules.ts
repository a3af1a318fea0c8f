/**
 * What the rules of a store say of a product as a whole: whether the store gets it, in which language its texts are, and whether it
 * stays a draft. What they make of its amounts: store-rules.ts.
 */
import type { MetafieldKey, MetafieldState, ProductStatus } from './product-state';

/** 'draft': what is for sale in the catalog is a draft in the store; what is archived stays archived. */
export const STATUS_RULES = ['catalog', 'draft'] as const;
export type StatusRule = (typeof STATUS_RULES)[number];

/**
 * What becomes of products that are not chosen. None is made in the store. What it has of them is left alone, either way; or
 * stays in step as a draft, so that nothing of it is for sale.
 */
export const OUTSIDE_RULES = ['leave', 'draft'] as const;
export type OutsideRule = (typeof OUTSIDE_RULES)[number];

/** Which products of the catalog the store gets; `search`: in Shopify's syntax, over what holds of whole products. */
export type ProductChoice = { by: 'all' } | { by: 'search'; search: string; outside: OutsideRule };

/** Texts of a product that a store can show in another language. */
export const RULED_TEXT_FIELDS = ['title', 'descriptionHtml', 'seoTitle', 'seoDescription'] as const;
export type RuledTextField = (typeof RULED_TEXT_FIELDS)[number];

/** The product's metafield ("custom.title_de") that holds the store's text; null: the catalog's own. */
export type TextRules = Record<RuledTextField, MetafieldKey | null>;

/** What a store does with one product: it has it like any other, leaves it alone, or does not sell it. */
export type ProductPlace = 'chosen' | 'left-alone' | 'off-sale';

export type RuledProductField = RuledTextField | 'status';

export const isOfProduct = (field: string): field is RuledProductField =>
  field === 'status' || RULED_TEXT_FIELDS.some((text) => text === field);

/** What the rules make of a product that their search finds, or does not find. */
export function placeOf({ products }: { products: ProductChoice }, isFound: boolean): ProductPlace {
  if (products.by === 'all' || isFound) return 'chosen';
  return products.outside === 'leave' ? 'left-alone' : 'off-sale';
}

export type RuledText = { ok: true; text: string } | { ok: false; message: string };

const TEXT_NAMES: Record<RuledTextField, string> = {
  title: 'title',
  descriptionHtml: 'description',
  seoTitle: 'page title',
  seoDescription: 'meta description',
};

/**
 * A product's text in the store; null: the catalog's own, also where the product has no such metafield or an empty one. A
 * description is HTML, as in the catalog.
 */
export function ruledText(
  { texts }: { texts: TextRules },
  field: RuledTextField,
  metafields: Readonly<Record<MetafieldKey, MetafieldState>>,
): RuledText | null {
  const key = texts[field];
  const metafield = key === null ? undefined : metafields[key];
  if (metafield === undefined || metafield.value.trim() === '') return null;
  if (/^(single|multi)_line_text_field$/.test(metafield.type)) return { ok: true, text: metafield.value };
  return {
    ok: false,
    message: `The rules of this store take its ${TEXT_NAMES[field]} from the metafield ${metafield.namespace}.${metafield.key}, which holds a ${metafield.type} and no plain text. Use a text field, or take the rule away.`,
  };
}

/** The status of a product in the store; null: the rules leave it alone. */
export function ruledStatus(
  { status }: { status: StatusRule },
  held: ProductStatus | undefined,
  place: ProductPlace,
): ProductStatus | null {
  const isDraft = status === 'draft' || place === 'off-sale';
  return isDraft && held !== undefined && held !== 'ARCHIVED' ? 'DRAFT' : null;
}
