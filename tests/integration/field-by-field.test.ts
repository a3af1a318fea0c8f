/** Every field that the catalog manages arrives in the store, and stays as it is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawProduct } from '../support/catalog-rows';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage, wholeCatalog } from '../support/stage';
import type { Stage } from '../support/stage';
import { DEMO_SHOP } from '../support/connected-shop';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ locations: ['Warehouse', 'Shop Berlin'] });
});
afterAll(async () => {
  await stage?.close();
});

const metafield = (key: string, type: string, value: string) => ({ namespace: 'custom', key, type, value });

async function fill(): Promise<void> {
  const { db } = stage.resources;
  const put = (product: Parameters<typeof rawProduct>[2]) => rawProduct(db, stage.accountId, product);
  await put({
    handle: 'everything',
    product: {
      title: 'Everything “Ünïcode” 🏕',
      descriptionHtml: '<p>All &amp; more</p>\n<ul><li>one</li></ul>',
      vendor: 'Acme & Söhne',
      productType: 'Tent',
      category: 'Apparel & Accessories > Clothing > Outerwear',
      tags: ['Camping', 'two words', 'Straße', 'a-b'],
      status: 'ACTIVE',
      published: true,
      seoTitle: 'Buy it',
      seoDescription: 'Really',
      templateSuffix: 'wide',
    },
    options: [
      { name: 'Size', values: ['L', 'M', 'S'] },
      { name: 'Color', values: ['Red', 'Blue'] },
    ],
    media: [
      { url: 'https://cdn.example.com/a.jpg', alt: 'The front' },
      { url: 'https://cdn.example.com/b.jpg', alt: '' },
      { url: 'https://cdn.example.com/c.jpg', alt: 'Ünder' },
    ],
    metafields: [
      metafield('care', 'single_line_text_field', 'wash'),
      metafield('facts', 'json', '{"a": 1, "b": [1, 2]}'),
      metafield('rank', 'number_decimal', '1.50'),
    ],
    variants: ['L', 'M', 'S'].flatMap((size, i) =>
      ['Red', 'Blue'].map((color, j) => ({
        option1: size,
        option2: color,
        sku: `EV-${size}-${color}`,
        barcode: `40063813339${i}${j}`,
        price: '12.5',
        compareAtPrice: '20',
        cost: '7.25',
        taxable: false,
        taxCode: 'P0000000',
        tracked: true,
        inventoryPolicy: 'CONTINUE',
        requiresShipping: true,
        weightValue: '1.250000',
        weightUnit: 'KILOGRAMS',
        harmonizedSystemCode: '630622',
        countryCodeOfOrigin: 'DE',
        unitPriceQuantity: '500',
        unitPriceUnit: 'ML',
        unitPriceReference: 1,
        unitPriceReferenceUnit: 'L',
        media: (i + j) % 3,
        stock: { '': 3 + i, 'Shop Berlin': 10 * j },
        metafields: [metafield('batch', 'single_line_text_field', `b${i}${j}`)],
      })),
    ),
  });
  await put({ handle: 'bare', product: { title: 'Bare' }, variants: [{ price: '0' }] });
  await put({
    handle: 'draft',
    product: { title: 'Draft', status: 'DRAFT', published: false },
    variants: [{ price: '1', sku: 'D' }],
  });
  await put({
    handle: 'unlisted',
    product: { title: 'Unlisted', status: 'UNLISTED' },
    variants: [{ price: '1', sku: 'U', weightValue: '250', weightUnit: 'GRAMS' }],
  });
  await put({
    handle: 'archived',
    product: { title: 'Archived', status: 'ARCHIVED' },
    variants: [{ price: '1', sku: 'AR', tracked: true, stock: { 'Shop Berlin': 4 } }],
  });
  await put({
    handle: 'gift-card',
    product: { title: 'Gift card', giftCard: true },
    options: [{ name: 'Denominations', values: ['10', '25'] }],
    variants: ['10', '25'].map((price) => ({
      option1: price,
      price,
      requiresShipping: false,
      taxable: false,
    })),
  });
  await put({
    handle: 'many-metafields',
    product: { title: 'Many metafields' },
    metafields: Array.from({ length: 60 }, (_, index) =>
      metafield(`k${index}`, 'number_integer', String(index)),
    ),
    media: Array.from({ length: 30 }, (_, index) => ({
      url: `https://cdn.example.com/many/${index}.png`,
      alt: `n${index}`,
    })),
    variants: [{ price: '5', sku: 'MM', stock: { '': -3 }, tracked: true }],
  });
  await put({
    handle: 'three-hundred',
    product: { title: 'Three hundred variants' },
    options: [
      { name: 'A', values: Array.from({ length: 20 }, (_, index) => `a${index}`) },
      { name: 'B', values: Array.from({ length: 15 }, (_, index) => `b${index}`) },
    ],
    variants: Array.from({ length: 300 }, (_, index) => ({
      option1: `a${Math.floor(index / 15)}`,
      option2: `b${index % 15}`,
      sku: `TH-${index}`,
      price: `${index}.10`,
      tracked: true,
      stock: { '': index, 'Shop Berlin': 1 },
    })),
  });
  await put({
    handle: 'three-options',
    product: { title: 'Three options' },
    options: ['X', 'Y', 'Z'].map((name) => ({ name, values: [`${name}1`, `${name}2`] })),
    variants: [
      { option1: 'X2', option2: 'Y1', option3: 'Z1', price: '1' },
      { option1: 'X1', option2: 'Y2', option3: 'Z2', price: '2' },
    ],
  });
}

describe('a first sync', () => {
  it('brings every field of every product to the store', async () => {
    await fill();
    const run = await stage.run();
    expect(run.products.filter((product) => product.state !== 'applied')).toEqual([]);
    expect(run.error).toBeNull();
    await expectStoreToEqualCatalog(stage);
  });

  it('leaves nothing to do, and nothing to read', async () => {
    const before = stage.emulator.log.all().length;
    const run = await stage.run();
    expect(
      stage.emulator.log
        .all()
        .slice(before)
        .map((call) => call.fields),
    ).toEqual([]);
    expect(run.products.map(({ state, code }) => `${state} ${code}`)).toEqual(
      Array(9).fill('skipped unchanged'),
    );
  });

  it('holds what a fresh look at the store reads: nothing to do after everything was read again', async () => {
    await stage.resources.db.remoteProductRow.updateMany({ data: { invalidatedAt: new Date() } });
    const before = stage.emulator.log.all().length;
    const run = await stage.run();
    expect(run).toMatchObject({ mutations: 0 });
    expect(
      stage.emulator.log
        .all()
        .slice(before)
        .filter((call) => call.kind === 'mutation'),
    ).toEqual([]);
    expect(await stage.resources.db.change.count({ where: { direction: 'pull' } })).toBe(0);
    await expectStoreToEqualCatalog(stage);
    expect((await wholeCatalog(stage)).size).toBe(9);
    expect(stage.emulator.state.shops.get(DEMO_SHOP)!.products.size).toBe(9);
  });
});
