/** Pages about stores: the list of them, one store's home, its orders. */
import type { EmulatorContext, HttpAnswer } from '../context';
import type { Shop } from '../state/shop';
import { html } from './html';
import { orderTotal } from './merchant';
import { plainPage, storePage } from './shell';
import { appPath, handleOf, storePath } from './store';

/** All stores of this emulator. */
export function showStores(context: EmulatorContext): HttpAnswer {
  const rows = [...context.state.shops.values()].map(
    (shop) =>
      html`<tr>
        <td><a href="${storePath(shop)}">${shop.name}</a></td>
        <td>${shop.domain}</td>
        <td>${shop.plan}</td>
        <td>${shop.products.size}</td>
        <td>${shop.installation ? 'installed' : 'not installed'}</td>
      </tr>`,
  );
  return plainPage(
    'Stores',
    html`<div class="card">
      <table>
        <thead>
          <tr>
            <th>Store</th>
            <th>Domain</th>
            <th>Plan</th>
            <th>Products</th>
            <th>${context.app.config.name}</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`,
  );
}

/** What there is in a store, and whether the app is installed. */
export function showHome(context: EmulatorContext, shop: Shop): HttpAnswer {
  const { name } = context.app.config;
  const app = shop.installation
    ? html`<p>${name} is installed since ${shop.installation.installedAt}.</p>
        <div class="row">
          <a href="${appPath(context, shop)}">Open ${name}</a>
          <form method="post" action="${storePath(shop, '/uninstall')}">
            <button data-tone="critical">Uninstall</button>
          </form>
        </div>`
    : html`<p>${name} is not installed.</p>
        <p><a href="${storePath(shop, '/install')}">Install ${name}</a></p>`;
  const content = html`<h1>${shop.name}</h1>
    <div class="card">
      <h2>App</h2>
      ${app}
    </div>
    <div class="card">
      <h2>Store</h2>
      <table>
        <tbody>
          <tr>
            <th>Domain</th>
            <td>${shop.domain}</td>
          </tr>
          <tr>
            <th>Plan</th>
            <td>${shop.plan}</td>
          </tr>
          <tr>
            <th>Currency, time zone</th>
            <td>${shop.currencyCode}, ${shop.timezone}</td>
          </tr>
          <tr>
            <th>Locations</th>
            <td>${[...shop.locations.values()].map((location) => location.name).join(', ')}</td>
          </tr>
          <tr>
            <th>Products, variants</th>
            <td>${shop.products.size}, ${shop.variants.size}</td>
          </tr>
          <tr>
            <th>Orders</th>
            <td>${shop.orders.size}</td>
          </tr>
        </tbody>
      </table>
    </div>`;
  return storePage(context, shop, { title: handleOf(shop), section: 'home', content });
}

/** The newest orders. */
export function showOrders(context: EmulatorContext, shop: Shop): HttpAnswer {
  const rows = [...shop.orders.values()]
    .reverse()
    .slice(0, 100)
    .map(
      (order) =>
        html`<tr>
          <td>${order.name}</td>
          <td>${order.createdAt}</td>
          <td>${order.lines.map((line) => `${line.quantity} × ${line.title}`).join(', ')}</td>
          <td>${orderTotal(order)} ${shop.currencyCode}</td>
        </tr>`,
    );
  const content = html`<h1>Orders</h1>
    <div class="card">
      ${
        rows.length > 0
          ? html`<table>
              <thead>
                <tr>
                  <th>Order</th>
                  <th>When</th>
                  <th>What</th>
                  <th>Total</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>`
          : html`<p>No orders. A product's page has a button that sells one unit.</p>`
      }
    </div>`;
  return storePage(context, shop, { title: 'Orders', section: 'orders', content });
}
