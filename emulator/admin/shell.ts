/** What is around every page of the admin: top bar, navigation, styles. */
import type { EmulatorContext, HttpAnswer } from '../context';
import type { Shop } from '../state/shop';
import { html } from './html';
import type { Markup } from './html';
import { appPath, handleOf, storePath } from './store';

export type Section = 'home' | 'products' | 'orders' | 'app' | 'settings';

interface Page {
  title: string;
  section: Section;
  content: Markup;
  /** A page that fills the window instead of scrolling: the app's. */
  fills?: boolean;
  status?: number;
}

function page(title: string, body: Markup, bodyClass: string, status: number): HttpAnswer {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Local Shopify emulator</title>
        <link rel="stylesheet" href="/_admin/assets/admin.css" />
        <link rel="icon" href="data:," />
      </head>
      <body class="${bodyClass}">
        ${body}
      </body>
    </html>`;
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    body: document.text,
  };
}

function navigation(context: EmulatorContext, shop: Shop, section: Section): Markup {
  const entry = (name: Section, label: string, path: string) =>
    html`<li><a href="${path}" ${section === name && html` aria-current="page"`}>${label}</a></li>`;
  return html`<nav class="side" id="side" aria-label="Store">
    <ul>
      ${entry('home', 'Home', storePath(shop))} ${entry('products', 'Products', storePath(shop, '/products'))}
      ${entry('orders', 'Orders', storePath(shop, '/orders'))}
    </ul>
    <h2>Apps</h2>
    <ul>
      ${entry('app', context.app.config.name, shop.installation ? appPath(context, shop) : storePath(shop, '/install'))}
      <li><ul class="sub" id="app-nav" aria-label="${context.app.config.name}"></ul></li>
    </ul>
    <h2>Emulator</h2>
    <ul>
      ${entry('settings', 'Switches, webhooks, faults', storePath(shop, '/emulator'))}
    </ul>
  </nav>`;
}

/** A page of a store's admin. */
export function storePage(context: EmulatorContext, shop: Shop, parts: Page): HttpAnswer {
  const stores = [...context.state.shops.values()];
  const body = html`<header class="top">
      <button
        type="button"
        class="menu"
        aria-label="Menu"
        aria-controls="side"
        aria-expanded="false"
        onclick="const open=document.body.classList.toggle('side-open');this.setAttribute('aria-expanded',open)"
      >
        ☰
      </button>
      <span class="badge">Local Shopify emulator</span>
      <details class="stores">
        <summary>${shop.name}<small>${shop.domain}</small></summary>
        <ul>
          ${stores.map(
            (one) =>
              html`<li>
                <a href="${storePath(one)}">${one.name} <small>${handleOf(one)}</small></a>
              </li>`,
          )}
        </ul>
      </details>
    </header>
    <div class="frame">
      ${navigation(context, shop, parts.section)}
      <main>${parts.content}</main>
    </div>`;
  return page(`${parts.title} · ${shop.name}`, body, parts.fills ? 'fills' : '', parts.status ?? 200);
}

/** A page of no store: the list of stores, or what went wrong. */
export function plainPage(title: string, content: Markup, status = 200): HttpAnswer {
  const body = html`<header class="top"><span class="badge">Local Shopify emulator</span></header>
    <div class="frame">
      <main class="lone">
        <h1>${title}</h1>
        ${content}
      </main>
    </div>`;
  return page(title, body, '', status);
}
