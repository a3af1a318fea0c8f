/** The admin: which page answers which address. */
import type { EmulatorContext, HttpAnswer, HttpRequest } from '../context';
import { gidOf } from '../state/gid';
import type { Shop } from '../state/shop';
import { answerApp, install, remove, showApp, showInstall } from './app-page';
import { assetAt } from './assets';
import { saveEmulator, showEmulator } from './emulator-page';
import { html } from './html';
import { removeProduct, saveProduct, sellOne, showProduct, showProducts } from './product-pages';
import { plainPage } from './shell';
import { appHandle, appPath, seeOther, shopByHandle, storePath } from './store';
import { showHome, showOrders, showStores } from './store-pages';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/;

function notFound(what: string): HttpAnswer {
  return plainPage(
    'Not found',
    html`<p>${what}</p>
      <p><a href="/">All stores</a></p>`,
    404,
  );
}

/** The same page on the emulator's own origin: App Bridge trusts only one. Null where the request is there already. */
function onOwnOrigin(context: EmulatorContext, request: HttpRequest): HttpAnswer | null {
  const asked = request.headers.host ?? '';
  const own = new URL(context.origin()).host;
  if (asked === own || !LOOPBACK.test(asked) || !LOOPBACK.test(own) || request.method !== 'GET') return null;
  return {
    status: 302,
    headers: { location: context.origin() + request.url.pathname + request.url.search },
    body: '',
  };
}

/** Whether a form was posted by a page of another site. */
function isForeignPost(context: EmulatorContext, request: HttpRequest): boolean {
  const { origin } = request.headers;
  return request.method === 'POST' && origin !== undefined && origin !== context.origin();
}

async function answerAppAddress(
  context: EmulatorContext,
  shop: Shop,
  request: HttpRequest,
  [name = '', ...path]: string[],
): Promise<HttpAnswer> {
  // App Bridge names the app by its client id where it only knows that.
  const ownPath = `/${path.join('/')}${request.url.search}`;
  if (name === context.app.apiKey) return seeOther(appPath(context, shop) + (ownPath === '/' ? '' : ownPath));
  if (name !== appHandle(context)) return notFound(`There is no app "${name}".`);
  if (!shop.installation) return seeOther(storePath(shop, '/install'));
  return showApp(context, shop, ownPath);
}

function answerProduct(
  context: EmulatorContext,
  shop: Shop,
  request: HttpRequest,
  [id, act, variantId]: string[],
): HttpAnswer | null {
  if (id === undefined) return showProducts(context, shop, request.url.searchParams);
  const product = shop.products.get(gidOf('Product', id));
  if (!product) return notFound(`${shop.name} has no product ${id}.`);
  if (request.method === 'GET') return act === undefined ? showProduct(context, shop, product) : null;
  if (act === undefined)
    return saveProduct(context, shop, product, new URLSearchParams(request.body.toString('utf8')));
  if (act === 'delete') return removeProduct(context, shop, product);
  const variant = shop.variants.get(gidOf('ProductVariant', variantId ?? ''));
  return act === 'sell' && variant?.productId === product.id
    ? sellOne(context, shop, product, variant)
    : null;
}

async function answerStore(
  context: EmulatorContext,
  shop: Shop,
  request: HttpRequest,
  [section = '', ...rest]: string[],
): Promise<HttpAnswer | null> {
  const isPost = request.method === 'POST';
  const form = () => new URLSearchParams(request.body.toString('utf8'));
  switch (section) {
    case '':
      return showHome(context, shop);
    case 'products':
      return answerProduct(context, shop, request, rest);
    case 'orders':
      return showOrders(context, shop);
    case 'apps':
      return answerAppAddress(context, shop, request, rest);
    case 'install':
      return isPost ? install(context, shop) : showInstall(context, shop);
    case 'uninstall':
      return isPost ? remove(context, shop) : null;
    case 'emulator':
      return isPost ? saveEmulator(context, shop, rest[0] ?? '', form()) : showEmulator(context, shop);
    case '_app':
      return isPost ? answerApp(context, shop, rest[0] ?? '') : null;
    default:
      return null;
  }
}

/**
 * Answers the admin's addresses: / lists the stores, /store/:handle is one of them, /store/:handle/apps/:app embeds the
 * app. Everything else is a page that says "not found". Forms of other sites are refused.
 */
export async function handleAdmin(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const { pathname } = request.url;
  const asset = assetAt(pathname);
  if (asset) return asset;
  const moved = onOwnOrigin(context, request);
  if (moved) return moved;
  if (isForeignPost(context, request))
    return plainPage('Refused', html`<p>This form is of another site.</p>`, 403);
  if (pathname === '/') return showStores(context);
  const [first, handle, ...rest] = pathname
    .split('/')
    .slice(1)
    .filter((part) => part !== '');
  if (first !== 'store') return notFound('There is no such page.');
  const shop = shopByHandle(context, decodeURIComponent(handle ?? ''));
  if (!shop) return notFound(`There is no store "${handle ?? ''}".`);
  return (await answerStore(context, shop, request, rest)) ?? notFound('There is no such page.');
}
