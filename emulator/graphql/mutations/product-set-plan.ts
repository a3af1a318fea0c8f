/** Reading a productSet input: which options and variants the product is to have. Nothing is written here. */
import type { InputError } from '../../catalog/change';
import {
  MAX_VARIANTS,
  checkOptions,
  combinationKey,
  combinationOf,
  readCombination,
} from '../../catalog/options';
import type { Combination, PlannedOption, VariantOptionValueInput } from '../../catalog/options';
import type { ProductFieldsInput } from '../../catalog/products';
import { checkVariantFields, variantsOf } from '../../catalog/variants';
import type { VariantFieldsInput } from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import type { Product, Variant } from '../../state/product';
import type { Call } from '../call';

export interface FileSetInput {
  id?: Gid | null;
  originalSource?: string | null;
  alt?: string | null;
  filename?: string | null;
  contentType?: string | null;
}

export interface VariantSetInput extends VariantFieldsInput {
  id?: Gid | null;
  optionValues: VariantOptionValueInput[];
  position?: number | null;
  file?: FileSetInput | null;
  inventoryQuantities?: { locationId: Gid; name: string; quantity: number }[] | null;
}

export interface ProductSetInput extends ProductFieldsInput {
  id?: Gid | null;
  giftCard?: boolean | null;
  productOptions?:
    | {
        id?: Gid | null;
        name?: string | null;
        position?: number | null;
        values?: { id?: Gid | null; name?: string | null }[] | null;
      }[]
    | null;
  variants?: VariantSetInput[] | null;
  files?: FileSetInput[] | null;
}

export interface PlannedVariant {
  /** The variant to change; null for a new one. */
  current: Variant | null;
  names: Combination;
  input: VariantSetInput;
}

export interface ListsPlan {
  options: PlannedOption[];
  variants: PlannedVariant[];
}

const MAX_INVENTORY_QUANTITIES = 50_000;

/** Options as asked for; those that name an existing option (by id or name) keep its id, and so do their values. */
function planOptions(
  input: ProductSetInput,
  product: Product | null,
): { options: PlannedOption[]; errors: InputError[] } {
  const errors: InputError[] = [];
  const given = [...(input.productOptions ?? [])];
  if (given.every((option) => option.position != null))
    given.sort((left, right) => (left.position ?? 0) - (right.position ?? 0));
  const options = given.map((option, index) => {
    const existing = product?.options.find((each) =>
      option.id != null ? each.id === option.id : each.name === option.name,
    );
    const path = ['input', 'productOptions', String(index)];
    if (option.id != null && !existing)
      errors.push({ code: 'OPTION_DOES_NOT_EXIST', field: path, message: 'Option does not exist' });
    const values = (option.values ?? []).map((value, at) => {
      const known = existing?.values.find((each) =>
        value.id != null ? each.id === value.id : each.name === value.name,
      );
      if (value.id != null && !known) {
        errors.push({
          code: 'OPTION_VALUE_DOES_NOT_EXIST',
          field: [...path, 'values', String(at)],
          message: 'Option value does not exist',
        });
      }
      return { id: known?.id ?? null, name: value.name ?? known?.name ?? '' };
    });
    return { id: existing?.id ?? null, name: option.name ?? existing?.name ?? '', values };
  });
  return { options, errors };
}

function checkQuantities(call: Call, variant: PlannedVariant, path: string[]): InputError[] {
  const item = variant.current ? call.shop.inventoryItems.get(variant.current.inventoryItemId) : null;
  return (variant.input.inventoryQuantities ?? []).flatMap(({ locationId, name }, index) => {
    const field = [...path, 'inventoryQuantities', String(index)];
    const refuse = (at: string, message: string): InputError[] => [
      { code: 'INVALID_INPUT', field: [...field, at], message },
    ];
    if (!call.shop.locations.has(locationId)) return refuse('locationId', 'Location does not exist');
    if (item && !item.levels.has(locationId))
      return refuse('locationId', 'The variant is not stocked at this location');
    return name === 'available' || name === 'on_hand'
      ? []
      : refuse('name', 'Quantity name must be available or on_hand');
  });
}

