import type { Database } from '~/db/client.server';
import { waitFor } from './wait-for';

/** Nothing of any store's rules is left to carry, and no run is under way. */
export async function rulesCarried(db: Database): Promise<void> {
  await waitFor(
    'the rules are carried',
    async () =>
      (await db.shop.count({ where: { rulesCarried: false } })) === 0 &&
      (await db.syncRun.count({ where: { state: { in: ['queued', 'adopting', 'running'] } } })) === 0,
    { timeoutMs: 60_000 },
  );
}
