/** Change capture in this process, as a worker runs it beside its queues. */
import { isAfter } from '~/catalog/lsn';
import { readCapture } from '~/db/change-capture.server';
import { startChangeCapture } from '~/sync/capture-changes';
import type { CaptureSettings } from '~/sync/capture-changes';
import type { Job } from '~/sync/jobs';
import { allDone } from './all-done';
import type { Stage } from './stage';
import { waitFor } from './wait-for';

export interface FollowedStage {
  /** Jobs that the capture asked for. */
  jobs: Job[];
  /** Until the capture reads. */
  streaming(): Promise<void>;
  /** Until everything that was committed before was seen to, and what it asked for is done. */
  followed(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

export const captureSettings = (stage: Pick<Stage, 'env'>): CaptureSettings => ({
  databaseUrl: stage.env['DATABASE_URL'] ?? '',
  debounce: { windowMs: 100, longestMs: 1_000 },
  idleEveryMs: 50,
  longestWaitMs: 500,
  lookEveryMs: 200,
});

export function followCatalog(stage: Stage, settings: Partial<CaptureSettings> = {}): FollowedStage {
  const jobs: Job[] = [];
  const { db, queue } = stage.resources;
  const resources = {
    ...stage.resources,
    queue: {
      ...queue,
      add: (added: Job[], options = {}) => {
        jobs.push(...added);
        return queue.add(added, options);
      },
    },
  };
  const capture = startChangeCapture(resources, { ...captureSettings(stage), ...settings });
  const streaming = async () => {
    await waitFor('the catalog is followed', async () => {
      const { state, problemCode } = await readCapture(db);
      return state === 'streaming' && problemCode === null;
    });
  };
  return {
    jobs,
    streaming,
    followed: async (timeoutMs = 30_000) => {
      const [row] = await db.$queryRaw<{ now: string }[]>`SELECT pg_current_wal_insert_lsn()::text AS now`;
      const now = row?.now ?? '0/0';
      await waitFor(
        'all changes are seen to',
        async () => {
          const { position, needsComparison } = await readCapture(db);
          if (needsComparison || position === null || isAfter(now, position)) return false;
          // What its own writer asks for waits for longer, in case that one dies.
          const soon = new Date(Date.now() + 10_000);
          return (await db.capturedChange.count({ where: { dueAt: { lt: soon } } })) === 0;
        },
        { timeoutMs, everyMs: 20 },
      );
      await allDone(stage, timeoutMs);
    },
    close: () => capture.close(),
  };
}
