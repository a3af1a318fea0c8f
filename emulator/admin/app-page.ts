/** The app inside the admin: its frame, its installation, and what App Bridge asks the admin for. */
import { json } from '../context';
import type { EmulatorContext, HttpAnswer } from '../context';
import { STAFF, mintSessionToken } from '../oauth/session-token';
import { randomUuid } from '../random';
import type { Shop } from '../state/shop';
import { grantScopes, uninstall } from '../state/state';
import { html } from './html';
import { launchUrl } from './launch-url';
import { storePage } from './shell';
import { appPath, seeOther, storePath } from './store';

/** The page with the app's frame. `path` is the app's own, with its search. */
export async function showApp(context: EmulatorContext, shop: Shop, path: string): Promise<HttpAnswer> {
  const { name } = context.app.config;
  const content = html`<div id="app-title" data-app-name="${name}"><h1>${name}</h1></div>
    <div id="save-bar" role="region" aria-label="Unsaved changes" hidden></div>
    <div id="loading"></div>
    <iframe
      id="app-frame"
      title="${name}"
      allow="clipboard-write"
      data-src="${await launchUrl(context, shop, path)}"
      data-path="${path}"
      data-app-origin="${new URL(context.app.appUrl).origin}"
      data-app-path="${appPath(context, shop)}"
      data-admin-path="${storePath(shop)}"
    ></iframe>
    <div id="toasts" role="status" aria-live="polite"></div>
    <script src="/_admin/assets/host.js"></script>`;
  return storePage(context, shop, { title: name, section: 'app', content, fills: true });
}

/** What the app asks for, and the button that grants it. */
export function showInstall(context: EmulatorContext, shop: Shop): HttpAnswer {
  const { name, scopes } = context.app.config;
  const content = html`<h1>Install ${name}</h1>
    <div class="card">
      <p>${name} asks ${shop.name} for these permissions:</p>
      <ul>
        ${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}
      </ul>
      <form method="post" action="${storePath(shop, '/install')}">
        <button class="primary">Install</button>
      </form>
    </div>`;
  return storePage(context, shop, { title: `Install ${name}`, section: 'app', content });
}

/** Grants the scopes of shopify.app.toml (again, where they changed) and opens the app. */
export function install(context: EmulatorContext, shop: Shop): HttpAnswer {
  grantScopes(context.state, shop, context.app.config.scopes, context.clock, randomUuid(context.random));
  return seeOther(appPath(context, shop));
}

/** Removes the app from the store. */
export function remove(context: EmulatorContext, shop: Shop): HttpAnswer {
  if (shop.installation) uninstall(context.state, shop, context.clock, randomUuid(context.random));
  return seeOther(storePath(shop));
}

/** What the admin page's script asks on the app's behalf; null for what it never asks. */
export async function answerApp(
  context: EmulatorContext,
  shop: Shop,
  question: string,
): Promise<HttpAnswer | null> {
  if (!shop.installation) return json(403, { error: 'The app is not installed on this store.' });
  if (question === 'session-token') return json(200, { token: await mintSessionToken(context, shop.domain) });
  if (question === 'user') {
    const name = `${STAFF.firstName} ${STAFF.lastName}`;
    return json(200, { accountAccess: 'Account owner', ...STAFF, name, email: shop.email });
  }
  if (question === 'scopes') {
    const { scopes, optionalScopes } = context.app.config;
    return json(200, { granted: shop.installation.scopes, required: scopes, optional: optionalScopes });
  }
  return null;
}
