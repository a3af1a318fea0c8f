/** The one way to Shopify's servers; with an emulator named, every request for a store goes there instead. */

export interface TransportConfig {
  /** Origin of the local emulator, e.g. "http://localhost:4080". */
  SHOPIFY_EMULATOR_ORIGIN?: string | undefined;
}

/** Names the store a request is for, where the address no longer does. */
const SHOP_HEADER = 'X-Shopify-Shop-Domain-Emulated';

/**
 * A `fetch` for requests to Shopify. Without an emulator it is the platform's own; with one, requests for
 * *.myshopify.com are sent to the emulator's origin with the store in a header, and all others go where they say.
 */
export function createTransport({ SHOPIFY_EMULATOR_ORIGIN: origin }: TransportConfig): typeof fetch {
  if (!origin) return (input, init) => fetch(input, init);
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!url.hostname.endsWith('.myshopify.com')) return fetch(input, init);
    const target = new URL(url.pathname + url.search, origin);
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
    headers.set(SHOP_HEADER, url.hostname);
    return input instanceof Request
      ? fetch(new Request(target, input), { ...init, headers })
      : fetch(target, { ...init, headers });
  };
}
