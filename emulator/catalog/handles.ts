/** Handles: the product's name in addresses, unique in its store. */
import type { Product } from '../state/product';
import type { Shop } from '../state/shop';
import type { Change, InputError } from './change';

const MAX_LENGTH = 255;

/** "Été 2026: T-Shirt" becomes "ete-2026-t-shirt". */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_LENGTH);
}

/** The handle itself where it is free, else with "-1", "-2", ... */
export function freeHandle(shop: Shop, wanted: string): string {
  if (!shop.productsByHandle.has(wanted)) return wanted;
  let number = 1;
  while (shop.productsByHandle.has(`${wanted}-${number}`)) number++;
  return `${wanted}-${number}`;
}

/** Refuses a handle another product has, unless the `takenHandle` switch says to append a number. */
export function checkHandle(
  change: Change,
  handle: string,
  product: Product | null,
  field: string[],
): InputError[] {
  const owner = change.shop.productsByHandle.get(slug(handle));
  if (!owner || owner === product?.id || change.emulator.switches.takenHandle === 'suffix') return [];
  return [
    {
      code: 'HANDLE_NOT_UNIQUE',
      field,
      message: `Handle '${handle}' already in use. Please provide a new handle.`,
    },
  ];
}

/** Gives the product a (checked) handle; with `redirect` the old address leads to the new one. */
export function setHandle(change: Change, product: Product, wanted: string, redirect: boolean): boolean {
  const { shop } = change;
  const plain = slug(wanted);
  if (plain === product.handle) return false;
  const handle = freeHandle(shop, plain);
  if (product.handle) {
    shop.productsByHandle.delete(product.handle);
    if (redirect) {
      const id = change.newGid('UrlRedirect');
      shop.redirects.set(id, { id, path: `/products/${product.handle}`, target: `/products/${handle}` });
    }
  }
  product.handle = handle;
  shop.productsByHandle.set(handle, product.id);
  return true;
}
