/** Reads a file that lists SKUs: what a bulk edit is to be limited to. */
import { type Reading, bad, readCode } from './product-csv-cells';
import { UnreadableCatalogFile } from './product-csv-columns';
import { type CsvRow, readCsvRows } from './product-csv-text';

export const SKU_LIST_MAX = 50_000;
const PROBLEMS_SHOWN = 100;
/** "Variant SKU" is what the column is called in Shopify's product CSV. */
const HEADERS = ['sku', 'variant sku'];

export interface SkuListProblem {
  /** The first line of the file is 1; null where the file as a whole is meant. */
  line: number | null;
  value: string | null;
  reason: string;
  remedy: string;
}

/** Where the file as a whole cannot be taken, `skus` is empty; of what is wrong in single lines, the first 100 are told. */
export interface SkuList {
  /** As they are written, in the order of the file, each once. */
  skus: string[];
  problems: SkuListProblem[];
}

const refused = (reason: string, remedy: string): SkuList => ({
  skus: [],
  problems: [{ line: null, value: null, reason, remedy }],
});

const isBlank = (cells: string[]) => cells.every((cell) => cell.trim() === '');

/** Which column holds the SKUs, and whether the first row only names it. Null: that cannot be told. */
function columnOf(first: string[]): { index: number; isNamed: boolean } | null {
  const named = first.findIndex((cell) => HEADERS.includes(cell.trim().toLowerCase()));
  if (named !== -1) return { index: named, isNamed: true };
  // A single column; empty cells behind it are what spreadsheets leave.
  return isBlank(first.slice(1)) ? { index: 0, isNamed: false } : null;
}

/** As an import of products reads it, so that both mean the same SKU. */
function skuOf(cell: string): Reading<string> {
  return cell.includes('\u0000')
    ? bad('There is a character in it that no SKU holds.', 'Write the SKU anew.')
    : readCode(cell);
}

/**
 * The SKUs of a CSV or text file: one column, or the column that is named SKU (or Variant SKU), in any capitals. UTF-8, or
 * UTF-16 with its mark; separated by comma, semicolon or tab; spaces around a SKU are none of it; blank lines and
 * repetitions are left out. More than 50,000 are refused as a whole: a part of a selection is another selection.
 */
export async function readSkuList(content: Uint8Array): Promise<SkuList> {
  const skus = new Set<string>();
  const problems: SkuListProblem[] = [];
  let column: { index: number; isNamed: boolean } | null = null;
  const take = (row: CsvRow): void => {
    if ('unreadable' in row) {
      const remedy = 'Close the quotation mark, and double every quotation mark inside a quoted text.';
      problems.push({ line: row.line, value: null, reason: row.unreadable, remedy });
      return;
    }
    const cell = (row.cells[column?.index ?? 0] ?? '').trim();
    const reading =
      column?.isNamed === false && !isBlank(row.cells.slice(1))
        ? bad(
            'The line holds more than one value.',
            'Name the column of the SKUs in the first line, or put a SKU with a comma in quotation marks.',
          )
        : skuOf(cell);
    if (reading.ok) {
      if (reading.value !== '') skus.add(reading.value);
    } else {
      const { reason, remedy } = reading;
      problems.push({ line: row.line, value: cell.slice(0, 100), reason, remedy });
    }
  };
  try {
    for await (const row of readCsvRows(content)) {
      if (column === null && !('unreadable' in row)) {
        if (isBlank(row.cells)) continue;
        column = columnOf(row.cells);
        if (column === null)
          return refused(
            'The file has several columns, and none of them is named SKU.',
            'Name the column of the SKUs "SKU" in the first line, or leave only that column.',
          );
        if (column.isNamed) continue;
      }
      take(row);
      if (skus.size > SKU_LIST_MAX)
        return refused(
          `The file lists more than ${SKU_LIST_MAX} different SKUs.`,
          'Split it, or select by a search.',
        );
    }
  } catch (error) {
    if (!(error instanceof UnreadableCatalogFile)) throw error;
    return refused(error.message, 'Upload a CSV or text file with one SKU in each line.');
  }
  if (skus.size === 0 && problems.length === 0)
    return refused('There is no SKU in the file.', 'Write one SKU in each line.');
  return { skus: [...skus], problems: problems.slice(0, PROBLEMS_SHOWN) };
}
