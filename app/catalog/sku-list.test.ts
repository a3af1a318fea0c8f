import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SKU_LIST_MAX, readSkuList } from './sku-list';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readSkuList(bytes(text));

describe('readSkuList', () => {
  it.each<[string, string[]]>([
    ['A-1\nB-2\n', ['A-1', 'B-2']],
    ['A-1\r\nB-2\r\n\r\n', ['A-1', 'B-2']],
    ['A-1\rB-2', ['A-1', 'B-2']],
    ['\ufeffSKU\nA-1', ['A-1']],
    ['\n\n  \nsku\n\n A-1 \n   \nB-2\n', ['A-1', 'B-2']],
    ['A\na\nA\n', ['A', 'a']],
    ['"A,1"\n"say ""B"""\n', ['A,1', 'say "B"']],
    ['Title,Sku,Price\n"Tent, green",A-1,5\nRope,,6\nStove,B-2,7\n', ['A-1', 'B-2']],
    ['Title;SKU\nTent;A-1\n', ['A-1']],
    ['sku\ttitle\nA-1\tTent\n', ['A-1']],
    ['Handle,Variant SKU\ntent,A-1\n', ['A-1']],
    ['A-1,,\nB-2,,\n', ['A-1', 'B-2']],
    ['007\n1e5\n', ['007', '1e5']],
    // As spreadsheets and our own export keep digits text.
    ["'007\n''8\n'A", ['007', "'8", "'A"]],
  ])('reads %j', async (text, skus) => {
    expect(await read(text)).toEqual({ skus, problems: [] });
  });

  it('reads UTF-16 with its mark', async () => {
    const text = Buffer.from('\ufeffSKU\r\nÄ-1\r\n', 'utf16le');
    expect(await readSkuList(text)).toEqual({ skus: ['Ä-1'], problems: [] });
  });

  it.each<[string, RegExp]>([
    ['', /no SKU/],
    ['\n , \n', /no SKU/],
    ['SKU\n\n', /no SKU/],
    ['Title,Price\nTent,5\n', /none of them is named SKU/],
    ['PK\u0003\u0004', /ZIP archive or an Excel/],
    ['A\u0000B', /not text/],
  ])('refuses %j as a whole', async (text, reason) => {
    const { skus, problems } = await read(text);
    expect(skus).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.line).toBeNull();
    expect(problems[0]!.reason).toMatch(reason);
  });

  it('names the lines it cannot take, and takes the others', async () => {
    const long = 'x'.repeat(256);
    const { skus, problems } = await read(`A-1\n\n${long}\nB-2,C-3\nD-4\n4.01E+12\n"E-5`);
    expect(skus).toEqual(['A-1', 'D-4']);
    expect(problems.map(({ line, value }) => [line, value])).toEqual([
      [3, long.slice(0, 100)],
      [4, 'B-2'],
      [6, '4.01E+12'],
      [7, null],
    ]);
    expect(await read(`${'a'.repeat(5000)}\nA\u0000B\nC`)).toMatchObject({
      skus: ['C'],
      problems: [{ line: 1 }, { line: 2, value: 'A\u0000B' }],
    });
  });

  it('tells the first hundred problems', async () => {
    const { skus, problems } = await read(`A\n${'B,C\n'.repeat(150)}D\n`);
    expect(skus).toEqual(['A', 'D']);
    expect(problems).toHaveLength(100);
  });

  it('takes 50,000 different SKUs and not one more', async () => {
    const list = Array.from({ length: SKU_LIST_MAX }, (_, index) => `S-${index}`);
    expect((await read(`${list.join('\n')}\nS-0\nS-1\n`)).skus).toEqual(list);
    const { skus, problems } = await read([...list, 'one more'].join('\n'));
    expect(skus).toEqual([]);
    expect(problems[0]!.reason).toContain('50000');
  });

  it('reads back every list that is written as CSV', async () => {
    const sku = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .map((text) => text.replace(/[\u0000\ufeff\ufffe]/g, '').trim())
      .filter((text) => text !== '' && text.isWellFormed() && !/^'|E\+/i.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(sku, { minLength: 1, maxLength: 30 }),
        fc.constantFrom('\n', '\r\n'),
        async (skus, end) => {
          const quoted = skus.map((each) => `"${each.replaceAll('"', '""')}"`);
          expect(await read(['SKU', ...quoted].join(end))).toEqual({ skus, problems: [] });
        },
      ),
    );
  });

  it('never fails, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (content) => {
        const { skus, problems } = await readSkuList(content);
        expect(skus.length + problems.length).toBeGreaterThan(0);
      }),
    );
  });
});
