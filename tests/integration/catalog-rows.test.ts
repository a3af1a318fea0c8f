/** The catalog's tables: reading whole products, writing only what differs, and taking over Shopify's values. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateCatalog } from '~/catalog/large-catalog';
import type { CatalogProductState } from '~/core/catalog-product';
import type { FieldPath, FieldValue } from '~/core/decision';
import { loadGenerated } from '~/db/catalog-load.server';
import {
  countProducts,
  listProductIds,
  readCategoryNames,
  readOutlines,
  readSourceProducts,
} from '~/db/catalog-products.server';
import { readCatalogStates } from '~/db/catalog-states.server';
import { pullIntoCatalog } from '~/db/catalog-write-back.server';
import { saveCatalogChanges } from '~/db/catalog-write.server';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '#generated/prisma/client';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

const BERLIN = 'gid://shopify/Location/1';
const MAIN = 'gid://shopify/Location/2';

let database: TestDatabase;
let accountId: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});
beforeEach(async () => {
  accountId = (await database.db.account.create({ data: { name: 'Test' } })).id;
});

const locations = new Map([
  ['', MAIN],
  ['Berlin', BERLIN],
]);
const scope = () => ({ accountId, locations, categories: new Map<string, string>() });

/** A product written as a merchant's own system would: by rows. */
async function createTee(): Promise<{ id: string; variants: [string, string]; media: [string, string] }> {
  const { db } = database;
  const id = randomUUID();
  const variants: [string, string] = [randomUUID(), randomUUID()];
  const media: [string, string] = [randomUUID(), randomUUID()];
  const of = { accountId, productId: id };
  await db.catalogProduct.create({
    data: {
      accountId,
      id,
      handle: `tee-${id}`,
      title: 'Tee',
      vendor: 'Wool',
      tags: ['sale'],
      category: 'Apparel > Tees',
    },
  });
  await db.catalogOption.create({ data: { ...of, position: 1, name: 'Size', values: ['M', 'S', 'XL'] } });
  await db.catalogMedia.createMany({
    data: media.map((each, index) => ({
      ...of,
      id: each,
      position: index + 1,
      url: `https://x.test/${index}.jpg`,
    })),
  });
  await db.catalogVariant.createMany({
    data: [
      {
        ...of,
        id: variants[0],
        position: 1,
        option1: 'S',
        sku: 'S1',
        price: '12.5',
        cost: '3.1234',
        tracked: true,
        weightValue: '0.250',
        mediaId: media[0],
      },
      {
        ...of,
        id: variants[1],
        position: 2,
        option1: 'M',
        sku: 'M1',
        price: '1000',
        compareAtPrice: '1200',
        tracked: false,
      },
    ],
  });
  await db.catalogInventoryLevel.createMany({
    data: [
      { accountId, variantId: variants[0], location: '', available: 5 },
      { accountId, variantId: variants[0], location: 'Berlin', available: -1 },
      { accountId, variantId: variants[0], location: 'Oslo', available: 9 },
      { accountId, variantId: variants[1], location: '', available: 7 },
    ],
  });
  await db.catalogMetafield.createMany({
    data: [
      {
        accountId,
        productId: id,
        namespace: 'custom',
        key: 'care',
        type: 'single_line_text_field',
        value: 'Cold',
      },
      {
        accountId,
        variantId: variants[0],
        namespace: 'custom',
        key: 'fit',
        type: 'single_line_text_field',
        value: 'Slim',
      },
    ],
  });
  return { id, variants, media };
}

