/** Variants: their fields, and making, deleting and ordering them. */
import { Decimal } from 'decimal.js';
import type { Gid } from '../state/gid';
import type { InventoryItem } from '../state/inventory';
import type { Product, UnitPriceMeasurement, Variant } from '../state/product';
import type { Shop } from '../state/shop';
import { assign } from './change';
import type { Change, InputError } from './change';
import { stockedLevel } from './inventory';
import { checkMetafield, setMetafield } from './metafields';
import type { MetafieldInput } from './metafields';
import { isNegative, money } from './money';

export interface InventoryItemInput {
  cost?: string | null;
  countryCodeOfOrigin?: string | null;
  provinceCodeOfOrigin?: string | null;
  harmonizedSystemCode?: string | null;
  countryHarmonizedSystemCodes?: { countryCode?: string | null; harmonizedSystemCode: string }[] | null;
  measurement?: { weight?: { unit: InventoryItem['weight']['unit']; value: number } | null } | null;
  requiresShipping?: boolean | null;
  sku?: string | null;
  tracked?: boolean | null;
}

/** What the variant inputs of productSet and the bulk mutations have in common. */
export interface VariantFieldsInput {
  price?: string | null;
  compareAtPrice?: string | null;
  barcode?: string | null;
  taxable?: boolean | null;
  taxCode?: string | null;
  inventoryPolicy?: 'DENY' | 'CONTINUE' | null;
  showUnitPrice?: boolean | null;
  unitPriceMeasurement?: Partial<UnitPriceMeasurement> | null;
  requiresComponents?: boolean | null;
  /** Only productSet has it beside inventoryItem.sku. */
  sku?: string | null;
  inventoryItem?: InventoryItemInput | null;
  metafields?: MetafieldInput[] | null;
}

const MAX_SKU_LENGTH = 255;
const MAX_PRICE = new Decimal('1e18');

export function itemOf(shop: Shop, variant: Variant): InventoryItem {
  const item = shop.inventoryItems.get(variant.inventoryItemId);
  if (!item) throw new Error(`Variant ${variant.id} has no inventory item.`);
  return item;
}

/** The product's variants in display order. */
export function variantsOf(shop: Shop, product: Product): Variant[] {
  return product.variantIds.flatMap((id) => shop.variants.get(id) ?? []);
}

/** Refusals of an inventory item's fields. */
export function checkItemFields(input: InventoryItemInput, field: string[]): InputError[] {
  const errors: InputError[] = [];
  if (input.cost != null && isNegative(input.cost)) {
    errors.push({
      code: 'INVALID_INPUT',
      field: [...field, 'cost'],
      message: 'Cost must be greater than or equal to 0',
    });
  }
  if (input.sku != null && input.sku.length > MAX_SKU_LENGTH) {
    errors.push({
      code: 'TOO_LONG',
      field: [...field, 'sku'],
      message: 'SKU is too long (maximum is 255 characters)',
    });
  }
  const weight = input.measurement?.weight;
  if (weight && weight.value < 0) {
    const path = [...field, 'measurement', 'weight', 'value'];
    errors.push({
      code: 'GREATER_THAN_OR_EQUAL_TO',
      field: path,
      message: 'Weight must be greater than or equal to 0',
    });
  }
  const code = input.harmonizedSystemCode;
  if (code != null && code !== '' && !/^[\d.]{6,16}$/.test(code)) {
    const path = [...field, 'harmonizedSystemCode'];
    errors.push({
      code: 'INVALID_INPUT',
      field: path,
      message: 'Harmonized System Code must be 6 to 13 digits',
    });
  }
  return errors;
}

