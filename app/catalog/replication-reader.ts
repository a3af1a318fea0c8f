/**
 * Reads the changes that a publication of any PostgreSQL database streams (logical replication, pgoutput). It knows nothing
 * of what they mean: whoever reads says when the work of a position is durable, and only then may the database forget it.
 *
 * The client library is used with care. It confirms by its own timer what it has merely received, starts again from there,
 * and raises each confirmed position by one, which can skip a transaction that ends right behind; so timer and automatic
 * confirmation are off, the start is always given, and one is taken off first. Its queue carries on after a handler failed,
 * so a failure ends the stream here, and what follows comes again.
 */
import { LogicalReplicationService, PgoutputPlugin } from 'pg-logical-replication';
import type { Pgoutput } from 'pg-logical-replication';
import type { ClientConfig } from 'pg';
import { lsnNumber, lsnOf } from './lsn';
import type { Lsn } from './lsn';

/** Column -> text as PostgreSQL prints it. Undefined: a large value that did not change and was not sent. */
export type ReplicatedRow = Record<string, string | null | undefined>;

export interface ReplicatedTable {
  schema: string;
  name: string;
  columns: { name: string; typeOid: number; isKey: boolean }[];
  replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
}

/** What is streamed, transaction after transaction in the order of their commits; only what was committed. */
export type ReplicationEvent =
  | { kind: 'begin'; xid: number; committedAt: Date }
  /** Before the first change of a table, and again after its columns changed. */
  | { kind: 'table'; table: ReplicatedTable }
  | { kind: 'insert'; table: ReplicatedTable; row: ReplicatedRow }
  /** `before`: the whole row where the replica identity is full, the key where that moved, else null. */
  | { kind: 'update'; table: ReplicatedTable; row: ReplicatedRow; before: ReplicatedRow | null }
  | { kind: 'delete'; table: ReplicatedTable; before: ReplicatedRow }
  | { kind: 'truncate'; tables: ReplicatedTable[] }
  /** pg_logical_emit_message. */
  | { kind: 'message'; prefix: string; content: string; isTransactional: boolean }
  /** All of the transaction was handed over: `position` may be confirmed when its work is durable. */
  | { kind: 'commit'; position: Lsn; committedAt: Date }
  /** Nothing was published up to `position` that was not handed over: it may be confirmed, too. */
  | { kind: 'idle'; position: Lsn };

export interface ReplicationStream {
  /** Lets the database forget what lies before. Never lower than what was confirmed already. */
  confirm(position: Lsn): void;
  /** Whether all that was received was handed over, the event under way included. */
  isDrained(): boolean;
}

export interface ReplicationOptions {
  connection: ClientConfig;
  slot: string;
  publications: string[];
  /** Confirmed position of the slot: what lies before it was confirmed and is not sent again. */
  from: Lsn;
  /** Whether messages of pg_logical_emit_message are handed over; default false. */
  messages?: boolean;
  /** How often a position without changes is handed over at most; default 5 s. */
  idleEveryMs?: number;
  /** How often the database is told and asked for a sign of life; default 10 s. Below half its wal_sender_timeout. */
  statusEveryMs?: number;
  /** Ends the stream in order. */
  signal: AbortSignal;
  /** The database accepted us as the reader of the slot: nobody else is. */
  onStart?: (stream: ReplicationStream) => void;
  /** Called for one event after the other; nothing further is read from the connection while its promise is open. */
  onEvent: (event: ReplicationEvent, stream: ReplicationStream) => Promise<void> | void;
}

/** The connection is open, but nothing came over it for so many statuses. */
const SILENT_STATUSES = 4;
const MICROS_OF_MS = 1_000n;

/** Parses on arrival and counts; a parser that throws there would end the process. Values stay text. */
class CountingPgoutput extends PgoutputPlugin {
  received = 0;
  readonly errors: unknown[] = [];

  override parse(buffer: Buffer): Pgoutput.Message {
    this.received += 1;
    try {
      const message = super.parse(buffer);
      // The parser keeps the table's columns: what follows of it is read with these.
      if (message.tag === 'relation') for (const column of message.columns) column.parser = String;
      return message;
    } catch (error) {
      this.errors.push(error);
      return { tag: 'origin', originLsn: null, originName: '' };
    }
  }
}

const tables = new WeakMap<Pgoutput.MessageRelation, ReplicatedTable>();

function tableOf(relation: Pgoutput.MessageRelation): ReplicatedTable {
  const known = tables.get(relation);
  if (known) return known;
  const { schema, name, replicaIdentity } = relation;
  const columns = relation.columns.map((column) => ({
    name: column.name,
    typeOid: column.typeOid,
    isKey: (column.flags & 1) === 1,
  }));
  const table = { schema, name, columns, replicaIdentity };
  tables.set(relation, table);
  return table;
}

const instant = (micros: bigint) => new Date(Number(micros / MICROS_OF_MS));

