/** The GraphQL of the operations that carry variants. */
import { MUTATION_POINTS, carriedPoints } from '~/core/cost';
import type { OperationFor } from '~/core/operation';
import type { SourceProduct, SourceVariant } from '~/core/product-state';
import * as documents from './documents';
import { VARIANT_FIELD_PATHS, productInput, variantInput } from './fields';
import { allBut, metafieldInput, mutation, pathsOf } from './prepared-call';
import type { PreparedCall, ShopContext } from './prepared-call';

/** Parts of a variant that cost points to ask for, and when a new variant has them. What was not sent need not be asked. */
function unneededOfVariants(variants: readonly SourceVariant[]): Set<string> {
  const has = (part: (variant: SourceVariant) => unknown) => variants.some((variant) => part(variant));
  const omit = new Set<string>(['VariantParts.selectedOptions']);
  if (!has(({ fields }) => fields.cost)) omit.add('VariantParts.inventoryItem.unitCost');
  if (!has(({ fields }) => fields.weight)) omit.add('VariantParts.inventoryItem.measurement');
  if (!has(({ fields }) => fields.unitPriceMeasurement)) omit.add('VariantParts.unitPriceMeasurement');
  if (!has(({ mediaId }) => mediaId)) omit.add('VariantParts.media');
  // Stock at one place is the variant's inventoryQuantity, which is free.
  if (!has(({ inventory }) => Object.keys(inventory).length > 1))
    omit.add('VariantParts.inventoryItem.inventoryLevels');
  return omit;
}

const metafieldCount = (variants: readonly SourceVariant[]) =>
  variants.reduce((most, variant) => Math.max(most, Object.keys(variant.metafields).length), 0);

/** ProductVariantSetInput of a variant that Shopify does not have, but for its option values and picture. */
function newVariant({ fields, metafields, inventory }: SourceVariant): Record<string, unknown> {
  return {
    ...variantInput(fields, 'set'),
    ...(Object.keys(metafields).length > 0 && { metafields: Object.values(metafields).map(metafieldInput) }),
    ...(Object.keys(inventory).length > 0 && {
      inventoryQuantities: Object.entries(inventory).map(([locationId, quantity]) => ({
        locationId,
        name: 'available',
        quantity,
      })),
    }),
  };
}

function createInput(product: SourceProduct): Record<string, unknown> {
  const { published: _published, ...fields } = product.fields;
  const media = new Map(product.media.map((item) => [item.id, item]));
  const file = (id: string | null) => {
    const item = id === null ? undefined : media.get(id);
    return item && { originalSource: item.url, alt: item.alt, contentType: item.kind };
  };
  return {
    ...productInput(fields),
    ...(product.giftCard && { giftCard: true }),
    tags: product.tags,
    productOptions: product.options.map(({ name, values }) => ({
      name,
      values: values.map((value) => ({ name: value })),
    })),
    files: product.media.map((item) => file(item.id)),
    metafields: Object.values(product.metafields).map(metafieldInput),
    variants: product.variants.map((variant) => ({
      ...newVariant(variant),
      optionValues: variant.optionValues.map((name, index) => ({
        optionName: product.options[index]?.name ?? '',
        name,
      })),
      ...(variant.mediaId !== null && { file: file(variant.mediaId) }),
    })),
  };
}

/** A whole product. */
export function productCreate(
  { product }: OperationFor<'product-create'>,
  { locations }: ShopContext,
): PreparedCall {
  const { variants, media, metafields } = product;
  return mutation(
    documents.PRODUCT_CREATE,
    { identifier: { handle: product.fields.handle ?? '' }, input: createInput(product) },
    {
      omit: unneededOfVariants(variants),
      sizes: {
        variants: variants.length,
        media: media.length,
        metafields: Object.keys(metafields).length,
        variantMetafields: metafieldCount(variants),
        levels: locations,
      },
      ownPoints:
        MUTATION_POINTS +
        carriedPoints({
          variants: variants.length,
          variantFiles: variants.filter((variant) => variant.mediaId !== null).length,
          variantMetafields: variants.reduce(
            (sum, variant) => sum + Object.keys(variant.metafields).length,
            0,
          ),
          productFiles: media.length,
          productMetafields: Object.keys(metafields).length,
        }),
    },
  );
}