/** Refusals of a variant's fields; `current` is the variant an update is for. */
export function checkVariantFields(
  input: VariantFieldsInput,
  field: string[],
  current: Variant | null,
): InputError[] {
  const errors: InputError[] = [];
  for (const name of ['price', 'compareAtPrice'] as const) {
    const amount = input[name];
    if (amount == null) continue;
    if (isNegative(amount)) {
      const code = name === 'price' ? 'NEGATIVE_PRICE_VALUE' : 'GREATER_THAN_OR_EQUAL_TO';
      errors.push({ code, field: [...field, name], message: `${name} must be greater than or equal to 0` });
    } else if (new Decimal(amount).gte(MAX_PRICE)) {
      errors.push({
        code: 'INVALID_INPUT',
        field: [...field, name],
        message: `${name} must be less than ${MAX_PRICE.toFixed()}`,
      });
    }
  }
  if (input.inventoryItem) errors.push(...checkItemFields(input.inventoryItem, [...field, 'inventoryItem']));
  if (input.barcode != null && input.barcode.length > 255) {
    errors.push({
      code: 'TOO_LONG',
      field: [...field, 'barcode'],
      message: 'Barcode is too long (maximum is 255 characters)',
    });
  }
  (input.metafields ?? []).forEach((metafield, index) => {
    errors.push(
      ...checkMetafield(current?.metafields ?? new Map(), metafield, [...field, 'metafields', String(index)]),
    );
  });
  return errors;
}

/** Writes checked fields of an inventory item. Absent fields stay; null clears what can be empty. */
export function applyItemFields(change: Change, item: InventoryItem, input: InventoryItemInput): boolean {
  const { currencyCode } = change.shop;
  let changed = false;
  if (input.sku !== undefined) changed = assign(item, 'sku', input.sku || null) || changed;
  if (input.cost !== undefined) {
    changed = assign(item, 'cost', input.cost === null ? null : money(input.cost, currencyCode)) || changed;
  }
  if (input.tracked != null) changed = assign(item, 'tracked', input.tracked) || changed;
  if (input.requiresShipping != null)
    changed = assign(item, 'requiresShipping', input.requiresShipping) || changed;
  for (const name of ['countryCodeOfOrigin', 'provinceCodeOfOrigin', 'harmonizedSystemCode'] as const) {
    const value = input[name];
    if (value !== undefined) changed = assign(item, name, value || null) || changed;
  }
  if (input.countryHarmonizedSystemCodes) {
    item.countryHarmonizedSystemCodes = input.countryHarmonizedSystemCodes.flatMap((each) =>
      each.countryCode
        ? [{ countryCode: each.countryCode, harmonizedSystemCode: each.harmonizedSystemCode }]
        : [],
    );
    changed = true;
  }
  const weight = input.measurement?.weight;
  if (weight && (weight.unit !== item.weight.unit || weight.value !== item.weight.value)) {
    item.weight = { unit: weight.unit, value: weight.value };
    changed = true;
  }
  if (changed) change.itemChanged(item);
  return changed;
}

function sameUnitPrice(left: UnitPriceMeasurement | null, right: UnitPriceMeasurement | null): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Writes checked fields of a variant and its inventory item. Absent fields stay; null clears what can be empty. */
export function applyVariantFields(change: Change, variant: Variant, input: VariantFieldsInput): void {
  const { currencyCode } = change.shop;
  const set = <K extends keyof Variant>(name: K, value: Variant[K]) => {
    if (assign(variant, name, value)) change.variantChanged(variant, name);
  };
  if (input.price != null) set('price', money(input.price, currencyCode));
  if (input.compareAtPrice !== undefined) {
    set('compareAtPrice', input.compareAtPrice === null ? null : money(input.compareAtPrice, currencyCode));
  }
  if (input.barcode !== undefined) set('barcode', input.barcode);
  if (input.taxable != null) set('taxable', input.taxable);
  if (input.taxCode !== undefined) set('taxCode', input.taxCode || null);
  if (input.inventoryPolicy != null) set('inventoryPolicy', input.inventoryPolicy);
  if (input.showUnitPrice != null) set('showUnitPrice', input.showUnitPrice);
  if (input.requiresComponents != null) set('requiresComponents', input.requiresComponents);
  if (input.unitPriceMeasurement !== undefined) {
    const given = input.unitPriceMeasurement;
    const next = given
      ? {
          quantityUnit: given.quantityUnit ?? null,
          quantityValue: given.quantityValue ?? 0,
          referenceUnit: given.referenceUnit ?? null,
          referenceValue: given.referenceValue ?? 0,
        }
      : null;
    if (!sameUnitPrice(variant.unitPriceMeasurement, next)) set('unitPriceMeasurement', next);
  }
  const ofItem: InventoryItemInput = { ...input.inventoryItem };
  if (input.sku !== undefined) ofItem.sku = input.sku;
  if (applyItemFields(change, itemOf(change.shop, variant), ofItem))
    change.variantChanged(variant, 'inventoryItem');
  for (const metafield of input.metafields ?? []) {
    if (setMetafield(change, variant.metafields, metafield).changed)
      change.variantChanged(variant, 'metafields');
  }
}

