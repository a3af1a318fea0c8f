/** A shop in the middle of its life: products in every state, runs, a dead letter, matches to settle, imports. */
import { randomUUID } from 'node:crypto';
import { API_SCOPES } from '~/core/api-scopes';
import type { Database } from '~/db/client.server';
import { seedConflicts } from './conflict-data';
import { seedEdits } from './edit-data';
import type { EditState } from './edit-data';
import { seedOverrides, seedPromotions } from './overlay-data';
import type { SeededPromotion } from './overlay-data';
import { seedStock } from './stock-data';

export interface PageData {
  /** A product with differences, changes and a variant only Shopify has. */
  productId: string;
  runId: string;
  importId: string;
  /** Bulk edits by what is to be seen of them. */
  edits: Record<EditState, string>;
  /** Promotions by what is to be seen of them. */
  promotions: Record<SeededPromotion, string>;
}

const VENDORS = ['Nordwind', 'Fjell & Co', 'Campfire'];
const THINGS = ['Tent', 'Sleeping bag', 'Lantern', 'Stove', 'Backpack', 'Mug', 'Headlamp', 'Hammock'];
const KINDS = ['Trail', 'Summit', 'Lake', 'Forest'];
const STATES = [
  'in-sync',
  'in-sync',
  'in-sync',
  'pending',
  'conflict',
  'failed',
  'ambiguous',
  'held',
] as const;

const WORDS: Record<(typeof STATES)[number], [string, string]> = {
  'in-sync': ['Applied', 'The price went to Shopify.'],
  pending: ['Waiting', 'It is looked at with the next sync.'],
  conflict: ['Conflict', 'The title was changed on both sides; nobody wins by your settings.'],
  failed: ['Failed', 'Shopify refused the price: it must not be negative. Correct it in your catalog.'],
  ambiguous: ['Held back', 'Two products of your store have the SKU TENT-1. Choose the right one.'],
  held: ['Held back', 'The location “Attic” is not mapped to a location of your store.'],
};

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

async function seedProducts(
  db: Database,
  shop: { id: string; accountId: string },
  count: number,
): Promise<string[]> {
  const products = Array.from({ length: count }, (_, index) => {
    const title = `${KINDS[index % KINDS.length]} ${THINGS[index % THINGS.length]} ${index + 1}`;
    return {
      accountId: shop.accountId,
      id: randomUUID(),
      title,
      handle: title.toLowerCase().replaceAll(' ', '-'),
      vendor: VENDORS[index % VENDORS.length]!,
      status: index % 11 === 0 ? 'DRAFT' : 'ACTIVE',
      tags: ['outdoor', 'sale'],
      descriptionHtml: `<p>${title}, made for long days outside.</p>`,
    };
  });
  await db.catalogProduct.createMany({ data: products });
  await db.catalogOption.createMany({
    data: products.map(({ id }) => ({
      accountId: shop.accountId,
      productId: id,
      position: 1,
      name: 'Size',
      values: ['S', 'M', 'L'],
    })),
  });
  await db.catalogVariant.createMany({
    data: products.flatMap(({ id }, index) =>
      ['S', 'M', 'L'].map((size, at) => ({
        accountId: shop.accountId,
        productId: id,
        position: at + 1,
        option1: size,
        sku: `SKU-${index + 1}-${size}`,
        price: `${20 + at}.90`,
      })),
    ),
  });
  await db.productLink.createMany({
    data: products.map(({ id, title }, index) => {
      const syncState = STATES[index % STATES.length]!;
      const [lastDecision, lastReason] = WORDS[syncState];
      return {
        shopId: shop.id,
        productId: id,
        title,
        remoteId:
          syncState === 'ambiguous' || syncState === 'pending'
            ? null
            : `gid://shopify/Product/${1000 + index}`,
        state: syncState === 'ambiguous' ? 'ambiguous' : syncState === 'pending' ? 'unlinked' : 'linked',
        syncState,
        ...(syncState === 'pending' ? {} : { lastDecision, lastReason, lastSyncedAt: minutesAgo(index) }),
      };
    }),
  });
  return products.map(({ id }) => id);
}

