/** productVariantsBulkCreate, -Update, -Delete and -Reorder. */
import { Change } from '../../catalog/change';
import type { InputError } from '../../catalog/change';
import {
  MAX_VARIANTS,
  combinationKey,
  combinationOf,
  hasOnlyDefaultOption,
  readCombination,
  valueIdsFor,
} from '../../catalog/options';
import type { Combination } from '../../catalog/options';
import {
  applyVariantFields,
  checkVariantFields,
  createVariant,
  deleteVariant,
  reorderVariants,
  variantsOf,
} from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import type { Product, Variant } from '../../state/product';
import type { Call, FieldResolver } from '../call';
import { addMedia, checkNewMedia } from './new-media';
import type { MediaInput } from './new-media';
import {
  applyStock,
  applyVariantMedia,
  checkAdjustments,
  checkStock,
  checkVariantMedia,
  optionsOf,
} from './variant-inputs';
import type { VariantBulkInput } from './variant-inputs';

interface BulkArgs {
  productId: Gid;
  variants: VariantBulkInput[];
  media?: MediaInput[] | null;
}

const noProduct = {
  userErrors: [{ code: 'PRODUCT_DOES_NOT_EXIST', field: ['productId'], message: 'Product does not exist' }],
};
const pathOf = (index: number): string[] => ['variants', String(index)];

const alreadyExists = (names: Combination, index: number): InputError => ({
  code: 'VARIANT_ALREADY_EXISTS',
  field: pathOf(index),
  message: `The variant '${names.join(' / ')}' already exists. Please change at least one option value.`,
});

/** The lone variant that creating others replaces, under the strategy; null where none is. */
function replacedVariant(product: Product, strategy: string): Gid | null {
  const [only, ...others] = product.variantIds;
  if (only === undefined || others.length > 0 || strategy === 'PRESERVE_STANDALONE_VARIANT') return null;
  return strategy === 'REMOVE_STANDALONE_VARIANT' || hasOnlyDefaultOption(product) ? only : null;
}

function planCreation(call: Call, product: Product, args: BulkArgs, replaced: Gid | null) {
  const errors: InputError[] = checkNewMedia(args.media ?? [], product, ['media']);
  const taken = new Set<string>();
  for (const variant of variantsOf(call.shop, product)) {
    if (variant.id !== replaced) taken.add(combinationKey(combinationOf(product, variant)));
  }
  if (taken.size + args.variants.length > MAX_VARIANTS) {
    errors.push({
      code: 'INVALID_INPUT',
      field: ['variants'],
      message: `A product may have at most ${MAX_VARIANTS} variants`,
    });
  }
  const planned = args.variants.map((input, index) => {
    const path = pathOf(index);
    if (input.id != null)
      errors.push({
        code: 'NO_KEY_ON_CREATE',
        field: [...path, 'id'],
        message: 'An id may not be given at creation',
      });
    const read = readCombination(
      optionsOf(product),
      input.optionValues ?? [],
      [...path, 'optionValues'],
      null,
    );
    errors.push(...read.errors);
    const key = combinationKey(read.names);
    if (read.errors.length === 0 && taken.has(key)) errors.push(alreadyExists(read.names, index));
    taken.add(key);
    errors.push(
      ...checkVariantFields(input, path, null),
      ...checkVariantMedia(input, product, args.media ?? [], path),
      ...checkStock(call.shop, input, path),
    );
    return { input, names: read.names };
  });
  return { planned, errors };
}

/** Values of a replaced lone variant that no variant has any more. */
function dropUnusedValues(change: Change, product: Product): void {
  const used = new Set(variantsOf(change.shop, product).flatMap(({ optionValueIds }) => optionValueIds));
  for (const option of product.options) option.values = option.values.filter(({ id }) => used.has(id));
}

