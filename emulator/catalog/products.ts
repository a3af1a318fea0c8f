/** Products: their own fields, and making and deleting them. */
import type { Gid } from '../state/gid';
import type { Product, ProductStatus } from '../state/product';
import type { Shop } from '../state/shop';
import { assign } from './change';
import type { Change, InputError } from './change';
import { checkHandle, freeHandle, setHandle, slug } from './handles';
import { rewrittenHtml } from './html';
import { checkMetafield, fullNamespace, metafieldKey, setMetafield } from './metafields';
import type { MetafieldInput } from './metafields';
import { checkTags, normaliseTags } from './tags';
import { findCategory } from './taxonomy';
import { deleteVariant } from './variants';

/** What the inputs of productCreate, productUpdate and productSet have in common. */
export interface ProductFieldsInput {
  title?: string | null;
  descriptionHtml?: string | null;
  handle?: string | null;
  vendor?: string | null;
  productType?: string | null;
  category?: Gid | null;
  status?: ProductStatus | null;
  tags?: string[] | null;
  seo?: { title?: string | null; description?: string | null } | null;
  templateSuffix?: string | null;
  giftCardTemplateSuffix?: string | null;
  requiresSellingPlan?: boolean | null;
  redirectNewHandle?: boolean | null;
  metafields?: MetafieldInput[] | null;
  collectionsToJoin?: Gid[] | null;
  collectionsToLeave?: Gid[] | null;
  collections?: Gid[] | null;
}

const MAX_TEXT: Partial<Record<keyof ProductFieldsInput, number>> = {
  title: 255,
  vendor: 255,
  productType: 255,
  handle: 255,
};
const MAX_DESCRIPTION = 524_287;

/** Refusals of a product's fields; `field` is the path of the input. `product` is what an update is for. */
export function checkProductFields(
  change: Change,
  input: ProductFieldsInput,
  product: Product | null,
  field: string[],
): InputError[] {
  const errors: InputError[] = [];
  const refuse = (code: string, name: string, message: string) =>
    errors.push({ code, field: [...field, name], message });
  if (product ? input.title !== undefined && !input.title?.trim() : !input.title?.trim()) {
    refuse('INVALID_INPUT', 'title', "Title can't be blank");
  }
  for (const [name, limit] of Object.entries(MAX_TEXT)) {
    const value = Object.entries(input).find(([key]) => key === name)?.[1];
    if (typeof value === 'string' && value.length > limit) {
      refuse('INVALID_INPUT', name, `${name} is too long (maximum is ${limit} characters)`);
    }
  }
  if ((input.descriptionHtml?.length ?? 0) > MAX_DESCRIPTION) {
    refuse('INVALID_INPUT', 'descriptionHtml', 'Description (HTML) is too big (maximum is 512 KB)');
  }
  if (input.handle) errors.push(...checkHandle(change, input.handle, product, [...field, 'handle']));
  if (input.category && !findCategory(input.category))
    refuse('INVALID_INPUT', 'category', 'Category is invalid');
  if (input.tags)
    errors.push(...checkTags(normaliseTags(input.tags, change.emulator.switches.tags), [...field, 'tags']));
  if (
    [input.collections, input.collectionsToJoin, input.collectionsToLeave].some(
      (list) => list && list.length > 0,
    )
  ) {
    refuse('INVALID_INPUT', 'collections', 'The emulator has no collections.');
  }
  (input.metafields ?? []).forEach((metafield, index) => {
    errors.push(
      ...checkMetafield(product?.metafields ?? new Map(), metafield, [...field, 'metafields', String(index)]),
    );
  });
  return errors;
}

