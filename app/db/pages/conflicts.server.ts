/** Read model of the conflict inbox, in keyset pages. */
import { Prisma } from '#generated/prisma/client';
import type { FieldValue } from '~/core/decision';
import type { Queryable } from '../client.server';
import { matching, PRINT, shopsOfAccount } from '../conflict-selection.server';
import type { ConflictScope } from '../conflict-selection.server';
import { fieldValue } from '../field-value.server';
import type { ConflictQuery } from './conflict-query';
import type { ProductCursor } from './product-query';

export interface ConflictRow {
  id: string;
  shopId: string;
  productId: string;
  productTitle: string;
  /** Name of the variant; null for the product's own fields. */
  variant: string | null;
  field: string;
  fieldGroup: string;
  reason: string;
  base: FieldValue;
  source: FieldValue;
  remote: FieldValue;
  state: string;
  openedAt: string;
  snoozedUntil: string | null;
  note: string;
  assignee: string;
  choice: string | null;
  /** Of the two values: an answer given for others is not taken. */
  print: string;
}

export interface ConflictsPage {
  rows: ConflictRow[];
  /** Conflicts that match, on all pages. */
  total: number;
  previous: ProductCursor | null;
  next: ProductCursor | null;
  stores: { id: string; name: string }[];
  /** Who has conflicts assigned, by name. */
  assignees: string[];
  /** Names of the stores' locations by gid. */
  locations: Record<string, string>;
}

const CONFLICTS_A_PAGE = 25;

interface StoredConflict extends Omit<ConflictRow, 'openedAt' | 'snoozedUntil' | 'variant'> {
  openedAt: Date;
  snoozedUntil: Date | null;
  variantId: string | null;
  variantName: string | null;
  sku: string | null;
}

function row({ variantId, variantName, sku, ...stored }: StoredConflict): ConflictRow {
  const named = variantName !== null && variantName !== '' ? variantName : sku;
  return {
    ...stored,
    base: fieldValue.parse(stored.base),
    source: fieldValue.parse(stored.source),
    remote: fieldValue.parse(stored.remote),
    variant: variantId === null ? null : (named ?? 'A variant of Shopify'),
    openedAt: stored.openedAt.toISOString(),
    snoozedUntil: stored.snoozedUntil?.toISOString() ?? null,
  };
}

/** One page of the conflicts that match. A cursor that no row stands at still finds its place. */
export async function readConflicts(
  db: Queryable,
  scope: ConflictScope,
  query: ConflictQuery,
  now: Date,
  limit = CONFLICTS_A_PAGE,
): Promise<ConflictsPage> {
  const { filter, cursor } = query;
  const backwards = cursor?.direction === 'before';
  const ascending = query.oldestFirst !== backwards;
  const order = ascending ? Prisma.sql`opened_at ASC, id ASC` : Prisma.sql`opened_at DESC, id DESC`;
  const beyond =
    cursor === null
      ? Prisma.sql`TRUE`
      : ascending
        ? Prisma.sql`(c.opened_at, c.id) > (${new Date(cursor.key)}, ${cursor.id}::uuid)`
        : Prisma.sql`(c.opened_at, c.id) < (${new Date(cursor.key)}, ${cursor.id}::uuid)`;
  const where = matching(scope, filter, now);
  const [found, counted, shops, assigned] = await Promise.all([
    db.$queryRaw<StoredConflict[]>`
      SELECT page.id, page.shop_id AS "shopId", page.product_id AS "productId",
        COALESCE(p.title, NULLIF(l.title, ''), 'Untitled product') AS "productTitle",
        page.variant_id AS "variantId", concat_ws(' / ', v.option1, v.option2, v.option3) AS "variantName", v.sku,
        page.field, page.field_group AS "fieldGroup", page.reason, page.base, page.source, page.remote, page.state,
        page.opened_at AS "openedAt", page.snoozed_until AS "snoozedUntil", page.note, page.assignee, page.choice,
        page.print
      FROM (
        SELECT c.*, ${PRINT} AS print FROM app.conflict c WHERE ${where} AND ${beyond}
        ORDER BY ${order} LIMIT ${limit + 1}
      ) page
      LEFT JOIN catalog.product p ON p.id = page.product_id AND p.account_id = ${scope.accountId}::uuid
      LEFT JOIN app.product_link l ON l.shop_id = page.shop_id AND l.product_id = page.product_id
      LEFT JOIN catalog.variant v ON v.id = page.variant_id AND v.account_id = ${scope.accountId}::uuid
      ORDER BY page.${order}`,
    db.$queryRaw<{ total: bigint }[]>`SELECT count(*) AS total FROM app.conflict c WHERE ${where}`,
    shopsOfAccount(db, scope.accountId),
    db.$queryRaw<{ assignee: string }[]>`
      SELECT DISTINCT assignee FROM app.conflict c
      WHERE ${matching(scope, { ...filter, assignee: null }, now)} AND assignee <> '' ORDER BY assignee LIMIT 100`,
  ]);
  const locations = await readLocationNames(
    db,
    shops.map((shop) => shop.id),
  );
  const more = found.length > limit;
  const kept = found.slice(0, limit).map(row);
  if (backwards) kept.reverse();
  const [first, last] = [kept[0], kept.at(-1)];
  return {
    rows: kept,
    total: Number(counted[0]?.total ?? 0),
    previous:
      first !== undefined && (backwards ? more : cursor !== null)
        ? { direction: 'before', key: first.openedAt, id: first.id }
        : null,
    next:
      last !== undefined && (backwards || more)
        ? { direction: 'after', key: last.openedAt, id: last.id }
        : null,
    stores: shops.map(({ id, name, domain }) => ({ id, name: name === '' ? domain : name })),
    assignees: assigned.map((one) => one.assignee),
    locations,
  };
}

/** Names of the shops' locations by gid. */
export async function readLocationNames(db: Queryable, shopIds: string[]): Promise<Record<string, string>> {
  const locations = await db.shopLocation.findMany({
    where: { shopId: { in: shopIds } },
    select: { gid: true, name: true },
  });
  return Object.fromEntries(locations.map(({ gid, name }) => [gid, name]));
}

/** Conflicts of a shop that wait for a person now; 0 for a shop that is not known. */
export async function countConflictsOf(db: Queryable, domain: string, now: Date): Promise<number> {
  const [found] = await db.$queryRaw<{ open: bigint }[]>`
    SELECT count(*) AS open FROM app.conflict c JOIN app.shop s ON s.id = c.shop_id
    WHERE s.domain = ${domain} AND c.state = 'open' AND (c.snoozed_until IS NULL OR c.snoozed_until <= ${now})`;
  return Number(found?.open ?? 0);
}
