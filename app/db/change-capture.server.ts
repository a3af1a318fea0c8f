/** How the capture of changes is doing: one row for the whole installation. */
import type { Queryable } from './client.server';

const id = 'catalog';

export interface CaptureProblem {
  code: string;
  message: string;
  remedy: string;
}

/** The name of this database's slot: slots are named server-wide. */
export async function slotName(db: Queryable): Promise<string> {
  const [row] = await db.$queryRaw<{ oid: string }[]>`
    SELECT oid::text AS oid FROM pg_database WHERE datname = current_database()`;
  return `lockstep_catalog_${row?.oid ?? '0'}`;
}

export async function readCapture(db: Queryable) {
  return db.changeCapture.findUniqueOrThrow({ where: { id } });
}

/** This process reads now. */
export async function noteStreaming(db: Queryable, slot: string): Promise<void> {
  await db.changeCapture.update({
    where: { id },
    data: { state: 'streaming', slot, problemCode: null, problem: null, remedy: null },
  });
}

/** Why nobody reads; `refused`: until somebody mends it. */
export async function noteProblem(
  db: Queryable,
  state: 'waiting' | 'refused' | 'streaming',
  problem: CaptureProblem,
): Promise<void> {
  await db.changeCapture.update({
    where: { id },
    data: { state, problemCode: problem.code, problem: problem.message, remedy: problem.remedy },
  });
}

export async function noteOff(db: Queryable): Promise<void> {
  await db.changeCapture.update({
    where: { id },
    data: { state: 'off', problemCode: null, problem: null, remedy: null, isAlarming: false },
  });
}

/** All changes up to here are stored: written before the slot is told, so that the slot is never beyond it. */
export async function savePosition(db: Queryable, position: string): Promise<void> {
  await db.$executeRaw`UPDATE app.change_capture SET position = ${position} WHERE id = ${id}`;
}

/** Changes may have passed unseen: everything is to be compared. Before anything is confirmed beyond them. */
export async function wantComparison(db: Queryable, reason: string, position: string | null): Promise<void> {
  await db.$executeRaw`
    UPDATE app.change_capture SET needs_comparison = true, comparison_reason = ${reason},
      comparisons_wanted = comparisons_wanted + 1, position = COALESCE(${position}, position)
    WHERE id = ${id}`;
}

/** The comparison is done, where none was wanted since. */
export async function noteCompared(db: Queryable, wanted: number, now: Date): Promise<void> {
  await db.changeCapture.updateMany({
    where: { id, comparisonsWanted: wanted },
    data: { needsComparison: false, comparedAt: now },
  });
}

/** Whether the publication still holds these columns of these tables: somebody may have taken one out. */
export async function isPublished(
  db: Queryable,
  publication: string,
  tables: { schema: string; name: string; columns: string[] }[],
): Promise<boolean> {
  const rows = await db.$queryRaw<{ schema: string; name: string; columns: string[] }[]>`
    SELECT schemaname::text AS schema, tablename::text AS name, attnames::text[] AS columns
    FROM pg_publication_tables WHERE pubname = ${publication}`;
  return tables.every(({ schema, name, columns }) =>
    rows.some(
      (row) =>
        row.schema === schema && row.name === name && columns.every((column) => row.columns.includes(column)),
    ),
  );
}

export interface SlotMeasure {
  walStatus: string | null;
  active: boolean;
  /** Log that the database keeps because of the slot. */
  retainedBytes: bigint | null;
  /** How much more it may be before the database gives the slot up; null: without limit. */
  safeWalBytes: bigint | null;
}

/** The slot as the server sees it; null: there is none. */
export async function measureSlot(db: Queryable, slot: string): Promise<SlotMeasure | null> {
  const rows = await db.$queryRaw<SlotMeasure[]>`
    SELECT wal_status AS "walStatus", active, safe_wal_size AS "safeWalBytes",
      CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint END AS "retainedBytes"
    FROM pg_replication_slots WHERE slot_name = ${slot}`;
  return rows[0] ?? null;
}

export async function saveMeasure(
  db: Queryable,
  measure: SlotMeasure | null,
  { isAlarming, now }: { isAlarming: boolean; now: Date },
): Promise<void> {
  await db.changeCapture.update({
    where: { id },
    data: {
      walStatus: measure?.walStatus ?? null,
      slotActive: measure?.active ?? null,
      retainedBytes: measure?.retainedBytes ?? null,
      safeWalBytes: measure?.safeWalBytes ?? null,
      isAlarming,
      measuredAt: now,
    },
  });
}
