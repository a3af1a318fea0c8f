/* window.shopify */
let nextToast = 1;
const toasts = new Map();

onAdminEvent('toast-action', ({ toast }) => toasts.get(toast)?.onAction?.());
onAdminEvent('toast-gone', ({ toast, dismissed }) => {
  if (dismissed) toasts.get(toast)?.onDismiss?.();
  toasts.delete(toast);
});

function elementNamed(id, names) {
  const element = document.getElementById(id);
  if (element && names.includes(element.localName)) return element;
  throw new Error(`There is no ${names[0]} element with the id "${id}".`);
}

function notHere(feature) {
  return () => Promise.reject(new Error(`${feature} is not part of the local Shopify emulator.`));
}

const toggles = (names) => ({
  show: async (id) => elementNamed(id, names).show(),
  hide: async (id) => elementNamed(id, names).hide(),
  toggle: async (id) => elementNamed(id, names).toggle(),
});

const embedded = window.parent !== window;

const shopify = {
  config,
  origin: adminOrigin,
  ready: Promise.resolve(),
  setSignals: () => undefined,
  environment: { mobile: false, embedded, pos: false, intent: false },
  idToken: () => idToken(),
  user: () => ask('user'),
  loading: (isLoading = true) => tell('loading', { isLoading: Boolean(isLoading) }),
  toast: {
    show(message, options = {}) {
      const toast = `toast-${nextToast++}`;
      toasts.set(toast, options);
      tell('toast-show', {
        toast,
        message: String(message),
        duration: options.duration ?? 5000,
        isError: options.isError === true,
        action: options.action ?? null,
      });
      return toast;
    },
    hide: (toast) => tell('toast-hide', { toast }),
  },
  modal: toggles(['ui-modal', 's-app-window']),
  saveBar: {
    ...toggles(['ui-save-bar']),
    leaveConfirmation: async () => {
      const leave = await ask('leave-confirmation');
      if (!leave) await new Promise(() => undefined);
    },
  },
  async resourcePicker(options) {
    const selection = await ask('resource-picker', { options: JSON.parse(JSON.stringify(options)) });
    if (selection === null) return undefined;
    return Object.assign(selection, { selection });
  },
  picker: async (options) => ({
    selected: ask('picker', { options: JSON.parse(JSON.stringify(options)) }).then((ids) => ids ?? undefined),
  }),
  scopes: {
    query: () => ask('scopes-query'),
    request: (scopes) => ask('scopes-request', { scopes }),
    revoke: (scopes) => ask('scopes-revoke', { scopes }),
  },
  app: { extensions: async () => [] },
  intents: {
    request: { value: null, subscribe: () => () => undefined },
    register: () => () => undefined,
    invoke: notHere('intents.invoke'),
  },
  reviews: {
    request: async () => ({
      success: false,
      code: 'merchant-ineligible',
      message: 'The local emulator has no reviews.',
    }),
  },
  shopifyQL: { available: async () => false },
  scanner: { capture: notHere('scanner.capture') },
  support: { registerHandler: async () => undefined },
  tools: { register: () => () => undefined, unregister: () => undefined, clear: () => undefined },
  webVitals: { onReport: async () => undefined },
  pos: {
    cart: {},
    close: notHere('pos.close'),
    device: notHere('pos.device'),
    location: notHere('pos.location'),
  },
};

Object.defineProperty(window, 'shopify', { value: shopify, configurable: true, writable: true });

function start() {
  if (!embedded) {
    const store = config.shop?.replace('.myshopify.com', '');
    if (store)
      location.replace(`${adminOrigin}/store/${store}/apps/${config.apiKey}${ownAddress(location.href)}`);
    return;
  }
  const reload = new URLSearchParams(location.search).get('shopify-reload');
  if (reload !== null && new URL(reload, location.href).origin === location.origin) {
    void reloadWithToken(reload);
    return;
  }
  tellLocation();
  document.addEventListener('DOMContentLoaded', () => {
    if (!document.querySelector('ui-nav-menu, s-app-nav')) tell('nav-menu', { items: [] });
  });
}
start();
