/** What the work of this process showed of how fast a store and the app are, for the forecasts of all processes. */
import { addTimes } from '~/db/store-speed.server';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

/** Where fewer rows were written, the process was mostly busy with something else. */
const ENOUGH_ROWS = 50;

/** Notes how long calls and rows took since this was last noted. */
export async function learnSpeed({ db, ownWork }: Resources, { shopId, store }: SyncScope): Promise<void> {
  const calls = store.takeCallTimes();
  const taken = ownWork.take();
  if (calls.calls === 0) return;
  const own = taken.rows < ENOUGH_ROWS ? { rows: 0, seconds: 0 } : taken;
  await addTimes(db, shopId, { calls, own });
}
