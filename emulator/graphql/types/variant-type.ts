/** Fields of ProductVariant. */
import { availableInAll } from '../../catalog/inventory';
import { variantTitle } from '../../catalog/options';
import { itemOf } from '../../catalog/variants';
import { legacyId } from '../../state/gid';
import type { Product, UnitPriceMeasurement, Variant } from '../../state/product';
import type { Call, ResolverTable } from '../call';
import { paginate } from '../connection';
import type { PageArgs } from '../connection';
import { imageOf } from './media-type';
import { metafieldFields } from './metafield-type';
import { publishedAt } from './product-type';

function productOf(call: Call, variant: Variant): Product {
  const product = call.shop.products.get(variant.productId);
  if (!product) throw new Error(`Variant ${variant.id} has no product.`);
  return product;
}

const MEASURED_TYPES: readonly [RegExp, string][] = [
  [/^(ML|CL|L|M3|FLOZ|PT|QT|GAL)$/, 'VOLUME'],
  [/^(MG|G|KG|OZ|LB)$/, 'WEIGHT'],
  [/^(MM|CM|M|IN|FT|YD)$/, 'LENGTH'],
  [/^(M2|FT2)$/, 'AREA'],
  [/^ITEM$/, 'COUNT'],
];

export const variantTypes: ResolverTable = {
  ProductVariant: {
    ...metafieldFields,
    legacyResourceId: (variant: Variant) => legacyId(variant.id),
    defaultCursor: (variant: Variant) => Buffer.from(variant.id).toString('base64'),
    product: (variant: Variant, _args, call) => productOf(call, variant),
    inventoryItem: (variant: Variant, _args, call) => itemOf(call.shop, variant),
    inventoryQuantity: (variant: Variant, _args, call) => availableInAll(itemOf(call.shop, variant)),
    sellableOnlineQuantity: (variant: Variant, _args, call) => availableInAll(itemOf(call.shop, variant)),
    availableForSale: (variant: Variant, _args, call) => {
      const item = itemOf(call.shop, variant);
      return !item.tracked || variant.inventoryPolicy === 'CONTINUE' || availableInAll(item) > 0;
    },
    sku: (variant: Variant, _args, call) => itemOf(call.shop, variant).sku,
    title: (variant: Variant, _args, call) => variantTitle(productOf(call, variant), variant),
    displayName: (variant: Variant, _args, call) => {
      const product = productOf(call, variant);
      return `${product.title} - ${variantTitle(product, variant)}`;
    },
    position: (variant: Variant, _args, call) => productOf(call, variant).variantIds.indexOf(variant.id) + 1,
    selectedOptions: (variant: Variant, _args, call) => {
      const product = productOf(call, variant);
      return product.options.map((option, index) => {
        const value = option.values.find(({ id }) => id === variant.optionValueIds[index]);
        if (!value) throw new Error(`Variant ${variant.id} has no value for the option ${option.name}.`);
        return { name: option.name, value: value.name, optionValue: { ...value, product } };
      });
    },
    media: (variant: Variant, args: PageArgs, call, info) =>
      paginate(
        call,
        info,
        variant.mediaIds.flatMap((id) => call.shop.files.get(id) ?? []),
        args,
      ),
    image: (variant: Variant, _args, call) => {
      const file = call.shop.files.get(variant.mediaIds[0] ?? '');
      return file ? imageOf(call, file) : null;
    },
    publishedOnPublication: (variant: Variant, args: { publicationId: string }, call) =>
      productOf(call, variant).publishedOn.has(args.publicationId),
    publishedOnCurrentPublication: (variant: Variant, _args, call) =>
      publishedAt(call, productOf(call, variant)) !== null,
    unitPrice: () => null,
  },
  UnitPriceMeasurement: {
    measuredType: (measurement: UnitPriceMeasurement) =>
      MEASURED_TYPES.find(([pattern]) => pattern.test(measurement.quantityUnit ?? ''))?.[1] ?? null,
  },
};
