/** Which conflicts are meant: those ticked, or all that a filter shows. One place, so that pages and actions agree. */
import { Prisma } from '#generated/prisma/client';
import type { Queryable } from './client.server';
import type { ConflictFilter } from './pages/conflict-query';
import { containing } from './pages/products.server';

/** The account's shops whose conflicts may be seen; `shopId` is the one whose admin asks. */
export interface ConflictScope {
  accountId: string;
  shopId: string;
  /** True: the account's other shops are out of reach. */
  onlyThisShop?: boolean;
}

export type ConflictSelection =
  /** `seen` is the print of the two values that the person looked at. */
  | { kind: 'ids'; conflicts: { id: string; seen?: string }[] }
  /** Only what was there when the page was made: nobody answers for what they have not seen. */
  | { kind: 'filter'; filter: ConflictFilter; openedUntil: Date };

const DAYS = { day: 1, week: 7, month: 30 } as const;
const DAY_MS = 86_400_000;

/** Ids of the account's shops that have the app. */
export async function shopsOfAccount(
  db: Queryable,
  accountId: string,
): Promise<{ id: string; name: string; domain: string }[]> {
  return db.shop.findMany({
    where: { accountId, uninstalledAt: null },
    orderBy: { domain: 'asc' },
    select: { id: true, name: true, domain: true },
  });
}

/** The shops of a filter, none that is not the account's. */
function shops(scope: ConflictScope, store: string | null): Prisma.Sql {
  const own = Prisma.sql`SELECT id FROM app.shop WHERE account_id = ${scope.accountId}::uuid AND uninstalled_at IS NULL`;
  if (scope.onlyThisShop) return Prisma.sql`${own} AND id = ${scope.shopId}::uuid`;
  return store === 'all' ? own : Prisma.sql`${own} AND id = ${store ?? scope.shopId}::uuid`;
}

function view(of: ConflictFilter['view'], now: Date): Prisma.Sql {
  switch (of) {
    case 'open':
      return Prisma.sql`c.state = 'open' AND (c.snoozed_until IS NULL OR c.snoozed_until <= ${now})`;
    case 'snoozed':
      return Prisma.sql`c.state = 'open' AND c.snoozed_until > ${now}`;
    case 'answered':
      return Prisma.sql`c.state = 'resolving'`;
  }
}

/** The print of what a person sees of a conflict `c`: it changes when one of the two values does. */
export const PRINT = Prisma.sql`md5(concat_ws('|', COALESCE(c.source, 'null')::text, COALESCE(c.remote, 'null')::text))`;

/** What conflicts `c` a filter shows. */
export function matching(scope: ConflictScope, filter: ConflictFilter, now: Date): Prisma.Sql {
  const all: Prisma.Sql[] = [
    Prisma.sql`c.shop_id IN (${shops(scope, filter.store)})`,
    view(filter.view, now),
  ];
  if (filter.groups.length > 0) all.push(Prisma.sql`c.field_group IN (${Prisma.join(filter.groups)})`);
  if (filter.age !== null)
    all.push(Prisma.sql`c.opened_at <= ${new Date(now.getTime() - DAYS[filter.age] * DAY_MS)}`);
  if (filter.reason !== null) all.push(Prisma.sql`c.reason = ${filter.reason}`);
  if (filter.assignee !== null) all.push(Prisma.sql`c.assignee = ${filter.assignee}`);
  if (filter.productId !== null) all.push(Prisma.sql`c.product_id = ${filter.productId}::uuid`);
  if (filter.search !== '') {
    const pattern = containing(filter.search);
    all.push(Prisma.sql`(
      c.product_id IN (SELECT id FROM catalog.product WHERE account_id = ${scope.accountId}::uuid AND title ILIKE ${pattern})
      OR EXISTS (SELECT 1 FROM app.product_link l WHERE l.shop_id = c.shop_id AND l.product_id = c.product_id AND l.title ILIKE ${pattern})
      OR c.variant_id IN (SELECT id FROM catalog.variant WHERE account_id = ${scope.accountId}::uuid AND sku ILIKE ${pattern}))`);
  }
  return Prisma.join(all, ' AND ');
}

/** What conflicts `c` a selection means, as far as they may be acted on. */
export function selected(scope: ConflictScope, selection: ConflictSelection, now: Date): Prisma.Sql {
  if (selection.kind === 'filter')
    return Prisma.sql`${matching(scope, selection.filter, now)} AND c.opened_at <= ${selection.openedUntil}`;
  return Prisma.sql`c.shop_id IN (${shops(scope, 'all')}) AND EXISTS (
    SELECT 1 FROM jsonb_to_recordset(${JSON.stringify(selection.conflicts)}::jsonb) AS picked(id uuid, seen text)
    WHERE picked.id = c.id AND (picked.seen IS NULL OR picked.seen = ${PRINT}))`;
}