async function seedRuns(db: Database, shopId: string, productIds: string[]): Promise<string> {
  const common = { shopId, causedBy: 'user 1', productsTotal: productIds.length };
  const run = await db.syncRun.create({
    data: {
      ...common,
      trigger: 'manual',
      state: 'finished',
      calls: 14,
      mutations: 96,
      points: 1030,
      productReads: 3,
      bytesSent: 48_211n,
      skips: { unchanged: 5210, unmanaged: 12, 'only-in-shopify': 4 },
      createdAt: minutesAgo(12),
      startedAt: minutesAgo(12),
      finishedAt: minutesAgo(11.4),
    },
  });
  await db.syncRun.create({
    data: {
      ...common,
      trigger: 'first-sync',
      state: 'failed',
      error: 'The store has no valid access token: open the app in the Shopify admin of this shop once.',
      createdAt: minutesAgo(600),
      startedAt: minutesAgo(600),
      finishedAt: minutesAgo(599),
    },
  });
  const ends = ['applied', 'applied', 'skipped', 'conflicted', 'failed'] as const;
  await db.runProduct.createMany({
    data: productIds.map((productId, index) => {
      const state = ends[index % ends.length]!;
      return {
        runId: run.id,
        shopId,
        productId,
        title: `${KINDS[index % KINDS.length]} ${THINGS[index % THINGS.length]} ${index + 1}`,
        state,
        changes: state === 'applied' ? 2 : 0,
        points: state === 'applied' ? 10 : 0,
        code: state === 'failed' ? 'NEGATIVE_PRICE_VALUE' : null,
        message:
          state === 'failed'
            ? 'Shopify refused the price -1.00 of variant M: it must not be negative. Correct it in your catalog, then retry.'
            : state === 'conflicted'
              ? 'The title was changed on both sides. Open the product to see both.'
              : state === 'skipped'
                ? 'Nothing to do: catalog and Shopify agree.'
                : null,
        endedAt: minutesAgo(11.5),
      };
    }),
  });
  await db.deadLetter.create({
    data: {
      shopId,
      queue: 'sync',
      jobId: randomUUID(),
      payload: {
        name: 'sync-products',
        shopId,
        runId: run.id,
        productIds: productIds.slice(0, 3),
        causedBy: 'user 1',
      },
      reason: 'Shopify answered 503 five times. Try again when the store is reachable.',
      attempts: 5,
    },
  });
  return run.id;
}

async function seedMatches(db: Database, shopId: string, productIds: string[]): Promise<void> {
  await db.ambiguousMatch.createMany({
    data: productIds.slice(0, 2).map((productId, index) => ({
      shopId,
      productId,
      candidates: ['Blue tent', 'Blue tent (old)'].map((title, at) => ({
        remoteId: `gid://shopify/Product/${9000 + index * 10 + at}`,
        title,
        handle: title.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
        skus: [`SKU-${index + 7}-S`, `SKU-${index + 7}-M`],
        matchedBy: 'sku',
      })),
    })),
  });
}

async function seedImports(db: Database, shop: { id: string; accountId: string }): Promise<string> {
  const done = await db.catalogImport.create({
    data: {
      accountId: shop.accountId,
      shopId: shop.id,
      filename: 'autumn-2026.csv',
      state: 'finished',
      causedBy: 'user 1',
      rows: 380,
      rowsDone: 380,
      productsCreated: 40,
      productsUpdated: 12,
      productsUnchanged: 68,
      rowsRejected: 2,
      unsyncedColumns: ['Google Shopping / MPN', 'Gift Card'],
      problems: [
        {
          line: 12,
          handle: 'trail-tent-1',
          column: 'Variant Price',
          value: '12,50 EUR',
          reason: 'This is not a number.',
          remedy: 'Write it with a point and without a currency: 12.50',
        },
        {
          line: 31,
          handle: 'lake-mug-6',
          column: 'Status',
          value: 'live',
          reason: 'Shopify has no such status.',
          remedy: 'Use active, draft or archived.',
        },
      ],
      createdAt: minutesAgo(30),
      finishedAt: minutesAgo(29),
    },
  });
  return done.id;
}

