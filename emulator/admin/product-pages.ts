/** The merchant's product pages: the list, and the form that edits a product past the app. */
import { variantTitle } from '../catalog/options';
import { deleteProduct } from '../catalog/products';
import { Change } from '../catalog/change';
import { availableInAll } from '../catalog/inventory';
import { itemOf, variantsOf } from '../catalog/variants';
import type { EmulatorContext, HttpAnswer } from '../context';
import { legacyId } from '../state/gid';
import type { Product, ProductStatus, Variant } from '../state/product';
import type { Shop } from '../state/shop';
import { html } from './html';
import type { Markup } from './html';
import { createTestOrder, editProduct } from './merchant';
import type { VariantEdit } from './merchant';
import { storePage } from './shell';
import { seeOther, storePath } from './store';

const PAGE_SIZE = 50;
const STATUSES: readonly ProductStatus[] = ['ACTIVE', 'DRAFT', 'ARCHIVED', 'UNLISTED'];

function productPath(shop: Shop, product: Product, path = ''): string {
  return storePath(shop, `/products/${legacyId(product.id)}${path}`);
}

/** The products whose title, handle or SKU holds the search, newest change first. */
export function showProducts(context: EmulatorContext, shop: Shop, search: URLSearchParams): HttpAnswer {
  const text = (search.get('q') ?? '').trim().toLowerCase();
  const page = Math.max(1, Number(search.get('page')) || 1);
  const holds = (product: Product) =>
    [
      product.title,
      product.handle,
      ...variantsOf(shop, product).map((variant) => itemOf(shop, variant).sku ?? ''),
    ].some((value) => value.toLowerCase().includes(text));
  const found = [...shop.products.values()].filter((product) => text === '' || holds(product)).reverse();
  const shown = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  const rows = shown.map((product) => {
    const variants = variantsOf(shop, product);
    const stock = variants.reduce((sum, variant) => sum + availableInAll(itemOf(shop, variant)), 0);
    return html`<tr>
      <td><a href="${productPath(shop, product)}">${product.title}</a></td>
      <td>${product.status}</td>
      <td>${product.vendor}</td>
      <td>${variants.length}</td>
      <td>${stock}</td>
      <td>${product.updatedAt}</td>
    </tr>`;
  });
  const link = (to: number, label: string) =>
    html`<a href="?${new URLSearchParams({ q: text, page: String(to) }).toString()}">${label}</a>`;
  const content = html`<h1>Products</h1>
    <form class="row" role="search">
      <label>Search <input name="q" value="${text}" type="search" /></label><button>Search</button>
    </form>
    <div class="card">
      <table>
        <thead>
          <tr>
            <th>Product</th>
            <th>Status</th>
            <th>Vendor</th>
            <th>Variants</th>
            <th>Available</th>
            <th>Changed</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
      <p class="row">
        <span>${found.length} products, page ${page}</span>${page > 1 && link(page - 1, 'Previous')}${
          found.length > page * PAGE_SIZE && link(page + 1, 'Next')
        }
      </p>
    </div>`;
  return storePage(context, shop, { title: 'Products', section: 'products', content });
}

function variantRow(shop: Shop, product: Product, variant: Variant): Markup {
  const id = legacyId(variant.id);
  const title = variantTitle(product, variant);
  const item = itemOf(shop, variant);
  const field = (name: string, value: string | null, label: string) =>
    html`<td><input name="${name}-${id}" value="${value ?? ''}" aria-label="${label} of ${title}" /></td>`;
  return html`<tr>
    <td>${title}</td>
    ${field('sku', item.sku, 'SKU')}${field('price', variant.price, 'Price')}
    ${field('compareAtPrice', variant.compareAtPrice, 'Compare-at price')}${field('barcode', variant.barcode, 'Barcode')}
    ${[...shop.locations.values()].map((location) =>
      field(
        `stock-${legacyId(location.id)}`,
        String(item.levels.get(location.id)?.quantities.available ?? ''),
        `Available at ${location.name}`,
      ),
    )}
    <td><button form="sell-${id}">Sell 1</button></td>
  </tr>`;
}

