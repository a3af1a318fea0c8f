/* eslint-disable @typescript-eslint/no-unused-vars -- all parts are joined into one script (assets.ts) */
/* Id tokens, and the fetch that carries them. */
const TOKEN_MARGIN_MS = 10_000;
let heldToken = null;

function expiryOf(token) {
  const payload = token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
  return JSON.parse(atob(payload)).exp * 1000;
}

/** A session token with at least ten seconds left; a new one from the admin page where needed. */
async function idToken(fresh = false) {
  if (fresh || heldToken === null || expiryOf(heldToken) - TOKEN_MARGIN_MS < Date.now()) {
    heldToken = await ask('id-token');
  }
  return heldToken;
}

/* A document written over this one runs the script again in the same window: the browser's own fetch is kept. */
const ORIGINAL_FETCH = Symbol.for('emulator-app-bridge.fetch');
window[ORIGINAL_FETCH] ??= window.fetch.bind(window);
const browserFetch = window[ORIGINAL_FETCH];

function isForApp(url) {
  if (url.origin === location.origin) return true;
  return url.protocol === location.protocol && url.hostname.endsWith(`.${location.hostname}`);
}

async function authorized(request, fresh) {
  const headers = new Headers(request.headers);
  headers.set('Authorization', `Bearer ${await idToken(fresh)}`);
  return new Request(request, { headers });
}

window.fetch = async function fetchWithIdToken(input, init) {
  const request = new Request(input, init);
  if (!isForApp(new URL(request.url)) || request.headers.has('Authorization')) return browserFetch(request);
  const spare = request.clone();
  let response = await browserFetch(await authorized(request, false));
  if (response.headers.get('X-Shopify-Retry-Invalid-Session-Request')) {
    response = await browserFetch(await authorized(spare, true));
  }
  const reauthorize = response.headers.get('X-Shopify-API-Request-Failure-Reauthorize-Url');
  if (reauthorize) {
    tell('open', { address: new URL(reauthorize, location.href).href });
    return new Promise(() => undefined);
  }
  return response;
};

/**
 * The app's server sends a document that came without a usable token to its bounce page, which names the address to
 * load again. That document is fetched with a token and written over this one.
 */
async function reloadWithToken(address) {
  const response = await browserFetch(address, {
    headers: { Authorization: `Bearer ${await idToken(true)}`, 'X-Shopify-Bounce': '1' },
  });
  const reauthorize = response.headers.get('X-Shopify-API-Request-Failure-Reauthorize-Url');
  if (reauthorize) {
    tell('open', { address: new URL(reauthorize, location.href).href });
    return;
  }
  const html = await response.text();
  const arrived = new URL(response.url);
  arrived.searchParams.delete('id_token');
  if (arrived.origin === location.origin) history.replaceState(null, '', arrived.href);
  document.open();
  document.write(html);
  document.close();
}
