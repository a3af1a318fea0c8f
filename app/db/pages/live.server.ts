/** The few numbers that pages ask for again each second while something is under way. */
import type { Queryable } from '../client.server';
import { countEndStates } from './run-counts.server';
import type { EndStateCounts } from './run-counts.server';

export interface LiveRun {
  id: string;
  state: string;
  trigger: string;
  productsTotal: number;
  productsDone: number;
  counts: EndStateCounts;
  /** Products of the store looked at for adoption so far. */
  adoptedScanned: number;
  points: number;
  calls: number;
  throttled: number;
  createdAt: string;
  startedAt: string | null;
  cancelRequested: boolean;
}

export interface LiveImport {
  id: string;
  filename: string;
  state: string;
  rows: number;
  rowsDone: number;
  createdAt: string;
  cancelRequested: boolean;
}

export interface LiveState {
  /** The instant of this answer (ISO 8601, UTC): rates are computed from it, not from the browser's clock. */
  now: string;
  run: LiveRun | null;
  import: LiveImport | null;
  conflicts: LiveConflicts;
  /** Products whose changes wait for an approval. */
  heldProducts: number;
}

export interface LiveConflicts {
  /** Those that wait for a person now. */
  open: number;
  /** Changes whenever any conflict that is not ended does. */
  mark: string;
}

const ACTIVE_RUN = ['queued', 'adopting', 'running'];
const ACTIVE_IMPORT = ['queued', 'running'];

async function readLiveConflicts(db: Queryable, shopId: string, now: Date): Promise<LiveConflicts> {
  // A row's xmin is the transaction that wrote it last: the largest one tells of every write without a column for it.
  const [found] = await db.$queryRaw<{ open: bigint; mark: string }[]>`
    SELECT count(*) FILTER (WHERE state = 'open' AND (snoozed_until IS NULL OR snoozed_until <= ${now})) AS open,
      concat(count(*), ' ', max(xmin::text::bigint)) AS mark
    FROM app.conflict WHERE shop_id = ${shopId}::uuid AND state IN ('open', 'resolving')`;
  return { open: Number(found?.open ?? 0), mark: `${found?.open ?? 0} ${found?.mark ?? ''}` };
}

/** The oldest run and the oldest import of the shop that are not ended, with how far they are, and its conflicts. */
export async function readLiveState(db: Queryable, shopId: string, now: Date): Promise<LiveState> {
  const [run, running, conflicts, heldProducts] = await Promise.all([
    db.syncRun.findFirst({ where: { shopId, state: { in: ACTIVE_RUN } }, orderBy: { createdAt: 'asc' } }),
    db.catalogImport.findFirst({
      where: { shopId, state: { in: ACTIVE_IMPORT } },
      orderBy: { createdAt: 'asc' },
      select: {
        id: true,
        filename: true,
        state: true,
        rows: true,
        rowsDone: true,
        createdAt: true,
        cancelRequestedAt: true,
      },
    }),
    readLiveConflicts(db, shopId, now),
    db.heldProduct.count({ where: { shopId } }),
  ]);
  const counts = run === null ? null : ((await countEndStates(db, shopId, [run.id])).get(run.id) ?? null);
  return {
    now: now.toISOString(),
    conflicts,
    heldProducts,
    run:
      run === null || counts === null
        ? null
        : {
            id: run.id,
            state: run.state,
            trigger: run.trigger,
            productsTotal: run.productsTotal,
            productsDone:
              counts.applied + counts.skipped + counts.conflicted + counts.failed + counts.cancelled,
            counts,
            adoptedScanned: run.adoptedScanned,
            points: run.points,
            calls: run.calls,
            throttled: run.throttled,
            createdAt: run.createdAt.toISOString(),
            startedAt: run.startedAt?.toISOString() ?? null,
            cancelRequested: run.cancelRequestedAt !== null,
          },
    import:
      running === null
        ? null
        : {
            id: running.id,
            filename: running.filename,
            state: running.state,
            rows: running.rows,
            rowsDone: running.rowsDone,
            createdAt: running.createdAt.toISOString(),
            cancelRequested: running.cancelRequestedAt !== null,
          },
  };
}