/** Adds a variant with default fields at the end. It is stocked at the given locations, else at the primary one. */
export function createVariant(
  change: Change,
  product: Product,
  optionValueIds: Gid[],
  locationIds: readonly Gid[] = [],
): Variant {
  const { shop } = change;
  const item: InventoryItem = {
    id: change.newGid('InventoryItem'),
    variantId: '',
    sku: null,
    tracked: false,
    requiresShipping: true,
    cost: null,
    countryCodeOfOrigin: null,
    provinceCodeOfOrigin: null,
    harmonizedSystemCode: null,
    countryHarmonizedSystemCodes: [],
    weight: { value: 0, unit: 'KILOGRAMS' },
    levels: new Map(),
    createdAt: change.now,
    updatedAt: change.now,
  };
  const variant: Variant = {
    id: change.newGid('ProductVariant'),
    productId: product.id,
    inventoryItemId: item.id,
    price: money('0', shop.currencyCode),
    compareAtPrice: null,
    barcode: null,
    taxable: true,
    taxCode: null,
    inventoryPolicy: 'DENY',
    showUnitPrice: false,
    unitPriceMeasurement: null,
    requiresComponents: false,
    optionValueIds,
    mediaIds: [],
    metafields: new Map(),
    createdAt: change.now,
    updatedAt: change.now,
  };
  item.variantId = variant.id;
  shop.inventoryItems.set(item.id, item);
  shop.variants.set(variant.id, variant);
  product.variantIds.push(variant.id);
  change.itemCreated(item);
  const primary = shop.locations.keys().next().value;
  const stocked = locationIds.length > 0 ? locationIds : primary ? [primary] : [];
  for (const locationId of stocked) stockedLevel(change, item, locationId);
  change.productChanged(product, 'product.variants');
  return variant;
}

/** Removes a variant and its inventory item. */
export function deleteVariant(change: Change, product: Product, variantId: Gid): void {
  const variant = change.shop.variants.get(variantId);
  if (!variant) return;
  product.variantIds = product.variantIds.filter((id) => id !== variantId);
  change.shop.variants.delete(variantId);
  change.shop.inventoryItems.delete(variant.inventoryItemId);
  change.itemDeleted(variant.inventoryItemId);
  change.productChanged(product, 'product.variants');
}

/** Moves variants to 1-based positions, in the order given; the others keep their order. */
export function reorderVariants(
  change: Change,
  product: Product,
  moves: { id: Gid; position: number }[],
): void {
  const before = product.variantIds.join();
  for (const move of [...moves].sort((left, right) => left.position - right.position)) {
    const rest = product.variantIds.filter((id) => id !== move.id);
    rest.splice(Math.max(0, move.position - 1), 0, move.id);
    product.variantIds = rest;
  }
  if (product.variantIds.join() !== before) change.productChanged(product, 'product.variants.position');
}
