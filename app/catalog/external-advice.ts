/** What went wrong with a merchant's database, in words that say what to do. Pure. */

export interface SourceAdvice {
  reason: string;
  remedy: string;
}

/** Something that a person has to mend; nothing is the matter with the connection itself. */
export class SourceTrouble extends Error {
  constructor(readonly advice: SourceAdvice) {
    super(advice.reason);
    this.name = 'SourceTrouble';
  }
}

interface Where {
  host: string;
  port: number;
  database: string;
  username: string;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const MEND = 'Lockstep tries again by itself and goes on where it was.';

/** By the code of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html) or of the system. */
function byCode(
  code: string,
  message: string,
  { host, port, database, username }: Where,
): SourceAdvice | null {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { reason: `There is no server ${host}.`, remedy: 'Look for a spelling mistake in the host.' };
    case 'ECONNREFUSED':
      return {
        reason: `${host} refuses connections on port ${port}.`,
        remedy: `Look whether PostgreSQL runs there, listens on that port (listen_addresses) and whether the port is right. ${MEND}`,
      };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        reason: `${host}:${port} does not answer.`,
        remedy: `A firewall may keep us out: allow this server to connect to the port. ${MEND}`,
      };
    case 'ECONNRESET':
    case 'EPIPE':
    case '57P01':
    case '57P02':
    case '57P03':
    case '08006':
    case '08003':
      return { reason: 'The database ended the connection.', remedy: `It may have been restarted. ${MEND}` };
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
export function adviceFor(error: unknown, where: Where): SourceAdvice {
  if (error instanceof SourceTrouble) return error.advice;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const known = byCode(code, message, where);
  if (known !== null) return known;
  if (/does not support SSL/.test(message))
    return {
      reason: 'The server does not speak TLS.',
      remedy: 'Switch ssl on in postgresql.conf; only inside your own network choose “no encryption”.',
    };
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code) || /self.signed|certificate/.test(message))
    return {
      reason: `The certificate of ${where.host} cannot be trusted (${code === '' ? message : code}).`,
      remedy:
        'Paste the certificate of its authority, connect by the name it is made out to, or choose “encrypt without checking”.',
    };
  if (/timeout expired|timeout exceeded|ETIMEDOUT/i.test(message))
    return {
      reason: `${where.host}:${where.port} does not answer.`,
      remedy: `A firewall may keep us out: allow this server to connect to the port. ${MEND}`,
    };
  if (/Connection terminated|ended the stream|fell silent/i.test(message))
    return { reason: 'The database ended the connection.', remedy: `It may have been restarted. ${MEND}` };
  return {
    reason: `The database answered: ${message.slice(0, 300)}`,
    remedy: `Have whoever looks after it look at this. ${MEND}`,
  };
}

/** True where the slot cannot go on: only a new snapshot helps. */
export function isSlotLost(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  return (
    (codeOf(error) === '42704' && /replication slot/.test(message)) ||
    (['55000', '58P01'].includes(codeOf(error)) && /can no longer|invalidat|removed/.test(message))
  );
}