const productVariantsBulkCreate: FieldResolver = (_root, args: BulkArgs & { strategy: string }, call) => {
  const product = call.shop.products.get(args.productId);
  if (!product) return noProduct;
  const replaced = replacedVariant(product, args.strategy);
  const { planned, errors } = planCreation(call, product, args, replaced);
  if (errors.length > 0) return { product, productVariants: null, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const added = addMedia(change, product, args.media ?? []);
  const created = planned.map(({ input, names }) => {
    const locations = (input.inventoryQuantities ?? []).map(({ locationId }) => locationId);
    const variant = createVariant(change, product, valueIdsFor(change, product, names), locations);
    applyVariantFields(change, variant, input);
    applyVariantMedia(change, variant, input, added);
    applyStock(change, variant, input);
    return variant;
  });
  if (replaced !== null && created.length > 0) {
    deleteVariant(change, product, replaced);
    dropUnusedValues(change, product);
  }
  change.commit();
  return { product, productVariants: created, userErrors: [] };
};

interface PlannedUpdate {
  index: number;
  input: VariantBulkInput;
  variant: Variant;
  names: Combination;
  errors: InputError[];
}

function planUpdate(
  call: Call,
  product: Product,
  args: BulkArgs,
  input: VariantBulkInput,
  index: number,
): PlannedUpdate | InputError {
  const path = pathOf(index);
  if (input.id == null)
    return {
      code: 'PRODUCT_VARIANT_ID_MISSING',
      field: [...path, 'id'],
      message: 'Product variant is missing ID attribute',
    };
  const variant = call.shop.variants.get(input.id);
  if (variant?.productId !== product.id) {
    return {
      code: 'PRODUCT_VARIANT_DOES_NOT_EXIST',
      field: [...path, 'id'],
      message: 'Product variant does not exist',
    };
  }
  const current = combinationOf(product, variant);
  const read = readCombination(
    optionsOf(product),
    input.optionValues ?? [],
    [...path, 'optionValues'],
    current,
  );
  const errors = [
    ...read.errors,
    ...checkVariantFields(input, path, variant),
    ...checkVariantMedia(input, product, args.media ?? [], path),
    ...checkAdjustments(call.shop, variant, input, path),
  ];
  return { index, input, variant, names: read.names, errors };
}

/** Refuses updates that would give two variants the same option values. */
function checkCombinations(call: Call, product: Product, updates: readonly PlannedUpdate[]): void {
  if (updates.every(({ input }) => !input.optionValues)) return;
  const proposed = new Map(
    updates.filter(({ errors }) => errors.length === 0).map((update) => [update.variant.id, update]),
  );
  const counts = new Map<string, number>();
  for (const variant of variantsOf(call.shop, product)) {
    const key = combinationKey(proposed.get(variant.id)?.names ?? combinationOf(product, variant));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const update of proposed.values()) {
    if (!update.input.optionValues || (counts.get(combinationKey(update.names)) ?? 0) < 2) continue;
    update.errors.push(alreadyExists(update.names, update.index));
  }
}

const productVariantsBulkUpdate: FieldResolver = (
  _root,
  args: BulkArgs & { allowPartialUpdates?: boolean | null },
  call,
) => {
  const product = call.shop.products.get(args.productId);
  if (!product) return noProduct;
  const plans = args.variants.map((input, index) => planUpdate(call, product, args, input, index));
  const updates = plans.filter((plan) => 'variant' in plan);
  checkCombinations(call, product, updates);
  const ofMedia = checkNewMedia(args.media ?? [], product, ['media']);
  const errors = [...ofMedia, ...plans.flatMap((plan) => ('variant' in plan ? plan.errors : [plan]))];
  const valid = updates.filter((update) => update.errors.length === 0);
  if (
    ofMedia.length > 0 ||
    (errors.length > 0 && (args.allowPartialUpdates !== true || valid.length === 0))
  ) {
    return { product, productVariants: null, userErrors: errors };
  }
  const change = new Change(call.emulator, call.shop);
  const added = addMedia(change, product, args.media ?? []);
  for (const { input, variant, names } of valid) {
    if (input.optionValues) {
      const optionValueIds = valueIdsFor(change, product, names);
      if (optionValueIds.join() !== variant.optionValueIds.join()) {
        variant.optionValueIds = optionValueIds;
        change.variantChanged(variant, 'selectedOptions');
      }
    }
    applyVariantFields(change, variant, input);
    applyVariantMedia(change, variant, input, added);
    applyStock(change, variant, input);
  }
  change.commit();
  return { product, productVariants: valid.map(({ variant }) => variant), userErrors: errors };
};

const productVariantsBulkDelete: FieldResolver = (
  _root,
  args: { productId: Gid; variantsIds: Gid[] },
  call,
) => {
  const product = call.shop.products.get(args.productId);
  if (!product) return noProduct;
  const foreign = args.variantsIds.findIndex((id) => !product.variantIds.includes(id));
  if (foreign !== -1) {
    const message = 'At least one variant does not belong to the product';
    const code = 'AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT';
    return { product, userErrors: [{ code, field: ['variantsIds', String(foreign)], message }] };
  }
  if (new Set(args.variantsIds).size >= product.variantIds.length) {
    const message = 'The last variant of a product cannot be deleted';
    return { product, userErrors: [{ code: 'CANNOT_DELETE_LAST_VARIANT', field: ['variantsIds'], message }] };
  }
  const change = new Change(call.emulator, call.shop);
  for (const id of args.variantsIds) deleteVariant(change, product, id);
  change.commit();
  return { product, userErrors: [] };
};

const productVariantsBulkReorder: FieldResolver = (
  _root,
  args: { productId: Gid; positions: { id: Gid; position: number }[] },
  call,
) => {
  const product = call.shop.products.get(args.productId);
  if (!product) return noProduct;
  const seen = new Set<Gid>();
  const errors = args.positions.flatMap(({ id, position }, index): InputError[] => {
    const field = ['positions', String(index)];
    const repeated = seen.has(id);
    seen.add(id);
    if (!product.variantIds.includes(id))
      return [
        {
          code: 'MISSING_VARIANT',
          field: [...field, 'id'],
          message: 'Variant does not belong to the product',
        },
      ];
    if (repeated)
      return [{ code: 'DUPLICATED_VARIANT_ID', field: [...field, 'id'], message: 'Variant is given twice' }];
    return position >= 1
      ? []
      : [{ code: 'INVALID_POSITION', field: [...field, 'position'], message: 'Position must be 1 or more' }];
  });
  if (errors.length > 0) return { product, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  reorderVariants(change, product, args.positions);
  change.commit();
  return { product, userErrors: [] };
};

export const variantMutations: Record<string, FieldResolver> = {
  productVariantsBulkCreate,
  productVariantsBulkUpdate,
  productVariantsBulkDelete,
  productVariantsBulkReorder,
};
