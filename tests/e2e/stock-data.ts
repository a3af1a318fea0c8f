/** What the page of shared stock shows: a second store of the account, rules, levels of both, and movements of the last days. */
import { randomUUID } from 'node:crypto';
import { shownBy } from '~/core/stock-sharing';
import type { OwnStock } from '~/core/stock-sharing';
import type { Database } from '~/db/client.server';

const hoursAgo = (hours: number, seconds = 0) => new Date(Date.now() - hours * 3_600_000 + seconds * 1_000);

export async function seedStock(
  db: Database,
  shop: { id: string; accountId: string },
  productIds: string[],
): Promise<void> {
  const { accountId } = shop;
  const other = await db.shop.create({
    data: {
      accountId,
      domain: `lockstep-berlin-${shop.id.slice(0, 4)}.myshopify.com`,
      name: 'Lockstep Berlin',
      installedAt: new Date(),
    },
  });
  await db.shopLocation.create({
    data: { shopId: other.id, gid: 'gid://shopify/Location/9', name: 'Cellar', isDefault: true },
  });
  const rules: OwnStock[] = [
    { shopId: shop.id, rule: { heldBack: { by: 'units', units: 2 }, ownUnits: 0 }, ownUsed: 0 },
    { shopId: other.id, rule: { heldBack: { by: 'percent', percent: 10 }, ownUnits: 5 }, ownUsed: 0 },
  ];
  const rule = { accountId, setAt: hoursAgo(60), setBy: 'user 1' };
  await db.stockRule.createMany({
    data: [
      { ...rule, keepUnits: 2 },
      { ...rule, shopId: other.id, keepPercent: 10, ownUnits: 5 },
    ],
  });
  const variants = await db.catalogVariant.findMany({
    where: { productId: { in: productIds } },
    orderBy: { sku: 'asc' },
  });
  await db.catalogVariant.updateMany({ where: { productId: { in: productIds } }, data: { tracked: true } });
  const stores = [
    { shopId: shop.id, location: 'gid://shopify/Location/1', first: 71_000 },
    { shopId: other.id, location: 'gid://shopify/Location/9', first: 72_000 },
  ];
  for (const [index, { id: variantId, productId, sku }] of variants.entries()) {
    await db.catalogInventoryLevel.create({
      data: { accountId, variantId, location: '', available: index * 9 },
    });
    for (const { shopId, location, first } of stores) {
      const remoteId = `gid://shopify/ProductVariant/${first + index}`;
      await db.baseVariantRow.create({
        data: { shopId, variantId, productId, remoteId, state: {}, agreedAt: hoursAgo(1) },
      });
      await db.remoteVariantRow.create({
        data: {
          ...{ shopId, remoteId, sku, remoteProductId: `gid://shopify/Product/${first}` },
          ...{
            inventoryItemId: `gid://shopify/InventoryItem/${first + index}`,
            fingerprint: '',
            fetchedAt: hoursAgo(1),
          },
          // One has not heard yet.
          state: { inventory: { [location]: shownBy(shopId, index * 9, rules) + (index === 3 ? 1 : 0) } },
        },
      });
    }
  }
  const [sold] = variants;
  if (!sold) return;
  const change = {
    productId: sold.productId,
    variantId: sold.id,
    sku: sold.sku,
    state: 'applied',
    causedBy: 'Shopify',
  };
  await db.change.createMany({
    data: [1, 5, 9].flatMap((hours) =>
      stores.flatMap(({ shopId }, at) => {
        const [seller, told] = [shopId, stores[1 - at]?.shopId ?? shopId];
        const begun = hours + at / 2;
        return [
          {
            ...{ ...change, shopId: seller, changeKey: randomUUID(), direction: 'pull' },
            ...{
              field: `inventory:${stores[at]?.location ?? ''}`,
              before: hours === 1 ? 0 : 5,
              after: hours === 1 ? -1 : 4,
            },
            ...{ changedAt: hoursAgo(begun), at: hoursAgo(begun, 1) },
          },
          {
            ...{
              ...change,
              shopId: told,
              changeKey: randomUUID(),
              direction: 'push',
              operation: 'inventory-set',
            },
            ...{ field: `inventory:${stores[1 - at]?.location ?? ''}`, before: 5, after: 4 },
            ...{
              changedAt: hoursAgo(begun, 1),
              sentAt: hoursAgo(begun, 1.2),
              at: hoursAgo(begun, 1.4 + hours / 10),
            },
          },
        ];
      }),
    ),
  });
}
