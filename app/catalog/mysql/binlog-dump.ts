/**
 * The binary log as the server sends it to a replica (COM_BINLOG_DUMP), event by event, over a connection of mysql2.
 *
 * mysql2 speaks the protocol, TLS and the passwords; its own reader of the log has no back-pressure, hides what it does not
 * know, and reads no rows. @powersync/mysql-zongji, by its source, reads decimals as floats and every text as UTF-8,
 * passes over compressed transactions without a word, and checks no name in a certificate. So mysql2 hands over bytes here.
 */
import { EventEmitter } from 'node:events';
import type { Connection } from 'mysql2';
import { createEventReader } from './binlog-events';
import type { RawEvent } from './binlog-events';
import type { MysqlConnection } from './mysql-connection';

const COM_BINLOG_DUMP = 0x12;
const NON_BLOCK = 1;
const HEARTBEAT_S = 5;
const SILENCE_MS = 6 * HEARTBEAT_S * 1_000;
/** Received and not handled; beyond, the socket rests and the server waits. */
const MOST_EVENTS = 200;
const MOST_BYTES = 4_000_000;

export interface DumpOptions {
  from: { file: string; position: number };
  /** Which replica this is: the server ends an older connection of the same. */
  serverId: number;
  signal: AbortSignal;
  /** Ends where the log ends for now; default false. */
  untilEnd?: boolean;
  onStart?: () => void;
  /** Nothing further is read from the connection while its promise is open. */
  onEvent: (event: RawEvent, isLast: () => boolean) => Promise<void> | void;
}

/** What of mysql2's connection is used beyond its types. */
interface Wire {
  addCommand(command: object): unknown;
  writePacket(packet: object): void;
  _resetSequenceId(): void;
}

const isWire = (connection: object): connection is Connection & Wire =>
  ['addCommand', 'writePacket', '_resetSequenceId'].every(
    (name) => typeof Reflect.get(connection, name) === 'function',
  );

const isPacket = (packet: unknown): packet is { buffer: Buffer; offset: number; end: number } =>
  typeof packet === 'object' &&
  packet !== null &&
  'buffer' in packet &&
  'offset' in packet &&
  'end' in packet;

/** The command as a packet: four bytes for mysql2's header, then what the server reads. */
function dumpPacket({ from, serverId, untilEnd }: DumpOptions) {
  const file = Buffer.from(from.file, 'utf8');
  const buffer = Buffer.alloc(15 + file.length);
  buffer.writeUInt8(COM_BINLOG_DUMP, 4);
  buffer.writeUInt32LE(from.position, 5);
  buffer.writeUInt16LE(untilEnd === true ? NON_BLOCK : 0, 9);
  buffer.writeUInt32LE(serverId, 11);
  file.copy(buffer, 15);
  return {
    buffer,
    length: () => buffer.length,
    writeHeader: (sequence: number) => {
      buffer.writeUIntLE(buffer.length - 4, 0, 3);
      buffer.writeUInt8(sequence, 3);
    },
  };
}

class ServerError extends Error {
  constructor(
    readonly errno: number,
    message: string,
  ) {
    super(message);
    this.name = 'ServerError';
  }
}

