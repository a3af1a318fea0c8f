/** productOptionsCreate, productOptionUpdate and productOptionsDelete. */
import { Change } from '../../catalog/change';
import type { InputError } from '../../catalog/change';
import {
  MAX_OPTIONS,
  MAX_VARIANTS,
  buildOption,
  checkOptions,
  defaultOption,
  hasOnlyDefaultOption,
} from '../../catalog/options';
import { deleteVariant, variantsOf } from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import type { OptionValue, Product, ProductOption } from '../../state/product';
import type { Call, FieldResolver } from '../call';
import { plannedOptions } from './product-mutations';
import type { OptionCreateInput } from './product-mutations';
import { productOptionsReorder } from './option-reorder';
import { multiplyVariants, sortVariants } from './option-variants';

const noProduct = {
  userErrors: [{ code: 'PRODUCT_DOES_NOT_EXIST', field: ['productId'], message: 'Product does not exist' }],
};
const refuse = (code: string, field: string[], message: string): InputError => ({ code, field, message });

interface CreateArgs {
  productId: Gid;
  options: OptionCreateInput[];
  variantStrategy: 'CREATE' | 'LEAVE_AS_IS';
}

function checkCreate(product: Product, args: CreateArgs): InputError[] {
  const kept = hasOnlyDefaultOption(product) ? [] : product.options;
  const errors = checkOptions(plannedOptions(args.options), ['options']);
  if (kept.length + args.options.length > MAX_OPTIONS) {
    errors.push(
      refuse('OPTIONS_OVER_LIMIT', ['options'], `Can only specify a maximum of ${MAX_OPTIONS} options`),
    );
  }
  const names = new Set(kept.map(({ name }) => name.toLowerCase()));
  args.options.forEach(({ name }, index) => {
    if (name && names.has(name.toLowerCase())) {
      errors.push(
        refuse('OPTION_ALREADY_EXISTS', ['options', String(index)], `Option '${name}' already exists.`),
      );
    }
  });
  const combinations = args.options.reduce(
    (count, { values }) => count * (values?.length ?? 1),
    product.variantIds.length,
  );
  if (args.variantStrategy === 'CREATE' && combinations > MAX_VARIANTS) {
    errors.push(
      refuse('TOO_MANY_VARIANTS_CREATED', ['options'], `A product may have at most ${MAX_VARIANTS} variants`),
    );
  }
  return errors;
}

