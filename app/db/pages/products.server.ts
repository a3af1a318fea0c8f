/** Read model of the list of products: the catalog joined to what the shop has of it, in keyset pages. */
import { Prisma } from '#generated/prisma/client';
import type { Shop } from '#generated/prisma/client';
import type { Queryable } from '../client.server';
import type { ProductCursor, ProductFilter, ProductSort } from './product-query';

export interface ProductRow {
  id: string;
  title: string;
  handle: string;
  vendor: string;
  /** Status in the catalog; null where the product was deleted there. */
  status: string | null;
  image: string | null;
  variants: number;
  syncState: string;
  lastDecision: string | null;
  lastReason: string | null;
  lastSyncedAt: string | null;
  updatedAt: string | null;
}

export interface ProductsPage {
  rows: ProductRow[];
  /** Products that match the filter, on all pages. */
  total: number;
  /** Cursor of the page before and after this one; null where there is none. */
  previous: ProductCursor | null;
  next: ProductCursor | null;
}

const PRODUCTS_A_PAGE = 50;

/** The catalog's products, and those deleted there that Shopify has not followed yet. */
function listing(shop: Shop): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(p.id, l.product_id) AS id, COALESCE(p.title, l.title) AS title, COALESCE(p.handle, '') AS handle,
      COALESCE(p.vendor, '') AS vendor, p.status, p.updated_at, COALESCE(l.sync_state, 'pending') AS sync_state,
      l.last_decision, l.last_reason, l.last_synced_at
    FROM (SELECT * FROM catalog.product WHERE account_id = ${shop.accountId}::uuid) p
    FULL JOIN (SELECT * FROM app.product_link WHERE shop_id = ${shop.id}::uuid) l ON l.product_id = p.id
    WHERE p.id IS NOT NULL OR l.state NOT IN ('archived', 'deleted')`;
}

/** "%" and "_" in what a person typed are themselves. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}

function conditions(shop: Shop, filter: ProductFilter): Prisma.Sql {
  const all: Prisma.Sql[] = [Prisma.sql`TRUE`];
  if (filter.search !== '') {
    const pattern = containing(filter.search);
    all.push(Prisma.sql`(title ILIKE ${pattern} OR handle ILIKE ${pattern} OR id IN (
      SELECT product_id FROM catalog.variant WHERE account_id = ${shop.accountId}::uuid AND sku ILIKE ${pattern}))`);
  }
  if (filter.syncStates.length > 0) all.push(Prisma.sql`sync_state IN (${Prisma.join(filter.syncStates)})`);
  if (filter.statuses.length > 0) all.push(Prisma.sql`status IN (${Prisma.join(filter.statuses)})`);
  if (filter.vendors.length > 0) all.push(Prisma.sql`vendor IN (${Prisma.join(filter.vendors)})`);
  return Prisma.join(all, ' AND ');
}

/** What a sort orders by, as text that compares like the value and survives a cursor. */
function sortKey(sort: ProductSort): Prisma.Sql {
  switch (sort.by) {
    case 'title':
      return Prisma.sql`(lower(title) COLLATE "C")`;
    case 'vendor':
      return Prisma.sql`(lower(vendor) COLLATE "C")`;
    case 'updated':
      return Prisma.sql`(COALESCE(to_char(updated_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSMS'), '') COLLATE "C")`;
    case 'synced':
      return Prisma.sql`(COALESCE(to_char(last_synced_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSMS'), '') COLLATE "C")`;
  }
}

interface StoredRow {
  id: string;
  title: string;
  handle: string;
  vendor: string;
  status: string | null;
  updated_at: Date | null;
  sync_state: string;
  last_decision: string | null;
  last_reason: string | null;
  last_synced_at: Date | null;
  key: string;
  image: string | null;
  variants: bigint;
}

/** One page of the products that match. A cursor that no row stands at still finds its place. */
export async function readProducts(
  db: Queryable,
  shop: Shop,
  query: { filter: ProductFilter; sort: ProductSort; cursor: ProductCursor | null },
): Promise<ProductsPage> {
  const { filter, sort, cursor } = query;
  const backwards = cursor?.direction === 'before';
  const descending = (sort.direction === 'desc') !== backwards;
  const key = sortKey(sort);
  const order = descending ? Prisma.sql`key DESC, id DESC` : Prisma.sql`key ASC, id ASC`;
  const beyond =
    cursor === null
      ? Prisma.sql`TRUE`
      : descending
        ? Prisma.sql`(key, id) < (${cursor.key}, ${cursor.id}::uuid)`
        : Prisma.sql`(key, id) > (${cursor.key}, ${cursor.id}::uuid)`;
  const matching = Prisma.sql`SELECT *, ${key} AS key FROM (${listing(shop)}) listed WHERE ${conditions(shop, filter)}`;
  const [found, counted] = await Promise.all([
    db.$queryRaw<StoredRow[]>`
      SELECT page.*,
        (SELECT url FROM catalog.media m WHERE m.product_id = page.id AND m.kind = 'IMAGE' ORDER BY m.position LIMIT 1) AS image,
        (SELECT count(*) FROM catalog.variant v WHERE v.product_id = page.id) AS variants
      FROM (SELECT * FROM (${matching}) matching WHERE ${beyond} ORDER BY ${order} LIMIT ${PRODUCTS_A_PAGE + 1}) page
      ORDER BY ${order}`,
    db.$queryRaw<{ total: bigint }[]>`
      SELECT count(*) AS total FROM (${listing(shop)}) listed WHERE ${conditions(shop, filter)}`,
  ]);
  const more = found.length > PRODUCTS_A_PAGE;
  const kept = found.slice(0, PRODUCTS_A_PAGE);
  if (backwards) kept.reverse();
  const first = kept[0];
  const last = kept.at(-1);
  const hasPrevious = backwards ? more : cursor !== null;
  const hasNext = backwards || more;
  return {
    total: Number(counted[0]?.total ?? 0),
    previous:
      hasPrevious && first !== undefined ? { direction: 'before', key: first.key, id: first.id } : null,
    next: hasNext && last !== undefined ? { direction: 'after', key: last.key, id: last.id } : null,
    rows: kept.map((row) => ({
      id: row.id,
      title: row.title,
      handle: row.handle,
      vendor: row.vendor,
      status: row.status,
      image: row.image,
      variants: Number(row.variants),
      syncState: row.sync_state,
      lastDecision: row.last_decision,
      lastReason: row.last_reason,
      lastSyncedAt: row.last_synced_at?.toISOString() ?? null,
      updatedAt: row.updated_at?.toISOString() ?? null,
    })),
  };
}

/** Ids of every product that matches, for an action on all of them. */
export async function readMatchingProductIds(
  db: Queryable,
  shop: Shop,
  filter: ProductFilter,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM (${listing(shop)}) listed WHERE ${conditions(shop, filter)}`;
  return rows.map((row) => row.id);
}

/** Of these ids, those that are products of this shop's catalog or linked to this shop. */
export async function keepOwnProductIds(
  db: Queryable,
  shop: Pick<Shop, 'id' | 'accountId'>,
  ids: string[],
): Promise<string[]> {
  const [products, links] = await Promise.all([
    db.catalogProduct.findMany({
      where: { accountId: shop.accountId, id: { in: ids } },
      select: { id: true },
    }),
    db.productLink.findMany({
      where: { shopId: shop.id, productId: { in: ids } },
      select: { productId: true },
    }),
  ]);
  return [...new Set([...products.map((row) => row.id), ...links.map((row) => row.productId)])];
}

/** The vendors of the catalog by name, at most 200: choices of the filter. */
export async function readVendors(db: Queryable, shop: Shop): Promise<string[]> {
  const rows = await db.catalogProduct.findMany({
    where: { accountId: shop.accountId, vendor: { not: '' } },
    distinct: ['vendor'],
    orderBy: { vendor: 'asc' },
    select: { vendor: true },
    take: 200,
  });
  return rows.map((row) => row.vendor);
}
