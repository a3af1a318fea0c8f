/** Read model of Policies. */
import { z } from 'zod';
import type { Shop } from '#generated/prisma/client';
import { SYNC_MODES } from '~/core/canary';
import type { SyncMode } from '~/core/canary';
import type { ShopPolicies } from '~/core/policy-rules';
import type { Queryable } from '../client.server';
import { loadPolicies } from '../policies.server';

export interface PoliciesModel {
  policies: ShopPolicies;
  mode: SyncMode;
  canaryPercent: number;
  /** Titles of the products that rules are about, by id. */
  titles: Record<string, string>;
}

const syncMode = z.enum(SYNC_MODES);

/** What the shop's row says of its mode. */
export function modeOf(shop: Shop): { mode: SyncMode; canaryPercent: number } {
  return { mode: syncMode.parse(shop.syncMode), canaryPercent: shop.canaryPercent };
}

export async function readPolicies(db: Queryable, shop: Shop): Promise<PoliciesModel> {
  const policies = await loadPolicies(db, shop.id);
  const productIds = policies.rules.flatMap((rule) => rule.productId ?? []);
  const links = await db.productLink.findMany({
    where: { shopId: shop.id, productId: { in: productIds } },
    select: { productId: true, title: true },
  });
  const products = await db.catalogProduct.findMany({
    where: { accountId: shop.accountId, id: { in: productIds } },
    select: { id: true, title: true },
  });
  return {
    policies,
    ...modeOf(shop),
    titles: Object.fromEntries([
      ...links.map(({ productId, title }) => [productId, title] as const),
      ...products.map(({ id, title }) => [id, title] as const),
    ]),
  };
}
