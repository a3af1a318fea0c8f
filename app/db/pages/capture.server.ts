/** Read model of the capture of changes: whether the catalog is followed, what is the matter where it is not, and the slot. */
import { readCapture } from '../change-capture.server';
import type { Queryable } from '../client.server';

export interface CaptureModel {
  /** 'silent': no worker has measured for a while. */
  state: 'following' | 'waiting' | 'refused' | 'off' | 'silent';
  problem: { message: string; remedy: string } | null;
  slot: string | null;
  retainedBytes: number | null;
  /** How much more the database would keep; null: without limit, or unknown. */
  safeBytes: number | null;
  isAlarming: boolean;
  isLost: boolean;
  lastChangeAt: string | null;
  comparedAt: string | null;
  comparisonReason: string | null;
  isComparing: boolean;
}

/** Workers measure every 10 s. */
const SILENT_AFTER_MS = 120_000;

const STATES: Record<string, CaptureModel['state']> = {
  streaming: 'following',
  waiting: 'waiting',
  refused: 'refused',
};

export async function readCaptureModel(db: Queryable, now: Date): Promise<CaptureModel> {
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
