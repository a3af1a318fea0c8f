/** Jobs of shops that have their turn or wait for it: table app.shop_turn. */
import type { Database, Queryable } from './client.server';

export interface ShopTurn {
  /** Of the job, too. */
  id: string;
  shopId: string;
  payload: unknown;
}

/** Lines jobs up behind those that wait; `shopId` and `payload` of each. */
export async function addTurns(
  db: Queryable,
  turns: { id: string; shopId: string; payload: object }[],
  now: Date,
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO app.shop_turn (id, shop_id, payload, added_at)
    SELECT (turn->>'id')::uuid, (turn->>'shopId')::uuid, turn->'payload', ${now}
    FROM jsonb_array_elements(${JSON.stringify(turns)}::jsonb) WITH ORDINALITY AS row(turn, place) ORDER BY place`;
}

/** Lets in the next jobs of a shop until `most` of it are in, and answers which. */
export async function admitTurns(db: Database, shopId: string, most: number, now: Date): Promise<ShopTurn[]> {
  return db.$transaction(async (tx) => {
    // Two that count at the same time would both find room.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`turns ${shopId}`}, 0))`;
    return tx.$queryRaw<ShopTurn[]>`
      UPDATE app.shop_turn SET admitted_at = ${now} WHERE id IN (
        SELECT id FROM app.shop_turn WHERE shop_id = ${shopId}::uuid AND admitted_at IS NULL ORDER BY position
        LIMIT GREATEST(0, ${most}::int
          - (SELECT count(*) FROM app.shop_turn WHERE shop_id = ${shopId}::uuid AND admitted_at IS NOT NULL))
      ) RETURNING id, shop_id AS "shopId", payload`;
  });
}

/** Ends the turn of a job; the shop whose next one may come in, null where the job had none. */
export async function endTurn(db: Queryable, id: string): Promise<string | null> {
  const rows = await db.$queryRaw<{ shopId: string }[]>`
    DELETE FROM app.shop_turn WHERE id = ${id}::uuid RETURNING shop_id AS "shopId"`;
  return rows[0]?.shopId ?? null;
}

/** Jobs that were let in, or last looked for, before an instant: stamped anew, so that others come first the next time. */
export async function longAdmitted(
  db: Queryable,
  before: Date,
  now: Date,
  limit: number,
): Promise<ShopTurn[]> {
  return db.$queryRaw<ShopTurn[]>`
    UPDATE app.shop_turn turn SET admitted_at = ${now} FROM (
      SELECT id FROM app.shop_turn WHERE admitted_at < ${before} ORDER BY admitted_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS old WHERE turn.id = old.id RETURNING turn.id, turn.shop_id AS "shopId", turn.payload`;
}

/** Shops of which jobs wait and fewer than `most` are in. */
export async function shopsWithRoom(db: Queryable, most: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ shopId: string }[]>`
    SELECT shop_id AS "shopId" FROM app.shop_turn GROUP BY shop_id
    HAVING count(*) > count(admitted_at) AND count(admitted_at) < ${most}::int`;
  return rows.map(({ shopId }) => shopId);
}

/** How many jobs wait for their turn, of all shops. */
export async function countWaitingTurns(db: Queryable): Promise<number> {
  return db.shopTurn.count({ where: { admittedAt: null } });
}
