/** What a store has under way, seen by a transaction that nothing new can begin beside. */
import type { WorkUnderWay } from '~/core/work-under-way';
import type { Queryable } from './client.server';

export interface LockedShop {
  id: string;
  accountId: string;
  domain: string;
  name: string;
  isGone: boolean;
}

/** The shop, locked until the transaction ends: neither a run nor another move of it can begin. */
export async function lockShop(tx: Queryable, shopId: string): Promise<LockedShop | null> {
  const [shop] = await tx.$queryRaw<LockedShop[]>`
    SELECT id, account_id AS "accountId", domain, name, uninstalled_at IS NOT NULL AS "isGone"
    FROM app.shop WHERE id = ${shopId}::uuid FOR UPDATE`;
  return shop ?? null;
}

/**
 * Locks every link of the store, so that no job can claim a product until the transaction ends, and answers how many are
 * claimed now. Whoever tries to claim one meanwhile waits, and then finds it gone: a job that loaded a product under its
 * former catalog can no longer write it.
 */
async function lockLinks(tx: Queryable, shopId: string, now: Date): Promise<number> {
  const [row] = await tx.$queryRaw<{ claims: number }[]>`
    SELECT count(*) FILTER (WHERE claimed_by IS NOT NULL AND claimed_until > ${now})::int AS claims
    FROM (SELECT claimed_by, claimed_until FROM app.product_link WHERE shop_id = ${shopId}::uuid ORDER BY product_id FOR UPDATE) link`;
  return row?.claims ?? 0;
}

/** What the store has under way. The shop must be locked; its links are from here on. */
export async function readWorkUnderWay(
  tx: Queryable,
  { id: shopId, accountId }: { id: string; accountId: string },
  now: Date,
): Promise<WorkUnderWay> {
  const claims = await lockLinks(tx, shopId, now);
  const runs = await tx.syncRun.count({
    where: { shopId, state: { in: ['queued', 'adopting', 'running'] } },
  });
  const edits = await tx.bulkEdit.findMany({
    where: { shopId, state: { in: ['planning', 'planned', 'applying'] } },
    orderBy: { createdAt: 'desc' },
    select: { name: true },
  });
  const imports = await tx.catalogImport.findMany({
    where: { shopId, state: { in: ['queued', 'running'] } },
    select: { filename: true },
  });
  const promotions = await tx.promotion.findMany({
    where: { shopId, OR: [{ state: { in: ['scheduled', 'active'] } }, { isCarried: false }] },
    orderBy: { startsAt: 'desc' },
    select: { name: true },
  });
  const watches = await tx.csvWatch.count({ where: { shopId } });
  const others = await tx.shop.count({ where: { accountId, id: { not: shopId } } });
  const source = await tx.sourceConnection.findUnique({ where: { accountId }, select: { wanted: true } });
  return {
    claims,
    runs,
    edits: edits.map(({ name }) => name),
    imports: imports.map(({ filename }) => filename),
    promotions: promotions.map(({ name }) => name),
    watchesCsv: watches > 0,
    isFed: others === 0 && source?.wanted === 'running',
  };
}
