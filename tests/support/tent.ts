/** Every kind of change to one product, what it sends and what it is recorded as. */
import { rawProduct, rawVariant } from './catalog-rows';
import { shopOf } from './merchant';
import type { Stage } from './stage';

/** Three products alike; the second one, whose id this returns, is the one to change. */
export async function putTents(stage: Pick<Stage, 'resources' | 'accountId'>): Promise<string> {
  const { db } = stage.resources;
  let productId = '';
  for (let index = 0; index < 3; index += 1) {
    const id = await rawProduct(db, stage.accountId, {
      handle: `tent-${index}`,
      product: { title: `Tent ${index}`, vendor: 'Acme', tags: ['Camping', 'Old'], seoTitle: 'Tent' },
      options: [
        { name: 'Size', values: ['S', 'M'] },
        { name: 'Color', values: ['Red', 'Blue'] },
      ],
      media: ['a', 'b', 'c'].map((name) => ({
        url: `https://cdn.example.com/${index}/${name}.jpg`,
        alt: name,
      })),
      metafields: [{ namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'wash' }],
      variants: ['S', 'M'].flatMap((size) =>
        ['Red', 'Blue'].map((color, at) => ({
          option1: size,
          option2: color,
          sku: `T${index}-${size}-${color}`,
          price: '10',
          tracked: true,
          stock: { '': 5, 'Shop Berlin': 2 },
          media: at,
        })),
      ),
    });
    if (index === 1) productId = id;
  }
  return productId;
}

/** The tent's handle in the store, which one of the changes changes. */
export function tentHandle(stage: Pick<Stage, 'emulator'>): string {
  return shopOf(stage).productsByHandle.has('tent-one') ? 'tent-one' : 'tent-1';
}

/** The tent to change, and what changing it takes. */
export class Tent {
  readonly accountId: string;
  readonly db: Stage['resources']['db'];
  constructor(
    private readonly stage: Stage,
    readonly productId: string,
  ) {
    this.accountId = stage.accountId;
    this.db = stage.resources.db;
  }

  run() {
    return this.stage.run();
  }

  product(data: Parameters<Stage['resources']['db']['catalogProduct']['update']>[0]['data']) {
    return this.db.catalogProduct.update({ where: { id: this.productId }, data });
  }

  pictures() {
    return this.db.catalogMedia.findMany({
      where: { productId: this.productId },
      orderBy: { position: 'asc' },
    });
  }

  variants() {
    return this.db.catalogVariant.findMany({
      where: { productId: this.productId },
      orderBy: { position: 'asc' },
    });
  }

  option(position: number, data: { name?: string; values?: string[] }) {
    return this.db.catalogOption.update({
      where: { productId_position: { productId: this.productId, position } },
      data,
    });
  }

  /** Fields of the audit log of a run, without ids, each once; and whether all of it was applied by pushes. */
  async recorded(runId: string): Promise<{ fields: string[]; isApplied: boolean }> {
    const changes = await this.db.change.findMany({ where: { runId } });
    const fields = changes.map(({ field }) => field.replace(/^(inventory|media|mediaAlt):.*/, '$1'));
    return {
      fields: [...new Set(fields)].sort(),
      isApplied: changes.every(({ state, direction }) => state === 'applied' && direction === 'push'),
    };
  }
}

const metafieldOf = { namespace: 'custom', key: 'care' };

