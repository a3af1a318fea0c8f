/** What the editor of bulk edits offers to choose from. */
import { Prisma } from '#generated/prisma/client';
import type { Shop } from '#generated/prisma/client';
import type { Queryable } from '../client.server';

export interface EditChoices {
  vendors: string[];
  productTypes: string[];
  tags: string[];
  /** Active ones, by name. */
  locations: { gid: string; name: string }[];
}

/** Values of a kind; whatever else there is can be typed. */
const MOST = 500;

async function distinct(db: Queryable, shop: Shop, value: Prisma.Sql): Promise<string[]> {
  const rows = await db.$queryRaw<{ value: string }[]>`
    SELECT value FROM (
      SELECT DISTINCT ${value} AS value FROM catalog.product WHERE account_id = ${shop.accountId}::uuid) held
    WHERE value <> '' ORDER BY lower(value), value LIMIT ${MOST}`;
  return rows.map((row) => row.value);
}

/** Vendors, product types and tags of the catalog, and the locations of the shop. */
export async function readEditChoices(db: Queryable, shop: Shop): Promise<EditChoices> {
  const [vendors, productTypes, tags, locations] = await Promise.all([
    distinct(db, shop, Prisma.sql`vendor`),
    distinct(db, shop, Prisma.sql`product_type`),
    distinct(db, shop, Prisma.sql`unnest(tags)`),
    db.shopLocation.findMany({
      where: { shopId: shop.id, isActive: true },
      orderBy: { name: 'asc' },
      select: { gid: true, name: true },
    }),
  ]);
  return { vendors, productTypes, tags, locations };
}

/** The account's products among these, by title. */
export async function readChosenProducts(
  db: Queryable,
  shop: Shop,
  productIds: string[],
): Promise<{ id: string; title: string }[]> {
  return db.catalogProduct.findMany({
    where: { accountId: shop.accountId, id: { in: productIds } },
    orderBy: [{ title: 'asc' }, { id: 'asc' }],
    select: { id: true, title: true },
  });
}
