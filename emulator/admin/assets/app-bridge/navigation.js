/* Addresses: what the app shows, what it wants the admin to show, what the admin wants it to show. */

/** Tells the admin page where the app is, so that its own address follows. */
function tellLocation() {
  if (new URLSearchParams(location.search).has('shopify-reload')) return;
  tell('location', { path: ownAddress(location.href) });
}

for (const method of ['pushState', 'replaceState']) {
  const key = Symbol.for(`emulator-app-bridge.${method}`);
  window[key] ??= history[method].bind(history);
  history[method] = function followed(...parameters) {
    window[key](...parameters);
    tellLocation();
  };
}
window.addEventListener('popstate', tellLocation);
window.addEventListener('hashchange', tellLocation);

/** Whether an address belongs to the admin: shopify:admin/..., shopify://admin/..., admin.shopify.com, {shop}/admin. */
function isAdminAddress(address) {
  if (/^shopify:/i.test(address)) return true;
  if (!/^https?:/i.test(address)) return false;
  const url = new URL(address);
  if (url.hostname === 'admin.shopify.com' || url.origin === adminOrigin) return true;
  return url.hostname.endsWith('.myshopify.com') && url.pathname.startsWith('/admin');
}

const ORIGINAL_OPEN = Symbol.for('emulator-app-bridge.open');
window[ORIGINAL_OPEN] ??= window.open.bind(window);
window.open = function openInAdmin(address, target, features) {
  if (address !== undefined && isAdminAddress(String(address))) {
    tell('open', {
      address: String(address),
      newTab: target !== '_top' && target !== '_parent' && target !== '_self',
    });
    return null;
  }
  return window[ORIGINAL_OPEN](address, target, features);
};

document.addEventListener(
  'click',
  (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    const address = link?.getAttribute('href');
    if (!address || !isAdminAddress(address)) return;
    event.preventDefault();
    tell('open', { address, newTab: link.target === '_blank' || event.metaKey || event.ctrlKey });
  },
  true,
);

/* Whether the app listens to shopify:navigate; otherwise a navigation item loads its document. */
let navigateListeners = 0;
const listen = EventTarget.prototype.addEventListener;
const unlisten = EventTarget.prototype.removeEventListener;
window.addEventListener = function countedListen(type, ...rest) {
  if (type === 'shopify:navigate') navigateListeners++;
  return listen.call(this, type, ...rest);
};
window.removeEventListener = function countedUnlisten(type, ...rest) {
  if (type === 'shopify:navigate') navigateListeners--;
  return unlisten.call(this, type, ...rest);
};

/** Goes to a path of the app as a click on the given element would. */
function navigateWithin(path, element) {
  if (navigateListeners > 0 && element) {
    element.dispatchEvent(new CustomEvent('shopify:navigate', { bubbles: true, cancelable: true }));
  } else {
    location.assign(path);
  }
}

onAdminEvent('navigate', ({ path }) => {
  const links = [
    ...document.querySelectorAll('ui-nav-menu a[href], s-app-nav a[href], s-app-nav s-link[href]'),
  ];
  navigateWithin(
    path,
    links.find((link) => link.getAttribute('href') === path),
  );
});
