/** Runs in the bulk lane, and what they sent. */
import type { BulkOperation } from '../../emulator/state/operations';
import { startRun } from '~/sync/start-run';
import type { SourceId } from '~/core/product-state';
import { shopOf } from './merchant';
import type { Stage } from './stage';
import { waitFor } from './wait-for';

type Staged = Pick<Stage, 'resources' | 'shopId'>;

/** Documents are believed to be slow, bulk operations to be fast: a minute a call, and 0.002 s a line. */
export async function preferBulk({ resources, shopId }: Staged): Promise<void> {
  const calls = { calls: 100, further: 0, seconds: 60_000, furtherSquared: 0, furtherSeconds: 0 };
  const bulk = {
    bulkCalls: 5,
    bulkFurther: 5_000,
    bulkSeconds: 10,
    bulkFurtherSquared: 5_000_000,
    bulkFurtherSeconds: 10_000,
  };
  const data = { ...calls, ...bulk, ownRows: 1, ownSeconds: 0 };
  await resources.db.storeSpeed.upsert({ where: { shopId }, create: { shopId, ...data }, update: data });
}

/** Starts a run of these products in the bulk lane. */
export async function beginInBulk(stage: Staged, productIds: SourceId[]): Promise<string> {
  await preferBulk(stage);
  const run = { shopId: stage.shopId, trigger: 'manual', causedBy: 'test', productIds } as const;
  return (await startRun(stage.resources, { ...run, lane: 'bulk' })).runId;
}

/** A run of these products in the bulk lane, and the root fields of the mutations it sent. */
export async function runInBulk(stage: Stage, productIds: SourceId[]) {
  const from = stage.emulator.log.all().length;
  const run = await stage.awaitRun(await beginInBulk(stage, productIds), 120_000);
  const fields = stage.emulator.log
    .all()
    .slice(from)
    .flatMap((call) => (call.kind === 'mutation' ? call.fields : []));
  return { run, fields };
}

/** The store's bulk mutations so far. */
export const bulkMutations = (stage: Pick<Stage, 'emulator'>): BulkOperation[] =>
  [...shopOf(stage).bulkOperations.values()].filter(({ type }) => type === 'MUTATION');

/** The first bulk mutation after `before` that has carried out more than so many lines and still runs. */
export async function runningMutation(
  stage: Pick<Stage, 'emulator'>,
  before: number,
  lines: number,
): Promise<BulkOperation> {
  return waitFor('a bulk operation runs', () =>
    bulkMutations(stage)
      .slice(before)
      .find(({ status, objectCount }) => status === 'RUNNING' && objectCount > lines),
  );
}
