/** How the admin names stores and the app in its addresses. */
import type { EmulatorContext, HttpAnswer } from '../context';
import type { Shop } from '../state/shop';

const SUFFIX = '.myshopify.com';

/** "lockstep-demo" of lockstep-demo.myshopify.com. */
export function handleOf(shop: Shop): string {
  return shop.domain.replace(SUFFIX, '');
}

/** The store a handle names, or null. */
export function shopByHandle(context: EmulatorContext, handle: string): Shop | null {
  return context.state.shops.get(`${handle}${SUFFIX}`) ?? null;
}

/** The app's name as an address spells it: "My App" is "my-app". */
export function appHandle(context: EmulatorContext): string {
  const slug = context.app.config.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return slug.replace(/^-|-$/g, '') || 'app';
}

/** Address of a page of a store's admin; `path` starts with a slash or is empty. */
export function storePath(shop: Shop, path = ''): string {
  return `/store/${handleOf(shop)}${path}`;
}

/** Address of the app in a store's admin. */
export function appPath(context: EmulatorContext, shop: Shop): string {
  return storePath(shop, `/apps/${appHandle(context)}`);
}

/** "See other": the browser asks for the address with GET. */
export function seeOther(location: string): HttpAnswer {
  return { status: 303, headers: { location }, body: '' };
}
