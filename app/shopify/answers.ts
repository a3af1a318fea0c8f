/** Shopify's answers, parsed once at the edge into the terms of the core. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { metafieldKey } from '~/core/apply-patch';
import type {
  MetafieldKey,
  MetafieldState,
  ProductFields,
  RemoteMedia,
  RemoteProduct,
  RemoteVariant,
  VariantFields,
} from '~/core/product-state';

const gid = z.string().startsWith('gid://');
const plainNumber = z.union([z.number(), z.string()]).transform((value) => new Decimal(value).toFixed());
const nodes = <T extends z.ZodType>(node: T) =>
  z.object({
    nodes: z.array(node),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }).optional(),
  });

const metafieldNode = z.object({
  namespace: z.string(),
  key: z.string(),
  type: z.string(),
  value: z.string(),
});

/** Every part is optional: a payload holds what was asked for. */
const variantNode = z.object({
  id: gid,
  updatedAt: z.coerce.date().optional(),
  title: z.string().optional(),
  price: plainNumber.optional(),
  compareAtPrice: plainNumber.nullish(),
  sku: z.string().nullish(),
  barcode: z.string().nullish(),
  taxable: z.boolean().optional(),
  taxCode: z.string().nullish(),
  inventoryPolicy: z.enum(['DENY', 'CONTINUE']).optional(),
  inventoryQuantity: z.number().nullish(),
  selectedOptions: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  unitPriceMeasurement: z
    .object({
      quantityValue: plainNumber,
      quantityUnit: z.string().nullable(),
      referenceValue: z.number(),
      referenceUnit: z.string().nullable(),
    })
    .nullish(),
  inventoryItem: z
    .object({
      id: gid.optional(),
      tracked: z.boolean().optional(),
      requiresShipping: z.boolean().optional(),
      harmonizedSystemCode: z.string().nullish(),
      countryCodeOfOrigin: z.string().nullish(),
      unitCost: z.object({ amount: plainNumber }).nullish(),
      measurement: z
        .object({
          weight: z
            .object({ value: plainNumber, unit: z.enum(['GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS']) })
            .nullish(),
        })
        .optional(),
      inventoryLevels: nodes(
        z.object({
          location: z.object({ id: gid }),
          quantities: z.array(z.object({ quantity: z.number() })),
        }),
      ).optional(),
    })
    .optional(),
  media: nodes(z.object({ id: gid })).optional(),
  metafields: nodes(metafieldNode).optional(),
});
export type VariantNode = z.infer<typeof variantNode>;

const mediaNode = z.object({
  id: gid,
  alt: z.string().nullable(),
  mediaContentType: z.enum(['IMAGE', 'VIDEO', 'EXTERNAL_VIDEO', 'MODEL_3D']),
  status: z.enum(['UPLOADED', 'PROCESSING', 'READY', 'FAILED']),
  preview: z.object({ image: z.object({ url: z.string() }).nullable() }).nullable(),
});

const optionNode = z.object({ name: z.string(), values: z.array(z.string()) });

export const productNode = z.object({
  id: gid,
  updatedAt: z.coerce.date().optional(),
  title: z.string(),
  descriptionHtml: z.string(),
  handle: z.string(),
  vendor: z.string(),
  productType: z.string(),
  status: z.enum(['ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED']),
  publishedAt: z.string().nullable(),
  templateSuffix: z.string().nullable(),
  isGiftCard: z.boolean(),
  tags: z.array(z.string()),
  category: z.object({ id: gid }).nullable(),
  seo: z.object({ title: z.string().nullable(), description: z.string().nullable() }),
  options: z.array(optionNode),
  media: nodes(mediaNode).optional(),
  metafields: nodes(metafieldNode).optional(),
  variants: nodes(variantNode),
});
export type ProductNode = z.infer<typeof productNode>;

const updatedProductNode = productNode
  .pick({
    title: true,
    descriptionHtml: true,
    handle: true,
    vendor: true,
    productType: true,
    status: true,
    templateSuffix: true,
    category: true,
  })
  .extend({ seo: productNode.shape.seo.partial() })
  .partial();

export const schemas = {
  product: productNode,
  updatedProduct: updatedProductNode,
  variant: variantNode,
  variants: z.array(variantNode),
  variantPage: nodes(variantNode),
  media: nodes(mediaNode),
  options: z.array(optionNode),
  metafield: metafieldNode,
  gid,
};

function metafieldsOf(list: z.infer<typeof metafieldNode>[]): Record<MetafieldKey, MetafieldState> {
  return Object.fromEntries(list.map((metafield) => [metafieldKey(metafield), metafield]));
}

