/** The rules by which the stores of an account share its stock, and what they used up of units of their own. */
import type { FieldPath } from '~/core/decision';
import type { Gid, SourceId } from '~/core/product-state';
import { PLAIN_POOL, ownUsedAfter } from '~/core/stock-sharing';
import type { HeldBack, SharingStore, StockRule, StockSharing } from '~/core/stock-sharing';
import type { CatalogScope } from './catalog-products.server';
import type { Queryable } from './client.server';

interface RuleColumns {
  keepUnits: number | null;
  keepPercent: number | null;
  ownUnits: number;
}

export function ruleOf({ keepUnits, keepPercent, ownUnits }: RuleColumns): StockRule {
  const heldBack: HeldBack =
    keepUnits !== null
      ? { by: 'units', units: keepUnits }
      : keepPercent !== null
        ? { by: 'percent', percent: keepPercent }
        : { by: 'nothing' };
  return { heldBack, ownUnits };
}

export function columnsOf({ heldBack, ownUnits }: StockRule): RuleColumns {
  return {
    keepUnits: heldBack.by === 'units' ? heldBack.units : null,
    keepPercent: heldBack.by === 'percent' ? heldBack.percent : null,
    ownUnits,
  };
}

/**
 * The stores of an account that sell, in the order in which they were installed, each under the rule that holds for it. Empty
 * where the account has no rules: each store shows the catalog's stock as it is.
 */
export async function readSharingStores(db: Queryable, accountId: string): Promise<SharingStore[]> {
  const rows = await db.$queryRaw<
    ({ shopId: string } & { [K in keyof RuleColumns]: RuleColumns[K] | null })[]
  >`
    SELECT shop.id AS "shopId", rule.keep_units AS "keepUnits", rule.keep_percent AS "keepPercent", rule.own_units AS "ownUnits"
    FROM app.shop shop
    LEFT JOIN LATERAL (
      SELECT * FROM app.stock_rule WHERE account_id = shop.account_id AND (shop_id = shop.id OR shop_id IS NULL)
      ORDER BY shop_id IS NULL LIMIT 1
    ) AS rule ON true
    WHERE shop.account_id = ${accountId}::uuid AND shop.uninstalled_at IS NULL
      AND EXISTS (SELECT 1 FROM app.stock_rule WHERE account_id = ${accountId}::uuid)
    ORDER BY shop.installed_at, shop.id`;
  return rows.map(({ shopId, keepUnits, keepPercent, ownUnits }) => ({
    shopId,
    rule: ownUnits === null ? PLAIN_POOL : ruleOf({ keepUnits, keepPercent, ownUnits }),
  }));
}

const unitsKey = (shopId: string, variant: string, location: string) => `${shopId}|${variant}|${location}`;

/** The one name that the catalog's stock has for a location of a store; the default one is "" to all stores. */
function nameOf(locations: CatalogScope['locations']): (gid: Gid) => string {
  const names = new Map([...locations].toReversed().map(([name, gid]) => [gid, name]));
  const fallback = locations.get('');
  return (gid) => (gid === fallback ? '' : (names.get(gid) ?? gid));
}

/** How a store shares the stock of these products; null where the account has no rules. */
export async function readStockSharing(
  db: Queryable,
  { shopId, catalog }: { shopId: string; catalog: CatalogScope },
  productIds: SourceId[],
): Promise<StockSharing | null> {
  const stores = await readSharingStores(db, catalog.accountId);
  if (stores.length === 0) return null;
  const owners = stores.filter(({ rule }) => rule.ownUnits > 0).map((store) => store.shopId);
  const used =
    owners.length === 0
      ? []
      : await db.$queryRaw<{ shopId: string; variantId: SourceId; location: string; units: number }[]>`
          SELECT used.shop_id AS "shopId", used.variant_id AS "variantId", used.location, used.units
          FROM catalog.variant variant JOIN app.own_stock_use used ON used.variant_id = variant.id
          WHERE variant.product_id = ANY(${productIds}::uuid[]) AND used.shop_id = ANY(${owners}::uuid[])`;
  const units = new Map(used.map((row) => [unitsKey(row.shopId, row.variantId, row.location), row.units]));
  return {
    shopId,
    stores,
    ownUsed: (shop, variant, location) => units.get(unitsKey(shop, variant, location)) ?? 0,
    locationName: nameOf(catalog.locations),
  };
}