describe('readSourceProducts', () => {
  it('states a product as its rows say, with decimals in one spelling', async () => {
    const { id, variants, media } = await createTee();
    const read = await readSourceProducts(database.db, scope(), [id, randomUUID()]);
    expect([...read.keys()]).toEqual([id]);
    const { product, problems } = read.get(id)!;
    expect(product).toMatchObject({
      fields: {
        title: 'Tee',
        vendor: 'Wool',
        status: 'ACTIVE',
        published: true,
        seoTitle: null,
        templateSuffix: null,
      },
      giftCard: false,
      tags: ['sale'],
      options: [{ name: 'Size', values: ['M', 'S'] }],
      metafields: { 'custom.care': { value: 'Cold' } },
    });
    expect('category' in product.fields).toBe(false);
    expect(product.variants).toEqual([
      {
        id: variants[0],
        optionValues: ['S'],
        mediaId: media[0],
        metafields: {
          'custom.fit': { namespace: 'custom', key: 'fit', type: 'single_line_text_field', value: 'Slim' },
        },
        inventory: { [MAIN]: 5, [BERLIN]: -1 },
        fields: {
          price: '12.50',
          compareAtPrice: null,
          cost: '3.1234',
          sku: 'S1',
          barcode: null,
          taxable: true,
          taxCode: null,
          tracked: true,
          inventoryPolicy: 'DENY',
          requiresShipping: true,
          weight: { value: '0.25', unit: 'KILOGRAMS' },
          harmonizedSystemCode: null,
          countryCodeOfOrigin: null,
          unitPriceMeasurement: null,
        },
      },
      expect.objectContaining({
        id: variants[1],
        inventory: {},
        fields: expect.objectContaining({ price: '1000.00', compareAtPrice: '1200.00', weight: null }),
      }),
    ]);
    expect(problems).toEqual([
      { field: 'category', message: expect.stringContaining('Apparel > Tees') },
      { field: 'inventory:Oslo', message: expect.stringContaining('"Oslo"') },
    ]);
  });

  it('looks categories up, and passes ids through', async () => {
    const { id } = await createTee();
    const categories = new Map([['Apparel > Tees', 'gid://shopify/TaxonomyCategory/aa-1']]);
    const read = await readSourceProducts(database.db, { ...scope(), categories }, [id]);
    expect(read.get(id)!.product.fields.category).toBe('gid://shopify/TaxonomyCategory/aa-1');
    expect(await readCategoryNames(database.db, accountId)).toEqual(['Apparel > Tees']);
    await database.db.catalogProduct.update({
      where: { id },
      data: { category: 'gid://shopify/TaxonomyCategory/bb-2' },
    });
    const again = await readSourceProducts(database.db, scope(), [id]);
    expect(again.get(id)!.product.fields.category).toBe('gid://shopify/TaxonomyCategory/bb-2');
    expect(await readCategoryNames(database.db, accountId)).toEqual([]);
  });

  it("gives a product without options Shopify's placeholder", async () => {
    const { db } = database;
    const { id } = await db.catalogProduct.create({ data: { accountId, handle: 'mug', title: 'Mug' } });
    await db.catalogVariant.create({ data: { accountId, productId: id } });
    const { product, problems } = (await readSourceProducts(db, scope(), [id])).get(id)!;
    expect(product.options).toEqual([{ name: 'Title', values: ['Default Title'] }]);
    expect(product.variants[0]!.optionValues).toEqual(['Default Title']);
    expect(product.fields.category).toBeNull();
    expect(problems).toEqual([]);
  });

  it('says what is wrong with rows that no product can have', async () => {
    const { db } = database;
    const { id } = await db.catalogProduct.create({ data: { accountId, handle: 'odd', title: 'Odd' } });
    expect((await readSourceProducts(db, scope(), [id])).get(id)!.problems).toMatchObject([
      { field: 'variants' },
    ]);
    await db.catalogVariant.createMany({
      data: [
        { accountId, productId: id, option1: 'S', sku: 'A' },
        { accountId, productId: id, option1: 'S', sku: 'B' },
      ],
    });
    const { problems } = (await readSourceProducts(db, scope(), [id])).get(id)!;
    expect(problems.map(({ field }) => field)).toEqual(['options', 'options']);
    expect(problems[0]!.message).toContain('1 option values, the product has 0 options');
  });

  it('takes one query for 250 products, and sees no other account', async () => {
    await loadGenerated(
      database.db,
      accountId,
      generateCatalog({ seed: 3, products: 300, minVariants: 1, maxVariants: 12 }),
    );
    const ids = await listProductIds(database.db, accountId, { after: null, limit: 250 });
    const rest = await listProductIds(database.db, accountId, { after: ids.at(-1)!, limit: 250 });
    expect([ids.length, rest.length, await countProducts(database.db, accountId)]).toEqual([250, 50, 300]);
    const counted = new PrismaClient({
      adapter: new PrismaPg({ connectionString: database.url }),
      log: [{ emit: 'event', level: 'query' }],
    });
    let queries = 0;
    counted.$on('query', () => (queries += 1));
    const read = await readSourceProducts(counted, scope(), ids);
    await counted.$disconnect();
    expect(read.size).toBe(250);
    expect(queries).toBe(1);
    expect((await readSourceProducts(database.db, { ...scope(), accountId: randomUUID() }, ids)).size).toBe(
      0,
    );
  });

  it('gives the outlines that adoption matches by', async () => {
    const { id } = await createTee();
    const outlines = await readOutlines(database.db, accountId);
    expect(outlines).toEqual([{ id, handle: `tee-${id}`, title: 'Tee', skus: ['S1', 'M1'] }]);
    expect(await readOutlines(database.db, accountId, [id])).toEqual(outlines);
    expect(await readOutlines(database.db, accountId, [randomUUID()])).toEqual([]);
  });
});

