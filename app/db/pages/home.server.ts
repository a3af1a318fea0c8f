/** Read model of Home: what is set up, what is in step, what needs a person. */
import type { Shop } from '#generated/prisma/client';
import type { Queryable } from '../client.server';
import { readLastRuns } from './runs.server';
import type { RunRow } from './runs.server';

export interface HomeModel {
  setup: { dismissed: boolean; catalogConnected: boolean; policyChosen: boolean; firstSyncDone: boolean };
  catalogProducts: number;
  /** Products by sync state; products of the catalog that were never looked at count as "pending". */
  syncStates: { state: string; products: number }[];
  ambiguousMatches: number;
  deadLetters: number;
  lastRuns: RunRow[];
}

interface StateCount {
  state: string;
  products: bigint;
}

/** Products of the catalog, and products deleted there that Shopify still has, counted by sync state. */
async function countSyncStates(db: Queryable, shop: Shop): Promise<{ state: string; products: number }[]> {
  const rows = await db.$queryRaw<StateCount[]>`
    SELECT COALESCE(l.sync_state, 'pending') AS state, count(*) AS products
    FROM (SELECT id FROM catalog.product WHERE account_id = ${shop.accountId}::uuid) p
    FULL JOIN (SELECT product_id, sync_state, state FROM app.product_link WHERE shop_id = ${shop.id}::uuid) l
      ON l.product_id = p.id
    WHERE p.id IS NOT NULL OR l.state NOT IN ('archived', 'deleted')
    GROUP BY 1`;
  return rows.map((row) => ({ state: row.state, products: Number(row.products) }));
}

export async function readHome(db: Queryable, shop: Shop): Promise<HomeModel> {
  const shopId = shop.id;
  const [catalogProducts, syncStates, ambiguousMatches, deadLetters, lastRuns, finished] = await Promise.all([
    db.catalogProduct.count({ where: { accountId: shop.accountId } }),
    countSyncStates(db, shop),
    db.ambiguousMatch.count({ where: { shopId } }),
    db.deadLetter.count({ where: { shopId, retriedAt: null } }),
    readLastRuns(db, shopId, 5),
    db.syncRun.findFirst({ where: { shopId, state: 'finished' }, select: { id: true } }),
  ]);
  return {
    setup: {
      dismissed: shop.setupDismissedAt !== null,
      catalogConnected: catalogProducts > 0,
      policyChosen: shop.policyChosenAt !== null,
      firstSyncDone: finished !== null,
    },
    catalogProducts,
    syncStates,
    ambiguousMatches,
    deadLetters,
    lastRuns,
  };
}
