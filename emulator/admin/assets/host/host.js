/* Answers the app's frame. Only messages of the app's own origin count. */
const PROTOCOL = 'emulator-app-bridge';
const frame = place('app-frame');
const { appOrigin, appPath, adminPath } = frame.dataset;
let currentPath = frame.dataset.path;
let menu = { items: [] };
/** Save bars that are shown, by their id. */
const saveBars = new Map();

function tellApp(type, payload = {}) {
  frame.contentWindow.postMessage({ protocol: PROTOCOL, type, ...payload }, appOrigin);
}

const pressAction = (action) => tellApp('action', { id: action.id });

/** Whether the app may be left: asks where changes are not saved. */
async function mayLeave() {
  if (saveBars.size === 0) return true;
  return confirmDialog({
    title: 'Leave page with unsaved changes?',
    text: 'Leaving this page will delete all unsaved changes.',
    yes: 'Leave page',
    no: 'Stay',
  });
}

async function goInApp(path) {
  if (!(await mayLeave())) return;
  saveBars.clear();
  drawSaveBar(null);
  document.body.classList.remove('side-open');
  tellApp('navigate', { path });
}

function refreshNavigation() {
  drawNavigation(menu, currentPath.split('?')[0], goInApp);
}

/** The page of this emulator for an address of the admin: shopify:admin/products, admin.shopify.com/store/x/products. */
function adminAddress(address) {
  const path = address
    .replace(/^shopify:\/*(admin)?/i, '')
    .replace(/^https?:\/\/admin\.shopify\.com\/store\/[^/]+/i, '')
    .replace(/^https?:\/\/[^/]+\.myshopify\.com\/admin/i, '');
  if (/^https?:/i.test(path)) return path;
  return adminPath + (path === '' || path.startsWith('/') ? path : `/${path}`);
}

async function askAdmin(path) {
  const response = await fetch(`${adminPath}/_app/${path}`, { method: 'POST' });
  if (!response.ok) throw new Error(`The admin answered ${response.status} to ${path}.`);
  return response.json();
}

const requests = {
  'id-token': async () => (await askAdmin('session-token')).token,
  user: () => askAdmin('user'),
  'scopes-query': () => askAdmin('scopes'),
  'leave-confirmation': mayLeave,
};

const notices = {
  location: ({ path }) => {
    currentPath = path;
    history.replaceState(null, '', appPath + path);
    refreshNavigation();
  },
  'nav-menu': (message) => {
    menu = message;
    refreshNavigation();
  },
  'title-bar': (message) => drawTitleBar(message, pressAction),
  'save-bar': async (message) => {
    if (message.showing) saveBars.set(message.bar, message);
    else saveBars.delete(message.bar);
    const [shown] = saveBars.values();
    drawSaveBar(shown ?? null, async (action) => {
      const asks = action === shown.discard && shown.discardConfirmation;
      const question = {
        title: 'Discard all unsaved changes?',
        text: 'What you changed is lost.',
        yes: 'Discard changes',
        no: 'Keep editing',
      };
      if (!asks || (await confirmDialog(question))) pressAction(action);
    });
  },
  loading: ({ isLoading }) => place('loading').classList.toggle('on', isLoading),
  'toast-show': (message) =>
    drawToast(message, {
      gone: (dismissed) => tellApp('toast-gone', { toast: message.toast, dismissed }),
      acted: () => tellApp('toast-action', { toast: message.toast }),
    }),
  'toast-hide': ({ toast }) => document.querySelector(`[data-toast="${CSS.escape(toast)}"]`)?.remove(),
  open: ({ address, newTab }) => {
    const target = adminAddress(address);
    if (newTab) window.open(target, '_blank');
    else location.assign(target);
  },
};

async function answer(message, asker) {
  const handler = requests[message.type];
  const reply = (payload) =>
    asker.postMessage({ protocol: PROTOCOL, type: 'answer', id: message.id, ...payload }, appOrigin);
  if (!handler) return reply({ error: `"${message.type}" is not part of the local Shopify emulator.` });
  try {
    reply({ value: await handler(message) });
  } catch (error) {
    reply({ error: String(error) });
  }
}

window.addEventListener('message', (event) => {
  if (event.origin !== appOrigin || event.data?.protocol !== PROTOCOL) return;
  if (event.data.id !== undefined) void answer(event.data, event.source);
  else notices[event.data.type]?.(event.data);
});

window.addEventListener('beforeunload', (event) => {
  if (saveBars.size > 0) event.preventDefault();
});
/* Set only now, so that nothing the app says at its start is missed. */
frame.src = frame.dataset.src;
