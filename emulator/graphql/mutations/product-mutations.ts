/** productCreate, productUpdate, productDelete, tags and publishing. */
import { Change } from '../../catalog/change';
import type { InputError } from '../../catalog/change';
import { buildOption, checkOptions, defaultOption } from '../../catalog/options';
import type { PlannedOption } from '../../catalog/options';
import {
  applyProductFields,
  checkProductFields,
  createProduct,
  deleteProduct,
  findProduct,
} from '../../catalog/products';
import type { ProductFieldsInput, ProductIdentifier } from '../../catalog/products';
import { checkTags, normaliseTags, withoutTags } from '../../catalog/tags';
import { createVariant } from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import type { ProductOperation } from '../../state/operations';
import type { Product } from '../../state/product';
import { apiError } from '../call';
import type { Call, FieldResolver } from '../call';
import { addMedia, checkNewMedia } from './new-media';
import type { MediaInput } from './new-media';

export interface OptionCreateInput {
  name?: string | null;
  position?: number | null;
  values?: { name?: string | null }[] | null;
}

export interface ProductCreateInput extends ProductFieldsInput {
  id?: Gid | null;
  giftCard?: boolean | null;
  productOptions?: OptionCreateInput[] | null;
}

interface CreateArgs {
  product?: ProductCreateInput | null;
  input?: ProductCreateInput | null;
  media?: MediaInput[] | null;
}

/** Options as asked for at creation: nothing has an id yet. */
export const plannedOptions = (options: readonly OptionCreateInput[]): PlannedOption[] =>
  options.map(({ name, values }) => ({
    id: null,
    name: name ?? '',
    values: (values ?? []).map((value) => ({ id: null, name: value.name ?? '' })),
  }));

const missing = (message: string): InputError[] => [{ code: null, field: null, message }];

/** Mutations without scopes of their own still need the right to write products. */
export function requireScope(call: Call, scope: string, field: string): void {
  if (call.granted.has(scope)) return;
  const text = `\`${scope}\` access scope.`;
  throw apiError(`Access denied for ${field} field. Required access: ${text}`, 'ACCESS_DENIED', {
    documentation: 'https://shopify.dev/api/usage/access-scopes',
    requiredAccess: text,
  });
}

const productCreate: FieldResolver = (_root, args: CreateArgs, call) => {
  const { shop } = call;
  const name = args.product ? 'product' : 'input';
  const input = args.product ?? args.input;
  if (!input) return { product: null, shop, userErrors: missing('Provide the argument product.') };
  const change = new Change(call.emulator, shop);
  const media = args.media ?? [];
  const planned = plannedOptions(input.productOptions ?? []);
  const errors = [
    ...checkProductFields(change, input, null, [name]),
    ...checkOptions(planned, [name, 'productOptions']),
    ...checkNewMedia(media, null, ['media']),
  ];
  if (errors.length > 0) return { product: null, shop, userErrors: errors };
  const product = createProduct(change, input, input.giftCard === true);
  product.options =
    planned.length > 0 ? planned.map((option) => buildOption(change, option)) : [defaultOption(change)];
  createVariant(
    change,
    product,
    product.options.map((option) => option.values[0]?.id ?? ''),
  );
  addMedia(change, product, media);
  change.commit();
  return { product, shop, userErrors: [] };
};

interface UpdateArgs extends CreateArgs {
  identifier?: ProductIdentifier | null;
}

const productUpdate: FieldResolver = (_root, args: UpdateArgs, call) => {
  const name = args.product || !args.input ? 'product' : 'input';
  const input: ProductCreateInput = args.product ?? args.input ?? {};
  const product = findProduct(call.shop, args.identifier ?? { id: input.id ?? null });
  if (!product) {
    return {
      product: null,
      userErrors: [
        { field: args.identifier ? ['identifier'] : [name, 'id'], message: 'Product does not exist' },
      ],
    };
  }
  const change = new Change(call.emulator, call.shop);
  const media = args.media ?? [];
  const errors = [
    ...checkProductFields(change, input, product, [name]),
    ...checkNewMedia(media, product, ['media']),
  ];
  if (errors.length > 0) return { product, userErrors: errors };
  applyProductFields(change, product, input);
  addMedia(change, product, media);
  change.commit();
  return { product, userErrors: [] };
};

