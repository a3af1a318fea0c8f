/** Read model of the capture of changes: whether the catalog is followed, what is the matter where it is not, and the slot. */
import type { CaptureFacts } from '~/core/capture-facts';
import { readCapture } from '../change-capture.server';
import type { Queryable } from '../client.server';

/** Workers measure every 10 s. */
const SILENT_AFTER_MS = 120_000;

const STATES: Record<string, CaptureFacts['state']> = {
  streaming: 'following',
  waiting: 'waiting',
  refused: 'refused',
};

export async function readCaptureModel(db: Queryable, now: Date): Promise<CaptureFacts> {
  const row = await readCapture(db);
  const isSilent = row.measuredAt !== null && now.getTime() - row.measuredAt.getTime() > SILENT_AFTER_MS;
  const state = STATES[row.state] ?? 'off';
  return {
    state: isSilent && state !== 'off' ? 'silent' : state,
    problem: row.problem === null ? null : { message: row.problem, remedy: row.remedy ?? '' },
    slot: row.slot,
    retainedBytes: row.retainedBytes === null ? null : Number(row.retainedBytes),
    safeBytes: row.safeWalBytes === null ? null : Number(row.safeWalBytes),
    isAlarming: row.isAlarming,
    isLost: row.walStatus === 'lost',
    lastChangeAt: row.lastChangeAt?.toISOString() ?? null,
    comparedAt: row.comparedAt?.toISOString() ?? null,
    comparisonReason: row.comparisonReason,
    isComparing: state === 'following' && row.needsComparison,
  };
}