const productOptionsCreate: FieldResolver = (_root, args: CreateArgs, call) => {
  const product = call.shop.products.get(args.productId);
  if (!product) return noProduct;
  const errors = checkCreate(product, args);
  if (errors.length > 0) return { product, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const created = plannedOptions(args.options).map((option) => buildOption(change, option));
  const replaced = hasOnlyDefaultOption(product);
  product.options = replaced ? created : [...product.options, ...created];
  for (const variant of variantsOf(call.shop, product)) {
    const first = created.map(({ values }) => values[0]?.id ?? '');
    variant.optionValueIds = replaced ? first : [...variant.optionValueIds, ...first];
    change.variantChanged(variant, 'selectedOptions');
  }
  if (args.variantStrategy === 'CREATE') {
    for (const option of created) {
      multiplyVariants(
        change,
        product,
        product.options.indexOf(option),
        option.values.map(({ id }) => id),
      );
    }
    sortVariants(change, product);
  }
  change.productChanged(product, 'product.options');
  change.commit();
  return { product, userErrors: [] };
};

interface UpdateArgs {
  productId: Gid;
  option: { id: Gid; name?: string | null; position?: number | null };
  optionValuesToAdd?: { name?: string | null }[] | null;
  optionValuesToUpdate?: { id: Gid; name?: string | null }[] | null;
  optionValuesToDelete?: Gid[] | null;
  variantStrategy?: 'LEAVE_AS_IS' | 'MANAGE' | null;
}

function checkUpdate(call: Call, product: Product, option: ProductOption, args: UpdateArgs): InputError[] {
  const errors: InputError[] = [];
  const { name, position } = args.option;
  if (
    name != null &&
    product.options.some((other) => other !== option && other.name.toLowerCase() === name.toLowerCase())
  ) {
    errors.push(refuse('OPTION_ALREADY_EXISTS', ['option', 'name'], `Option '${name}' already exists.`));
  }
  if (name != null && name.trim() === '')
    errors.push(refuse('INVALID_NAME', ['option', 'name'], "Option name can't be blank"));
  if (position != null && (position < 1 || position > product.options.length)) {
    errors.push(refuse('INVALID_POSITION', ['option', 'position'], 'Position is out of bounds'));
  }
  const ids = new Set(option.values.map(({ id }) => id));
  const gone = new Set(args.optionValuesToDelete ?? []);
  const unknown = [...(args.optionValuesToUpdate ?? []).map(({ id }) => id), ...gone].find(
    (id) => !ids.has(id),
  );
  if (unknown)
    errors.push(
      refuse(
        'OPTION_VALUE_DOES_NOT_EXIST',
        ['optionValuesToUpdate'],
        `Option value ${unknown} does not exist`,
      ),
    );
  const next = nextValues(option, args).map((value) => value.name);
  if (new Set(next).size < next.length)
    errors.push(refuse('DUPLICATED_OPTION_VALUE', ['optionValuesToAdd'], 'An option value is duplicated'));
  if (next.length === 0) {
    errors.push(
      refuse(
        'CANNOT_DELETE_ALL_OPTION_VALUES_IN_OPTION',
        ['optionValuesToDelete'],
        'An option needs at least one value',
      ),
    );
  }
  const variants = variantsOf(call.shop, product);
  const using = variants.filter((variant) => variant.optionValueIds.some((id) => gone.has(id)));
  if (using.length > 0 && args.variantStrategy !== 'MANAGE') {
    errors.push(refuse('OPTION_VALUE_HAS_VARIANTS', ['optionValuesToDelete'], 'Option value has variants'));
  } else if (using.length === variants.length) {
    errors.push(
      refuse(
        'CANNOT_LEAVE_OPTIONS_WITHOUT_VARIANTS',
        ['optionValuesToDelete'],
        'A product needs at least one variant',
      ),
    );
  }
  return errors;
}

/** The option's values after an update; those to add have no id yet. */
function nextValues(option: ProductOption, args: UpdateArgs): { id: Gid | null; name: string }[] {
  const gone = new Set(args.optionValuesToDelete ?? []);
  const renamed = new Map((args.optionValuesToUpdate ?? []).map(({ id, name }) => [id, name]));
  const kept = option.values
    .filter(({ id }) => !gone.has(id))
    .map(({ id, name }) => ({ id, name: renamed.get(id) ?? name }));
  return [...kept, ...(args.optionValuesToAdd ?? []).map(({ name }) => ({ id: null, name: name ?? '' }))];
}

function moveOption(change: Change, product: Product, from: number, to: number): void {
  const moved = <T>(list: readonly T[]): T[] => {
    const rest = list.toSpliced(from, 1);
    return rest.toSpliced(to, 0, ...list.slice(from, from + 1));
  };
  product.options = moved(product.options);
  for (const variant of variantsOf(change.shop, product))
    variant.optionValueIds = moved(variant.optionValueIds);
}

const productOptionUpdate: FieldResolver = (_root, args: UpdateArgs, call) => {
  const product = call.shop.products.get(args.productId);
  if (!product) return noProduct;
  const option = product.options.find(({ id }) => id === args.option.id);
  if (!option)
    return {
      product,
      userErrors: [refuse('OPTION_DOES_NOT_EXIST', ['option', 'id'], 'Option does not exist')],
    };
  const errors = checkUpdate(call, product, option, args);
  if (errors.length > 0) return { product, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const gone = new Set(args.optionValuesToDelete ?? []);
  for (const variant of variantsOf(call.shop, product)) {
    if (variant.optionValueIds.some((id) => gone.has(id))) deleteVariant(change, product, variant.id);
  }
  const added: Gid[] = [];
  option.values = nextValues(option, args).map(({ id, name }): OptionValue => {
    if (id !== null) return { id, name };
    const created = { id: change.newGid('ProductOptionValue'), name };
    added.push(created.id);
    return created;
  });
  if (args.option.name != null) option.name = args.option.name;
  const at = product.options.indexOf(option);
  if (args.variantStrategy === 'MANAGE') multiplyVariants(change, product, at, added);
  if (args.option.position != null && args.option.position - 1 !== at)
    moveOption(change, product, at, args.option.position - 1);
  change.productChanged(product, 'product.options');
  change.commit();
  return { product, userErrors: [] };
};

interface DeleteArgs {
  productId: Gid;
  options: Gid[];
  strategy: 'DEFAULT' | 'NON_DESTRUCTIVE' | 'POSITION';
}

const productOptionsDelete: FieldResolver = (_root, args: DeleteArgs, call) => {
  const product = call.shop.products.get(args.productId);
  if (!product) return noProduct;
  const gone = new Set(args.options);
  const errors = args.options.flatMap((id, index): InputError[] => {
    const option = product.options.find((each) => each.id === id);
    const field = ['options', String(index)];
    if (!option) return [refuse('OPTION_DOES_NOT_EXIST', field, 'Option does not exist')];
    if (args.strategy !== 'DEFAULT' || option.values.length === 1) return [];
    return [refuse('CANNOT_DELETE_OPTION_WITH_MULTIPLE_VALUES', field, 'Option has several values')];
  });
  const keptAt = product.options.flatMap(({ id }, at) => (gone.has(id) ? [] : [at]));
  const variants = variantsOf(call.shop, product);
  const shortened = variants.map((variant) => ({
    variant,
    key: keptAt.map((at) => variant.optionValueIds[at]).join(),
  }));
  const survivors = new Map(shortened.toReversed().map(({ variant, key }) => [key, variant.id]));
  if (args.strategy === 'NON_DESTRUCTIVE' && survivors.size < variants.length) {
    errors.push(refuse('CANNOT_USE_NON_DESTRUCTIVE_STRATEGY', ['strategy'], 'Variants would be deleted'));
  }
  if (errors.length > 0) return { product, deletedOptionsIds: null, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const kept = new Set(survivors.values());
  for (const variant of variants) if (!kept.has(variant.id)) deleteVariant(change, product, variant.id);
  const options = product.options.filter(({ id }) => !gone.has(id));
  product.options = options.length > 0 ? options : [defaultOption(change)];
  for (const variant of variantsOf(call.shop, product)) {
    const left = keptAt.flatMap((at) => variant.optionValueIds[at] ?? []);
    variant.optionValueIds =
      left.length > 0 ? left : product.options.flatMap(({ values }) => values[0]?.id ?? []);
    change.variantChanged(variant, 'selectedOptions');
  }
  change.productChanged(product, 'product.options');
  change.commit();
  return { product, deletedOptionsIds: args.options, userErrors: [] };
};

export const optionMutations: Record<string, FieldResolver> = {
  productOptionsCreate,
  productOptionUpdate,
  productOptionsDelete,
  productOptionsReorder,
};