/** Remembers a mutation asked to run asynchronously; the emulator has finished it when it is asked about. */
export function recordOperation(
  change: Change,
  operation: Omit<ProductOperation, 'id' | 'status'>,
): ProductOperation {
  const record: ProductOperation = { ...operation, id: change.newGid(operation.type), status: 'COMPLETE' };
  change.shop.productOperations.set(record.id, record);
  return record;
}

const productDelete: FieldResolver = (
  _root,
  args: { input: { id: Gid }; synchronous?: boolean | null },
  call,
) => {
  const { shop } = call;
  const product = shop.products.get(args.input.id);
  if (!product) return { shop, userErrors: [{ field: ['id'], message: 'Product does not exist' }] };
  const change = new Change(call.emulator, shop);
  deleteProduct(change, product);
  const later = args.synchronous === false && !call.inBulk;
  const operation = later
    ? recordOperation(change, {
        type: 'ProductDeleteOperation',
        productId: null,
        deletedProductId: product.id,
        userErrors: [],
      })
    : null;
  change.commit();
  return {
    shop,
    userErrors: [],
    deletedProductId: later ? null : product.id,
    productDeleteOperation: operation && { ...operation, status: 'CREATED', deletedProductId: null },
  };
};

interface TagArgs {
  id: Gid;
  tags: string[];
}

/** Tags of orders, customers and articles exist in the schema; the emulator's only tagged resource is the product. */
function changeTags(call: Call, id: Gid, field: string, next: (product: Product) => string[]): object {
  requireScope(call, 'write_products', field);
  const product = call.shop.products.get(id);
  if (!product) return { node: null, userErrors: [{ field: ['id'], message: 'Product does not exist' }] };
  const change = new Change(call.emulator, call.shop);
  const tags = next(product);
  const errors = checkTags(tags, ['tags']);
  if (errors.length > 0) return { node: null, userErrors: errors };
  applyProductFields(change, product, { tags });
  change.commit();
  return { node: product, userErrors: [] };
}

const tagsAdd: FieldResolver = (_root, { id, tags }: TagArgs, call) =>
  changeTags(call, id, 'tagsAdd', (product) => {
    const mode = call.emulator.switches.tags;
    return normaliseTags([...product.tags, ...tags], mode === 'exact' ? 'trim-dedupe' : mode);
  });

const tagsRemove: FieldResolver = (_root, { id, tags }: TagArgs, call) =>
  changeTags(call, id, 'tagsRemove', (product) => withoutTags(product.tags, tags));

interface PublishArgs {
  id: Gid;
  input: { publicationId?: Gid | null; publishDate?: string | null }[];
}

function checkPublications(call: Call, product: Product | undefined, { input }: PublishArgs): InputError[] {
  if (!product)
    return [{ code: null, field: ['id'], message: 'Resource does not exist or is not a product' }];
  return input.flatMap(({ publicationId }, index) =>
    publicationId && call.shop.publications.has(publicationId)
      ? []
      : [
          {
            code: null,
            field: ['input', String(index), 'publicationId'],
            message: 'Publication does not exist or is not publishable',
          },
        ],
  );
}

const publish =
  (published: boolean): FieldResolver =>
  (_root, args: PublishArgs, call) => {
    const { shop } = call;
    const product = shop.products.get(args.id);
    const errors = checkPublications(call, product, args);
    if (!product || errors.length > 0) return { publishable: product ?? null, shop, userErrors: errors };
    const change = new Change(call.emulator, shop);
    for (const { publicationId, publishDate } of args.input) {
      if (!publicationId || product.publishedOn.has(publicationId) === published) continue;
      if (published) product.publishedOn.set(publicationId, publishDate ?? change.now);
      else product.publishedOn.delete(publicationId);
      change.productChanged(product, 'product.publications');
    }
    change.commit();
    return { publishable: product, shop, userErrors: [] };
  };

export const productMutations: Record<string, FieldResolver> = {
  productCreate,
  productUpdate,
  productDelete,
  tagsAdd,
  tagsRemove,
  publishablePublish: publish(true),
  publishableUnpublish: publish(false),
};
