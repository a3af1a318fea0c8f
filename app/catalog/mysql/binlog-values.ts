/**
 * The values of a row as the binary log holds them, read only as far as needed: every column's length, and the texts of the
 * columns by which products are known, exactly as the server prints them. Pure.
 */
import { enumWords, isBinary } from './mysql-quoting';

/** https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html; 140 and 141 are MariaDB's. */
const TYPE = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newdate: 14,
  varchar: 15,
  bit: 16,
  timestamp2: 17,
  datetime2: 18,
  time2: 19,
  compressedBlob: 140,
  compressedVarchar: 141,
  vector: 242,
  json: 245,
  decimal: 246,
  enum: 247,
  set: 248,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

export interface ColumnType {
  type: number;
  /** What the table's description says beside it: a length, a precision. */
  meta: number;
}

/** A column that holds a part of a product's key, as information_schema has it. */
export interface KeyColumn {
  name: string;
  /** "bigint(20) unsigned" */
  type: string;
  /** Of a text. */
  charset: string | null;
}

/** Bytes of `meta` in a table's description. */
export function metaLength(type: number): number {
  switch (type) {
    case TYPE.varchar:
    case TYPE.compressedVarchar:
    case TYPE.bit:
    case TYPE.decimal:
    case TYPE.string:
    case TYPE.varString:
    case TYPE.enum:
    case TYPE.set:
      return 2;
    case TYPE.float:
    case TYPE.double:
    case TYPE.blob:
    case TYPE.compressedBlob:
    case TYPE.geometry:
    case TYPE.json:
    case TYPE.vector:
    case TYPE.timestamp2:
    case TYPE.datetime2:
    case TYPE.time2:
      return 1;
    default:
      return 0;
  }
}

const DIGITS = 9;
const BYTES_OF_DIGITS = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];
const bytesOf = (digits: number) => Math.floor(digits / DIGITS) * 4 + (BYTES_OF_DIGITS[digits % DIGITS] ?? 0);

const precisionOf = (meta: number) => meta & 0xff;
const scaleOf = (meta: number) => meta >> 8;

/** CHAR, and what hides behind it: the first byte of the description tells ENUM and SET, the rest a length. */
function stringOf(meta: number): { kind: 'enum' | 'set' | 'char'; length: number } {
  const real = meta & 0xff;
  const low = meta >> 8;
  if (real === TYPE.enum) return { kind: 'enum', length: low };
  if (real === TYPE.set) return { kind: 'set', length: low };
  return { kind: 'char', length: (((real & 0x30) ^ 0x30) << 4) | low };
}

/** What a value needs of the row: its prefix, which tells a length, and itself. */
function extent({ type, meta }: ColumnType, row: Buffer, at: number): { prefix: number; length: number } {
  const fixed = (length: number) => ({ prefix: 0, length });
  const prefixed = (prefix: number) => ({ prefix, length: row.readUIntLE(at, prefix) });
  const fraction = (meta + 1) >> 1;
  switch (type) {
    case TYPE.tiny:
    case TYPE.year:
      return fixed(1);
    case TYPE.short:
      return fixed(2);
    case TYPE.int24:
    case TYPE.date:
    case TYPE.newdate:
    case TYPE.time:
      return fixed(3);
    case TYPE.long:
    case TYPE.float:
    case TYPE.timestamp:
      return fixed(4);
    case TYPE.longlong:
    case TYPE.double:
    case TYPE.datetime:
      return fixed(8);
    case TYPE.timestamp2:
      return fixed(4 + fraction);
    case TYPE.datetime2:
      return fixed(5 + fraction);
    case TYPE.time2:
      return fixed(3 + fraction);
    case TYPE.decimal:
      return fixed(bytesOf(precisionOf(meta) - scaleOf(meta)) + bytesOf(scaleOf(meta)));
    case TYPE.bit:
      return fixed((meta >> 8) + ((meta & 0xff) > 0 ? 1 : 0));
    case TYPE.varchar:
    case TYPE.compressedVarchar:
    case TYPE.varString:
      return prefixed(meta > 255 ? 2 : 1);
    case TYPE.blob:
    case TYPE.compressedBlob:
    case TYPE.geometry:
    case TYPE.json:
    case TYPE.vector:
      return prefixed(meta);
    case TYPE.string: {
      const { kind, length } = stringOf(meta);
      return kind === 'char' ? prefixed(length > 255 ? 2 : 1) : fixed(length);
    }
    default:
      throw new Error(`The binary log holds a column of the type ${type}, which is not known.`);
  }
}

/** Where the value after this one begins. */
export function endOf(column: ColumnType, row: Buffer, at: number): number {
  const { prefix, length } = extent(column, row, at);
  return at + prefix + length;
}

