/** productSet: makes a product as described. Lists are whole: what they leave out is deleted. */
import { Change } from '../../catalog/change';
import type { InputError } from '../../catalog/change';
import { slug } from '../../catalog/handles';
import { adjustQuantity, quantityOf, stockedLevel } from '../../catalog/inventory';
import { attachMedia, createFile, detachMedia, isFetchable, setVariantMedia } from '../../catalog/media';
import { fullNamespace, metafieldKey } from '../../catalog/metafields';
import type { MetafieldInput } from '../../catalog/metafields';
import { buildOption, defaultOption, valueIdsFor } from '../../catalog/options';
import { applyProductFields, checkProductFields, createProduct, findProduct } from '../../catalog/products';
import type { ProductIdentifier } from '../../catalog/products';
import { applyVariantFields, createVariant, deleteVariant, itemOf } from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import type { Metafields, Product, Variant } from '../../state/product';
import type { Call, FieldResolver } from '../call';
import { recordOperation } from './product-mutations';
import { planLists } from './product-set-plan';
import type { FileSetInput, ListsPlan, PlannedVariant, ProductSetInput } from './product-set-plan';

interface SetArgs {
  identifier?: ProductIdentifier | null;
  input: ProductSetInput;
  synchronous?: boolean | null;
}

const ALT_LIMIT = 512;

function checkFiles(call: Call, files: readonly FileSetInput[]): InputError[] {
  return files.flatMap((file, index): InputError[] => {
    const field = ['input', 'files', String(index)];
    if ((file.alt?.length ?? 0) > ALT_LIMIT) {
      return [
        {
          code: 'INVALID_INPUT',
          field: [...field, 'alt'],
          message: `Alt text is too long (maximum is ${ALT_LIMIT} characters)`,
        },
      ];
    }
    if (file.id != null) {
      if (call.shop.files.has(file.id)) return [];
      return [{ code: 'NOT_FOUND', field: [...field, 'id'], message: 'File does not exist' }];
    }
    if (file.originalSource != null && isFetchable(file.originalSource)) return [];
    return [{ code: 'INVALID_INPUT', field: [...field, 'originalSource'], message: 'File URL is invalid' }];
  });
}

function checkIdentifier({ identifier, input }: SetArgs, product: Product | null): InputError[] {
  const id = identifier?.id ?? (identifier ? null : input.id);
  if (id != null && !product) {
    return [
      {
        code: 'PRODUCT_DOES_NOT_EXIST',
        field: identifier ? ['identifier', 'id'] : ['input', 'id'],
        message: 'Product does not exist',
      },
    ];
  }
  const handle = identifier?.handle;
  if (!product && handle != null && input.handle != null && slug(input.handle) !== slug(handle)) {
    return [
      {
        code: 'INPUT_MISMATCH',
        field: ['input', 'handle'],
        message: 'The handle must be that of the identifier',
      },
    ];
  }
  return [];
}

/** Deletes the metafields a given list leaves out. */
function dropMetafields(owner: Metafields, given: MetafieldInput[] | null | undefined): boolean {
  if (!given) return false;
  const kept = new Set(given.map(({ namespace, key }) => metafieldKey(fullNamespace(namespace), key ?? '')));
  const dropped = [...owner.keys()].filter((key) => !kept.has(key));
  for (const key of dropped) owner.delete(key);
  return dropped.length > 0;
}

/** Makes the product's media the given files, in order; answers the media of a file input. */
function applyFiles(
  change: Change,
  product: Product,
  files: readonly FileSetInput[],
): (file: FileSetInput) => Gid | null {
  const ids = files.map((input) => {
    const known = input.id != null ? change.shop.files.get(input.id) : undefined;
    const { originalSource, alt, filename, contentType } = input;
    const file =
      known ??
      createFile(change, {
        originalSource: originalSource ?? '',
        alt: alt ?? null,
        filename: filename ?? null,
        contentType: contentType ?? null,
      });
    if (known && alt != null && known.alt !== alt) {
      known.alt = alt;
      known.updatedAt = change.now;
      change.productChanged(product, 'product.media');
    }
    return file.id;
  });
  for (const id of [...product.mediaIds]) if (!ids.includes(id)) detachMedia(change, product, id);
  for (const id of ids) attachMedia(change, product, id);
  const ordered = [...new Set(ids)];
  if (ordered.join() !== product.mediaIds.join()) {
    product.mediaIds = ordered;
    change.productChanged(product, 'product.media');
  }
  return (wanted) => {
    const at = files.findIndex((file) =>
      wanted.id != null ? file.id === wanted.id : file.originalSource === wanted.originalSource,
    );
    return ids[at] ?? null;
  };
}

