/** Groups of fields that a merchant gives one policy. */

export const FIELD_GROUPS = [
  'price',
  'inventory',
  'content',
  'organization',
  'status',
  'media',
  'variants',
  'metafields',
] as const;
export type FieldGroup = (typeof FIELD_GROUPS)[number];

const GROUP_OF: Readonly<Record<string, FieldGroup>> = {
  price: 'price',
  compareAtPrice: 'price',
  cost: 'price',
  unitPriceMeasurement: 'price',
  taxable: 'price',
  taxCode: 'price',
  inventory: 'inventory',
  title: 'content',
  descriptionHtml: 'content',
  handle: 'content',
  seoTitle: 'content',
  seoDescription: 'content',
  templateSuffix: 'content',
  vendor: 'organization',
  productType: 'organization',
  category: 'organization',
  tags: 'organization',
  status: 'status',
  published: 'status',
  media: 'media',
  mediaAlt: 'media',
  mediaOrder: 'media',
  variantMedia: 'media',
  metafield: 'metafields',
};

/** The group of a field as FieldPath names it ("price", "tags:Sale"); what a variant is and has of its own is "variants". */
export function fieldGroupOf(field: string): FieldGroup {
  return GROUP_OF[field.split(':', 1)[0] ?? ''] ?? 'variants';
}
