/** Read model of the stock that the stores of an account share: what there is, what each holds, and how soon they hear of it. */
import { z } from 'zod';
import type { StockRow } from '~/core/stock-row';
import { PLAIN_POOL, shownBy } from '~/core/stock-sharing';
import type { StockRule } from '~/core/stock-sharing';
import type { Queryable } from '../client.server';
import { readSharingStores, readStockRules } from '../stock-sharing.server';
import type { StockRules } from '../stock-sharing.server';
import { containing } from './products.server';

export interface StockStore {
  shopId: string;
  name: string;
  domain: string;
}

export interface StockPage {
  stores: StockStore[];
  rules: StockRules;
  rows: StockRow[];
  /** Where the next page begins; null: there is none. */
  next: string | null;
}

const ROWS_A_PAGE = 50;

interface LevelRow {
  variantId: string;
  productId: string;
  sku: string | null;
  title: string;
  location: string;
  pool: number;
}

interface HeldRow {
  shopId: string;
  variantId: string;
  inventory: unknown;
}

const inventory = z.record(z.string(), z.number());

/** Gids of a store's locations by the catalog's name of each; "" is the default one. */
async function locationsOf(db: Queryable, shopIds: string[]): Promise<Map<string, Map<string, string>>> {
  const rows = await db.shopLocation.findMany({
    where: { shopId: { in: shopIds }, isActive: true },
    orderBy: { gid: 'asc' },
  });
  return new Map(
    [...Map.groupBy(rows, ({ shopId }) => shopId)].map(([shopId, all]) => {
      const names = new Map(all.map(({ name, sourceName, gid }) => [sourceName ?? name, gid]));
      const fallback = all.find(({ isDefault }) => isDefault) ?? all[0];
      if (fallback) names.set('', fallback.gid);
      return [shopId, names];
    }),
  );
}

/** One page of what has stock, by SKU. `after`: the `next` of the page before. */
export async function readStock(
  db: Queryable,
  accountId: string,
  { search, after }: { search: string; after: string | null },
): Promise<StockPage> {
  const shops = await db.shop.findMany({
    where: { accountId, uninstalledAt: null },
    orderBy: [{ installedAt: 'asc' }, { id: 'asc' }],
    select: { id: true, name: true, domain: true },
  });
  const stores = shops.map(({ id, name, domain }) => ({
    shopId: id,
    name: name === '' ? domain : name,
    domain,
  }));
  const shopIds = stores.map(({ shopId }) => shopId);
  const pattern = containing(search);
  const found = await db.$queryRaw<(LevelRow & { key: string })[]>`
    SELECT * FROM (
      SELECT variant.id AS "variantId", variant.product_id AS "productId", variant.sku, product.title, level.location,
        level.available AS pool, (COALESCE(variant.sku, '') || ' ' || variant.id || ' ' || level.location) COLLATE "C" AS key
      FROM catalog.variant variant
      JOIN catalog.product product ON product.id = variant.product_id
      JOIN catalog.inventory_level level ON level.variant_id = variant.id
      WHERE variant.account_id = ${accountId}::uuid AND variant.tracked
        AND (${search} = '' OR variant.sku ILIKE ${pattern} OR product.title ILIKE ${pattern})
    ) AS listed
    WHERE ${after}::text IS NULL OR key > ${after} ORDER BY key LIMIT ${ROWS_A_PAGE + 1}`;
  const rows = found.slice(0, ROWS_A_PAGE);
  const variantIds = [...new Set(rows.map(({ variantId }) => variantId))];
  const [rules, sharing, locations, held, used] = await Promise.all([
    readStockRules(db, accountId),
    readSharingStores(db, accountId),
    locationsOf(db, shopIds),
    db.$queryRaw<HeldRow[]>`
      SELECT base.shop_id AS "shopId", base.variant_id AS "variantId", remote.state->'inventory' AS inventory
      FROM app.base_variant base
      JOIN app.remote_variant remote ON remote.shop_id = base.shop_id AND remote.remote_id = base.remote_id
      WHERE base.shop_id = ANY(${shopIds}::uuid[]) AND base.variant_id = ANY(${variantIds}::uuid[])`,
    db.ownStockUse.findMany({ where: { shopId: { in: shopIds }, variantId: { in: variantIds } } }),
  ]);
  const heldBy = new Map(
    held.map((row) => [`${row.shopId}|${row.variantId}`, inventory.catch({}).parse(row.inventory)]),
  );
  const usedBy = new Map(used.map((row) => [`${row.shopId}|${row.variantId}|${row.location}`, row.units]));
  const ruleOf = new Map(sharing.map(({ shopId, rule }): [string, StockRule] => [shopId, rule]));
  return {
    stores,
    rules,
    rows: rows.map(({ key: _key, sku, ...row }) => {
      const sharers = shopIds.map((shopId) => ({
        shopId,
        rule: ruleOf.get(shopId) ?? PLAIN_POOL,
        ownUsed: usedBy.get(`${shopId}|${row.variantId}|${row.location}`) ?? 0,
      }));
      return {
        ...row,
        sku: sku ?? '',
        cells: sharers.map(({ shopId, ownUsed }) => ({
          shopId,
          ownUsed,
          holds:
            heldBy.get(`${shopId}|${row.variantId}`)?.[locations.get(shopId)?.get(row.location) ?? ''] ??
            null,
          shall: shownBy(shopId, row.pool, sharers),
        })),
      };
    }),
    next: found.length > ROWS_A_PAGE ? (rows.at(-1)?.key ?? null) : null,
  };
}
