import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProductSelection } from '~/core/bulk-edit';
import { matchesSearch } from '~/core/matches-search';
import type { SearchRow, SearchedVariant } from '~/core/matches-search';
import { printSearchQuery } from '~/core/print-search-query';
import {
  PRODUCT_IDS,
  VARIANT_IDS,
  searchQueries,
  searchTerms,
  searchedProducts,
  searchedVariants,
} from '~/core/search-query.test-support';
import type { SourceId } from '~/core/product-state';
import type { SearchQuery } from '~/core/search-terms';
import {
  UnreadableSelection,
  countSelection,
  listSelection,
  missingSkus,
} from '~/db/product-selection.server';
import type { SelectedProduct } from '~/db/product-selection.server';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

const PRODUCTS = 60;
const QUERIES = 500;
const SEED = 20261127;

/** The catalog as it was written: each product with its variants in display order. */
interface WrittenProduct {
  id: SourceId;
  rows: SearchRow[];
}

let database: TestDatabase;
interface Written {
  accountId: string;
  shopId: string;
  catalog: WrittenProduct[];
}
let own: Written;
let foreign: Written;

/** Option values as they are stored; `title` of a generated variant is made of the same parts. */
const optionsOf = (title: string) => (title === '' ? [] : title.split(' / '));

