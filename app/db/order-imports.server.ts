/** How far the orders of a store were read. One row a shop, made when the merchant wants them read. */
import type { Queryable } from './client.server';

export type OrderWalk = 'first' | 'deep' | 'usual';
export type OrderProblem = 'scope-missing' | 'not-approved' | 'failed';

export interface OrderImportState {
  step: bigint;
  timeZone: string;
  reachesAll: boolean;
  /** The walk under way. */
  walk: { kind: OrderWalk; windowFrom: Date; cursor: string | null; newest: Date | null } | null;
  readUntil: Date | null;
  deepAt: Date | null;
  /** The search for deleted orders under way. */
  check: { since: Date; cursor: string | null; after: bigint } | null;
  isCheckDue: boolean;
  checkedAt: Date | null;
}

/** Null: nobody wants the orders of this shop. */
export async function readOrderImport(db: Queryable, shopId: string): Promise<OrderImportState | null> {
  const row = await db.orderImport.findUnique({ where: { shopId, wanted: true } });
  if (!row) return null;
  const kind: OrderWalk | null =
    row.walk === 'first' || row.walk === 'deep' || row.walk === 'usual' ? row.walk : null;
  return {
    ...{ step: row.step, timeZone: row.timezone, reachesAll: row.reachesAll, readUntil: row.readUntil },
    ...{ deepAt: row.deepAt, isCheckDue: row.checkDue, checkedAt: row.checkedAt },
    walk:
      kind === null || row.windowFrom === null
        ? null
        : { kind, windowFrom: row.windowFrom, cursor: row.cursor, newest: row.newest },
    check:
      row.checkSince === null
        ? null
        : { since: row.checkSince, cursor: row.checkCursor, after: row.checkAfter },
  };
}

/** What a step leaves behind; what is not named stays. */
export interface OrderStep {
  timeZone?: string;
  reachesAll?: boolean;
  reachesFrom?: Date;
  walk?: OrderWalk | null;
  windowFrom?: Date | null;
  cursor?: string | null;
  newest?: Date | null;
  readUntil?: Date;
  deepAt?: Date;
  check?: { since: Date; cursor: string | null; after: bigint } | null;
  isCheckDue?: boolean;
  checkedAt?: Date;
  ordersExpected?: number | null;
  /** As of the walk under way. */
  ordersRead?: number | { more: number };
  points?: number;
  beganAt?: Date;
  finishedAt?: Date;
}

/**
 * Records a step, in the transaction of what it stored. False where another job has recorded one since `step`, nobody wants the
 * orders any more, or the app has left: then nothing must be stored.
 */
export async function takeOrderStep(
  db: Queryable,
  { shopId, step, now }: { shopId: string; step: bigint; now: Date },
  taken: OrderStep,
): Promise<boolean> {
  const { timeZone, check, isCheckDue, points, ordersRead, ...plain } = taken;
  // The row is locked before the shop is looked at: whoever uninstalls writes it, too.
  const { count } = await db.orderImport.updateMany({
    where: { shopId, step, wanted: true },
    data: {
      ...plain,
      step: step + 1n,
      movedAt: now,
      problem: null,
      problemText: null,
      ...(timeZone !== undefined && { timezone: timeZone }),
      ...(check !== undefined && {
        checkSince: check?.since ?? null,
        checkCursor: check?.cursor ?? null,
        checkAfter: check?.after ?? 0n,
      }),
      ...(isCheckDue !== undefined && { checkDue: isCheckDue }),
      ...(points !== undefined && { points: { increment: points } }),
      ...(ordersRead !== undefined && {
        ordersRead: typeof ordersRead === 'number' ? ordersRead : { increment: ordersRead.more },
      }),
    },
  });
  return count > 0;
}

/** Wants the orders of a shop read, from now on and as far as they go back. */
export async function wantOrders(db: Queryable, shopId: string, askedBy: string): Promise<void> {
  const wanted = { wanted: true, askedBy, problem: null, problemText: null };
  await db.orderImport.upsert({ where: { shopId }, create: { shopId, ...wanted }, update: wanted });
}

/** Reads no more; what was read stays. False where nobody wanted them. */
export async function stopWantingOrders(db: Queryable, shopId: string): Promise<boolean> {
  const { count } = await db.orderImport.updateMany({
    where: { shopId, wanted: true },
    // A step under way finds another number and stores nothing.
    data: { wanted: false, step: { increment: 1 } },
  });
  return count > 0;
}

/** Why the orders cannot be read at present. */
export async function noteOrderProblem(
  db: Queryable,
  shopId: string,
  { problem, text, now }: { problem: OrderProblem; text: string; now: Date },
): Promise<void> {
  await db.orderImport.updateMany({
    where: { shopId, wanted: true },
    data: { problem, problemText: text, movedAt: now },
  });
}

/** A webhook told of orders, and perhaps that some are gone: reason to look, and nothing more. */
export async function noteOrdersTold(
  db: Queryable,
  shopId: string,
  { isGone, now }: { isGone: boolean; now: Date },
): Promise<void> {
  await db.orderImport.updateMany({
    where: { shopId, wanted: true },
    data: { wokenAt: now, ...(isGone && { checkDue: true }) },
  });
}

/**
 * Shops whose orders are to be read now: told of since the last walk began, not looked at since `idleBefore`, or in the middle of
 * a walk that nobody has gone on with since `lostBefore`. What cannot be read is tried again after the idle time.
 */
export async function dueOrderImports(
  db: Queryable,
  { idleBefore, lostBefore }: { idleBefore: Date; lostBefore: Date },
): Promise<string[]> {
  const rows = await db.$queryRaw<{ shopId: string }[]>`
    SELECT import.shop_id AS "shopId" FROM app.order_import import
    JOIN app.shop shop ON shop.id = import.shop_id AND shop.uninstalled_at IS NULL
    WHERE import.wanted AND (
      import.moved_at IS NULL OR import.moved_at < ${idleBefore}
      OR (import.problem IS NULL AND (
        ((import.walk IS NOT NULL OR import.check_since IS NOT NULL) AND import.moved_at < ${lostBefore})
        OR (import.walk IS NULL AND (import.check_due OR import.woken_at >= import.began_at)))))`;
  return rows.map(({ shopId }) => shopId);
}
