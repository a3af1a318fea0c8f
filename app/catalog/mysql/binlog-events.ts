/**
 * The events of a binary log, parsed as far as following needs them. Pure.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html
 * https://mariadb.com/kb/en/replication-protocol/
 */
import { crc32, inflateSync } from 'node:zlib';
import { endOf, metaLength, textAt } from './binlog-values';
import type { ColumnType, KeyColumn } from './binlog-values';

export interface RawEvent {
  type: number;
  flags: number;
  /** Seconds. */
  timestamp: number;
  /** Where the next event begins; 0 in events that are in no file. Has 32 bits: in a huge file it begins anew. */
  next: number;
  body: Buffer;
}

const HEADER = 19;
const CHECKSUM = 4;
const ROTATE = 4;
const FORMAT = 15;

/** Reads the events of one connection; the head of each file says whether check sums follow. */
export function createEventReader(): (bytes: Buffer) => RawEvent {
  let hasChecksums = false;
  return (bytes) => {
    const type = bytes.readUInt8(4);
    if (type === FORMAT) hasChecksums = bytes.readUInt8(bytes.length - CHECKSUM - 1) === 1;
    // Where a file ends, servers send an event that is in none, some with a check sum and some without.
    const isChecked =
      type === ROTATE
        ? bytes.length > HEADER + CHECKSUM &&
          crc32(bytes.subarray(0, -CHECKSUM)) === bytes.readUInt32LE(bytes.length - CHECKSUM)
        : type === FORMAT || hasChecksums;
    return {
      timestamp: bytes.readUInt32LE(0),
      type,
      next: bytes.readUInt32LE(13),
      flags: bytes.readUInt16LE(17),
      body: bytes.subarray(HEADER, isChecked ? -CHECKSUM : undefined),
    };
  };
}

export interface LoggedTable {
  schema: string;
  name: string;
  columns: ColumnType[];
}

export type BinlogEvent =
  | { kind: 'rotate'; file: string; position: number }
  /** Heads a file. */
  | { kind: 'format' }
  | { kind: 'statement'; schema: string; text: string }
  /** A transaction begins; `isAlone`: or a statement that ends it, too. `gtid`: of MySQL, where it has one. */
  | { kind: 'begin'; gtid: string | null; isAlone: boolean }
  | { kind: 'commit' }
  /** One that another statement commits later (XA). */
  | { kind: 'prepare' }
  | { kind: 'table'; id: number; table: LoggedTable }
  | { kind: 'rows'; table: number; rows: LoggedRows }
  | { kind: 'heartbeat' }
  | { kind: 'nothing' }
  /** The server says that something is missing, or writes what is not understood here. */
  | { kind: 'unreadable'; reason: string };

export interface LoggedRows {
  /** Rows come in pairs, before and after. */
  isUpdate: boolean;
  columnCount: number;
  /** Which columns the first of a pair, and the second, have. */
  present: Buffer[];
  data: Buffer;
}

const text = (bytes: Buffer) => bytes.toString('utf8');

/** A number of 1, 3, 4 or 9 bytes. */
function packed(bytes: Buffer, at: number): { value: number; end: number } {
  const first = bytes.readUInt8(at);
  if (first < 251) return { value: first, end: at + 1 };
  if (first === 252) return { value: bytes.readUInt16LE(at + 1), end: at + 3 };
  if (first === 253) return { value: bytes.readUIntLE(at + 1, 3), end: at + 4 };
  return { value: Number(bytes.readBigUInt64LE(at + 1)), end: at + 9 };
}

function readTable(body: Buffer): BinlogEvent {
  const id = body.readUIntLE(0, 6);
  const schemaEnd = 9 + body.readUInt8(8);
  const nameEnd = schemaEnd + 2 + body.readUInt8(schemaEnd + 1);
  const count = packed(body, nameEnd + 1);
  const typesEnd = count.end + count.value;
  let at = packed(body, typesEnd).end;
  const columns = [...body.subarray(count.end, typesEnd)].map((type): ColumnType => {
    const length = metaLength(type);
    at += length;
    return { type, meta: length === 0 ? 0 : body.readUIntLE(at - length, length) };
  });
  const table = {
    schema: text(body.subarray(9, schemaEnd)),
    name: text(body.subarray(schemaEnd + 2, nameEnd)),
    columns,
  };
  return { kind: 'table', id, table };
}

/** MariaDB's log_bin_compress: a byte that tells the bytes of the length, the length, and zlib's stream. */
function inflated(bytes: Buffer): Buffer {
  const head = bytes.readUInt8(0);
  return inflateSync(bytes.subarray(1 + (head & 0x07)));
}

function readRows(
  body: Buffer,
  form: { isUpdate: boolean; isSecond: boolean; isCompressed: boolean },
): BinlogEvent {
  const extra = form.isSecond ? body.readUInt16LE(8) : 0;
  const count = packed(body, 8 + extra);
  const length = (count.value + 7) >> 3;
  const present = (form.isUpdate ? [0, 1] : [0]).map((index) =>
    body.subarray(count.end + index * length, count.end + (index + 1) * length),
  );
  const data = body.subarray(count.end + present.length * length);
  return {
    kind: 'rows',
    table: body.readUIntLE(0, 6),
    rows: {
      isUpdate: form.isUpdate,
      columnCount: count.value,
      present,
      data: form.isCompressed ? inflated(data) : data,
    },
  };
}

