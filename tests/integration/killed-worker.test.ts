/** Kill -9 of the worker in the middle of a sync, at 20 random moments: after a restart all is as it should be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SeededRandom } from '~/catalog/seeded-random';
import { startRun } from '~/sync/start-run';
import type { Child } from '../support/child';
import { expectOneEndState } from '../support/end-states';
import { changeCatalog, fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { spawnWorker } from '../support/worker';

const MOMENTS = 20;
const PRODUCTS = 60;
const PATIENCE_MS = 180_000;
const SEED = Number(process.env['SEED'] ?? 20261124);

let stage: Stage;
let worker: Child;
const random = new SeededRandom(SEED);
const start = () => spawnWorker({ ...stage.env, LOG_LEVEL: 'info' });
const run = () => startRun(stage.resources, { shopId: stage.shopId, trigger: 'manual', causedBy: 'test' });
const mutations = () => stage.emulator.log.all().filter(({ kind }) => kind === 'mutation').length;

beforeAll(async () => {
  stage = await openStage({ worker: false, env: { JOB_LOCK_SECONDS: '1', JOB_ATTEMPTS: '30' } });
  // Slow enough that a kill finds documents on their way.
  stage.emulator.latency.baseMs = 60;
  stage.emulator.latency.perMutationMs = 5;
  worker = await start();
});
afterAll(async () => {
  await worker?.stop();
  await stage?.close();
});

it('ends with the store as the catalog says, nothing doubled, and one end state for each intended change', async () => {
  const ids = await fillCatalog(stage, PRODUCTS);
  let struck = 0;
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    // First the whole catalog is created, then it is changed in every way there is.
    if (moment > 0) await changeCatalog(stage, ids, moment);
    const before = mutations();
    const { runId } = await run();
    // So many calls later, and then somewhere in the middle of one.
    const calls = random.integer(0, 6);
    for (let waited = 0; waited < 200 && mutations() < before + calls; waited += 1) await sleep(10);
    await sleep(random.integer(0, 120));
    const { state } = await stage.resources.db.syncRun.findUniqueOrThrow({ where: { id: runId } });
    if (state !== 'finished') struck += 1;
    await worker.kill();
    worker = await start();
    expect((await stage.awaitRun(runId, PATIENCE_MS)).state, `moment ${moment}, seed ${SEED}`).toBe(
      'finished',
    );
  }
  // What a killed worker left is taken up; one more run finds the rest, if there is any.
  await stage.awaitRun((await run()).runId, PATIENCE_MS);
  await expectStoreToEqualCatalog(stage);
  await expectOneEndState(stage);
  await stage.resources.db.remoteProductRow.updateMany({ data: { invalidatedAt: new Date() } });
  expect((await stage.awaitRun((await run()).runId, PATIENCE_MS)).mutations).toBe(0);
  expect(struck, 'kills in the middle of a run').toBeGreaterThanOrEqual(MOMENTS / 2);
}, 1_200_000);
