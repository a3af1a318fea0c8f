/** An emulator without its server, for the tests of the parts beside it. */
import type { AppConfig } from '../app-config';
import { emptyAppConfig } from '../app-config';
import { CallLog } from '../call-log';
import { createClock, instant } from '../clock';
import type { EmulatorContext } from '../context';
import { Faults } from '../faults';
import { seededRandom } from '../random';
import type { Product } from '../state/product';
import type { Shop } from '../state/shop';
import { createState, grantScopes, newGid, openShop } from '../state/state';
import { DEFAULT_SWITCHES } from '../switches';

export const TEST_SHOP = 'lockstep-demo.myshopify.com';
export const OTHER_SHOP = 'other.myshopify.com';
export const TEST_SCOPES = ['write_products', 'read_locations'];

/** Two shops in Berlin time with the app installed; the app is "key-of-the-app" with "secret-of-the-app". */
export function testContext(config: Partial<AppConfig> = {}, appUrl = 'http://127.0.0.1:1'): EmulatorContext {
  const clock = createClock();
  const state = createState();
  for (const domain of [TEST_SHOP, OTHER_SHOP]) {
    const shop = openShop(
      state,
      {
        domain,
        name: 'Demo',
        plan: 'standard',
        currencyCode: 'EUR',
        timezone: 'Europe/Berlin',
        locations: ['Warehouse', 'Shop'],
      },
      clock,
    );
    grantScopes(state, shop, TEST_SCOPES, clock, 'event');
  }
  return {
    state,
    switches: { ...DEFAULT_SWITCHES },
    faults: new Faults(seededRandom(1)),
    log: new CallLog(),
    clock,
    random: seededRandom(1),
    app: {
      apiKey: 'key-of-the-app',
      apiSecret: 'secret-of-the-app',
      appUrl,
      config: { ...emptyAppConfig(TEST_SCOPES), ...config },
    },
    latency: { baseMs: 0, perMutationMs: 0 },
    origin: () => 'http://127.0.0.1:2',
  };
}

/** The shop of a test context. Throws where it is not there. */
export function shopOf(context: EmulatorContext, domain = TEST_SHOP): Shop {
  const shop = context.state.shops.get(domain);
  if (!shop) throw new Error(`No shop ${domain} in this context.`);
  return shop;
}

/** Puts a shirt with so many sizes, 5 units of each in the first location, into a shop. */
export function putShirt(context: EmulatorContext, shop: Shop, sizes: number): Product {
  const at = instant(context.clock.now());
  const [locationId] = shop.locations.keys();
  if (locationId === undefined) throw new Error('The shop has no location.');
  const values = Array.from({ length: sizes }, (_, index) => ({
    id: newGid(context.state, 'ProductOptionValue'),
    name: `Size ${index + 1}`,
  }));
  const product: Product = {
    id: newGid(context.state, 'Product'),
    title: 'Shirt',
    descriptionHtml: '<p>Cotton</p>',
    handle: `shirt-${context.state.nextId}`,
    vendor: 'Acme',
    productType: 'Shirts',
    categoryId: null,
    status: 'ACTIVE',
    tags: ['cotton', 'summer'],
    seo: { title: null, description: null },
    templateSuffix: null,
    giftCardTemplateSuffix: null,
    isGiftCard: false,
    requiresSellingPlan: false,
    createdAt: at,
    updatedAt: at,
    publishedOn: new Map(),
    options: [{ id: newGid(context.state, 'ProductOption'), name: 'Size', values }],
    variantIds: [],
    mediaIds: [],
    metafields: new Map(),
  };
  for (const value of values) {
    const id = newGid(context.state, 'ProductVariant');
    const inventoryItemId = newGid(context.state, 'InventoryItem');
    shop.inventoryItems.set(inventoryItemId, {
      id: inventoryItemId,
      variantId: id,
      sku: `SHIRT-${value.name}`,
      tracked: true,
      requiresShipping: true,
      cost: null,
      countryCodeOfOrigin: null,
      provinceCodeOfOrigin: null,
      harmonizedSystemCode: null,
      countryHarmonizedSystemCodes: [],
      weight: { value: 200, unit: 'GRAMS' },
      levels: new Map([
        [
          locationId,
          {
            id: newGid(context.state, 'InventoryLevel'),
            locationId,
            quantities: {
              available: 5,
              committed: 0,
              damaged: 0,
              quality_control: 0,
              reserved: 0,
              safety_stock: 0,
              incoming: 0,
            },
            isActive: true,
            createdAt: at,
            updatedAt: at,
          },
        ],
      ]),
      createdAt: at,
      updatedAt: at,
    });
    shop.variants.set(id, {
      id,
      productId: product.id,
      inventoryItemId,
      price: '19.99',
      compareAtPrice: null,
      barcode: null,
      taxable: true,
      taxCode: null,
      inventoryPolicy: 'DENY',
      showUnitPrice: false,
      unitPriceMeasurement: null,
      requiresComponents: false,
      optionValueIds: [value.id],
      mediaIds: [],
      metafields: new Map(),
      createdAt: at,
      updatedAt: at,
    });
    product.variantIds.push(id);
  }
  shop.products.set(product.id, product);
  shop.productsByHandle.set(product.handle, product.id);
  return product;
}
