/** A store's catalog written out whole, for tests that read it back. */
import { metafieldKey } from '../catalog/metafields';
import { combinationOf, variantTitle } from '../catalog/options';
import { itemOf, variantsOf } from '../catalog/variants';
import type { Metafields, Product, Variant } from './product';
import type { Shop } from './shop';

const metafieldsOf = (metafields: Metafields) =>
  Object.fromEntries(
    [...metafields.values()].map(({ namespace, key, type, value }) => [
      metafieldKey(namespace, key),
      { type, value },
    ]),
  );

function variantDump(shop: Shop, product: Product, variant: Variant) {
  const {
    id: inventoryItemId,
    levels,
    createdAt: _created,
    updatedAt: _updated,
    variantId: _variant,
    ...item
  } = itemOf(shop, variant);
  return {
    id: variant.id,
    title: variantTitle(product, variant),
    optionValues: combinationOf(product, variant),
    price: variant.price,
    compareAtPrice: variant.compareAtPrice,
    barcode: variant.barcode,
    taxable: variant.taxable,
    taxCode: variant.taxCode,
    inventoryPolicy: variant.inventoryPolicy,
    showUnitPrice: variant.showUnitPrice,
    unitPriceMeasurement: variant.unitPriceMeasurement,
    mediaIds: variant.mediaIds,
    metafields: metafieldsOf(variant.metafields),
    inventoryItemId,
    ...item,
    /** location gid -> what is available there */
    inventory: Object.fromEntries(
      [...levels.values()].map(({ locationId, quantities }) => [locationId, quantities.available]),
    ),
    createdAt: variant.createdAt,
    updatedAt: variant.updatedAt,
  };
}

/** One product with everything that hangs off it; media with the address the client gave. */
export function productDump(shop: Shop, product: Product) {
  const { publishedOn, variantIds: _variants, mediaIds, metafields, options, ...fields } = product;
  return {
    ...fields,
    publishedOn: Object.fromEntries(publishedOn),
    options: options.map(({ id, name, values }) => ({ id, name, values: values.map((value) => value.name) })),
    media: mediaIds.flatMap((id) => {
      const file = shop.files.get(id);
      return file
        ? [
            {
              id,
              type: file.type,
              alt: file.alt,
              originalSource: file.originalSource,
              filename: file.filename,
            },
          ]
        : [];
    }),
    metafields: metafieldsOf(metafields),
    variants: variantsOf(shop, product).map((variant) => variantDump(shop, product, variant)),
  };
}

/** All products of a store, in order of creation. */
export function shopDump(shop: Shop) {
  return [...shop.products.values()].map((product) => productDump(shop, product));
}