/** The fields that the node holds; a field that was not asked for is absent. */
export function variantFields(node: VariantNode): Partial<VariantFields> {
  const {
    price,
    compareAtPrice,
    sku,
    barcode,
    taxable,
    taxCode,
    inventoryPolicy,
    unitPriceMeasurement: unit,
    inventoryItem: item,
  } = node;
  return {
    ...(price !== undefined && { price }),
    ...(compareAtPrice !== undefined && { compareAtPrice }),
    ...(sku !== undefined && { sku }),
    ...(barcode !== undefined && { barcode }),
    ...(taxable !== undefined && { taxable }),
    ...(taxCode !== undefined && { taxCode }),
    ...(inventoryPolicy !== undefined && { inventoryPolicy }),
    ...(unit !== undefined && {
      unitPriceMeasurement: unit && {
        ...unit,
        quantityUnit: unit.quantityUnit ?? '',
        referenceUnit: unit.referenceUnit ?? '',
      },
    }),
    ...(item?.tracked !== undefined && { tracked: item.tracked }),
    ...(item?.requiresShipping !== undefined && { requiresShipping: item.requiresShipping }),
    ...(item?.harmonizedSystemCode !== undefined && { harmonizedSystemCode: item.harmonizedSystemCode }),
    ...(item?.countryCodeOfOrigin !== undefined && { countryCodeOfOrigin: item.countryCodeOfOrigin }),
    ...(item?.unitCost !== undefined && { cost: item.unitCost?.amount ?? null }),
    ...(item?.measurement !== undefined && { weight: item.measurement.weight ?? null }),
  };
}

/** What a new or unread variant has where the answer does not say: nothing was sent, so nothing is there. */
const BARE: VariantFields = {
  price: '0',
  compareAtPrice: null,
  cost: null,
  sku: null,
  barcode: null,
  taxable: true,
  taxCode: null,
  tracked: false,
  inventoryPolicy: 'DENY',
  requiresShipping: true,
  weight: null,
  harmonizedSystemCode: null,
  countryCodeOfOrigin: null,
  unitPriceMeasurement: null,
};

/** Stock by location; where levels were not asked for, the total stands at the only place stock was sent to. */
function inventoryOf(node: VariantNode, onlyLocation: string | null): Record<string, number> {
  const levels = node.inventoryItem?.inventoryLevels?.nodes;
  if (levels)
    return Object.fromEntries(
      levels.map(({ location, quantities }) => [location.id, quantities[0]?.quantity ?? 0]),
    );
  return onlyLocation !== null && typeof node.inventoryQuantity === 'number'
    ? { [onlyLocation]: node.inventoryQuantity }
    : {};
}

/** A whole variant. `sent` tells what a create did not ask back because the answer cannot differ from it. */
export function remoteVariant(
  node: VariantNode,
  sent?: { optionValues: string[]; onlyLocation: string | null },
): RemoteVariant {
  return {
    id: node.id,
    inventoryItemId: node.inventoryItem?.id ?? '',
    fields: { ...BARE, ...variantFields(node) },
    optionValues: node.selectedOptions?.map(({ value }) => value) ?? sent?.optionValues ?? [],
    mediaId: node.media?.nodes[0]?.id ?? null,
    metafields: metafieldsOf(node.metafields?.nodes ?? []),
    inventory: inventoryOf(node, sent?.onlyLocation ?? null),
  };
}

/** The fields that productUpdate answered with. */
export function updatedFields(node: z.infer<typeof updatedProductNode>): Partial<ProductFields> {
  const { title, descriptionHtml, handle, vendor, productType, status, templateSuffix, category, seo } = node;
  return {
    ...(title !== undefined && { title }),
    ...(descriptionHtml !== undefined && { descriptionHtml }),
    ...(handle !== undefined && { handle }),
    ...(vendor !== undefined && { vendor }),
    ...(productType !== undefined && { productType }),
    ...(status !== undefined && { status }),
    ...(templateSuffix !== undefined && { templateSuffix }),
    ...(category !== undefined && { category: category?.id ?? null }),
    ...(seo?.title !== undefined && { seoTitle: seo.title }),
    ...(seo?.description !== undefined && { seoDescription: seo.description }),
  };
}

export function remoteMedia(list: z.infer<typeof mediaNode>[]): RemoteMedia[] {
  return list.map(({ id, alt, mediaContentType, status, preview }) => ({
    id,
    url: preview?.image?.url ?? null,
    alt: alt ?? '',
    kind: mediaContentType,
    status,
  }));
}

/** A whole product but for its variants. */
export function remoteProduct(node: ProductNode, variants: RemoteVariant[]): RemoteProduct {
  return {
    id: node.id,
    fields: {
      title: node.title,
      descriptionHtml: node.descriptionHtml,
      handle: node.handle,
      vendor: node.vendor,
      productType: node.productType,
      category: node.category?.id ?? null,
      status: node.status,
      published: node.publishedAt !== null,
      seoTitle: node.seo.title,
      seoDescription: node.seo.description,
      templateSuffix: node.templateSuffix,
    },
    giftCard: node.isGiftCard,
    tags: node.tags,
    options: node.options,
    variants,
    media: remoteMedia(node.media?.nodes ?? []),
    metafields: metafieldsOf(node.metafields?.nodes ?? []),
  };
}

/** Whether some list of the product was longer than the page that was asked for (its variants apart). */
export function isTruncated(node: ProductNode): boolean {
  const cut = (page: { pageInfo?: { hasNextPage: boolean } | undefined } | undefined) =>
    page?.pageInfo?.hasNextPage === true;
  return cut(node.media) || cut(node.metafields) || node.variants.nodes.some(isVariantTruncated);
}

export function isVariantTruncated(node: VariantNode): boolean {
  return (
    node.metafields?.pageInfo?.hasNextPage === true ||
    node.inventoryItem?.inventoryLevels?.pageInfo?.hasNextPage === true
  );
}
