import { stringify } from 'csv-stringify/sync';
import { spreadsheetCell } from '~/core/spreadsheet-cell';

/** Rows as CSV that a spreadsheet opens without running anything in it. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => row.map(spreadsheetCell)),
    // Line ends of the file are the rows' own only where they stand in quotes.
    { quoted_match: /[\r\n]/ },
  );
}
