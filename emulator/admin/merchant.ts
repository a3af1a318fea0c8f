/** The merchant's hand: what somebody does to the store in its admin, past the app. */
import { Decimal } from 'decimal.js';
import { Change } from '../catalog/change';
import { adjustQuantity, setAvailable } from '../catalog/inventory';
import { slug } from '../catalog/handles';
import { applyProductFields, checkProductFields } from '../catalog/products';
import type { ProductFieldsInput } from '../catalog/products';
import { applyVariantFields, checkVariantFields, itemOf } from '../catalog/variants';
import type { VariantFieldsInput } from '../catalog/variants';
import type { EmulatorContext } from '../context';
import { discountedTotal } from '../orders/amounts';
import { legacyId } from '../state/gid';
import type { Gid } from '../state/gid';
import type { Order } from '../state/operations';
import type { Product } from '../state/product';
import type { Collection, Shop } from '../state/shop';
import { newGid } from '../state/state';

export interface VariantEdit extends VariantFieldsInput {
  variantId: Gid;
  /** What shall be available, by location. */
  available: { locationId: Gid; quantity: number }[];
}

export interface ProductEdit {
  fields: ProductFieldsInput;
  variants: VariantEdit[];
}

/** A price as a form gives it: empty clears it, anything else must be a number. */
function readsAsAmount(amount: string | null | undefined): boolean {
  return amount == null || /^-?\d+([.]\d+)?$/.test(amount);
}

/** Writes an edited product; answers what is wrong with it, in which case nothing was written. */
export function editProduct(
  context: EmulatorContext,
  shop: Shop,
  product: Product,
  edit: ProductEdit,
): string[] {
  const change = new Change(context, shop);
  const problems = checkProductFields(change, edit.fields, product, ['product']).map(
    (error) => error.message,
  );
  for (const { variantId, available, ...fields } of edit.variants) {
    const variant = shop.variants.get(variantId);
    if (variant?.productId !== product.id) problems.push(`The product has no variant ${variantId}.`);
    else if (![fields.price, fields.compareAtPrice].every(readsAsAmount))
      problems.push('A price must be a number.');
    else problems.push(...checkVariantFields(fields, ['variants'], variant).map((error) => error.message));
    if (available.some((one) => !Number.isSafeInteger(one.quantity)))
      problems.push('Stock must be a whole number.');
  }
  if (problems.length > 0) return problems;
  applyProductFields(change, product, edit.fields);
  for (const { variantId, available, ...fields } of edit.variants) {
    const variant = shop.variants.get(variantId);
    if (!variant) continue;
    applyVariantFields(change, variant, fields);
    const item = itemOf(shop, variant);
    for (const { locationId, quantity } of available) {
      if (item.levels.get(locationId)?.quantities.available !== quantity)
        setAvailable(change, item, locationId, quantity);
    }
  }
  change.commit();
  return [];
}

/** A collection of these products, chosen by hand. */
export function makeCollection(
  { state, clock }: Pick<EmulatorContext, 'state' | 'clock'>,
  shop: Shop,
  { title, productIds }: { title: string; productIds: Gid[] },
): Collection {
  const id = newGid(state, 'Collection');
  const handles = new Set([...shop.collections.values()].map(({ handle }) => handle));
  const handle = handles.has(slug(title)) ? `${slug(title)}-${legacyId(id)}` : slug(title);
  const updatedAt = new Date(clock.now()).toISOString();
  const collection = { id, title, handle, productIds, updatedAt };
  shop.collections.set(id, collection);
  return collection;
}

/**
 * Sells units of a variant: makes a paid order at the location that has most of it, and moves the units from available
 * to committed. Null where the variant is not stocked anywhere.
 */
export function createTestOrder(
  context: EmulatorContext,
  shop: Shop,
  variantId: Gid,
  quantity: number,
): Order | null {
  const variant = shop.variants.get(variantId);
  const product = variant && shop.products.get(variant.productId);
  if (!variant || !product || !Number.isSafeInteger(quantity) || quantity < 1) return null;
  const change = new Change(context, shop);
  const item = itemOf(shop, variant);
  const level = [...item.levels.values()]
    .filter((one) => one.isActive)
    .sort((left, right) => right.quantities.available - left.quantities.available)[0];
  if (!level) return null;
  const order: Order = {
    id: change.newGid('Order'),
    name: `#${1001 + shop.orders.size}`,
    locationId: level.locationId,
    lines: [
      {
        id: change.newGid('LineItem'),
        variantId,
        title: product.title,
        quantity,
        price: variant.price,
        discount: '0.00',
      },
    ],
    refunds: [],
    createdAt: change.now,
    updatedAt: change.now,
    processedAt: change.now,
    cancelledAt: null,
    test: true,
  };
  shop.orders.set(order.id, order);
  if (item.tracked) {
    adjustQuantity(change, item, level, 'available', -quantity);
    adjustQuantity(change, item, level, 'committed', quantity);
  }
  change.productChanged(product, 'product.orders');
  change.tell(`order ${order.id}`, { topic: 'orders/create', orderId: order.id });
  change.commit();
  return order;
}

/** What an order comes to, with two decimals. */
export function orderTotal(order: Order): string {
  return order.lines.reduce((sum, line) => sum.plus(discountedTotal(line)), new Decimal(0)).toFixed(2);
}