/** A name; the change; root fields of the mutations that carry it; fields it is recorded as. In this order: each starts from what the former left. */
export const CHANGES: [string, (tent: Tent) => Promise<unknown>, string[], string[]][] = [
  [
    'a price',
    (tent) => tent.db.catalogVariant.updateMany({ where: { sku: 'T1-M-Blue' }, data: { price: '12.34' } }),
    ['productVariantsBulkUpdate'],
    ['price'],
  ],
  [
    'a cost, weight and barcode',
    (tent) =>
      tent.db.catalogVariant.updateMany({
        where: { sku: 'T1-M-Red' },
        data: { cost: '3', weightValue: '2', barcode: '123' },
      }),
    ['productVariantsBulkUpdate'],
    ['barcode', 'cost', 'weight'],
  ],
  [
    'a SKU',
    (tent) =>
      tent.db.catalogVariant.updateMany({ where: { sku: 'T1-M-Red' }, data: { sku: 'T1-M-Crimson' } }),
    ['productVariantsBulkUpdate'],
    ['sku'],
  ],
  [
    'a compare-at price cleared',
    async (tent) => {
      await tent.db.catalogVariant.updateMany({ where: { sku: 'T1-S-Red' }, data: { compareAtPrice: '30' } });
      await tent.run();
      await tent.db.catalogVariant.updateMany({ where: { sku: 'T1-S-Red' }, data: { compareAtPrice: null } });
    },
    ['productVariantsBulkUpdate', 'productVariantsBulkUpdate'],
    ['compareAtPrice'],
  ],
  ['a tag added', (tent) => tent.product({ tags: ['Camping', 'Old', 'New'] }), ['tagsAdd'], ['tags:New']],
  ['a tag removed', (tent) => tent.product({ tags: ['Camping', 'New'] }), ['tagsRemove'], ['tags:Old']],
  [
    'title and vendor',
    (tent) => tent.product({ title: 'Tent one', vendor: 'Other' }),
    ['productUpdate'],
    ['title', 'vendor'],
  ],
  [
    'SEO',
    (tent) => tent.product({ seoTitle: 'Buy', seoDescription: 'A tent' }),
    ['productUpdate'],
    ['seoDescription', 'seoTitle'],
  ],
  [
    'SEO cleared',
    (tent) => tent.product({ seoTitle: null, seoDescription: null }),
    ['productUpdate'],
    ['seoDescription', 'seoTitle'],
  ],
  [
    'a category',
    (tent) => tent.product({ category: 'Apparel & Accessories > Shoes' }),
    ['productUpdate'],
    ['category'],
  ],
  ['the status', (tent) => tent.product({ status: 'DRAFT' }), ['productUpdate'], ['status']],
  ['the status back', (tent) => tent.product({ status: 'ACTIVE' }), ['productUpdate'], ['status']],
  ['the handle', (tent) => tent.product({ handle: 'tent-one' }), ['productUpdate'], ['handle']],
  ['unpublished', (tent) => tent.product({ published: false }), ['publishableUnpublish'], ['published']],
  ['published', (tent) => tent.product({ published: true }), ['publishablePublish'], ['published']],
  [
    'stock at one place',
    (tent) =>
      tent.db.catalogInventoryLevel.updateMany({
        where: { location: 'Shop Berlin', variant: { sku: 'T1-S-Red' } },
        data: { available: 9 },
      }),
    ['inventorySetQuantities'],
    ['inventory'],
  ],
  [
    'stock of four variants',
    (tent) =>
      tent.db.catalogInventoryLevel.updateMany({
        where: { location: '', variant: { productId: tent.productId } },
        data: { available: 77 },
      }),
    ['inventorySetQuantities'],
    ['inventory'],
  ],
  [
    'a metafield changed',
    (tent) =>
      tent.db.catalogMetafield.updateMany({
        where: { productId: tent.productId, ...metafieldOf },
        data: { value: 'dry clean' },
      }),
    ['metafieldsSet'],
    ['metafield:custom.care'],
  ],
  [
    'a metafield deleted',
    (tent) => tent.db.catalogMetafield.deleteMany({ where: { productId: tent.productId, ...metafieldOf } }),
    ['metafieldsDelete'],
    ['metafield:custom.care'],
  ],
  [
    'a metafield of a variant',
    async (tent) => {
      const [variant] = await tent.variants();
      await tent.db.catalogMetafield.create({
        data: {
          accountId: tent.accountId,
          variantId: variant!.id,
          ...metafieldOf,
          type: 'json',
          value: '{"a":1}',
        },
      });
    },
    ['metafieldsSet'],
    ['metafield:custom.care'],
  ],
  [
    'an alt text',
    async (tent) =>
      tent.db.catalogMedia.update({
        where: { id: (await tent.pictures())[0]!.id },
        data: { alt: 'The front' },
      }),
    ['fileUpdate'],
    ['mediaAlt'],
  ],
  [
    'a picture added at the end',
    (tent) =>
      tent.db.catalogMedia.create({
        data: {
          accountId: tent.accountId,
          productId: tent.productId,
          position: 4,
          url: 'https://cdn.example.com/1/d.jpg',
          alt: 'd',
        },
      }),
    ['productUpdate'],
    ['media'],
  ],
  [
    'a picture removed',
    async (tent) => tent.db.catalogMedia.delete({ where: { id: (await tent.pictures())[2]!.id } }),
    ['fileUpdate'],
    ['media'],
  ],
  [
    'pictures reordered',
    async (tent) => {
      const [first, second] = await tent.pictures();
      await tent.db.catalogMedia.update({ where: { id: first!.id }, data: { position: 2 } });
      await tent.db.catalogMedia.update({ where: { id: second!.id }, data: { position: 1 } });
    },
    ['productReorderMedia'],
    ['mediaOrder'],
  ],
  [
    'a variant’s picture',
    async (tent) =>
      tent.db.catalogVariant.updateMany({
        where: { sku: 'T1-M-Crimson' },
        data: { mediaId: (await tent.pictures())[2]!.id },
      }),
    ['productVariantsBulkUpdate'],
    ['variantMedia'],
  ],
  [
    'a variant’s picture taken off',
    (tent) => tent.db.catalogVariant.updateMany({ where: { sku: 'T1-M-Crimson' }, data: { mediaId: null } }),
    ['productVariantDetachMedia'],
    ['variantMedia'],
  ],
  [
    'a variant added',
    async (tent) => {
      await tent.option(1, { values: ['S', 'M', 'L'] });
      await rawVariant(
        tent.db,
        { accountId: tent.accountId, productId: tent.productId, position: 5 },
        {
          option1: 'L',
          option2: 'Blue',
          sku: 'T1-L-Blue',
          price: '15',
          tracked: true,
          stock: { '': 4, 'Shop Berlin': 1 },
          metafields: [{ ...metafieldOf, type: 'json', value: '{}' }],
        },
      );
    },
    ['productVariantsBulkCreate'],
    ['existence'],
  ],
  [
    'variants reordered',
    async (tent) => {
      const [first, second] = await tent.variants();
      await tent.db.catalogVariant.update({ where: { id: first!.id }, data: { position: 2 } });
      await tent.db.catalogVariant.update({ where: { id: second!.id }, data: { position: 1 } });
    },
    ['productVariantsBulkReorder'],
    ['variantOrder'],
  ],
  [
    'a variant removed',
    (tent) => tent.db.catalogVariant.deleteMany({ where: { sku: 'T1-M-Blue' } }),
    ['productVariantsBulkDelete'],
    ['existence'],
  ],
  [
    'an option value renamed',
    async (tent) => {
      await tent.option(2, { values: ['Crimson', 'Blue'] });
      await tent.db.catalogVariant.updateMany({
        where: { productId: tent.productId, option2: 'Red' },
        data: { option2: 'Crimson' },
      });
    },
    ['productSet'],
    ['optionValues'],
  ],
  ['an option renamed', (tent) => tent.option(2, { name: 'Colour' }), ['productSet'], ['options']],
  [
    'an option added',
    async (tent) => {
      await tent.db.catalogOption.create({
        data: {
          accountId: tent.accountId,
          productId: tent.productId,
          position: 3,
          name: 'Material',
          values: ['Cotton'],
        },
      });
      await tent.db.catalogVariant.updateMany({
        where: { productId: tent.productId },
        data: { option3: 'Cotton' },
      });
    },
    ['productSet'],
    ['optionValues', 'options'],
  ],
];