/** Whether a variant's file is also among the product's, as it must be. */
function checkFile(
  input: ProductSetInput,
  file: FileSetInput | null | undefined,
  path: string[],
): InputError[] {
  if (!file) return [];
  const listed = (input.files ?? []).some((each) =>
    file.id != null ? each.id === file.id : each.originalSource === file.originalSource,
  );
  if (listed) return [];
  return [
    {
      code: 'INVALID_INPUT',
      field: [...path, 'file'],
      message: "The variant's file must also be specified in the product's files",
    },
  ];
}

function planVariants(
  call: Call,
  input: ProductSetInput,
  product: Product | null,
  options: readonly PlannedOption[],
): { variants: PlannedVariant[]; errors: InputError[] } {
  const errors: InputError[] = [];
  const existing = product ? variantsOf(call.shop, product) : [];
  const byCombination = new Map<string, Variant>();
  if (product && call.emulator.switches.productSetVariants === 'by-option-values') {
    for (const variant of existing)
      byCombination.set(combinationKey(combinationOf(product, variant)), variant);
  }
  const taken = new Set<string>();
  const variants = (input.variants ?? []).flatMap((given, index): PlannedVariant[] => {
    const path = ['input', 'variants', String(index)];
    const { names, errors: refused } = readCombination(
      options,
      given.optionValues,
      [...path, 'optionValues'],
      null,
    );
    errors.push(...refused);
    const key = combinationKey(names);
    if (refused.length === 0 && taken.has(key)) {
      const message = `The variant '${names.join(' / ')}' already exists. Please change at least one option value.`;
      errors.push({ code: 'INVALID_VARIANT', field: path, message });
    }
    taken.add(key);
    const current = given.id != null ? existing.find(({ id }) => id === given.id) : byCombination.get(key);
    if (given.id != null && !current) {
      errors.push({
        code: 'PRODUCT_VARIANT_DOES_NOT_EXIST',
        field: [...path, 'id'],
        message: 'Product variant does not exist',
      });
    }
    const planned = { current: current ?? null, names, input: given };
    errors.push(
      ...checkVariantFields(given, path, planned.current),
      ...checkQuantities(call, planned, path),
      ...checkFile(input, given.file, path),
    );
    return [planned];
  });
  return { variants, errors };
}

function checkLimits(input: ProductSetInput): InputError[] {
  const { variants = null, productOptions = null } = input;
  const errors: InputError[] = [];
  if (variants && !productOptions) {
    errors.push({
      code: 'PRODUCT_OPTIONS_INPUT_MISSING',
      field: ['input', 'productOptions'],
      message: 'Product options must be given with variants',
    });
  }
  if (productOptions && !variants) {
    errors.push({
      code: 'VARIANTS_INPUT_MISSING',
      field: ['input', 'variants'],
      message: 'Variants must be given with product options',
    });
  }
  if (variants && variants.length > MAX_VARIANTS) {
    errors.push({
      code: 'VARIANTS_OVER_LIMIT',
      field: ['input', 'variants'],
      message: `A product may have at most ${MAX_VARIANTS} variants`,
    });
  }
  const quantities = (variants ?? []).reduce(
    (sum, variant) => sum + (variant.inventoryQuantities?.length ?? 0),
    0,
  );
  if (quantities > MAX_INVENTORY_QUANTITIES) {
    const message = `At most ${MAX_INVENTORY_QUANTITIES} inventory quantities may be given`;
    errors.push({ code: 'INVENTORY_QUANTITIES_LIMIT_EXCEEDED', field: ['input', 'variants'], message });
  }
  return errors;
}

/** The options and variants the input asks for; `lists` is null where it leaves both as they are. */
export function planLists(
  call: Call,
  input: ProductSetInput,
  product: Product | null,
): { lists: ListsPlan | null; errors: InputError[] } {
  const errors = checkLimits(input);
  if (errors.length > 0 || !input.variants) return { lists: null, errors };
  const { options, errors: ofOptions } = planOptions(input, product);
  const refused = [...ofOptions, ...checkOptions(options, ['input', 'productOptions'])];
  if (refused.length > 0) return { lists: null, errors: refused };
  const { variants, errors: ofVariants } = planVariants(call, input, product, options);
  return { lists: { options, variants }, errors: ofVariants };
}
