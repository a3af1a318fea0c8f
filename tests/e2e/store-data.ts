/** An account of three stores, one of which wants in; and people of one. */
import { randomUUID } from 'node:crypto';
import type { Shop } from '#generated/prisma/client';
import type { Database } from '~/db/client.server';

/** Other stores of the account and one that wants to join it, what was done, and two more people. */
export async function seedStores(db: Database, shop: Shop): Promise<void> {
  const { id: shopId, accountId } = shop;
  const at = new Date();
  const other = await db.shop.create({
    data: {
      accountId,
      domain: `lockstep-outlet-${shopId.slice(0, 4)}.myshopify.com`,
      name: 'Lockstep Outlet',
      currencyCode: 'CHF',
    },
  });
  await db.shop.create({
    data: {
      ...{
        accountId,
        domain: `lockstep-old-${shopId.slice(0, 4)}.myshopify.com`,
        name: 'Lockstep Old',
        syncMode: 'shadow',
      },
      uninstalledAt: at,
    },
  });
  await db.syncRun.create({
    data: {
      ...{ shopId: other.id, trigger: 'schedule', causedBy: 'schedule', state: 'failed' },
      error: 'Shopify did not let the app in: open the app in the store once.',
    },
  });
  const products = Array.from({ length: 12 }, () => ({ shopId: other.id, productId: randomUUID() }));
  await db.productLink.createMany({
    data: products.map((one, index) => ({
      ...one,
      remoteId: `gid://shopify/Product/${index}`,
      state: 'linked',
    })),
  });
  await db.syncRequest.createMany({ data: products.slice(0, 3).map((one) => ({ ...one, cause: 'change' })) });
  const joining = await db.shop.create({
    data: {
      ...{ domain: `lockstep-new-${shopId.slice(0, 4)}.myshopify.com`, name: 'Lockstep New' },
      account: { create: { name: 'lockstep-new.myshopify.com' } },
    },
  });
  await db.accountJoin.create({
    data: {
      ...{ id: randomUUID(), accountId, madeIn: shopId, madeBy: 'user 1', madeAt: at },
      ...{ codeHash: randomUUID(), state: 'confirmed', shopId: joining.id, confirmedAt: at },
      expiresAt: new Date(at.getTime() + 86_400_000),
    },
  });
  await db.accountEvent.createMany({
    data: [
      { shopId, accountId, kind: 'code-made', actor: 'user 1', address: '192.0.2.7', at },
      {
        ...{ shopId: joining.id, accountId, kind: 'join-confirmed', actor: 'user 4', at },
        detail: joining.domain,
      },
    ],
  });
  await db.member.createMany({
    data: [
      { shopId, userId: '71', name: 'Ada', role: 'reviewer', firstSeenAt: at, lastSeenAt: at },
      { shopId, userId: '72', firstSeenAt: at, lastSeenAt: at },
    ],
  });
}