describe('saveCatalogChanges', () => {
  const stateOf = async (id: string) => (await readCatalogStates(database.db, accountId, { ids: [id] }))[0]!;

  it('stores what was generated, field by field', async () => {
    const products = [...generateCatalog({ seed: 5, products: 40, minVariants: 1, maxVariants: 60 })];
    await loadGenerated(database.db, accountId, products);
    const stored = await readCatalogStates(database.db, accountId, {
      handles: products.map(({ fields }) => fields.handle),
    });
    const sorted = (states: CatalogProductState[]) =>
      states
        .map((state) => ({
          ...state,
          metafields: state.metafields.toSorted((a, b) => a.key.localeCompare(b.key)),
        }))
        .sort((a, b) => a.id.localeCompare(b.id));
    expect(sorted(stored)).toEqual(sorted(products));
  });

  it('touches only the rows that differ', async () => {
    const { id, variants } = await createTee();
    const { db } = database;
    const dates = async () => ({
      product: (await db.catalogProduct.findUniqueOrThrow({ where: { id } })).updatedAt.getTime(),
      first: (await db.catalogVariant.findUniqueOrThrow({ where: { id: variants[0] } })).updatedAt.getTime(),
      second: (await db.catalogVariant.findUniqueOrThrow({ where: { id: variants[1] } })).updatedAt.getTime(),
    });
    const before = await stateOf(id);
    const start = await dates();
    expect(await saveCatalogChanges(db, accountId, [{ before, after: structuredClone(before) }])).toEqual([
      'unchanged',
    ]);
    expect(await dates()).toEqual(start);
    const after = structuredClone(before);
    after.variants[1]!.fields.price = '900';
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await saveCatalogChanges(db, accountId, [{ before, after }])).toEqual(['updated']);
    expect(await dates()).toMatchObject({ product: start.product, first: start.first });
    expect((await dates()).second).toBeGreaterThan(start.second);
  });

  it('adds, moves and removes rows, and gives the same state back', async () => {
    const { id, media } = await createTee();
    const before = await stateOf(id);
    const after = structuredClone(before);
    const [first, second] = after.variants;
    after.options = [
      { name: 'Size', values: ['S', 'L'] },
      { name: 'Fit', values: ['Slim'] },
    ];
    after.variants = [
      {
        ...structuredClone(first!),
        id: randomUUID(),
        position: 0,
        optionValues: ['L', 'Slim'],
        metafields: [],
        stock: { Rome: 1 },
      },
      { ...first!, optionValues: ['S', 'Slim'], mediaId: media[1], stock: { '': 6 }, metafields: [] },
    ];
    after.media = after.media.toReversed();
    after.metafields[0]!.value = 'Warm';
    after.extra = { Bin: 'A' };
    await saveCatalogChanges(database.db, accountId, [{ before, after }]);
    const stored = await stateOf(id);
    const withoutPositions = (state: CatalogProductState) => ({
      ...state,
      variants: state.variants.map(({ position: _, ...rest }) => rest),
      media: state.media.map(({ position: _, ...rest }) => rest),
    });
    expect(withoutPositions(stored)).toEqual(withoutPositions(after));
    expect(stored.variants.map(({ id: each }) => each)).not.toContain(second!.id);
    expect(await saveCatalogChanges(database.db, accountId, [{ before: stored, after: stored }])).toEqual([
      'unchanged',
    ]);
  });
});