/** What Shopify holds and what was agreed for one product, with a newer price, a newer title and a variant of its own. */
async function seedThreeStates(
  db: Database,
  shop: { id: string; accountId: string },
  productId: string,
): Promise<void> {
  const product = await db.catalogProduct.findUniqueOrThrow({
    where: { id: productId },
    include: { variants: { orderBy: { position: 'asc' } } },
  });
  const link = await db.productLink.findUniqueOrThrow({
    where: { shopId_productId: { shopId: shop.id, productId } },
  });
  const remoteId = link.remoteId!;
  const now = new Date();
  const agreedFields = {
    title: product.title,
    descriptionHtml: product.descriptionHtml,
    handle: product.handle,
    vendor: product.vendor,
    productType: '',
    category: null,
    status: product.status,
    published: true,
    seoTitle: null,
    seoDescription: null,
    templateSuffix: null,
  };
  const pairs = (fields: Record<string, string | boolean | null>) =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, { source: value, remote: value }]));
  const variantFields = (sku: string | null, price: string) => ({
    price,
    compareAtPrice: null,
    cost: null,
    sku,
    barcode: null,
    taxable: true,
    taxCode: null,
    tracked: false,
    inventoryPolicy: 'DENY',
    requiresShipping: true,
    weight: null,
    harmonizedSystemCode: null,
    countryCodeOfOrigin: null,
    unitPriceMeasurement: null,
  });
  const remoteVariantId = (index: number) => `${remoteId.replace('Product', 'ProductVariant')}${index}`;
  const sizes = [...product.variants.map(({ option1 }) => option1 ?? ''), 'XL'];
  const options = [{ name: 'Size', values: ['S', 'M', 'L'] }];
  await db.remoteProductRow.create({
    data: {
      shopId: shop.id,
      remoteId,
      state: {
        id: remoteId,
        fields: { ...agreedFields, title: `${product.title} (new name in Shopify)` },
        giftCard: false,
        tags: ['outdoor', 'sale', 'summer'],
        options: [{ name: 'Size', values: sizes }],
        media: [],
        metafields: {},
      },
      variantOrder: sizes.map((_, index) => remoteVariantId(index)),
      fingerprint: 'seed',
      fetchedAt: now,
    },
  });
  await db.remoteVariantRow.createMany({
    data: sizes.map((size, index) => ({
      shopId: shop.id,
      remoteId: remoteVariantId(index),
      remoteProductId: remoteId,
      inventoryItemId: `gid://shopify/InventoryItem/${5000 + index}`,
      sku: product.variants[index]?.sku ?? null,
      state: {
        id: remoteVariantId(index),
        inventoryItemId: `gid://shopify/InventoryItem/${5000 + index}`,
        fields: variantFields(
          product.variants[index]?.sku ?? null,
          index === 1 ? '19.90' : `${20 + index}.90`,
        ),
        optionValues: [size],
        mediaId: null,
        metafields: {},
        inventory: {},
      },
      fingerprint: 'seed',
      fetchedAt: now,
    })),
  });
  await db.baseProductRow.create({
    data: {
      shopId: shop.id,
      productId,
      state: {
        fields: pairs(agreedFields),
        tags: { source: ['outdoor', 'sale'], remote: ['outdoor', 'sale'] },
        options: { source: options, remote: options },
        variantOrder: product.variants.map(({ id }) => id),
        mediaOrder: [],
        media: {},
        metafields: {},
      },
      agreedAt: now,
    },
  });
  await db.baseVariantRow.createMany({
    data: product.variants.map((variant, index) => ({
      shopId: shop.id,
      productId,
      variantId: variant.id,
      remoteId: remoteVariantId(index),
      state: {
        remoteId: remoteVariantId(index),
        fields: pairs(variantFields(variant.sku, index === 1 ? '19.90' : `${20 + index}.90`)),
        optionValues: { source: [variant.option1], remote: [variant.option1] },
        media: { sourceId: null, remoteId: null },
        metafields: {},
        inventory: {},
      },
      agreedAt: now,
    })),
  });
  const common = { shopId: shop.id, productId, direction: 'push', causedBy: 'user 1', points: 10 };
  await db.change.createMany({
    data: [
      {
        ...common,
        changeKey: randomUUID(),
        variantId: product.variants[0]!.id,
        field: 'price',
        before: '18.90',
        after: '20.90',
        state: 'applied',
      },
      {
        ...common,
        changeKey: randomUUID(),
        field: 'title',
        before: 'Old name',
        after: product.title,
        state: 'failed',
        message: 'Shopify answered: Title is too long (maximum is 255 characters).',
        at: minutesAgo(700),
      },
      {
        ...common,
        changeKey: randomUUID(),
        field: 'descriptionHtml',
        direction: 'pull',
        causedBy: 'Shopify',
        before: `<p>${'A backpack for long days outside, with room for a tent and a stove. '.repeat(6)}</p>`,
        after: product.descriptionHtml,
        state: 'applied',
        at: minutesAgo(60),
      },
      ...[
        { field: 'tags:sale', after: 'sale' },
        { field: 'tags:spring', before: 'spring' },
        { field: 'vendor', before: 'Fjell', after: product.vendor },
      ].map((change) => ({
        ...common,
        ...change,
        changeKey: randomUUID(),
        direction: 'restore',
        message: 'As it was on 2026-11-01 09:00:00 UTC.',
        state: 'applied',
        at: minutesAgo(120),
      })),
      {
        ...common,
        changeKey: randomUUID(),
        variantId: product.variants[1]!.id,
        sku: product.variants[1]!.sku,
        field: 'inventory:gid://shopify/Location/1',
        before: 12,
        after: 7,
        state: 'applied',
        at: minutesAgo(90),
      },
      {
        ...common,
        changeKey: randomUUID(),
        variantId: product.variants[2]!.id,
        field: 'existence',
        after: product.variants[2]!.sku!,
        state: 'applied',
        at: minutesAgo(200),
      },
    ],
  });
}