function eventOf(message: Pgoutput.Message): ReplicationEvent | null {
  switch (message.tag) {
    case 'begin':
      return { kind: 'begin', xid: message.xid, committedAt: instant(message.commitTime.valueOf()) };
    case 'relation':
      return { kind: 'table', table: tableOf(message) };
    case 'insert':
      return { kind: 'insert', table: tableOf(message.relation), row: message.new };
    case 'update': {
      const { relation, old, key, new: row } = message;
      return { kind: 'update', table: tableOf(relation), row, before: old ?? key };
    }
    case 'delete':
      return {
        kind: 'delete',
        table: tableOf(message.relation),
        before: message.old ?? message.key ?? {},
      };
    case 'truncate':
      return { kind: 'truncate', tables: message.relations.map(tableOf) };
    case 'message':
      return {
        kind: 'message',
        prefix: message.prefix,
        content: Buffer.from(message.content).toString('utf8'),
        isTransactional: message.transactional,
      };
    case 'commit':
      if (message.commitEndLsn === null) throw new Error('A commit came without its position.');
      return {
        kind: 'commit',
        position: lsnOf(lsnNumber(message.commitEndLsn)),
        committedAt: instant(message.commitTime.valueOf()),
      };
    case 'origin':
    case 'type':
      return null;
  }
}

/** Reads until `signal` is aborted (resolves), or the connection, the database or `onEvent` fails (rejects, with why). */
export async function readReplication(options: ReplicationOptions): Promise<void> {
  const { slot, publications, from, signal, onEvent } = options;
  const { idleEveryMs = 5_000, statusEveryMs = 10_000 } = options;
  signal.throwIfAborted();
  const plugin = new CountingPgoutput({
    protoVersion: 1,
    publicationNames: publications,
    messages: options.messages ?? false,
  });
  const service = new LogicalReplicationService(
    { keepAlive: true, connectionTimeoutMillis: 10_000, ...options.connection },
    { acknowledge: { auto: false, timeoutSeconds: 0 }, flowControl: { enabled: true } },
  );
  let handled = 0;
  let confirmed = lsnNumber(from);
  let handedIdleAt = 0;
  /** A position is being handed over beside the library's queue: changes wait for it. */
  let idle: Promise<void> | null = null;
  let isInTransaction = false;
  let silentStatuses = 0;
  const failures: unknown[] = [];
  let underWay: Promise<void> | void = undefined;

  const tell = (ping: boolean) => void service.acknowledge(lsnOf(confirmed - 1n), ping);
  const stream: ReplicationStream = {
    confirm: (position) => {
      const number = lsnNumber(position);
      if (number <= confirmed) return;
      confirmed = number;
      tell(false);
    },
    isDrained: () => handled + 1 >= plugin.received,
  };
  const stopped = Promise.withResolvers<void>();
  const stop = () => {
    // It ends either way.
    void service
      .stop()
      .catch(() => undefined)
      .finally(() => stopped.resolve());
  };
  const fail = (error: unknown) => {
    failures.push(error);
    stop();
  };

  service.on('error', fail);
  service.on('start', () => options.onStart?.(stream));
  service.on('data', async (_lsn: string, message: Pgoutput.Message) => {
    if (failures.length > 0 || signal.aborted) return;
    silentStatuses = 0;
    try {
      if (idle) await idle;
      // What cannot be read is not passed over: nothing behind it may be confirmed.
      if (plugin.errors.length > 0) throw plugin.errors[0];
      const event = eventOf(message);
      if (event?.kind === 'begin') isInTransaction = true;
      if (event) await (underWay = onEvent(event, stream));
      if (event?.kind === 'commit') isInTransaction = false;
    } catch (error) {
      fail(error);
    }
    handled += 1;
  });
  service.on('heartbeat', (lsn: Lsn, _at: number, mustAnswer: boolean) => {
    silentStatuses = 0;
    if (mustAnswer) tell(false);
    const isQuiet = handled === plugin.received && !isInTransaction && idle === null && failures.length === 0;
    const now = performance.now();
    if (!isQuiet || lsnNumber(lsn) <= confirmed || now - handedIdleAt < idleEveryMs) return;
    handedIdleAt = now;
    idle = Promise.resolve(onEvent({ kind: 'idle', position: lsn }, stream))
      .catch(fail)
      .finally(() => (idle = null));
  });
  const statuses = setInterval(() => {
    if (service.isStop()) return;
    silentStatuses += 1;
    if (silentStatuses > SILENT_STATUSES && handled === plugin.received)
      fail(new Error('The database fell silent: the connection is made anew.'));
    else tell(true);
  }, statusEveryMs);
  signal.addEventListener('abort', stop);
  try {
    // A client of pg that is ended while it connects never says so: what was stopped is not waited for any longer.
    await Promise.race([service.subscribe(plugin, slot, from), stopped.promise]);
    failures.push(new Error('The database ended the stream.'));
  } catch (error) {
    failures.push(error);
  } finally {
    clearInterval(statuses);
    signal.removeEventListener('abort', stop);
    await service.destroy().catch(() => undefined); // the connection is gone already
    // What the last event asked for is not left half done behind the caller's back; how it ended is known above.
    await Promise.allSettled([underWay, idle]);
  }
  if (!signal.aborted) throw failures[0];
}