describe('pullIntoCatalog', () => {
  const pull = async (productId: string, path: FieldPath, before: FieldValue, after: FieldValue) => {
    const locationNames = new Map([...locations].map(([name, gid]) => [gid, name]));
    const results = await database.db.$transaction((tx) =>
      pullIntoCatalog(tx, { accountId, locationNames }, productId, [{ path, before, after }]),
    );
    return results[0]!;
  };
  const read = async (id: string) => (await readSourceProducts(database.db, scope(), [id])).get(id)!.product;

  it('writes what Shopify holds, field by field', async () => {
    const { id, variants, media } = await createTee();
    const [first, second] = variants;
    const product = (field: string): FieldPath => ({ variant: null, field });
    const variant = (field: string): FieldPath => ({ variant: first, field });
    const care = { namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'Cold' };
    const pulls: [FieldPath, FieldValue, FieldValue][] = [
      [product('title'), 'Tee', 'T-shirt'],
      [product('published'), true, false],
      [product('seoTitle'), null, 'Wool tee'],
      [product('tags:sale'), 'sale', null],
      [product('tags:wool'), null, 'wool'],
      [product('metafield:custom.care'), care, { ...care, value: 'Warm' }],
      [product('metafield:custom.made'), null, { ...care, key: 'made', value: 'Oslo' }],
      [product(`mediaAlt:${media[0]}`), '', 'Front'],
      [product('mediaOrder'), [media[0], media[1]], [media[1], media[0]]],
      [product('variantOrder'), [first, second], [second, first]],
      [product('options'), [{ name: 'Size', values: ['M', 'S'] }], [{ name: 'Fit', values: ['S', 'M'] }]],
      [variant('price'), '12.50', '13.00'],
      [variant('compareAtPrice'), null, '20.00'],
      [variant('weight'), { value: '0.25', unit: 'KILOGRAMS' }, { value: '9', unit: 'OUNCES' }],
      [variant('sku'), 'S1', null],
      [variant('optionValues'), ['S'], ['XS']],
      [variant('variantMedia'), media[0], media[1]],
      [variant(`inventory:${BERLIN}`), -1, 4],
      [variant('metafield:custom.fit'), { ...care, key: 'fit', value: 'Slim' }, null],
    ];
    for (const [path, before, after] of pulls)
      expect([path.field, await pull(id, path, before, after)]).toEqual([
        path.field,
        { path, result: 'written' },
      ]);
    const now = await read(id);
    expect(now).toMatchObject({
      fields: { title: 'T-shirt', published: false, seoTitle: 'Wool tee' },
      tags: ['wool'],
      options: [{ name: 'Fit', values: ['M', 'XS'] }],
      metafields: { 'custom.care': { value: 'Warm' }, 'custom.made': { value: 'Oslo' } },
      media: [{ id: media[1] }, { id: media[0], alt: 'Front' }],
      variants: [
        { id: second },
        {
          id: first,
          optionValues: ['XS'],
          mediaId: media[1],
          metafields: {},
          inventory: { [MAIN]: 5, [BERLIN]: 4 },
        },
      ],
    });
    expect(now.variants[1]!.fields).toMatchObject({
      price: '13.00',
      compareAtPrice: '20.00',
      sku: null,
      weight: { value: '9', unit: 'OUNCES' },
    });
    for (const [path, before, after] of pulls)
      expect([path.field, (await pull(id, path, before, after)).result]).toEqual([path.field, 'moved']);
  });

  it('removes a variant and a picture that were removed in Shopify', async () => {
    const { id, variants, media } = await createTee();
    expect(await pull(id, { variant: variants[1], field: 'existence' }, 'M1', null)).toMatchObject({
      result: 'written',
    });
    expect(await pull(id, { variant: variants[1], field: 'existence' }, 'M1', null)).toMatchObject({
      result: 'moved',
    });
    const picture = { url: 'https://x.test/0.jpg', alt: '', kind: 'IMAGE' };
    expect(await pull(id, { variant: null, field: `media:${media[0]}` }, picture, null)).toMatchObject({
      result: 'written',
    });
    const now = await read(id);
    expect(now.variants.map(({ id: each, mediaId }) => [each, mediaId])).toEqual([[variants[0], null]]);
    expect(now.media.map(({ id: each }) => each)).toEqual([media[1]]);
    expect(await pull(id, { variant: variants[0], field: 'existence' }, 'S1', null)).toMatchObject({
      result: 'refused',
      message: expect.stringContaining('last variant'),
    });
  });

  it('leaves a newer value of the catalog alone', async () => {
    const { id, variants } = await createTee();
    await database.db.catalogVariant.update({ where: { id: variants[0] }, data: { price: '15' } });
    expect(await pull(id, { variant: variants[0], field: 'price' }, '12.50', '13.00')).toMatchObject({
      result: 'moved',
    });
    expect((await read(id)).variants[0]!.fields.price).toBe('15.00');
    expect(await pull(randomUUID(), { variant: null, field: 'title' }, 'Tee', 'x')).toMatchObject({
      result: 'moved',
    });
  });

  it('waits for a merchant who is writing the same row, and then does not overwrite', async () => {
    const { id, variants } = await createTee();
    let pulled: Promise<unknown> = Promise.resolve();
    await database.db.$transaction(async (tx) => {
      await tx.catalogVariant.update({ where: { id: variants[0] }, data: { price: '99' } });
      pulled = pull(id, { variant: variants[0], field: 'price' }, '12.50', '13.00');
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    expect(await pulled).toMatchObject({ result: 'moved' });
    expect((await read(id)).variants[0]!.fields.price).toBe('99.00');
  });

  it('refuses what the catalog cannot hold, and says why', async () => {
    const { id, variants } = await createTee();
    const other = await createTee();
    const refused = (message: RegExp) => ({ result: 'refused', message: expect.stringMatching(message) });
    expect(await pull(id, { variant: null, field: 'title' }, 'Tee', '')).toMatchObject(
      refused(/does not fit/),
    );
    expect(await pull(id, { variant: null, field: 'handle' }, `tee-${id}`, `tee-${other.id}`)).toMatchObject(
      refused(/Another product/),
    );
    expect(await pull(id, { variant: null, field: 'existence' }, 'Tee', null)).toMatchObject(
      refused(/no column/),
    );
    expect(
      await pull(id, { variant: null, field: 'media:gid://shopify/MediaImage/9' }, null, { url: null }),
    ).toMatchObject(refused(/added in Shopify/));
    expect(
      await pull(id, { variant: 'gid://shopify/ProductVariant/1', field: 'existence' }, null, 'X'),
    ).toMatchObject(refused(/only in Shopify/));
    expect(await pull(id, { variant: variants[0], field: 'price' }, '12.50', '-1')).toMatchObject(
      refused(/does not fit/),
    );
    expect(await pull(id, { variant: variants[0], field: 'optionValues' }, ['S'], ['M'])).toMatchObject(
      refused(/another variant/),
    );
    expect(
      await pull(id, { variant: variants[0], field: 'inventory:gid://shopify/Location/9' }, null, 3),
    ).toMatchObject(refused(/no name/));
  });
});
