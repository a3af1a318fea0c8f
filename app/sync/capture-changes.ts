/**
 * Change capture: follows the catalog's rows by logical replication, from a committed row to the entry of the line. One
 * process reads at a time: PostgreSQL gives a slot to one connection only, and frees it when that breaks, so the slot itself
 * is the lease. A position is confirmed when what lies before it is stored in app.captured_change.
 */
import { keepTrying } from '~/catalog/keep-trying';
import { isAfter } from '~/catalog/lsn';
import { isUndefinedObject, problemOf, ReplicationRefused, SlotBusy } from '~/catalog/replication-problem';
import { readReplication } from '~/catalog/replication-reader';
import type { ReplicationEvent, ReplicationStream } from '~/catalog/replication-reader';
import { dropSlot, prepareSlot, roleOf } from '~/catalog/replication-slot';
import type { PreparedSlot, ReplicationPlace } from '~/catalog/replication-slot';
import { untilVisible } from '~/catalog/visible-transactions';
import { currentSnapshot, storeChanges } from '~/db/captured-changes.server';
import type { Debounce } from '~/db/captured-changes.server';
import {
  isPublished,
  noteOff,
  noteProblem,
  noteStreaming,
  readCapture,
  savePosition,
  slotName,
  wantComparison,
} from '~/db/change-capture.server';
import { CAPTURED_TABLES, CapturedBatch } from './captured-batch';
import type { Resources } from './resources';
import { startSettleLoop } from './settle-loop';

export const PUBLICATION = 'lockstep_catalog';

export interface CaptureSettings {
  /** Connection string of a role with REPLICATION, not through a pooler of transactions. */
  databaseUrl: string;
  debounce: Debounce;
  /** How often a position without changes is stored and confirmed at most; default 5 s. */
  idleEveryMs?: number;
  /** How often the publication is looked at; default 15 s. */
  lookEveryMs?: number;
  /** How long another process, or a database that refuses, is left in peace at most. */
  longestWaitMs?: number;
}

export interface RunningCapture {
  /** Stops reading; resolves when nothing of it is under way any more. */
  close(): Promise<void>;
}

const REASONS = {
  missing: 'Changes were not followed before: the replication slot is new.',
  lost: 'The replication slot was lost: the database could not keep its log any longer.',
  republished: 'What the database publishes had to be set up anew.',
} as const;
const BUSY_MS = 1_000;
const LOOK_EVERY_MS = 15_000;

async function placeOf({ db }: Resources, { databaseUrl }: CaptureSettings): Promise<ReplicationPlace> {
  return {
    connection: { connectionString: databaseUrl, application_name: 'lockstep capture' },
    slot: await slotName(db),
    publication: PUBLICATION,
    tables: CAPTURED_TABLES,
  };
}

/** Whether the slot forgot, or somebody else confirmed, what was never stored. */
async function noteGap({ db, log }: Resources, prepared: PreparedSlot): Promise<void> {
  const { position } = await readCapture(db);
  const reason =
    prepared.madeBecause !== null
      ? REASONS[prepared.madeBecause]
      : position === null || isAfter(prepared.confirmed, position)
        ? 'The replication slot was moved on by somebody else.'
        : null;
  if (reason === null) return;
  log.warn({ reason, position, confirmed: prepared.confirmed }, 'The whole catalog will be compared');
  await wantComparison(db, reason, prepared.confirmed);
}