/** A check of the store that has ended, and when its drift began. */
async function seedChecks(db: Database, shopId: string, products: number): Promise<void> {
  await db.shop.update({ where: { id: shopId }, data: { adoptedAt: minutesAgo(3_000) } });
  await db.productLink.updateMany({
    where: { shopId, syncState: { not: 'in-sync' } },
    data: { driftedAt: minutesAgo(700) },
  });
  // Rows written by the seed are newer than the looks it tells of.
  await db.productLink.updateMany({
    where: { shopId, syncState: 'in-sync' },
    data: { lastSyncedAt: new Date() },
  });
  await db.reconciliation.create({
    data: {
      shopId,
      state: 'finished',
      lane: 'bulk',
      causedBy: 'schedule',
      productsTotal: products,
      productsScanned: products,
      productsDrifted: 3,
      points: 27,
      startedAt: minutesAgo(90),
      finishedAt: minutesAgo(86),
    },
  });
}

/** Fills the pages of one shop with `products` products (at least 20). */
async function seedApiKeys(db: Database, shopId: string): Promise<void> {
  const key = { shopId, secretHash: '', createdBy: 'user 1' };
  await db.apiKey.createMany({
    data: [
      { ...key, id: randomUUID(), name: 'ERP', scopes: [...API_SCOPES], lastUsedAt: minutesAgo(4) },
      {
        ...key,
        id: randomUUID(),
        name: 'Price robot of the wholesale department',
        scopes: ['bulk:write', 'jobs:read', 'catalog:read', 'audit:read'],
        createdAt: minutesAgo(900),
      },
      {
        ...key,
        id: randomUUID(),
        name: 'Old till',
        scopes: ['catalog:read'],
        createdAt: minutesAgo(90_000),
        lastUsedAt: minutesAgo(4_000),
        revokedAt: minutesAgo(3_000),
        revokedBy: 'user 1',
      },
    ],
  });
}

/** Prices that fell to a tenth overnight, and wait. */
async function seedHold(db: Database, shopId: string, productIds: string[]): Promise<void> {
  const held = productIds.slice(20, 23);
  await db.sourceHold.create({
    data: {
      shopId,
      products: held.length,
      findings: [
        { limit: 'catalog-share', percent: '64.2', products: 77, ofProducts: 120 },
        { limit: 'change', percent: '90', fields: 3 },
      ],
      foundAt: minutesAgo(42),
      lookedAt: minutesAgo(2),
    },
  });
  await db.heldProduct.createMany({ data: held.map((productId) => ({ shopId, productId })) });
  await db.shadowDecision.createMany({
    data: held.map((productId, index) => ({
      ...{ shopId, productId, field: 'vendor', kind: 'push' },
      ...{ before: 'Nordwind', after: `Nordwind ${index}`, at: minutesAgo(2) },
    })),
  });
}

