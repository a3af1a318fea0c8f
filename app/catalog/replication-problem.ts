/** Why changes cannot be read from a database, in words that say what to do. */

export type ReplicationProblemCode =
  | 'wal-level'
  | 'role'
  | 'publication'
  | 'slots-full'
  | 'slot-busy'
  | 'slot-taken'
  | 'column-missing'
  | 'unreachable'
  | 'other';

export interface ReplicationProblem {
  code: ReplicationProblemCode;
  message: string;
  /** What to do; SQL where it is SQL that helps. Empty: it passes by itself, or nothing is known. */
  remedy: string;
}

/** Reading cannot begin until somebody mends this. */
export class ReplicationRefused extends Error {
  override name = 'ReplicationRefused';
  constructor(readonly problem: ReplicationProblem) {
    super(problem.message);
  }
}

/** Another process reads from the slot: it is the one to do so. */
export class SlotBusy extends Error {
  override name = 'SlotBusy';
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

export const PROBLEMS = {
  walLevel: (level: string): ReplicationProblem => ({
    code: 'wal-level',
    message: `The database does not write its log in a way that changes can be read from (wal_level is "${level}").`,
    remedy:
      "ALTER SYSTEM SET wal_level = 'logical'; then restart PostgreSQL. Hosted: rds.logical_replication = 1 (Amazon), cloudsql.logical_decoding = on (Google), wal_level = LOGICAL (Azure).",
  }),
  role: (role: string): ReplicationProblem => ({
    code: 'role',
    message: `The role "${role}" may not read the changes of the database.`,
    remedy: `ALTER ROLE ${quoted(role)} REPLICATION; on Amazon RDS: GRANT rds_replication TO ${quoted(role)};`,
  }),
  publication: (why: string, sql: string): ReplicationProblem => ({
    code: 'publication',
    message: `What shall be streamed could not be set up: ${why}`,
    remedy: `As the owner of the tables: ${sql};`,
  }),
  slotsFull: (why: string): ReplicationProblem => ({
    code: 'slots-full',
    message: `The database has no place for one more reader of its changes: ${why}`,
    remedy:
      'Raise max_replication_slots and max_wal_senders and restart PostgreSQL, or drop a slot that nobody uses: SELECT slot_name, active FROM pg_replication_slots;',
  }),
  slotTaken: (slot: string): ReplicationProblem => ({
    code: 'slot-taken',
    message: `Somebody else has a replication slot by the name "${slot}".`,
    remedy: `Where nobody needs it: SELECT pg_drop_replication_slot('${slot}');`,
  }),
  columnMissing: (table: string, columns: string[]): ReplicationProblem => ({
    code: 'column-missing',
    message: `${table} is streamed without ${columns.join(', ')}: changes of its rows cannot be followed.`,
    remedy: `Bring ${columns.join(', ')} back as the migrations made ${columns.length === 1 ? 'it' : 'them'}. Everything is compared once it is there again.`,
  }),
} as const;

interface CodedError {
  code: string | null;
  message: string;
}

function coded(error: unknown): CodedError {
  const message = error instanceof Error ? error.message : String(error);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return { code: typeof code === 'string' ? code : null, message };
}

/** Whether a statement failed because what it names does not exist (undefined_object). */
export const isUndefinedObject = (error: unknown): boolean => coded(error).code === '42704';
/** Whether it failed because somebody else made the same meanwhile (duplicate_object). */
export const isDuplicate = (error: unknown): boolean => ['42710', '23505'].includes(coded(error).code ?? '');

/** What is the matter, from an error of PostgreSQL or of the way to it. */
export function problemOf(error: unknown, { role }: { role: string }): ReplicationProblem {
  if (error instanceof ReplicationRefused) return error.problem;
  const { code, message } = coded(error);
  switch (code) {
    case '42501':
      return PROBLEMS.role(role);
    case '53400':
    case '53300':
      return PROBLEMS.slotsFull(message);
    case '55006':
      return { code: 'slot-busy', message, remedy: '' };
    case '28000':
      return {
        code: 'unreachable',
        message,
        remedy:
          'Let the host and role in: a line of pg_hba.conf for the database, and SELECT pg_reload_conf();',
      };
    case '57P01':
    case '57P02':
    case '57P03':
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
      return { code: 'unreachable', message: `The database does not answer: ${message}`, remedy: '' };
    default:
      return { code: 'other', message, remedy: '' };
  }
}