function readStatement(body: Buffer, isCompressed: boolean): BinlogEvent {
  const schemaAt = 13 + body.readUInt16LE(11);
  const schemaEnd = schemaAt + body.readUInt8(8);
  const rest = body.subarray(schemaEnd + 1);
  const statement = text(isCompressed ? inflated(rest) : rest);
  const verb = statement.trimStart().slice(0, 12).toUpperCase();
  if (verb.startsWith('BEGIN')) return { kind: 'begin', gtid: null, isAlone: false };
  if (/^(COMMIT|ROLLBACK)\b(?! TO)/.test(verb)) return { kind: 'commit' };
  return { kind: 'statement', schema: text(body.subarray(schemaAt, schemaEnd)), text: statement };
}

function readGtid(body: Buffer): BinlogEvent {
  const id = body.subarray(1, 17).toString('hex');
  const uuid = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
  return { kind: 'begin', gtid: `${uuid}:${body.readBigUInt64LE(17)}`, isAlone: true };
}

/** What may be passed over: notes for replicas, values for statements, and what says so of itself. */
const PASSED = new Set([0, 3, 5, 13, 14, 28, 29, 34, 35, 36, 37, 160, 161, 163]);
const IGNORABLE = 0x80;

export function readBinlogEvent({ type, flags, body }: RawEvent): BinlogEvent {
  switch (type) {
    case 2:
      return readStatement(body, false);
    case 165:
      return readStatement(body, true);
    case 4:
      return { kind: 'rotate', position: Number(body.readBigUInt64LE(0)), file: text(body.subarray(8)) };
    case 15:
      return { kind: 'format' };
    case 16:
      return { kind: 'commit' };
    case 19:
      return readTable(body);
    case 23:
    case 25:
      return readRows(body, { isUpdate: false, isSecond: false, isCompressed: false });
    case 24:
      return readRows(body, { isUpdate: true, isSecond: false, isCompressed: false });
    case 30:
    case 32:
      return readRows(body, { isUpdate: false, isSecond: true, isCompressed: false });
    case 31:
      return readRows(body, { isUpdate: true, isSecond: true, isCompressed: false });
    case 166:
    case 168:
      return readRows(body, { isUpdate: false, isSecond: false, isCompressed: true });
    case 167:
      return readRows(body, { isUpdate: true, isSecond: false, isCompressed: true });
    case 169:
    case 171:
      return readRows(body, { isUpdate: false, isSecond: true, isCompressed: true });
    case 170:
      return readRows(body, { isUpdate: true, isSecond: true, isCompressed: true });
    case 26:
      return { kind: 'unreadable', reason: 'The server noted that changes are missing in its binary log.' };
    case 27:
    case 41:
      return { kind: 'heartbeat' };
    case 33:
      return readGtid(body);
    case 38:
      return { kind: 'prepare' };
    case 39:
      return { kind: 'unreadable', reason: 'A row was logged in part only (binlog_row_value_options).' };
    case 40:
      return {
        kind: 'unreadable',
        reason: 'A transaction was logged compressed (binlog_transaction_compression).',
      };
    case 162:
      // The byte behind number and domain tells whether a COMMIT follows.
      return { kind: 'begin', gtid: null, isAlone: (body.readUInt8(12) & 1) === 1 };
    default:
      return PASSED.has(type) || (flags & IGNORABLE) !== 0
        ? { kind: 'nothing' }
        : {
            kind: 'unreadable',
            reason: `The binary log holds an event of the type ${type}, which is not known.`,
          };
  }
}

const hasBit = (bits: Buffer, index: number) => ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;

/** A column of the key, with its place in the row. */
export interface PlacedColumn extends KeyColumn {
  index: number;
}

/** Thrown where a row does not tell its key: the table was another one then, or the log holds rows in part. */
export class UntoldKey extends Error {
  constructor(column: string) {
    super(`A logged row does not tell its column "${column}".`);
    this.name = 'UntoldKey';
  }
}

/** The keys of the rows, as texts by column; NULL is null. */
export function* keysOf(
  { columns }: LoggedTable,
  { columnCount, isUpdate, present, data }: LoggedRows,
  keyColumns: PlacedColumn[],
): Generator<Record<string, string | null>> {
  const byIndex = new Map(keyColumns.map((column) => [column.index, column]));
  const counts = present.map((bits) => {
    let count = 0;
    for (let index = 0; index < columnCount; index += 1) if (hasBit(bits, index)) count += 1;
    return count;
  });
  let at = 0;
  for (let image = 0; at < data.length; image = isUpdate ? 1 - image : 0) {
    const bits = present[image] ?? Buffer.alloc(0);
    const nulls = data.subarray(at, (at += ((counts[image] ?? 0) + 7) >> 3));
    const key: Record<string, string | null> = {};
    let told = 0;
    for (let index = 0, seen = 0; index < columnCount; index += 1) {
      if (!hasBit(bits, index)) continue;
      const wanted = byIndex.get(index);
      const isNull = hasBit(nulls, seen);
      seen += 1;
      if (wanted !== undefined) told += 1;
      if (isNull) {
        if (wanted !== undefined) key[wanted.name] = null;
        continue;
      }
      const column = columns[index];
      if (column === undefined) throw new UntoldKey(String(index));
      if (wanted !== undefined) {
        const value = textAt(column, wanted, data, at);
        if (value === null) throw new UntoldKey(wanted.name);
        key[wanted.name] = value;
      }
      at = endOf(column, data, at);
    }
    const missing = told === keyColumns.length ? undefined : keyColumns.find(({ name }) => !(name in key));
    if (missing !== undefined) throw new UntoldKey(missing.name);
    yield key;
  }
}
