/** Connections to a merchant's own MySQL or MariaDB. Every value comes as the text that the server prints. */
import { connect as connectSocket } from 'node:net';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { createConnection } from 'mysql2';
import type { Connection, ConnectionOptions } from 'mysql2';
import { z } from 'zod';
import { SourceTrouble } from '../external-advice';
import type { ExternalAddress } from '../external-database';

const CONNECT_MS = 10_000;
/** For statements that look at a few rows; reading all of a table has its own terms. */
const STATEMENT_MS = 60_000;
/** The server ends a statement by itself; one that has not by then will not answer any more. */
const ANSWER_MS = 15_000;
/** A day: how long the server waits while we write down what it sent. */
const PATIENT_S = 86_400;

export type TextRow = Record<string, string | null>;
const textRows = z.array(z.record(z.string(), z.string().nullable()));
const written = z.object({ affectedRows: z.number() });

export interface MysqlServer {
  flavour: 'mysql' | 'mariadb';
  /** 80036 is 8.0.36. */
  version: number;
  /** As it calls itself. */
  name: string;
}

export interface MysqlConnection {
  server: MysqlServer;
  rows(sql: string, values?: string[]): Promise<TextRow[]>;
  /** Rows that an UPDATE or DELETE found. */
  change(sql: string, values?: string[]): Promise<number>;
  /** Row by row: the server waits while nobody reads. Nothing else may be asked meanwhile. */
  stream(sql: string, values?: string[]): Readable;
  /** mysql2's own, for what its queries do not cover. */
  raw: Connection;
  /** At once, whatever state it is in. */
  close(): void;
}

function connectionOptions(address: ExternalAddress, socket: () => Socket): ConnectionOptions {
  const { host, tls, authority } = address;
  return {
    host,
    port: address.port,
    // The name is what a certificate is for; the address that was looked at is what is connected to.
    stream: socket,
    user: address.username,
    password: address.password,
    database: address.database,
    connectTimeout: CONNECT_MS,
    charset: 'utf8mb4',
    // No server may ask for a file of ours.
    flags: ['-LOCAL_FILES'],
    multipleStatements: false,
    typeCast: (field) => field.string('utf8'),
    ...(tls === 'off'
      ? {}
      : {
          ssl: {
            minVersion: 'TLSv1.2',
            rejectUnauthorized: tls === 'verify',
            verifyIdentity: tls === 'verify',
            ...(authority === null ? {} : { ca: authority }),
          },
        }),
  };
}

/** "10.11.6-MariaDB-0+deb12u1", "5.5.5-10.6.2-MariaDB" and "8.0.36". */
export function readVersion(text: string): MysqlServer {
  const isMariaDb = /mariadb/i.test(text);
  const [, major = '0', minor = '0', patch = '0'] =
    /^(\d+)\.(\d+)\.(\d+)/.exec(text.replace(/^5\.5\.5-(?=\d)/, '')) ?? [];
  return {
    flavour: isMariaDb ? 'mariadb' : 'mysql',
    version: Number(major) * 10_000 + Number(minor) * 100 + Number(patch),
    name: `${isMariaDb ? 'MariaDB' : 'MySQL'} ${major}.${minor}`,
  };
}

/** Settings under which the same row reads the same everywhere, and a text that does not fit is refused, not cut. */
function settings({ flavour }: MysqlServer, statementMs: number): string[] {
  const limit =
    flavour === 'mariadb'
      ? `max_statement_time = ${statementMs / 1_000}`
      : `max_execution_time = ${statementMs}`;
  return [
    "sql_mode = 'STRICT_ALL_TABLES,STRICT_TRANS_TABLES'",
    "time_zone = '+00:00'",
    `net_write_timeout = ${PATIENT_S}`,
    `wait_timeout = ${PATIENT_S}`,
    'lock_wait_timeout = 20',
    'innodb_lock_wait_timeout = 20',
    'autocommit = 1',
    limit,
  ];
}

/** Opens a connection; `statementMs` 0: a statement may take what it takes. */
export async function openMysql(
  address: ExternalAddress,
  options: { statementMs?: number } = {},
): Promise<MysqlConnection> {
  const socket = connectSocket(address.port, address.address);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 10_000);
  const raw = createConnection(connectionOptions(address, () => socket));
  let broken: Error | null = null;
  /** What waits for an answer: mysql2 leaves it waiting when we are the ones who hang up. */
  const waiting = new Set<(error: Error) => void>();
  const breakOff = (error: Error) => {
    broken ??= error;
    for (const reject of waiting) reject(broken);
    waiting.clear();
  };
  const close = () => {
    raw.destroy();
    socket.destroy();
    breakOff(new Error('The connection was closed: in closed state.'));
  };
  const settled = <T>(begin: (done: (error: Error | null, result: T) => void) => void): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (broken !== null) {
        reject(broken);
        return;
      }
      waiting.add(reject);
      begin((error, result) => {
        waiting.delete(reject);
        if (error === null) resolve(result);
        else reject(error);
      });
    });
  const statementMs = options.statementMs ?? STATEMENT_MS;
  const ask = (sql: string, values: string[]): Promise<unknown> =>
    settled<unknown>((done) =>
      raw.query(
        { sql, values, ...(statementMs > 0 && { timeout: statementMs + ANSWER_MS }) },
        (error, result) => {
          done(error, result);
          // What comes after all would be taken for the answer to the next question.
          if (error?.code === 'PROTOCOL_SEQUENCE_TIMEOUT') close();
        },
      ),
    );
  const rows = async (sql: string, values: string[] = []) => textRows.parse(await ask(sql, values));
  raw.on('error', breakOff); // without a listener it would end the process
  try {
    await settled<unknown>((done) => raw.connect((error) => done(error, null)));
    const [known] = await rows('SELECT VERSION() AS version');
    const server = readVersion(known?.['version'] ?? '');
    await ask(`SET SESSION ${settings(server, statementMs).join(', ')}`, []);
    return {
      server,
      rows,
      change: async (sql, values = []) => written.parse(await ask(sql, values)).affectedRows,
      stream: (sql, values = []) => {
        const stream = raw.query({ sql, values }).stream({ highWaterMark: 500 });
        const cut = (error: Error) => void stream.destroy(error);
        waiting.add(cut);
        stream.on('close', () => waiting.delete(cut));
        return stream;
      },
      raw,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Versions whose binary log and consistent snapshots are as they are read here. */
export function demandVersion(server: MysqlServer): void {
  const oldest = server.flavour === 'mariadb' ? 100_500 : 80_000;
  if (server.version >= oldest) return;
  throw new SourceTrouble({
    reason: `The server is ${server.name}; Lockstep needs MySQL 8.0 or MariaDB 10.5, or later.`,
    remedy: 'Upgrade the server, or connect a replica of a later version.',
  });
}
