import { describe, expect, it } from 'vitest';
import { type CsvRow, readCsvRows } from './product-csv-text';

async function rowsOf(content: string | Uint8Array): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of readCsvRows(typeof content === 'string' ? Buffer.from(content) : content))
    rows.push(row);
  return rows;
}

describe('readCsvRows', () => {
  it.each(['\n', '\r\n', '\r'])('names the line each row starts on, with line ends %j', async (end) => {
    const text = ['a,b', '1,2', '', `"x${end}y${end}${end}z",3`, '4,5'].join(end);
    expect((await rowsOf(text)).map(({ line }) => line)).toEqual([1, 2, 4, 8]);
  });

  it('finds the separator', async () => {
    expect(await rowsOf('a;b;c\n1,5;2;3')).toEqual([
      { line: 1, cells: ['a', 'b', 'c'] },
      { line: 2, cells: ['1,5', '2', '3'] },
    ]);
    expect((await rowsOf('a\tb\n1\t2'))[1]).toEqual({ line: 2, cells: ['1', '2'] });
  });

  it('reads UTF-8 and UTF-16 by their marks', async () => {
    const text = 'Handle,Title\ncafé,Kaffee ☕\n';
    const expected = [
      { line: 1, cells: ['Handle', 'Title'] },
      { line: 2, cells: ['café', 'Kaffee ☕'] },
    ];
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(await rowsOf(Buffer.from(`\ufeff${text}`))).toEqual(expected);
    expect(await rowsOf(little)).toEqual(expected);
    expect(await rowsOf(Buffer.from(little).swap16())).toEqual(expected);
  });

  it('refuses other encodings and other files, with a remedy', async () => {
    await expect(rowsOf(Buffer.from('Handle,Title\ncafé,x', 'latin1'))).rejects.toThrow(
      /not in UTF-8.*CSV UTF-8/,
    );
    await expect(rowsOf(Buffer.from('Handle,Title\n', 'utf16le'))).rejects.toThrow(/not text/);
    await expect(rowsOf(Buffer.from('PK\u0003\u0004'))).rejects.toThrow(/Excel workbook/);
  });

  it('reports a quotation mark that is never closed with its row, and keeps the rows before', async () => {
    expect(await rowsOf('a,b\n1,2\n3,"4\n5,6\n')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2'] },
      { line: 3, unreadable: expect.stringContaining('never closed') },
    ]);
  });

  it('keeps stray quotation marks inside a text', async () => {
    expect((await rowsOf('a,b\n17" laptop sleeve,2'))[1]).toEqual({
      line: 2,
      cells: ['17" laptop sleeve', '2'],
    });
  });
});
