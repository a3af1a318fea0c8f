import type { Gid } from '~/core/product-state';
import { forgetSettled } from '~/db/load-plan.server';
import type { Resources } from './resources';

/** Stores which of the shop's locations each location name of the catalog means, and which one is the default. */
export async function mapLocations(
  { db }: Resources,
  {
    shopId,
    locations,
  }: { shopId: string; locations: { gid: Gid; sourceName: string | null; isDefault: boolean }[] },
): Promise<void> {
  const names = locations.flatMap((location) => location.sourceName ?? []);
  if (new Set(names).size < names.length)
    throw new Error('Two locations of the store have the same name of the catalog: give each its own.');
  if (locations.filter((location) => location.isDefault).length > 1)
    throw new Error('Only one location can be the default.');
  await db.$transaction(async (tx) => {
    for (const { gid, sourceName, isDefault } of locations)
      await tx.shopLocation.updateMany({ where: { shopId, gid }, data: { sourceName, isDefault } });
    await forgetSettled(tx, shopId);
  });
}
