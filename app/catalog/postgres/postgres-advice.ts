/** What went wrong with a merchant's PostgreSQL, in words that say what to do. Pure. */
import { MEND, codeOf, ended, otherAdvice, systemAdvice } from '../external-advice';
import type { SourceAdvice, Where } from '../external-advice';

/** By the code of PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function byCode(code: string, message: string, { database, username }: Where): SourceAdvice | null {
  switch (code) {
    case '57P01':
    case '57P02':
    case '57P03':
    case '08006':
    case '08003':
      return ended;
    case '28P01':
      return {
        reason: `The password of the role “${username}” is wrong.`,
        remedy: 'Enter the password again, or have it set anew: ALTER ROLE … PASSWORD.',
      };
    case '28000':
      return /no pg_hba\.conf entry|pg_hba\.conf rejects/.test(message)
        ? {
            reason: `pg_hba.conf lets no “${username}” in from here${/no encryption/.test(message) ? ' without encryption' : ''}.`,
            remedy: `Add a line such as “hostssl ${database} ${username} <address of this server> scram-sha-256” and reload the server${/no encryption/.test(message) ? ', or switch TLS on' : ''}. ${MEND}`,
          }
        : {
            reason: `The role “${username}” may not log in, or does not exist.`,
            remedy: `Run the script, or give it the right: ALTER ROLE … LOGIN. ${MEND}`,
          };
    case '3D000':
      return {
        reason: `There is no database “${database}”.`,
        remedy: 'Look for a spelling mistake in its name.',
      };
    case '53300':
      return {
        reason: 'The database has no connection left for us.',
        remedy: `Raise max_connections, or the CONNECTION LIMIT of the role. Lockstep needs three. ${MEND}`,
      };
    case '53400':
      return {
        reason: 'All replication slots of the server are taken.',
        remedy: `Raise max_replication_slots (and max_wal_senders) and restart the server, or drop a slot that nobody reads: SELECT * FROM pg_replication_slots WHERE NOT active. ${MEND}`,
      };
    case '42501':
      return /replication/i.test(message)
        ? {
            reason: `The role “${username}” may not replicate.`,
            remedy: `Have it allowed: ALTER ROLE … REPLICATION (Amazon RDS: GRANT rds_replication TO …). Where nobody can, choose triggers or a scan instead. ${MEND}`,
          }
        : {
            reason: `The role “${username}” has not the right: ${message}.`,
            remedy: `Run the GRANT lines of the script again. ${MEND}`,
          };
    case '42P01':
    case '3F000':
      return {
        reason: `The table is not there any more: ${message}.`,
        remedy: `Bring it back, or choose another table. ${MEND}`,
      };
    case '42703':
      return {
        reason: `A mapped column is not there any more: ${message}.`,
        remedy: `Bring the column back, or map another one in its place. ${MEND}`,
      };
    case '42704':
      return /publication/.test(message)
        ? {
            reason: `The publication is missing: ${message}.`,
            remedy: `Run the CREATE PUBLICATION line of the script. ${MEND}`,
          }
        : /replication slot/.test(message)
          ? {
              reason: 'The replication slot is gone.',
              remedy: 'Lockstep reads the whole table again and goes on from there.',
            }
          : null;
    case '55006':
      return {
        reason: 'The replication slot is in use by another connection.',
        remedy: `An earlier connection of ours may still be ending. ${MEND}`,
      };
    case '55000':
    case '58P01':
      if (/wal_level/.test(message))
        return {
          reason: 'The server does not keep what replication needs (wal_level).',
          remedy: 'Set wal_level = logical and restart the server, or choose triggers or a scan instead.',
        };
      return /can no longer|invalidat|removed/.test(message)
        ? {
            reason:
              'The server has given up the replication slot: it ran too far behind (max_slot_wal_keep_size).',
            remedy: 'Lockstep reads the whole table again and goes on from there.',
          }
        : null;
    case '57014':
      return {
        reason: 'A statement took longer than it may.',
        remedy: `An index on the columns of the product key makes it quick. ${MEND}`,
      };
    case '22P02':
    case '22007':
    case '22008':
      return {
        reason: `A key does not fit the type of its column: ${message}.`,
        remedy: 'The type of a key column was changed: save the mapping again to read all rows anew.',
      };
    default:
      return null;
  }
}

/** Advice for anything that a connection, a statement or the stream may throw. */
export function postgresAdvice(error: unknown, where: Where): SourceAdvice {
  const message = error instanceof Error ? error.message : String(error);
  const known = byCode(codeOf(error), message, where);
  if (known !== null) return known;
  if (/does not support SSL/.test(message))
    return {
      reason: 'The server does not speak TLS.',
      remedy: 'Switch ssl on in postgresql.conf; only inside your own network choose “no encryption”.',
    };
  return systemAdvice(error, where, 'PostgreSQL') ?? otherAdvice(error);
}

/** True where the slot cannot go on: only a new snapshot helps. */
export function isSlotLost(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  return (
    (codeOf(error) === '42704' && /replication slot/.test(message)) ||
    (['55000', '58P01'].includes(codeOf(error)) && /can no longer|invalidat|removed/.test(message))
  );
}