/** Groups of nine digits, four bytes each, the odd ones at the outer ends; negative values have all bits turned over. */
function decimalText(bytes: Buffer, meta: number): string {
  const scale = scaleOf(meta);
  const whole = precisionOf(meta) - scale;
  const plain = Buffer.from(bytes);
  const isNegative = ((plain[0] ?? 0) & 0x80) === 0;
  plain[0] = (plain[0] ?? 0) ^ 0x80;
  if (isNegative) for (const [index, byte] of plain.entries()) plain[index] = byte ^ 0xff;
  let at = 0;
  const take = (digits: number): string => {
    const length = BYTES_OF_DIGITS[digits] ?? 0;
    if (length === 0) return '';
    at += length;
    return String(plain.readUIntBE(at - length, length)).padStart(digits, '0');
  };
  const full = (digits: number) =>
    Array.from({ length: Math.floor(digits / DIGITS) }, () => take(DIGITS)).join('');
  const integer = (take(whole % DIGITS) + full(whole)).replace(/^0+(?=\d)/, '') || '0';
  const fraction = full(scale) + take(scale % DIGITS);
  return `${isNegative ? '-' : ''}${integer}${fraction === '' ? '' : `.${fraction}`}`;
}

/** How MySQL's sets of characters are called elsewhere; its latin1 is what browsers read as windows-1252. */
const encodings: Record<string, string> = {
  utf8mb4: 'utf-8',
  utf8mb3: 'utf-8',
  utf8: 'utf-8',
  ascii: 'utf-8',
  latin1: 'windows-1252',
  latin2: 'iso-8859-2',
  latin5: 'windows-1254',
  latin7: 'iso-8859-13',
  greek: 'iso-8859-7',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1256: 'windows-1256',
  cp1257: 'windows-1257',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  sjis: 'shift_jis',
  cp932: 'shift_jis',
  ujis: 'euc-jp',
  eucjpms: 'euc-jp',
  euckr: 'euc-kr',
  big5: 'big5',
  gbk: 'gbk',
  gb18030: 'gb18030',
};

function integerText(bytes: Buffer, isUnsigned: boolean): string {
  if (bytes.length === 8) return String(isUnsigned ? bytes.readBigUInt64LE() : bytes.readBigInt64LE());
  return String(isUnsigned ? bytes.readUIntLE(0, bytes.length) : bytes.readIntLE(0, bytes.length));
}

const padded = (number: number, length: number) => String(number).padStart(length, '0');

/** Whether the text of such a column can be told from the log alone. */
export function isReadable({ type, charset }: KeyColumn): boolean {
  if (/zerofill/.test(type)) return false;
  if (/^(tinyint|smallint|mediumint|int|bigint|decimal|date|year|enum|binary|varbinary)\b/.test(type))
    return true;
  return (
    /^(char|varchar|tinytext|text|mediumtext|longtext)\b/.test(type) &&
    charset !== null &&
    charset in encodings
  );
}

/** The text of a value, as the server prints it; null where the log's type and the column's are not of one kind. */
export function textAt(column: ColumnType, key: KeyColumn, row: Buffer, at: number): string | null {
  const { prefix, length } = extent(column, row, at);
  const bytes = row.subarray(at + prefix, at + prefix + length);
  const [kind = ''] = /^[a-z]+/.exec(key.type) ?? [];
  switch (column.type) {
    case TYPE.tiny:
    case TYPE.short:
    case TYPE.int24:
    case TYPE.long:
    case TYPE.longlong:
      return /int$/.test(kind) ? integerText(bytes, key.type.includes('unsigned')) : null;
    case TYPE.decimal:
      return kind === 'decimal' ? decimalText(bytes, column.meta) : null;
    case TYPE.year:
      return kind === 'year' ? (bytes[0] === 0 ? '0000' : String(1900 + (bytes[0] ?? 0))) : null;
    case TYPE.date:
    case TYPE.newdate: {
      const date = bytes.readUIntLE(0, 3);
      return kind === 'date'
        ? `${padded(date >> 9, 4)}-${padded((date >> 5) & 15, 2)}-${padded(date & 31, 2)}`
        : null;
    }
    case TYPE.string: {
      const { kind: real } = stringOf(column.meta);
      if (real === 'set') return null;
      if (real === 'enum') {
        if (kind !== 'enum') return null;
        const index = bytes.readUIntLE(0, bytes.length);
        return index === 0 ? '' : (enumWords(key.type)[index - 1] ?? null);
      }
      return stringText(bytes, key);
    }
    case TYPE.varchar:
    case TYPE.varString:
    case TYPE.blob:
      return stringText(bytes, key);
    default:
      return null;
  }
}

function stringText(bytes: Buffer, key: KeyColumn): string | null {
  if (isBinary(key)) {
    // BINARY(16) is stored without the zeros at its end, and read with them.
    const [, size] = /^binary\((\d+)\)/.exec(key.type) ?? [];
    return bytes.toString('hex').padEnd(2 * Number(size ?? 0), '0');
  }
  const encoding = key.charset === null ? undefined : encodings[key.charset];
  return encoding === undefined ? null : new TextDecoder(encoding).decode(bytes);
}
