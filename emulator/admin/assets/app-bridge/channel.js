/* eslint-disable @typescript-eslint/no-unused-vars -- all parts are joined into one script (assets.ts) */
/*
 * App Bridge stand-in of the local emulator. Runs inside the app's document and talks to the admin page around it by
 * postMessage. Its parts are joined into one script in the order listed in app-bridge.ts.
 */
const script = document.currentScript;
const adminOrigin = new URL(script.src).origin;
const PROTOCOL = 'emulator-app-bridge';

const waitingForAnswer = new Map();
const eventHandlers = new Map();
let nextRequestId = 1;

/* A dialog's frame stands inside the app's, not directly in the admin page. */
const adminWindow = window.top;
const nested = window.parent !== window.top;

/** Tells the admin page something. */
function tell(type, payload = {}) {
  adminWindow.postMessage({ protocol: PROTOCOL, type, nested, ...payload }, adminOrigin);
}

/** Asks the admin page; the promise settles with its answer. */
function ask(type, payload = {}) {
  const id = nextRequestId++;
  return new Promise((resolve, reject) => {
    waitingForAnswer.set(id, { resolve, reject });
    tell(type, { ...payload, id });
  });
}

/** Sets the one handler of an event the admin page sends. */
function onAdminEvent(type, handler) {
  eventHandlers.set(type, handler);
}

function receive(event) {
  if (event.source !== adminWindow || event.origin !== adminOrigin) return;
  const message = event.data;
  if (!message || message.protocol !== PROTOCOL) return;
  if (message.type === 'answer') {
    const waiting = waitingForAnswer.get(message.id);
    waitingForAnswer.delete(message.id);
    if (!waiting) return;
    if (message.error === undefined) waiting.resolve(message.value);
    else waiting.reject(new Error(message.error));
    return;
  }
  eventHandlers.get(message.type)?.(message);
}

window.addEventListener('message', receive);

/** Parameters of the first document survive later navigation, which drops them from the address. */
function rememberedParameter(name) {
  const key = `emulator-app-bridge:${name}`;
  const given = new URLSearchParams(location.search).get(name);
  if (given !== null) sessionStorage.setItem(key, given);
  return given ?? sessionStorage.getItem(key) ?? undefined;
}

const config = {
  apiKey:
    script.dataset.apiKey ??
    document.querySelector('meta[name="shopify-api-key"]')?.getAttribute('content') ??
    '',
  shop: rememberedParameter('shop'),
  host: rememberedParameter('host'),
  locale: rememberedParameter('locale') ?? 'en',
};

/** Parameters of the admin that are none of the app's own. */
const ADMIN_PARAMETERS = [
  'embedded',
  'hmac',
  'host',
  'id_token',
  'locale',
  'session',
  'shop',
  'timestamp',
  'protocol',
  'appLoadId',
  'shopify-reload',
];

/** Path, search and hash without what the admin added. */
function ownAddress(address) {
  const url = new URL(address, location.href);
  for (const name of ADMIN_PARAMETERS) url.searchParams.delete(name);
  return url.pathname + url.search + url.hash;
}
