/** Options of a product and which values its variants have. */
import type { Gid } from '../state/gid';
import type { Product, ProductOption, Variant } from '../state/product';
import type { Change, InputError } from './change';

export const MAX_OPTIONS = 3;
export const MAX_VARIANTS = 2048;
export const DEFAULT_OPTION = 'Title';
export const DEFAULT_VALUE = 'Default Title';
const MAX_NAME_LENGTH = 255;

/** How a mutation names one option value of a variant. */
export interface VariantOptionValueInput {
  id?: Gid | null;
  name?: string | null;
  optionId?: Gid | null;
  optionName?: string | null;
  linkedMetafieldValue?: string | null;
}

/** An option as it is or is about to be: ids are null for what does not exist yet. */
export interface PlannedOption {
  id: Gid | null;
  name: string;
  values: { id: Gid | null; name: string }[];
}

/** One value name per option, in the options' order. */
export type Combination = string[];

export const combinationKey = (names: readonly string[]): string => JSON.stringify(names);

/** Whether the product has no options of its own: the single option "Title" with "Default Title". */
export function hasOnlyDefaultOption(product: Product): boolean {
  const [option, ...more] = product.options;
  const [value, ...others] = option?.values ?? [];
  return (
    more.length === 0 &&
    option?.name === DEFAULT_OPTION &&
    value?.name === DEFAULT_VALUE &&
    others.length === 0
  );
}

/** The names of a variant's option values. */
export function combinationOf(product: Product, variant: Variant): Combination {
  return product.options.map((option, index) => {
    const id = variant.optionValueIds[index];
    return option.values.find((value) => value.id === id)?.name ?? '';
  });
}

/** "S / Red", or "Default Title". */
export function variantTitle(product: Product, variant: Variant): string {
  return combinationOf(product, variant).join(' / ');
}

/**
 * Reads which value a variant input names for each option. `current` fills options the input leaves out (an update);
 * without it every option must be named.
 */
export function readCombination(
  options: readonly PlannedOption[],
  inputs: readonly VariantOptionValueInput[],
  field: string[],
  current: Combination | null,
): { names: Combination; errors: InputError[] } {
  const names: (string | null)[] = options.map((_, index) => current?.[index] ?? null);
  const errors: InputError[] = [];
  const refuse = (code: string, index: number, message: string) =>
    errors.push({ code, field: [...field, String(index)], message });
  inputs.forEach((input, index) => {
    if (input.linkedMetafieldValue != null) {
      return refuse('INVALID_INPUT', index, 'The emulator has no options linked to metafields.');
    }
    const at = options.findIndex((option) => {
      if (input.optionId != null) return option.id === input.optionId;
      if (input.optionName != null) return option.name === input.optionName;
      return input.id != null && option.values.some((value) => value.id === input.id);
    });
    const option = options[at];
    if (!option) return refuse('OPTION_DOES_NOT_EXIST', index, 'Option does not exist');
    if (input.id != null) {
      const value = option.values.find((each) => each.id === input.id);
      if (!value) return refuse('OPTION_VALUE_DOES_NOT_EXIST', index, 'Option value does not exist');
      names[at] = value.name;
    } else if (input.name != null && input.name.trim() !== '') {
      if (input.name.length > MAX_NAME_LENGTH) {
        return refuse('OPTION_VALUE_NAME_TOO_LONG', index, 'Option value name is too long');
      }
      names[at] = input.name;
    } else {
      refuse('MUST_SPECIFY_ONE_OF_PAIR', index, 'Option value needs an id or a name');
    }
  });
  const missing = options.find((_, index) => names[index] === null);
  if (errors.length === 0 && missing) {
    errors.push({
      code: 'NEED_TO_ADD_OPTION_VALUES',
      field,
      message: `You need to add option values for ${missing.name}`,
    });
  }
  return { names: names.map((name) => name ?? ''), errors };
}

/** Refusals of a list of option names and values that is about to become a product's. */
export function checkOptions(options: readonly PlannedOption[], field: string[]): InputError[] {
  const errors: InputError[] = [];
  if (options.length > MAX_OPTIONS) {
    errors.push({
      code: 'OPTIONS_OVER_LIMIT',
      field,
      message: `Can only specify a maximum of ${MAX_OPTIONS} options`,
    });
  }
  const names = new Set<string>();
  options.forEach((option, index) => {
    const path = [...field, String(index)];
    if (option.name.trim() === '') {
      errors.push({
        code: 'OPTION_NAME_MISSING',
        field: [...path, 'name'],
        message: "Option name can't be blank",
      });
    }
    if (names.has(option.name.toLowerCase())) {
      errors.push({
        code: 'DUPLICATED_OPTION_NAME',
        field: path,
        message: `Duplicated option name ${option.name}`,
      });
    }
    names.add(option.name.toLowerCase());
    if (option.values.length === 0) {
      errors.push({
        code: 'OPTION_VALUES_MISSING',
        field: path,
        message: `Option ${option.name} needs at least one value`,
      });
    }
    const values = new Set<string>();
    option.values.forEach((value, at) => {
      if (values.has(value.name)) {
        const valuePath = [...path, 'values', String(at)];
        errors.push({
          code: 'DUPLICATED_OPTION_VALUE',
          field: valuePath,
          message: `Duplicated value ${value.name}`,
        });
      }
      values.add(value.name);
      if (value.name.length > MAX_NAME_LENGTH) {
        const valuePath = [...path, 'values', String(at), 'name'];
        errors.push({
          code: 'OPTION_VALUE_NAME_TOO_LONG',
          field: valuePath,
          message: 'Option value name is too long',
        });
      }
    });
  });
  return errors;
}

/** Makes an option of names; ids are kept where the plan has them. */
export function buildOption(change: Change, planned: PlannedOption): ProductOption {
  return {
    id: planned.id ?? change.newGid('ProductOption'),
    name: planned.name,
    values: planned.values.map((value) => ({
      id: value.id ?? change.newGid('ProductOptionValue'),
      name: value.name,
    })),
  };
}

/** The ids of the named values, one per option; values that do not exist yet are added at the end of their option. */
export function valueIdsFor(change: Change, product: Product, names: readonly string[]): Gid[] {
  return product.options.map((option, index) => {
    const name = names[index] ?? '';
    const known = option.values.find((value) => value.name === name);
    if (known) return known.id;
    const added = { id: change.newGid('ProductOptionValue'), name };
    option.values.push(added);
    change.productChanged(product, 'product.options');
    return added.id;
  });
}

/** What `productCreate` and the first variant start from. */
export function defaultOption(change: Change): ProductOption {
  return buildOption(change, { id: null, name: DEFAULT_OPTION, values: [{ id: null, name: DEFAULT_VALUE }] });
}
