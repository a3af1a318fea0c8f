/** How fast stores do what is asked of them, and the app its own part, as measured. */
import { learnedOwnTimes, learnedTimes, noTimes } from '~/core/call-speed';
import type { CallTimes, OwnTimes } from '~/core/call-speed';
import { learnedBulk } from '~/core/choose-lane';
import type { BulkRun } from '~/core/choose-lane';
import type { Database, Queryable } from './client.server';

export interface MeasuredTimes {
  calls: CallTimes;
  own: OwnTimes;
  /** Of finished bulk mutations: lines stand for root fields. */
  bulk: CallTimes;
}

/** What was measured with a store; nothing for one that was never called. */
export async function readTimes(db: Queryable, shopId: string): Promise<MeasuredTimes> {
  const row = await db.storeSpeed.findUnique({ where: { shopId } });
  if (!row) return { calls: noTimes(), own: { rows: 0, seconds: 0 }, bulk: noTimes() };
  const { calls, further, seconds, furtherSquared, furtherSeconds, ownRows, ownSeconds } = row;
  return {
    calls: { calls, further, seconds, furtherSquared, furtherSeconds },
    own: { rows: ownRows, seconds: ownSeconds },
    bulk: {
      calls: row.bulkCalls,
      further: row.bulkFurther,
      seconds: row.bulkSeconds,
      furtherSquared: row.bulkFurtherSquared,
      furtherSeconds: row.bulkFurtherSeconds,
    },
  };
}

/** Something that was measured with a store. */
export type NewTimes = Partial<Pick<MeasuredTimes, 'calls' | 'own'>> & { bulk?: BulkRun };

/** Adds what was measured; what is older counts less and less. */
export async function addTimes(db: Database, shopId: string, measured: NewTimes): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO app.store_speed (shop_id) VALUES (${shopId}::uuid) ON CONFLICT (shop_id) DO NOTHING`;
    // Jobs of a shop end at the same time: none may undo what another has added.
    await tx.$queryRaw`SELECT 1 FROM app.store_speed WHERE shop_id = ${shopId}::uuid FOR UPDATE`;
    const known = await readTimes(tx, shopId);
    const own = learnedOwnTimes(known.own, measured.own ?? { rows: 0, seconds: 0 });
    const bulk = measured.bulk ? learnedBulk(known.bulk, measured.bulk) : known.bulk;
    await tx.storeSpeed.update({
      where: { shopId },
      data: {
        ...learnedTimes(known.calls, measured.calls ?? noTimes()),
        ownRows: own.rows,
        ownSeconds: own.seconds,
        bulkCalls: bulk.calls,
        bulkFurther: bulk.further,
        bulkSeconds: bulk.seconds,
        bulkFurtherSquared: bulk.furtherSquared,
        bulkFurtherSeconds: bulk.furtherSeconds,
      },
    });
  });
}