/** The form of a product; `problems` is what was wrong with the last attempt to save it. */
export function showProduct(
  context: EmulatorContext,
  shop: Shop,
  product: Product,
  problems: readonly string[] = [],
): HttpAnswer {
  const variants = variantsOf(shop, product);
  const content = html`<h1>${product.title}</h1>
    ${problems.length > 0 && html`<div class="card problems" role="alert">${problems.map((one) => html`<p>${one}</p>`)}</div>`}
    <form method="post" action="${productPath(shop, product)}">
      <div class="card">
        <label>Title <input name="title" value="${product.title}" required /></label>
        <label
          >Description (HTML) <textarea name="descriptionHtml">${product.descriptionHtml}</textarea>
        </label>
        <label>Handle <input name="handle" value="${product.handle}" /></label>
        <label>Vendor <input name="vendor" value="${product.vendor}" /></label>
        <label>Product type <input name="productType" value="${product.productType}" /></label>
        <label>Tags <input name="tags" value="${product.tags.join(', ')}" /></label>
        <label
          >Status
          <select name="status">
            ${STATUSES.map(
              (status) => html`<option${status === product.status && html` selected`}>${status}</option>`,
            )}
          </select></label
        >
      </div>
      <div class="card">
        <table>
          <thead>
            <tr>
              <th>Variant</th>
              <th>SKU</th>
              <th>Price</th>
              <th>Compare-at</th>
              <th>Barcode</th>
              ${[...shop.locations.values()].map((location) => html`<th>${location.name}</th>`)}
              <th></th>
            </tr>
          </thead>
          <tbody>
            ${variants.map((variant) => variantRow(shop, product, variant))}
          </tbody>
        </table>
      </div>
      <div class="row">
        <button class="primary">Save</button
        ><button form="delete" data-tone="critical">Delete product</button>
      </div>
    </form>
    <form method="post" id="delete" action="${productPath(shop, product, '/delete')}"></form>
    ${variants.map(
      (variant) =>
        html`<form
          method="post"
          id="sell-${legacyId(variant.id)}"
          action="${productPath(shop, product, `/sell/${legacyId(variant.id)}`)}"
        ></form>`,
    )}`;
  const status = problems.length > 0 ? 422 : 200;
  return storePage(context, shop, { title: product.title, section: 'products', content, status });
}

function variantEdit(shop: Shop, variant: Variant, form: URLSearchParams): VariantEdit {
  const id = legacyId(variant.id);
  const given = (name: string) => form.get(`${name}-${id}`)?.trim() ?? '';
  return {
    variantId: variant.id,
    sku: given('sku') || null,
    price: given('price'),
    compareAtPrice: given('compareAtPrice') || null,
    barcode: given('barcode') || null,
    available: [...shop.locations.keys()].flatMap((locationId) => {
      const text = given(`stock-${legacyId(locationId)}`);
      return text === '' ? [] : [{ locationId, quantity: Number(text) }];
    }),
  };
}

/** Saves the posted form, or shows it again with what is wrong. */
export function saveProduct(
  context: EmulatorContext,
  shop: Shop,
  product: Product,
  form: URLSearchParams,
): HttpAnswer {
  const text = (name: string) => form.get(name)?.trim() ?? '';
  const problems = editProduct(context, shop, product, {
    fields: {
      title: text('title'),
      // A browser sends CRLF for the line breaks of a text area.
      descriptionHtml: text('descriptionHtml').replaceAll('\r\n', '\n'),
      handle: text('handle'),
      vendor: text('vendor'),
      productType: text('productType'),
      tags: text('tags').split(','),
      status: STATUSES.find((status) => status === text('status')) ?? product.status,
    },
    variants: variantsOf(shop, product).map((variant) => variantEdit(shop, variant, form)),
  });
  return problems.length > 0
    ? showProduct(context, shop, product, problems)
    : seeOther(productPath(shop, product));
}

/** Deletes a product as the merchant does. */
export function removeProduct(context: EmulatorContext, shop: Shop, product: Product): HttpAnswer {
  const change = new Change(context, shop);
  deleteProduct(change, product);
  change.commit();
  return seeOther(storePath(shop, '/products'));
}

/** Sells one unit of a variant. */
export function sellOne(
  context: EmulatorContext,
  shop: Shop,
  product: Product,
  variant: Variant,
): HttpAnswer {
  const order = createTestOrder(context, shop, variant.id, 1);
  if (!order) return showProduct(context, shop, product, ['The variant is stocked at no location.']);
  return seeOther(productPath(shop, product));
}
