/** Read model of Settings. */
import type { Shop } from '#generated/prisma/client';
import { showsLowestPrice } from '~/core/lowest-price';
import type { Queryable } from '../client.server';

export interface LocationRow {
  gid: string;
  name: string;
  isActive: boolean;
  sourceName: string | null;
  isDefault: boolean;
}

export interface SettingsModel {
  conflictPolicy: string;
  /** As it is typed. */
  auditRetentionDays: string;
  /** Percentages as they are typed; "" is no limit. */
  editLimits: {
    catalogPercent: string;
    changePercent: string;
    zeroStock: boolean;
    secondPerson: boolean;
    source: boolean;
  };
  /** Whether compare-at prices are held against the lowest price of 30 days; `chosen` null: as the currency says. */
  lowestPrice: { chosen: boolean | null; isOn: boolean };
  accountId: string;
  domain: string;
  locations: LocationRow[];
  /** Location names that stock of the catalog carries ("" is unnamed stock). */
  catalogLocationNames: string[];
}

export async function readSettings(db: Queryable, shop: Shop): Promise<SettingsModel> {
  const [locations, names] = await Promise.all([
    db.shopLocation.findMany({
      where: { shopId: shop.id },
      orderBy: [{ isActive: 'desc' }, { name: 'asc' }],
    }),
    db.catalogInventoryLevel.findMany({
      where: { accountId: shop.accountId },
      distinct: ['location'],
      select: { location: true },
      orderBy: { location: 'asc' },
    }),
  ]);
  return {
    conflictPolicy: shop.conflictPolicy,
    auditRetentionDays: String(shop.auditRetentionDays),
    editLimits: {
      catalogPercent: shop.guardCatalogPercent?.toString() ?? '',
      changePercent: shop.guardChangePercent?.toString() ?? '',
      zeroStock: shop.guardZeroStock,
      secondPerson: shop.guardSecondPerson,
      source: shop.guardSource,
    },
    lowestPrice: { chosen: shop.show30DayLowest, isOn: showsLowestPrice(shop) },
    accountId: shop.accountId,
    domain: shop.domain,
    locations: locations.map(({ gid, name, isActive, sourceName, isDefault }) => ({
      gid,
      name,
      isActive,
      sourceName,
      isDefault,
    })),
    catalogLocationNames: names.map((row) => row.location),
  };
}
