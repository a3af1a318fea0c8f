/** Shops, their locations and settings. */
import { z } from 'zod';
import { SYNC_MODES } from '~/core/canary';
import type { SyncMode } from '~/core/canary';
import type { ShopPolicies } from '~/core/policy-rules';
import type { Gid } from '~/core/product-state';
import type { Queryable } from './client.server';
import { loadPolicies } from './policies.server';
import { standingRules } from './store-rules.server';
import type { StandingRules } from './store-rules.server';

export interface ShopLocation {
  gid: Gid;
  name: string;
  isActive: boolean;
  sourceName: string | null;
  isDefault: boolean;
}

/** What work on a shop needs to know of it. */
export interface ShopScope {
  shopId: string;
  accountId: string;
  domain: string;
  currencyCode: string;
  /** IANA name. */
  timeZone: string;
  publicationId: Gid | null;
  policies: ShopPolicies;
  /** How its prices follow from the catalog's. They may change during a job: see keepRulesFresh. */
  rules: StandingRules;
  mode: SyncMode;
  canaryPercent: number;
  factsReadAt: Date | null;
  adoptedAt: Date | null;
  /** How long its cache is trusted; null: as whoever runs the app chose. */
  cacheTtlSeconds: number | null;
  locations: ShopLocation[];
}

const syncMode = z.enum(SYNC_MODES);

/** The shop, or null where it is unknown or the app was uninstalled. */
export async function loadShop(db: Queryable, shopId: string): Promise<ShopScope | null> {
  const shop = await db.shop.findUnique({ where: { id: shopId } });
  if (!shop || shop.uninstalledAt) return null;
  const locations = await db.shopLocation.findMany({ where: { shopId }, orderBy: { gid: 'asc' } });
  return {
    shopId,
    accountId: shop.accountId,
    domain: shop.domain,
    currencyCode: shop.currencyCode,
    timeZone: shop.timezone,
    publicationId: shop.publicationId,
    policies: await loadPolicies(db, shopId),
    rules: standingRules(shop),
    mode: syncMode.parse(shop.syncMode),
    canaryPercent: shop.canaryPercent,
    factsReadAt: shop.factsReadAt,
    adoptedAt: shop.adoptedAt,
    cacheTtlSeconds: shop.cacheTtlSeconds,
    locations,
  };
}

/** Active locations of the shop, by id. */
export async function findActiveLocations(
  db: Queryable,
  shopId: string,
): Promise<{ gid: Gid; name: string }[]> {
  return db.shopLocation.findMany({
    where: { shopId, isActive: true },
    orderBy: { gid: 'asc' },
    select: { gid: true, name: true },
  });
}

/** Location names of the catalog -> Shopify's ids; "" is the default location. */
export function locationsByName(locations: ShopLocation[]): Map<string, Gid> {
  const active = locations.filter((location) => location.isActive);
  const names = new Map(active.map((location) => [location.sourceName ?? location.name, location.gid]));
  const fallback = active.find((location) => location.isDefault) ?? active[0];
  if (fallback) names.set('', fallback.gid);
  return names;
}

/** Shopify's ids -> the name that the catalog's stock has there. */
export function locationNames(locations: ShopLocation[]): Map<Gid, string> {
  const fallback =
    locations.find((location) => location.isActive && location.isDefault) ??
    locations.find((location) => location.isActive);
  return new Map(
    locations.map((location) => [
      location.gid,
      location.gid === fallback?.gid && location.sourceName === null
        ? ''
        : (location.sourceName ?? location.name),
    ]),
  );
}