function errorOf(bytes: Buffer): ServerError {
  const message = bytes
    .subarray(3)
    .toString('utf8')
    .replace(/^#.{5}/, '');
  return new ServerError(bytes.readUInt16LE(1), message);
}

/** A command of mysql2: it is run once to begin, then for every packet until it says that it is done. */
class DumpCommand extends EventEmitter {
  constructor(
    private readonly options: DumpOptions,
    private readonly onBytes: (bytes: Buffer) => void,
    /** Called by mysql2, too, where the connection breaks; null: the log has ended. */
    readonly onResult: (error: Error | null) => void,
  ) {
    super();
  }

  execute(packet: unknown, connection: object): boolean {
    if (!isWire(connection)) throw new Error('This mysql2 cannot carry the binary log.');
    if (!isPacket(packet)) {
      connection._resetSequenceId();
      connection.writePacket(dumpPacket(this.options));
      return false;
    }
    const bytes = packet.buffer.subarray(packet.offset, packet.end);
    if (bytes[0] === 0) {
      this.onBytes(bytes.subarray(1));
      return false;
    }
    this.onResult(bytes[0] === 0xff ? errorOf(bytes) : null);
    return true;
  }
}

/** What a replica says of itself before: that it knows check sums, wants a sign of life, and understands GTIDs. */
const ANNOUNCEMENTS = [
  'SET @master_binlog_checksum = @@GLOBAL.binlog_checksum, @source_binlog_checksum = @@GLOBAL.binlog_checksum',
  `SET @master_heartbeat_period = ${HEARTBEAT_S}000000000, @source_heartbeat_period = ${HEARTBEAT_S}000000000`,
  'SET @mariadb_slave_capability = 4',
];

/**
 * Reads until the signal is aborted or, where asked, the log ends (resolves); rejects with what ended it otherwise. The
 * connection is closed in any case.
 */
export async function dumpBinlog(connection: MysqlConnection, options: DumpOptions): Promise<void> {
  const { raw } = connection;
  const { signal, onEvent } = options;
  try {
    for (const sql of ANNOUNCEMENTS) await connection.change(sql);
    if (!isWire(raw)) throw new Error('This mysql2 cannot carry the binary log.');
    await new Promise<void>((resolve, reject) => {
      const readEvent = createEventReader();
      const waiting: Buffer[] = [];
      let bytesWaiting = 0;
      let isResting = false;
      let isOver = false;
      let heardAt = performance.now();
      /** Of the handler under way. */
      let under: Promise<void> | null = null;
      let end: (() => void) | null = null;
      const finish = (settle: () => void) => {
        if (isOver) return;
        isOver = true;
        clearInterval(watch);
        signal.removeEventListener('abort', stop);
        connection.close();
        // What the last event asked for is not left half done behind the caller's back.
        void Promise.resolve(under).then(settle, settle);
      };
      const fail = (error: unknown) =>
        finish(() =>
          signal.aborted ? resolve() : reject(error instanceof Error ? error : new Error(String(error))),
        );
      const stop = () => finish(resolve);
      const watch = setInterval(() => {
        if (!isResting && under === null && performance.now() - heardAt > SILENCE_MS)
          fail(new Error('The database fell silent: the connection is made anew.'));
      }, 1_000);
      const isLast = () => waiting.length === 0;
      const handle = async () => {
        // mysql2 hands on what it kept within resume() below. Who is at work must be known by then, or a second one begins
        // beside, and what came meanwhile is taken for done with what the first one did.
        await Promise.resolve();
        for (let bytes = waiting.shift(); bytes !== undefined && !isOver; bytes = waiting.shift()) {
          bytesWaiting -= bytes.length;
          const handled = onEvent(readEvent(bytes), isLast);
          if (handled !== undefined) await handled;
          if (isResting && waiting.length === 0) {
            isResting = false;
            heardAt = performance.now();
            raw.resume();
          }
        }
      };
      const work = () => {
        if (under !== null || isOver) return;
        under = handle()
          .catch(fail)
          .finally(() => {
            under = null;
            if (waiting.length > 0) work();
            else if (end !== null) finish(end);
          });
      };
      const receive = (bytes: Buffer) => {
        heardAt = performance.now();
        waiting.push(bytes);
        bytesWaiting += bytes.length;
        if (!isResting && (waiting.length >= MOST_EVENTS || bytesWaiting >= MOST_BYTES)) {
          isResting = true;
          raw.pause();
        }
        work();
      };
      signal.addEventListener('abort', stop);
      if (signal.aborted) {
        stop();
        return;
      }
      raw.on('error', fail);
      raw.addCommand(
        new DumpCommand(options, receive, (error) => {
          if (error !== null) fail(error);
          else if (options.untilEnd !== true) fail(new Error('The database ended the stream.'));
          else if (under !== null) end = resolve;
          else finish(resolve);
        }),
      );
      options.onStart?.();
    });
  } finally {
    connection.close();
  }
}