/** The options and the whole list of variants. */
export function optionsSet({ remoteId, options, variants }: OperationFor<'options-set'>): PreparedCall {
  return mutation(
    documents.OPTIONS_SET,
    {
      identifier: { id: remoteId },
      input: {
        productOptions: options.map(({ name, values }) => ({
          name,
          values: values.map((value) => ({ name: value })),
        })),
        variants: variants.map(({ remoteId: id, optionValues, created }) => ({
          ...(id !== null && { id }),
          ...(created && newVariant(created)),
          optionValues: optionValues.map((name, index) => ({ optionName: options[index]?.name ?? '', name })),
        })),
      },
    },
    {
      ownPoints:
        MUTATION_POINTS +
        carriedPoints({
          variants: variants.length,
          variantMetafields: variants.reduce(
            (sum, { created }) => sum + Object.keys(created?.metafields ?? {}).length,
            0,
          ),
        }),
    },
  );
}

export function variantsCreate(
  { remoteId, options, variants }: OperationFor<'variants-create'>,
  { locations }: ShopContext,
): PreparedCall {
  const sources = variants.map(({ variant }) => variant);
  const withMedia = variants.filter(({ mediaId }) => mediaId !== null).length;
  const omit = unneededOfVariants(sources);
  if (withMedia === 0) omit.add('VariantParts.media');
  return mutation(
    documents.VARIANTS_CREATE,
    {
      productId: remoteId,
      rows: variants.map(({ variant, mediaId }) => ({
        ...variantInput(variant.fields, 'bulk'),
        optionValues: variant.optionValues.map((name, index) => ({ optionName: options[index] ?? '', name })),
        ...(mediaId !== null && { mediaId }),
        ...(Object.keys(variant.metafields).length > 0 && {
          metafields: Object.values(variant.metafields).map(metafieldInput),
        }),
        ...(Object.keys(variant.inventory).length > 0 && {
          inventoryQuantities: Object.entries(variant.inventory).map(([locationId, availableQuantity]) => ({
            locationId,
            availableQuantity,
          })),
        }),
      })),
    },
    {
      omit,
      sizes: { variantMetafields: metafieldCount(sources), levels: locations },
      ownPoints:
        MUTATION_POINTS +
        carriedPoints({
          variants: variants.length,
          variantFiles: withMedia,
          variantMetafields: sources.reduce(
            (sum, variant) => sum + Object.keys(variant.metafields).length,
            0,
          ),
        }),
    },
  );
}

const VARIANT_PAYLOAD = [
  'product',
  ...[...Object.values(VARIANT_FIELD_PATHS), 'selectedOptions', 'media'].map(
    (path) => `productVariants.${path}`,
  ),
];

export function variantsUpdate({ remoteId, variants }: OperationFor<'variants-update'>): PreparedCall {
  const kept = new Set<string>();
  for (const { fields, optionValues, mediaId } of variants) {
    for (const path of pathsOf(VARIANT_FIELD_PATHS, fields)) kept.add(`productVariants.${path}`);
    if (optionValues) for (const path of ['productVariants.selectedOptions', 'product']) kept.add(path);
    if (mediaId !== undefined) kept.add('productVariants.media');
  }
  return mutation(
    documents.VARIANTS_UPDATE,
    {
      productId: remoteId,
      rows: variants.map(({ remoteId: id, fields, optionValues, mediaId }) => ({
        id,
        ...variantInput(fields, 'bulk'),
        ...(optionValues && { optionValues }),
        ...(mediaId !== undefined && { mediaId }),
      })),
    },
    {
      omit: allBut(VARIANT_PAYLOAD, kept),
      ownPoints:
        MUTATION_POINTS +
        carriedPoints({
          variants: variants.length,
          variantFiles: variants.filter((variant) => variant.mediaId !== undefined).length,
        }),
    },
  );
}
