/** Text for a cell of a CSV file that a person opens in a spreadsheet. */

/** What makes Excel, LibreOffice or Google Sheets take a cell for a formula, full-width forms and line ends included. */
const STARTS_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const PLAIN_NEGATIVE = /^-\d+(\.\d+)?$/;

/**
 * The text with an apostrophe before it where a spreadsheet would run it as a formula. A plain negative number ("-12.50")
 * stays one: it computes nothing, and a column of stock is to be summed.
 */
export function spreadsheetCell(text: string): string {
  return STARTS_FORMULA.test(text) && !PLAIN_NEGATIVE.test(text) ? `'${text}` : text;
}