function applyQuantities(change: Change, variant: Variant, { input }: PlannedVariant): void {
  const item = itemOf(change.shop, variant);
  for (const { locationId, name, quantity } of input.inventoryQuantities ?? []) {
    const level = stockedLevel(change, item, locationId);
    const quantityName = name === 'on_hand' ? 'on_hand' : 'available';
    adjustQuantity(change, item, level, quantityName, quantity - (quantityOf(level, quantityName) ?? 0));
  }
}

function applyVariant(
  change: Change,
  product: Product,
  planned: PlannedVariant,
  mediaOf: ((file: FileSetInput) => Gid | null) | null,
): Variant {
  const { input, names } = planned;
  const optionValueIds = valueIdsFor(change, product, names);
  const locations = (input.inventoryQuantities ?? []).map(({ locationId }) => locationId);
  const variant = planned.current ?? createVariant(change, product, optionValueIds, locations);
  if (variant.optionValueIds.join() !== optionValueIds.join()) {
    variant.optionValueIds = optionValueIds;
    change.variantChanged(variant, 'selectedOptions');
  }
  applyVariantFields(change, variant, input);
  if (dropMetafields(variant.metafields, input.metafields)) change.variantChanged(variant, 'metafields');
  applyQuantities(change, variant, planned);
  if (input.file && mediaOf) {
    const mediaId = mediaOf(input.file);
    setVariantMedia(change, variant, mediaId === null ? [] : [mediaId]);
  }
  return variant;
}

function sameOptions(left: Product['options'], right: Product['options']): boolean {
  const text = (options: Product['options']) =>
    JSON.stringify(options.map(({ name, values }) => [name, values.map((value) => value.name)]));
  return text(left) === text(right);
}

function applyLists(
  change: Change,
  product: Product,
  lists: ListsPlan,
  mediaOf: ((file: FileSetInput) => Gid | null) | null,
): void {
  const options = lists.options.map((option) => buildOption(change, option));
  if (!sameOptions(product.options, options)) change.productChanged(product, 'product.options');
  product.options = options;
  const before = product.variantIds.join();
  const kept = new Set(lists.variants.flatMap(({ current }) => current?.id ?? []));
  for (const id of [...product.variantIds]) if (!kept.has(id)) deleteVariant(change, product, id);
  const written = lists.variants.map((planned, index) => ({
    id: applyVariant(change, product, planned, mediaOf).id,
    position: planned.input.position ?? index + 1,
  }));
  product.variantIds = written.sort((left, right) => left.position - right.position).map(({ id }) => id);
  if (product.variantIds.join() !== before) change.productChanged(product, 'product.variants.position');
}

function apply(change: Change, args: SetArgs, existing: Product | null, lists: ListsPlan | null): Product {
  const input = { ...args.input, handle: args.input.handle ?? args.identifier?.handle ?? null };
  const product = existing ?? createProduct(change, input, input.giftCard === true);
  if (existing) {
    applyProductFields(change, existing, { ...input, handle: args.input.handle ?? null });
    if (dropMetafields(existing.metafields, input.metafields))
      change.productChanged(existing, 'product.metafields');
  }
  const mediaOf = input.files ? applyFiles(change, product, input.files) : null;
  if (lists && lists.variants.length > 0) applyLists(change, product, lists, mediaOf);
  else if (!existing) {
    product.options = [defaultOption(change)];
    createVariant(
      change,
      product,
      product.options.map((option) => option.values[0]?.id ?? ''),
    );
  }
  return product;
}

export const productSet: FieldResolver = (_root, args: SetArgs, call) => {
  const existing = findProduct(call.shop, args.identifier ?? { id: args.input.id ?? null });
  const change = new Change(call.emulator, call.shop);
  const refused = checkIdentifier(args, existing);
  const { lists, errors: ofLists } =
    refused.length === 0 ? planLists(call, args.input, existing) : { lists: null, errors: [] };
  const errors = [
    ...refused,
    ...(refused.length === 0 ? checkProductFields(change, args.input, existing, ['input']) : []),
    ...ofLists,
    ...checkFiles(call, args.input.files ?? []),
  ];
  if (!existing && lists?.variants.length === 0) {
    errors.push({
      code: 'INVALID_INPUT',
      field: ['input', 'variants'],
      message: 'A product needs at least one variant',
    });
  }
  const product = errors.length === 0 ? apply(change, args, existing, lists) : null;
  if (args.synchronous === false && !call.inBulk) {
    const operation = recordOperation(change, {
      type: 'ProductSetOperation',
      productId: product?.id ?? null,
      deletedProductId: null,
      userErrors: errors,
    });
    change.commit();
    return {
      product: null,
      productSetOperation: { ...operation, status: 'CREATED', productId: null, userErrors: [] },
      userErrors: [],
    };
  }
  change.commit();
  return { product, productSetOperation: null, userErrors: errors };
};
