/** What went wrong with a merchant's MySQL or MariaDB, in words that say what to do. Pure. */
import { MEND, otherAdvice, systemAdvice } from '../external-advice';
import type { SourceAdvice, Where } from '../external-advice';

function numberOf(error: unknown): number {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
}

/** By the number of the server's error: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
function byNumber(number: number, message: string, { database, username }: Where): SourceAdvice | null {
  switch (number) {
    case 1045:
    case 1698:
      return {
        reason: `The user “${username}” may not log in from here, or the password is wrong.`,
        remedy: `Enter the password again, or have it set anew (ALTER USER … IDENTIFIED BY …). The user must be allowed from the address of this server: '${username}'@'%'. ${MEND}`,
      };
    case 1044:
    case 1049:
      return {
        reason:
          number === 1049
            ? `There is no database “${database}”.`
            : `The user “${username}” has no right in the database “${database}”.`,
        remedy: `Look for a spelling mistake in its name, or run the GRANT lines of the script. ${MEND}`,
      };
    case 1129:
    case 1130:
      return {
        reason: `The server lets nobody in from the address of this server: ${message}.`,
        remedy: `Create the user for that address or for '%', and unblock it: FLUSH HOSTS. ${MEND}`,
      };
    case 1040:
    case 1203:
    case 1226:
      return {
        reason: 'The database has no connection left for us.',
        remedy: `Raise max_connections, or MAX_USER_CONNECTIONS of the user. Lockstep needs four. ${MEND}`,
      };
    case 1053:
    case 1077:
    case 1152:
    case 1927:
    case 2006:
    case 2013:
    case 4031:
      return { reason: 'The database ended the connection.', remedy: `It may have been restarted. ${MEND}` };
    case 1227:
      return /REPLICATION|BINLOG|SUPER/i.test(message)
        ? {
            reason: `The user “${username}” may not read the binary log: ${message}.`,
            remedy: `GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO … (MariaDB calls the second one BINLOG MONITOR). Where nobody can, choose triggers or the scan. ${MEND}`,
          }
        : {
            reason: `The user “${username}” has not the right: ${message}.`,
            remedy: `Run the GRANT lines of the script again. ${MEND}`,
          };
    case 1142:
    case 1143:
    case 1370:
      return {
        reason: `The user “${username}” has not the right: ${message}.`,
        remedy: `Run the GRANT lines of the script again. ${MEND}`,
      };
    case 1146:
    case 1051:
      return {
        reason: `The table is not there any more: ${message}.`,
        remedy: `Bring it back, or choose another table. ${MEND}`,
      };
    case 1054:
      return {
        reason: `A mapped column is not there any more: ${message}.`,
        remedy: `Bring the column back, or map another one in its place. ${MEND}`,
      };
    case 1236:
      return {
        reason: `The server does not send its binary log: ${message}.`,
        remedy: `If another program uses the same server id, stop it. ${MEND}`,
      };
    case 1205:
    case 1213:
    case 1969:
    case 3024:
      return {
        reason: 'A statement took longer than it may, or waited for another transaction.',
        remedy: `An index on the columns of the product key makes it quick. ${MEND}`,
      };
    case 1251:
    case 1524:
      return {
        reason: `The user “${username}” logs in by a way that is not known here: ${message}.`,
        remedy:
          'Have it set to caching_sha2_password or mysql_native_password: ALTER USER … IDENTIFIED WITH … BY ….',
      };
    default:
      return null;
  }
}

/** Advice for anything that a connection, a statement or the log may throw. */
export function mysqlAdvice(error: unknown, where: Where): SourceAdvice {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = byNumber(numberOf(error), message, where);
  if (known !== null) return known;
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return {
      reason: 'The server does not speak TLS.',
      remedy:
        'Give it a certificate (ssl_cert, ssl_key); only inside your own network choose “no encryption”.',
    };
  if (code === 'AUTH_SWITCH_PLUGIN_ERROR')
    return {
      reason: `The user “${where.username}” logs in by a way that is not known here: ${message}`,
      remedy:
        'Have it set to caching_sha2_password or mysql_native_password: ALTER USER … IDENTIFIED WITH … BY ….',
    };
  if (code === 'PROTOCOL_SEQUENCE_TIMEOUT')
    return {
      reason: 'The database did not answer a question in time.',
      remedy: `Look whether the server is overloaded, or the network between drops what is sent. ${MEND}`,
    };
  if (code === 'PROTOCOL_CONNECTION_LOST' || /closed state|ended the stream|fell silent/.test(message))
    return { reason: 'The database ended the connection.', remedy: `It may have been restarted. ${MEND}` };
  return systemAdvice(error, where, 'MySQL') ?? otherAdvice(error);
}

/** True where the log cannot be followed from where it was left: it was purged, begun anew, or is another server's. */
export function isLogLost(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return (
    numberOf(error) === 1236 &&
    /first log file|purged|impossible position|bogus|position > file size|event truncated|requested master|requested source/i.test(
      message,
    )
  );
}
