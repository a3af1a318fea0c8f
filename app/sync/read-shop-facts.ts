import type { Gid } from '~/core/product-state';
import type { Spent } from '~/shopify/gateway';
import { nothingSpent } from '~/shopify/gateway';
import { forgetSettled } from '~/db/load-plan.server';
import { locationsByName } from '~/db/shops.server';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

/** Names, plan, locations and publication seldom change. */
const FRESH_MS = 60 * 60_000;

/** Shopify counts its ids up: the smaller, the older. */
const ageOf = (gid: Gid) => Number(gid.split('/').pop());

/** Reads the shop's facts where ours are older than an hour, stores them and brings the scope up to date. */
export async function readShopFacts(resources: Resources, scope: SyncScope): Promise<Spent> {
  const { db, now, shopify } = resources;
  if (scope.factsReadAt && now().getTime() - scope.factsReadAt.getTime() < FRESH_MS) return nothingSpent();
  const { facts, spent } = await scope.store.readShop();
  const { locations, ...shop } = facts;
  const { shopId } = scope;
  await db.$transaction(async (tx) => {
    await tx.shop.update({ where: { id: shopId }, data: { ...shop, factsReadAt: now() } });
    // Shopify lists locations by name; the shop's first one is the likeliest to be what unnamed stock means.
    const first = locations
      .filter(({ isActive }) => isActive)
      .sort((a, b) => ageOf(a.gid) - ageOf(b.gid))[0]?.gid;
    for (const { gid, name, isActive } of locations)
      await tx.shopLocation.upsert({
        where: { shopId_gid: { shopId, gid } },
        create: { shopId, gid, name, isActive, isDefault: gid === first && scope.locations.length === 0 },
        update: { name, isActive },
      });
    // A first channel, or another set of locations, changes what can be sent of every product.
    const known = scope.locations.filter(({ isActive }) => isActive).map(({ gid }) => gid);
    const active = locations.filter(({ isActive }) => isActive).map(({ gid }) => gid);
    if (
      scope.publicationId !== shop.publicationId ||
      known.length !== active.length ||
      known.some((gid) => !active.includes(gid))
    )
      await forgetSettled(tx, shopId);
    await tx.shopLocation.updateMany({
      where: { shopId, gid: { notIn: locations.map(({ gid }) => gid) } },
      data: { isActive: false },
    });
  });
  scope.locations = await db.shopLocation.findMany({ where: { shopId }, orderBy: { gid: 'asc' } });
  scope.publicationId = shop.publicationId;
  scope.factsReadAt = now();
  scope.catalog.locations = locationsByName(scope.locations);
  scope.store = shopify.store({
    id: shopId,
    domain: scope.domain,
    publicationId: shop.publicationId,
    locations: scope.locations.length,
    isBackground: scope.isBackground,
  });
  return spent;
}
