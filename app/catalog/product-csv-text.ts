/** From the bytes of a file to its rows: encoding, separator, quotes and line numbers. */
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { UnreadableCatalogFile } from './product-csv-columns';

/** A row of a file. `line` is the one it starts on; the first line of the file is 1. */
export type CsvRow = { line: number; cells: string[] } | { line: number; unreadable: string };

const chunkBytes = 256 * 1024;
const spreadsheetRemedy = 'In a spreadsheet, save it as "CSV UTF-8 (comma delimited)".';

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes)
    yield bytes.subarray(start, start + chunkBytes);
}

/** The file as UTF-8 without a byte order mark; UTF-16 only where the mark says so. */
export function toUtf8(content: Uint8Array): Uint8Array {
  const [first, second, third] = content;
  if (first === 0xef && second === 0xbb && third === 0xbf) return toUtf8(content.subarray(3));
  if (first === 0xff && second === 0xfe)
    return Buffer.from(new TextDecoder('utf-16le').decode(content), 'utf8');
  if (first === 0xfe && second === 0xff)
    return Buffer.from(new TextDecoder('utf-16be').decode(content), 'utf8');
  if (first === 0x50 && second === 0x4b)
    throw new UnreadableCatalogFile(
      `This is a ZIP archive or an Excel workbook, not a CSV file. ${spreadsheetRemedy}`,
    );
  if (content.subarray(0, 4096).includes(0))
    throw new UnreadableCatalogFile(
      `The file is not text (it may be UTF-16 without a mark). ${spreadsheetRemedy}`,
    );
  if (!isUtf8(content))
    throw new UnreadableCatalogFile(
      `The file is not in UTF-8 (it may be in a Windows or Mac code page, so accented letters would be lost). ${spreadsheetRemedy}`,
    );
  return content;
}

/** The separator that occurs most often in the first line, outside quotes: comma, semicolon or tab. */
export function separatorOf(text: Uint8Array): string {
  const end = text.indexOf(0x0a);
  const line = new TextDecoder().decode(text.subarray(0, end === -1 ? Math.min(text.length, 65_536) : end));
  const bare = line.replace(/"[^"]*"/g, '');
  const counted = [',', ';', '\t'].map((separator) => ({ separator, count: bare.split(separator).length }));
  return counted.reduce((best, each) => (each.count > best.count ? each : best)).separator;
}

function problemOf(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'A quotation mark is opened and never closed, so everything after it runs together.';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'A quotation mark stands in the middle of a quoted text.';
    default:
      return `The row cannot be read (${error.code}).`;
  }
}

/** Counts the lines of a text from the byte offsets at which its rows end. */
class LineCounter {
  private offset = 0;
  private line = 1;

  constructor(private readonly text: Uint8Array) {}

  /** Moves to the end of the row that ends at `end`; returns the line on which it started, past empty lines. */
  startOfRowEndingAt(end: number): number {
    while (this.offset < end && this.atLineEnd()) this.step();
    const start = this.line;
    while (this.offset < end) this.step();
    return start;
  }

  private atLineEnd(): boolean {
    const byte = this.text[this.offset];
    return byte === 0x0a || byte === 0x0d;
  }

  private step(): void {
    const byte = this.text[this.offset];
    // The second half of CR LF ends no further line.
    if (byte === 0x0d || (byte === 0x0a && this.text[this.offset - 1] !== 0x0d)) this.line += 1;
    this.offset += 1;
  }
}

/** Every row of the file in order, the header first. Throws UnreadableCatalogFile where the encoding is not known. */
export async function* readCsvRows(content: Uint8Array): AsyncGenerator<CsvRow> {
  const text = toUtf8(content);
  if (text.length === 0) return;
  const lines = new LineCounter(text);
  const unreadable: CsvRow[] = [];
  /** Lines of the rows that the parser has read and we have not yet. */
  const starts: number[] = [];
  const parser = parse({
    delimiter: separatorOf(text),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      if (error === undefined) return undefined;
      const end = error['bytes'];
      const line = lines.startOfRowEndingAt(typeof end === 'number' ? end : text.length);
      unreadable.push({ line, unreadable: problemOf(error) });
      return undefined;
    },
    on_record: (cells, { bytes }) => {
      starts.push(lines.startOfRowEndingAt(bytes));
      return cells;
    },
  });
  const rows: AsyncIterable<string[]> = Readable.from(chunksOf(text)).pipe(parser);
  for await (const cells of rows) {
    const row = { line: starts.shift() ?? 0, cells };
    // The parser runs ahead of us: what it could not read comes when its line does.
    while (unreadable[0] !== undefined && unreadable[0].line < row.line) yield* unreadable.splice(0, 1);
    yield row;
  }
  yield* unreadable;
}