/** Reads until the stream ends. Throws why it could not begin, or why it ended. */
async function captureOnce(
  resources: Resources,
  settings: CaptureSettings,
  { onProgress, signal }: { onProgress: () => void; signal: AbortSignal },
): Promise<void> {
  const { db, log } = resources;
  const place = await placeOf(resources, settings);
  const prepared = await prepareSlot(place);
  await noteGap(resources, prepared);
  const ending = new AbortController();
  const reading = AbortSignal.any([signal, ending.signal]);
  const batch = new CapturedBatch();
  let loop: ReturnType<typeof startSettleLoop> | null = null;
  let started: Promise<void> = Promise.resolve();

  const store = async (stream: ReplicationStream, position: string | null) => {
    if (batch.comparison !== null) {
      await wantComparison(db, batch.comparison, null);
      batch.comparison = null;
    }
    if (batch.isEmpty) {
      if (position !== null) await savePosition(db, position);
    } else {
      const { xids, ...changes } = batch.drain();
      // What is due must be what can be read: seen too early, a change would count as taken back.
      await untilVisible(() => currentSnapshot(db), xids, reading);
      await storeChanges(db, { ...changes, position, debounce: settings.debounce });
      loop?.poke(settings.debounce.windowMs);
    }
    if (position !== null) stream.confirm(position);
  };
  const onEvent = async (event: ReplicationEvent, stream: ReplicationStream) => {
    batch.take(event);
    if (batch.hasNewTables) {
      batch.hasNewTables = false;
      await started;
      if (batch.problem) await noteProblem(db, 'streaming', batch.problem);
      else await noteStreaming(db, place.slot);
      if (batch.problem)
        log.error({ problem: batch.problem }, 'Changes of the catalog cannot all be followed');
    }
    if (event.kind === 'idle') await store(stream, event.position);
    else if (event.kind === 'commit') {
      // Transactions that came together are stored together.
      if (!batch.isEmpty || batch.comparison !== null) {
        if (stream.isDrained() || batch.isFull) await store(stream, event.position);
      }
    } else if (batch.isFull) await store(stream, null);
  };

  // Whoever takes a table out of the publication is not told of by the stream itself.
  const looking = setInterval(() => {
    isPublished(db, place.publication, CAPTURED_TABLES)
      .then((isThere) => {
        if (isThere || reading.aborted) return;
        log.warn({ publication: place.publication }, 'The publication lacks a table: it is set up anew');
        ending.abort();
      })
      .catch((error: unknown) => log.debug({ err: error }, 'The publication could not be looked at'));
  }, settings.lookEveryMs ?? LOOK_EVERY_MS);
  try {
    await readReplication({
      connection: place.connection,
      slot: place.slot,
      publications: [place.publication],
      from: prepared.confirmed,
      messages: true,
      ...(settings.idleEveryMs !== undefined && { idleEveryMs: settings.idleEveryMs }),
      signal: reading,
      onStart: () => {
        onProgress();
        log.info({ slot: place.slot, from: prepared.confirmed }, 'Changes of the catalog are followed');
        started = noteStreaming(db, place.slot);
        started.catch(() => undefined); // the loop and the next event tell
        loop = startSettleLoop(resources, {
          signal: reading,
          onComparisonFailed: (error) =>
            log.error({ err: error }, 'The whole catalog could not be compared; it is tried again'),
        });
      },
      onEvent,
    });
  } catch (error) {
    // A slot cannot read what was written before its publication was made: both are made anew.
    if (isUndefinedObject(error)) await dropSlot(place);
    throw error;
  } finally {
    clearInterval(looking);
    ending.abort();
    await endOf(loop);
  }
}

async function endOf(loop: { ended: Promise<void> } | null): Promise<void> {
  await loop?.ended;
}

/** Follows the catalog until `close()`, whatever happens to the database meanwhile. */
export function startChangeCapture(resources: Resources, settings: CaptureSettings): RunningCapture {
  const { db, log, random } = resources;
  const stopping = new AbortController();
  const role = roleOf({ connectionString: settings.databaseUrl });
  let told = '';

  const onFailure = async (error: unknown, waitMs: number): Promise<number> => {
    const busyMs = BUSY_MS * (0.5 + random());
    if (error instanceof SlotBusy) return busyMs;
    const problem = problemOf(error, { role });
    // Two began at once, and the other was first.
    if (problem.code === 'slot-busy') return busyMs;
    const isRefused = error instanceof ReplicationRefused || problem.remedy !== '';
    if (told !== problem.message)
      log[isRefused ? 'error' : 'warn'](
        { err: error, problem, waitMs },
        'Changes of the catalog are not followed now',
      );
    told = problem.message;
    try {
      await noteProblem(db, isRefused ? 'refused' : 'waiting', problem);
    } catch (unnoted) {
      log.debug({ err: unnoted }, 'The database is away: the problem cannot be noted there');
    }
    return waitMs;
  };

  const ended = keepTrying({
    attempt: (onProgress, signal) =>
      captureOnce(resources, settings, {
        signal,
        onProgress: () => {
          told = '';
          onProgress();
        },
      }),
    onFailure,
    firstWaitMs: 100,
    longestWaitMs: settings.longestWaitMs ?? 15_000,
    random,
    signal: stopping.signal,
  });
  return {
    close: async () => {
      stopping.abort();
      await ended;
    },
  };
}

/** Where changes are not to be followed: no slot is left behind that would fill the disk. */
export async function stopFollowing(
  resources: Resources,
  settings: Pick<CaptureSettings, 'databaseUrl'>,
): Promise<void> {
  const { db, log } = resources;
  const { slot } = await readCapture(db);
  if (slot === null) return;
  const connection = { connectionString: settings.databaseUrl };
  // A worker with other settings may still read from it.
  if (!(await dropSlot({ connection, slot }))) return;
  log.info({ slot }, 'The replication slot was dropped: capture is switched off');
  await noteOff(db);
}