/** Counts what a store sold, or took back, of units of its own. In the transaction that moves the pool. */
export async function noteStockMovements(
  tx: Queryable,
  { shopId, catalog }: { shopId: string; catalog: CatalogScope },
  movements: { path: FieldPath; movement: number }[],
): Promise<void> {
  if (movements.length === 0) return;
  const stores = await readSharingStores(tx, catalog.accountId);
  const rule = stores.find((store) => store.shopId === shopId)?.rule;
  if (!rule || rule.ownUnits === 0) return;
  const name = nameOf(catalog.locations);
  for (const { path, movement } of movements) {
    if (path.variant === null) continue;
    const key = { shopId, variantId: path.variant, location: name(path.field.slice('inventory:'.length)) };
    const known = await tx.ownStockUse.findUnique({ where: { shopId_variantId_location: key } });
    const units = ownUsedAfter(rule, known?.units ?? 0, movement);
    await tx.ownStockUse.upsert({
      where: { shopId_variantId_location: key },
      create: { ...key, units },
      update: { units },
    });
  }
}

export interface StockRules {
  /** Of every store that has no rule of its own. */
  everyone: HeldBack;
  /** Stores that have one. */
  stores: SharingStore[];
}

export async function readStockRules(db: Queryable, accountId: string): Promise<StockRules> {
  const rows = await db.stockRule.findMany({ where: { accountId }, orderBy: { setAt: 'asc' } });
  return {
    everyone: rows
      .map((row) => (row.shopId === null ? ruleOf(row).heldBack : null))
      .find((held) => held !== null) ?? {
      by: 'nothing',
    },
    stores: rows.flatMap((row) => (row.shopId === null ? [] : [{ shopId: row.shopId, rule: ruleOf(row) }])),
  };
}

/** Puts these rules in the place of what the account had. */
export async function replaceStockRules(
  tx: Queryable,
  accountId: string,
  { everyone, stores }: StockRules,
  { by, now }: { by: string; now: Date },
): Promise<void> {
  await tx.stockRule.deleteMany({ where: { accountId } });
  const set = { accountId, setAt: now, setBy: by };
  await tx.stockRule.createMany({
    data: [
      ...(everyone.by === 'nothing' ? [] : [{ ...set, ...columnsOf({ heldBack: everyone, ownUnits: 0 }) }]),
      ...stores.map(({ shopId, rule }) => ({ ...set, shopId, ...columnsOf(rule) })),
    ],
  });
}

/** These stores have all of their own units again. */
export async function refillOwnStock(tx: Queryable, shopIds: string[]): Promise<void> {
  await tx.ownStockUse.deleteMany({ where: { shopId: { in: shopIds } } });
}

/**
 * What the stores of an account shall show has changed: all that has stock is looked at as a whole again, in every store. The
 * settle loop, which sees to what the catalog's log tells, takes it from here.
 */
export async function lookAtAllStock(tx: Queryable, accountId: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO app.overlay_revision AS held (shop_id, product_id)
    SELECT link.shop_id, link.product_id FROM app.product_link link JOIN app.shop shop ON shop.id = link.shop_id
    WHERE shop.account_id = ${accountId}::uuid AND EXISTS (
      SELECT 1 FROM catalog.variant variant JOIN catalog.inventory_level level ON level.variant_id = variant.id
      WHERE variant.product_id = link.product_id)
    ORDER BY link.shop_id, link.product_id
    ON CONFLICT (shop_id, product_id) DO UPDATE SET revision = held.revision + 1`;
  await tx.$executeRaw`
    INSERT INTO app.captured_change (product_id, first_at, due_at)
    SELECT product.id, clock_timestamp(), clock_timestamp() FROM catalog.product product
    WHERE product.account_id = ${accountId}::uuid AND EXISTS (
      SELECT 1 FROM catalog.variant variant JOIN catalog.inventory_level level ON level.variant_id = variant.id
      WHERE variant.product_id = product.id)
    ORDER BY product.id
    ON CONFLICT (product_id) DO UPDATE SET stamp = nextval('app.captured_change_stamp'), due_at = excluded.due_at, own_of = NULL`;
}

/** A store came or went: units that only it sells are no longer, or once more, kept from the others. */
export async function noteStoreOfOwnStock(
  tx: Queryable,
  { id, accountId }: { id: string; accountId: string },
): Promise<void> {
  const rules = await tx.stockRule.count({ where: { accountId, shopId: id, ownUnits: { gt: 0 } } });
  if (rules > 0) await lookAtAllStock(tx, accountId);
}