async function writeCatalog(
  seed: number,
  knownIds: { products: SourceId[]; variants: SourceId[] },
): Promise<Written> {
  const { db } = database;
  const { id: accountId } = await db.account.create({ data: { name: `Account ${seed}` } });
  const { id: shopId } = await db.shop.create({ data: { accountId, domain: `shop-${seed}.myshopify.com` } });
  const products = fc.sample(fc.tuple(searchedProducts, fc.array(searchedVariants, { maxLength: 4 })), {
    numRuns: PRODUCTS,
    seed,
  });
  const catalog: WrittenProduct[] = [];
  for (const [index, [product, variants]] of products.entries()) {
    const id = knownIds.products[index] ?? randomUUID();
    const handle = index === 0 ? 'a,b' : index === 1 ? 'bedding' : `item-${index}`;
    const { collections, ...fields } = product;
    await db.catalogProduct.create({ data: { accountId, id, handle, ...fields } });
    // One collection with all of the names, of which one is enough.
    const remoteId = `gid://shopify/Product/${index}`;
    const collection = { shopId, collectionId: `gid://shopify/Collection/${index}` };
    await db.productLink.create({ data: { shopId, productId: id, remoteId, state: 'linked' } });
    await db.storeCollection.create({
      data: { ...collection, title: '', names: collections, listedAt: new Date() },
    });
    await db.collectionProduct.create({ data: { ...collection, remoteId } });
    const written: SearchedVariant[] = [];
    // Written backwards: the order of the rows is not the display order.
    for (const [at, { title, inventoryQuantity, ...fields }] of [...variants.entries()].reverse()) {
      const variantId = knownIds.variants.pop() ?? randomUUID();
      const [option1 = null, option2 = null, option3 = null] = optionsOf(title);
      // In two parts where there is stock: both locations count.
      const stock = inventoryQuantity === null ? [] : [inventoryQuantity - 1, 1];
      await db.catalogVariant.create({
        data: {
          ...{
            accountId,
            productId: id,
            id: variantId,
            position: at + 1,
            option1,
            option2,
            option3,
            ...fields,
          },
          inventory: {
            create: stock.map((available, place) => ({ accountId, location: `place ${place}`, available })),
          },
        },
      });
      written.unshift({ ...fields, id: variantId, title, inventoryQuantity });
    }
    // What the triggers of the catalog wrote.
    const stored = await db.catalogProduct.findUniqueOrThrow({ where: { id }, include: { variants: true } });
    const stocks = written.flatMap(({ inventoryQuantity }) => inventoryQuantity ?? []);
    const searched = {
      ...{ ...product, id, handle, updatedAt: stored.updatedAt },
      inventoryTotal: stocks.length === 0 ? null : stocks.reduce((sum, each) => sum + each, 0),
    };
    const updatedAt = new Map(stored.variants.map((variant) => [variant.id, variant.updatedAt]));
    const rows = written.map((variant) => ({
      product: searched,
      variant: { ...variant, updatedAt: updatedAt.get(variant.id)! },
    }));
    catalog.push({ id, rows: rows.length > 0 ? rows : [{ product: searched, variant: null }] });
  }
  return { accountId, shopId, catalog: catalog.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

function expected(catalog: WrittenProduct[], query: SearchQuery): SelectedProduct[] {
  return catalog.flatMap(({ id, rows }) => {
    const found = rows.filter((row) => matchesSearch(query, row));
    if (found.length === 0) return [];
    const variantIds = found.flatMap(({ variant }) => (variant === null ? [] : [variant.id]));
    return [{ productId: id, variantIds, isWhole: found.length === rows.length }];
  });
}

async function everyPage(selection: ProductSelection, limit = 1000): Promise<SelectedProduct[]> {
  const all: SelectedProduct[] = [];
  for (let after: SourceId | null = null; ;) {
    const page: SelectedProduct[] = await listSelection(database.db, own, selection, { after, limit });
    all.push(...page);
    after = page.at(-1)?.productId ?? null;
    if (page.length < limit || after === null) return all;
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  own = await writeCatalog(SEED, { products: PRODUCT_IDS, variants: [...VARIANT_IDS] });
  foreign = await writeCatalog(SEED + 1, { products: [], variants: [] });
}, 120_000);
afterAll(() => database.drop());

describe('the selection of a bulk edit', () => {
  it('is exactly what matchesSearch finds, for any query', { timeout: 300_000 }, async () => {
    const queries = [
      ...fc.sample(searchQueries, { numRuns: QUERIES, seed: SEED }),
      ...fc.sample(searchTerms, { numRuns: QUERIES, seed: SEED + 2 }),
    ];
    let some = 0;
    let parts = 0;
    for (const query of queries) {
      const text = printSearchQuery(query);
      const selection = { kind: 'query' as const, query: text };
      const wanted = expected(own.catalog, query);
      expect({ text, found: await everyPage(selection) }).toEqual({ text, found: wanted });
      expect(await countSelection(database.db, own, selection)).toEqual({
        products: wanted.length,
        variants: wanted.flatMap(({ variantIds }) => variantIds).length,
      });
      if (wanted.length > 0 && wanted.length < PRODUCTS) some += 1;
      if (wanted.some(({ isWhole }) => !isWhole)) parts += 1;
    }
    // Queries that find nothing or everything, or no single variants, would prove little.
    expect(some).toBeGreaterThan(QUERIES);
    expect(parts).toBeGreaterThan(QUERIES / 4);
  });

  it('comes in pages that leave nothing out and repeat nothing', async () => {
    for (const query of ['', 'price:<=10', '-vendor:Bedding']) {
      const whole = await everyPage({ kind: 'query', query });
      expect(whole.length).toBeGreaterThan(10);
      for (const limit of [1, 7, whole.length])
        expect(await everyPage({ kind: 'query', query }, limit)).toEqual(whole);
    }
  });

  it('by SKUs is the variants that have them, letter by letter', async () => {
    const skus = ['SKU-1', 'Linen', 'nowhere', "'; DROP TABLE catalog.variant; --", 'a\u0000b', 'SKU-1'];
    const has = (row: SearchRow) => row.variant?.sku === 'SKU-1' || row.variant?.sku === 'Linen';
    const selected = await everyPage({ kind: 'skus', skus });
    const wanted = own.catalog.flatMap(({ rows }) => rows.filter(has).map(({ variant }) => variant!.id));
    expect(wanted.length).toBeGreaterThan(0);
    expect(selected.flatMap(({ variantIds }) => variantIds)).toEqual(wanted);
    expect(selected.some(({ isWhole }) => !isWhole)).toBe(true);
    expect(await countSelection(database.db, own, { kind: 'skus', skus })).toEqual({
      products: selected.length,
      variants: wanted.length,
    });
    expect(await everyPage({ kind: 'skus', skus: ['sKu-1'] })).toEqual([]);
  });

  it('by products is all of their variants', async () => {
    const chosen = own.catalog.filter((_, index) => index % 7 === 0);
    const productIds = [...chosen.map(({ id }) => id), randomUUID(), foreign.catalog[0]!.id, 'no id'];
    expect(await everyPage({ kind: 'products', productIds })).toEqual(
      chosen.map(({ id, rows }) => ({
        productId: id,
        variantIds: rows.flatMap(({ variant }) => (variant === null ? [] : [variant.id])),
        isWhole: true,
      })),
    );
  });

  it('is never of another account', async () => {
    const everything = { kind: 'query', query: '' } as const;
    expect((await everyPage(everything)).map(({ productId }) => productId)).toEqual(
      own.catalog.map(({ id }) => id),
    );
    const ids = new Set(foreign.catalog.map(({ id }) => id));
    const theirs = await listSelection(database.db, foreign, everything, { after: null, limit: 1000 });
    expect(new Set(theirs.map(({ productId }) => productId))).toEqual(ids);
    for (const { id, rows } of foreign.catalog.slice(0, 20))
      for (const row of rows) {
        for (const query of [`id:${id}`, ...(row.variant === null ? [] : [`variant_id:${row.variant.id}`])])
          expect(await countSelection(database.db, own, { kind: 'query', query })).toEqual({
            products: 0,
            variants: 0,
          });
      }
    // The catalog is the account's, collections are each store's own.
    const elsewhere = { ...own, shopId: foreign.shopId };
    const collected = { kind: 'query', query: 'collection:*' } as const;
    expect((await countSelection(database.db, own, collected)).products).toBeGreaterThan(0);
    expect((await countSelection(database.db, elsewhere, collected)).products).toBe(0);
    const nobody = { ...own, accountId: randomUUID() };
    expect(await countSelection(database.db, nobody, everything)).toEqual({ products: 0, variants: 0 });
  });

  it('tells which SKUs the catalog lacks, for a list of any length', async () => {
    await database.db.catalogVariant.create({
      data: { accountId: foreign.accountId, productId: foreign.catalog[0]!.id, position: 9, sku: 'theirs' },
    });
    const long = Array.from({ length: 50_000 }, (_, index) => `list-${index}`);
    const skus = ['theirs', 'Linen', 'LINEN', 'a\u0000b', 'theirs', ...long];
    expect(await missingSkus(database.db, own, skus)).toEqual(['theirs', 'LINEN', 'a\u0000b', ...long]);
    expect(await missingSkus(database.db, own, [])).toEqual([]);
    const selection = { kind: 'skus' as const, skus };
    expect((await countSelection(database.db, own, selection)).variants).toBeGreaterThan(0);
  });

  it('refuses a search that cannot be read', async () => {
    const selection = { kind: 'query', query: 'colour:green' } as const;
    await expect(countSelection(database.db, own, selection)).rejects.toThrow(UnreadableSelection);
    await expect(listSelection(database.db, own, selection, { after: null, limit: 1 })).rejects.toThrow(
      /no field "colour"/,
    );
  });
});