/** Alerts that fire and did, two channels, and what was sent to them. */
async function seedAlerts(db: Database, shopId: string): Promise<void> {
  const channelIds = [randomUUID(), randomUUID()] as const;
  const channel = { shopId, target: 'sealed', createdBy: 'user 1', onSince: minutesAgo(500) };
  await db.alertChannel.createMany({
    data: [
      {
        ...{ ...channel, id: channelIds[0], kind: 'email', name: 'Operations', createdAt: minutesAgo(500) },
        shownTarget: 'ops@example.com, night.shift@example.com',
      },
      {
        ...{ ...channel, id: channelIds[1], kind: 'sms', name: 'On call', createdAt: minutesAgo(400) },
        ...{ shownTarget: '+491701234567', onlyCritical: true, isOn: false },
      },
    ],
  });
  const episode = { shopId, beganAt: minutesAgo(30), firedAt: minutesAgo(28) };
  await db.alertEpisode.createMany({
    data: [
      {
        ...{ ...episode, id: randomUUID(), rule: 'price-delay', severity: 'critical', state: 'firing' },
        ...{ threshold: 5, value: 27.5 },
        detail: '14 prices of your catalog are not in Shopify yet, the oldest of “Trail Backpack 5”.',
      },
      {
        ...{ ...episode, id: randomUUID(), rule: 'hit-rate', severity: 'warning', state: 'firing' },
        ...{ threshold: 50, value: 31.2, detail: '86 of 125 products had to be read from Shopify.' },
      },
      {
        ...{ ...episode, id: randomUUID(), rule: 'sync-failures', severity: 'critical', state: 'recovered' },
        ...{ threshold: 1, value: 1, recoveredAt: minutesAgo(3) },
        detail: '1 job gave up. The last one: Shopify gave no answer.',
      },
    ],
  });
  const message = { subject: 'Lockstep Demo: Prices are late' };
  const delivery = { shopId, message, createdAt: minutesAgo(28), nextAt: minutesAgo(28) };
  await db.alertDelivery.createMany({
    data: [
      { ...delivery, id: randomUUID(), channelId: channelIds[0], state: 'sent', attempts: 1 },
      {
        ...{ ...delivery, id: randomUUID(), channelId: channelIds[1], state: 'failed', attempts: 8 },
        problem: 'api.twilio.com answered 503. It is sent again; look at the server if this stays.',
      },
    ],
  });
}

export async function seedPages(
  db: Database,
  shop: { id: string; accountId: string },
  products = 120,
): Promise<PageData> {
  const productIds = await seedProducts(db, shop, products);
  const runId = await seedRuns(db, shop.id, productIds);
  await seedMatches(
    db,
    shop.id,
    productIds.filter((_, index) => STATES[index % STATES.length] === 'ambiguous'),
  );
  const importId = await seedImports(db, shop);
  await seedChecks(db, shop.id, products);
  const productId = productIds[4]!;
  await seedThreeStates(db, shop, productId);
  await db.shopLocation.deleteMany({ where: { shopId: shop.id } });
  await db.shopLocation.createMany({
    data: [
      { shopId: shop.id, gid: 'gid://shopify/Location/1', name: 'Warehouse', isDefault: true },
      { shopId: shop.id, gid: 'gid://shopify/Location/2', name: 'Shop floor' },
      { shopId: shop.id, gid: 'gid://shopify/Location/3', name: 'Old store', isActive: false },
    ],
  });
  const stocked = await db.catalogVariant.findMany({ where: { productId }, select: { id: true } });
  await db.catalogInventoryLevel.createMany({
    data: stocked.flatMap(({ id: variantId }) =>
      ['', 'Attic'].map((location) => ({ accountId: shop.accountId, variantId, location, available: 7 })),
    ),
  });
  await seedConflicts(db, shop, productIds);
  await seedApiKeys(db, shop.id);
  await seedHold(db, shop.id, productIds);
  await seedAlerts(db, shop.id);
  const edits = await seedEdits(db, shop, productIds);
  const promotions = await seedPromotions(db, shop, productIds);
  await seedOverrides(db, shop, [productId, ...productIds.slice(5, 6)], edits.finished);
  await seedStock(db, shop, productIds.slice(40, 43));
  return { productId, runId, importId, edits, promotions };
}
