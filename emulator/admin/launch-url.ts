/** The address the admin opens an embedded app at, signed as the app's library checks it. */
import { createHmac, randomBytes } from 'node:crypto';
import type { EmulatorContext } from '../context';
import { mintSessionToken } from '../oauth/session-token';
import type { Shop } from '../state/shop';
import { handleOf } from './store';

/** base64url of "admin.shopify.com/store/{handle}", without padding. */
export function hostParameter(shop: Shop): string {
  return Buffer.from(`admin.shopify.com/store/${handleOf(shop)}`).toString('base64url');
}

/** Hex HMAC-SHA256 over the parameters in order of their names; several values of one name are joined by commas. */
export function signQuery(secret: string, parameters: URLSearchParams): string {
  const joined = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (name === 'hmac' || name === 'signature') continue;
    const known = joined.get(name);
    joined.set(name, known === undefined ? value : `${known},${value}`);
  }
  const message = [...joined]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return createHmac('sha256', secret).update(message).digest('hex');
}

/** Where to open the app for a shop. `path` is the app's own path with its own search, e.g. "/app/runs?page=2". */
export async function launchUrl(context: EmulatorContext, shop: Shop, path: string): Promise<string> {
  const url = new URL(path || '/', context.app.appUrl);
  const parameters = {
    embedded: '1',
    host: hostParameter(shop),
    id_token: await mintSessionToken(context, shop.domain),
    locale: 'en',
    session: randomBytes(32).toString('hex'),
    shop: shop.domain,
    timestamp: String(Math.floor(context.clock.now() / 1000)),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  url.searchParams.set('hmac', signQuery(context.app.apiSecret, url.searchParams));
  return url.href;
}