/** Writes checked fields. Absent fields stay; null clears what can be empty. */
export function applyProductFields(change: Change, product: Product, input: ProductFieldsInput): void {
  const { switches } = change.emulator;
  const set = <K extends keyof Product>(name: K, value: Product[K]) => {
    if (assign(product, name, value)) change.productChanged(product, `product.${name}`);
  };
  if (input.title != null) set('title', input.title);
  if (input.descriptionHtml !== undefined) {
    const html = input.descriptionHtml ?? '';
    set('descriptionHtml', switches.rewriteHtml ? rewrittenHtml(html) : html);
  }
  if (input.vendor !== undefined) set('vendor', input.vendor || change.shop.name);
  if (input.productType !== undefined) set('productType', input.productType ?? '');
  if (input.category !== undefined) set('categoryId', input.category);
  if (input.status != null) set('status', input.status);
  if (input.templateSuffix !== undefined) set('templateSuffix', input.templateSuffix || null);
  if (input.giftCardTemplateSuffix !== undefined)
    set('giftCardTemplateSuffix', input.giftCardTemplateSuffix || null);
  if (input.requiresSellingPlan != null) set('requiresSellingPlan', input.requiresSellingPlan);
  if (input.tags != null) {
    const tags = normaliseTags(input.tags, switches.tags);
    if (tags.join('\n') !== product.tags.join('\n')) set('tags', tags);
  }
  if (input.seo != null) {
    const seo = { ...product.seo };
    if (input.seo.title !== undefined) seo.title = input.seo.title || null;
    if (input.seo.description !== undefined) seo.description = input.seo.description || null;
    if (seo.title !== product.seo.title || seo.description !== product.seo.description) set('seo', seo);
  }
  if (input.handle && setHandle(change, product, input.handle, input.redirectNewHandle === true)) {
    change.productChanged(product, 'product.handle');
  }
  for (const metafield of input.metafields ?? []) {
    if (setMetafield(change, product.metafields, metafield).changed)
      change.productChanged(product, 'product.metafields');
  }
}

/** Makes an empty product (no options, no variants yet) with a handle of its title or the given one. */
export function createProduct(change: Change, input: ProductFieldsInput, isGiftCard: boolean): Product {
  const { shop } = change;
  const id = change.newGid('Product');
  const handle = freeHandle(shop, slug(input.handle || input.title || '') || 'product');
  const product: Product = {
    id,
    title: '',
    descriptionHtml: '',
    handle,
    vendor: shop.name,
    productType: '',
    categoryId: null,
    status: 'ACTIVE',
    tags: [],
    seo: { title: null, description: null },
    templateSuffix: null,
    giftCardTemplateSuffix: null,
    isGiftCard,
    requiresSellingPlan: false,
    createdAt: change.now,
    updatedAt: change.now,
    publishedOn: new Map(),
    options: [],
    variantIds: [],
    mediaIds: [],
    metafields: new Map(),
  };
  shop.products.set(id, product);
  shop.productsByHandle.set(handle, id);
  change.productCreated(product);
  applyProductFields(change, product, { ...input, handle: null });
  return product;
}

/** Removes a product with its variants; its files stay in the library. */
export function deleteProduct(change: Change, product: Product): void {
  for (const variantId of [...product.variantIds]) deleteVariant(change, product, variantId);
  change.shop.products.delete(product.id);
  change.shop.productsByHandle.delete(product.handle);
  change.productDeleted(product.id);
}

/** How several mutations and queries name a product. */
export interface ProductIdentifier {
  id?: Gid | null;
  handle?: string | null;
  customId?: { namespace?: string | null; key: string; value: string } | null;
}

/** The product an identifier names, or null. A custom id is looked for among metafields of type "id". */
export function findProduct(shop: Shop, identifier: ProductIdentifier): Product | null {
  if (identifier.id != null) return shop.products.get(identifier.id) ?? null;
  if (identifier.handle != null) {
    return shop.products.get(shop.productsByHandle.get(slug(identifier.handle)) ?? '') ?? null;
  }
  const custom = identifier.customId;
  if (!custom) return null;
  const key = metafieldKey(fullNamespace(custom.namespace), custom.key);
  for (const product of shop.products.values()) {
    const metafield = product.metafields.get(key);
    if (metafield?.type === 'id' && metafield.value === custom.value) return product;
  }
  return null;
}
