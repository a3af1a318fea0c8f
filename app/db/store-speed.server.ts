/** How fast stores do what is asked of them, and the app its own part, as measured. */
import { learnedOwnTimes, learnedTimes, noTimes } from '~/core/call-speed';
import type { CallTimes, OwnTimes } from '~/core/call-speed';
import type { Database, Queryable } from './client.server';

export interface MeasuredTimes {
  calls: CallTimes;
  own: OwnTimes;
}

/** What was measured with a store; nothing for one that was never called. */
export async function readTimes(db: Queryable, shopId: string): Promise<MeasuredTimes> {
  const row = await db.storeSpeed.findUnique({ where: { shopId } });
  if (!row) return { calls: noTimes(), own: { rows: 0, seconds: 0 } };
  const { calls, further, seconds, furtherSquared, furtherSeconds, ownRows, ownSeconds } = row;
  return {
    calls: { calls, further, seconds, furtherSquared, furtherSeconds },
    own: { rows: ownRows, seconds: ownSeconds },
  };
}

/** Adds what was measured; what is older counts less and less. */
export async function addTimes(db: Database, shopId: string, measured: MeasuredTimes): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO app.store_speed (shop_id) VALUES (${shopId}::uuid) ON CONFLICT (shop_id) DO NOTHING`;
    // Jobs of a shop end at the same time: none may undo what another has added.
    await tx.$queryRaw`SELECT 1 FROM app.store_speed WHERE shop_id = ${shopId}::uuid FOR UPDATE`;
    const known = await readTimes(tx, shopId);
    const own = learnedOwnTimes(known.own, measured.own);
    await tx.storeSpeed.update({
      where: { shopId },
      data: {
        ...learnedTimes(known.calls, measured.calls),
        ownRows: own.rows,
        ownSeconds: own.seconds,
      },
    });
  });
}
