import { describe, expect, it } from 'vitest';
import type { CatalogProductState, ImportProblem } from '~/core/catalog-product';
import { applyPatch } from './apply-patch';
import { outlineCatalogFile, readProductCsv } from './product-csv-parse';

interface Imported {
  catalog: Map<string, CatalogProductState>;
  problems: ImportProblem[];
  rowsRejected: number;
  changed: number;
}

let ids = 0;
const newId = () => `id-${(ids += 1)}`;

/** Imports a file into a catalog in memory. */
async function importFile(text: string, start = new Map<string, CatalogProductState>()): Promise<Imported> {
  const content = Buffer.from(text);
  const catalog = new Map(start);
  const imported: Imported = { catalog, problems: [], rowsRejected: 0, changed: 0 };
  for await (const { patch, problems, rowsRejected } of readProductCsv(
    content,
    await outlineCatalogFile(content),
  )) {
    imported.problems.push(...problems);
    imported.rowsRejected += rowsRejected;
    if (patch === null) continue;
    const before = catalog.get(patch.handle) ?? null;
    const outcome = applyPatch(before, patch, newId);
    imported.problems.push(...outcome.problems);
    imported.rowsRejected += outcome.rowsRejected;
    if (outcome.product === null) continue;
    if (JSON.stringify(outcome.product) !== JSON.stringify(before)) imported.changed += 1;
    catalog.set(patch.handle, outcome.product);
  }
  return imported;
}

const tent = `Handle,Title,Tags,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Price,Variant Compare At Price,Image Src,Image Position,Image Alt Text,Variant Image
tent,Tent,"camp, summer",Size,Two,Color,Green,T2G,199,249,https://x.test/1.jpg,1,Front,https://x.test/2.jpg
tent,,,,Two,,Red,T2R,189.5,,https://x.test/2.jpg,2,,
tent,,,,Three,,Green,T3G,299,,https://x.test/3.jpg,3,,
tent,,,,,,,,,,https://x.test/4.jpg,4,,
`;

describe('a product of many rows', () => {
  it('becomes one product with its options, variants and pictures', async () => {
    const { catalog, problems } = await importFile(tent);
    const product = catalog.get('tent')!;
    expect(problems).toEqual([]);
    expect(product.fields).toMatchObject({
      title: 'Tent',
      tags: ['camp', 'summer'],
      status: 'ACTIVE',
      published: true,
    });
    expect(product.options).toEqual([
      { name: 'Size', values: ['Two', 'Three'] },
      { name: 'Color', values: ['Green', 'Red'] },
    ]);
    expect(
      product.variants.map(({ optionValues, fields }) => [...optionValues, fields.sku, fields.price]),
    ).toEqual([
      ['Two', 'Green', 'T2G', '199'],
      ['Two', 'Red', 'T2R', '189.5'],
      ['Three', 'Green', 'T3G', '299'],
    ]);
    expect(product.media.map(({ url, alt }) => [url.at(-5), alt])).toEqual([
      ['1', 'Front'],
      ['2', ''],
      ['3', ''],
      ['4', ''],
    ]);
    expect(product.variants[0]!.mediaId).toBe(product.media[1]!.id);
  });

  it('may have its rows anywhere in the file', async () => {
    const [header, first, ...rest] = tent.trim().split('\n');
    const other = 'hut,Hut,,,,,,,5,,,,,';
    const { catalog, problems } = await importFile([header, first, other, ...rest].join('\n'));
    expect(problems).toEqual([]);
    expect(catalog.get('tent')!.variants).toHaveLength(3);
    expect(catalog.get('hut')!.variants).toHaveLength(1);
  });

  it('is the same after a second import', async () => {
    const first = await importFile(tent);
    expect((await importFile(tent, first.catalog)).changed).toBe(0);
  });

  it('reads the headers of today as well', async () => {
    const { catalog, problems } = await importFile(
      'Title,URL handle,Description,Product category,Published on online store,SKU,Price,Compare-at price,Charge tax,Continue selling when out of stock,Weight value (grams),Weight unit for display,Inventory tracker,Inventory quantity,Product image URL,Care (product.metafields.custom.care),Unit price total measure,Unit price total measure unit,Unit price base measure,Unit price base measure unit,Status\n' +
        'Mug,mug,<p>Tin</p>,hg-11-10,FALSE,MUG,9.50,12,FALSE,continue,250,g,shopify,7,https://x.test/m.jpg,Wash by hand,350,ml,1,l,Draft\n',
    );
    expect(problems).toEqual([]);
    const mug = catalog.get('mug')!;
    expect(mug.fields).toMatchObject({
      descriptionHtml: '<p>Tin</p>',
      category: 'gid://shopify/TaxonomyCategory/hg-11-10',
      published: false,
      status: 'DRAFT',
    });
    expect(mug.metafields).toEqual([
      { namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'Wash by hand' },
    ]);
    expect(mug.variants[0]).toMatchObject({
      optionValues: [],
      stock: { '': 7 },
      fields: {
        sku: 'MUG',
        price: '9.5',
        compareAtPrice: '12',
        taxable: false,
        inventoryPolicy: 'CONTINUE',
        tracked: true,
        weightValue: '250',
        weightUnit: 'GRAMS',
        unitPriceMeasurement: {
          quantityValue: '350',
          quantityUnit: 'ML',
          referenceValue: 1,
          referenceUnit: 'L',
        },
      },
    });
  });
});

describe('a further import', () => {
  const header =
    'Handle,Title,Vendor,Option1 Value,Option2 Value,Variant SKU,Variant Price,Variant Compare At Price,Tags,Image Src,Variant Grams,Variant Weight Unit';

  it('keeps what is blank and clears what is marked', async () => {
    const { catalog } = await importFile(tent);
    const next = await importFile(`${header}\ntent,,,Two,Green,,,__CLEAR__,__CLEAR__,,,\n`, catalog);
    expect(next.problems).toEqual([]);
    const product = next.catalog.get('tent')!;
    expect(product.fields).toMatchObject({ title: 'Tent', tags: [] });
    expect(product.variants[0]!.fields).toMatchObject({ sku: 'T2G', price: '199', compareAtPrice: null });
    expect(product.variants).toHaveLength(3);
    expect(product.media).toHaveLength(4);
  });

  it('finds a variant by its SKU where the option values are blank or new, and keeps its id', async () => {
    const { catalog } = await importFile(tent);
    const next = await importFile(`${header}\ntent,,,,,T2R,150,,,,,\ntent,,,Four,Green,T3G,,,,,,\n`, catalog);
    expect(next.problems).toEqual([]);
    const product = next.catalog.get('tent')!;
    const before = catalog.get('tent')!;
    expect(product.variants.map(({ id }) => id)).toEqual(before.variants.map(({ id }) => id));
    expect(product.variants[1]!.fields.price).toBe('150');
    expect(product.variants[2]!.optionValues).toEqual(['Four', 'Green']);
    expect(product.options[0]).toEqual({ name: 'Size', values: ['Two', 'Four'] });
  });

  it('follows the file in the order of the variants it lists', async () => {
    const { catalog } = await importFile(tent);
    const next = await importFile(`${header}\ntent,,,Three,Green,,,,,,,\ntent,,,Two,Green,,,,,,,\n`, catalog);
    expect(next.catalog.get('tent')!.variants.map(({ fields }) => fields.sku)).toEqual(['T3G', 'T2R', 'T2G']);
  });

  it('gives a product its first options without losing its only variant', async () => {
    const first = await importFile('Handle,Title,Variant SKU,Variant Price\nhut,Hut,H,10\n');
    const next = await importFile(
      'Handle,Title,Option1 Name,Option1 Value,Variant Price\nhut,,Size,Small,10\nhut,,,Large,20\n',
      first.catalog,
    );
    expect(next.problems).toEqual([]);
    const hut = next.catalog.get('hut')!;
    expect(hut.variants[0]!.id).toBe(first.catalog.get('hut')!.variants[0]!.id);
    expect(hut.variants.map(({ optionValues }) => optionValues)).toEqual([['Small'], ['Large']]);
  });

  it('replaces the pictures where the marker stands for them', async () => {
    const { catalog } = await importFile(tent);
    const file = `${header}\ntent,,,,,,,,,__CLEAR__,,\ntent,,,,,,,,,https://x.test/9.jpg,,\n`;
    const next = await importFile(file, catalog);
    expect(next.catalog.get('tent')!.media.map(({ url }) => url)).toEqual(['https://x.test/9.jpg']);
    expect(next.catalog.get('tent')!.variants[0]!.mediaId).toBeNull();
    expect((await importFile(file, next.catalog)).changed).toBe(0);
  });

  it('keeps the weight where only its unit changes', async () => {
    const first = await importFile(`${header}\nhut,Hut,,,,,,,,,1500,kg\n`);
    const next = await importFile(`${header}\nhut,,,,,,,,,,,g\n`, first.catalog);
    expect(next.catalog.get('hut')!.variants[0]!.fields).toMatchObject({
      weightValue: '1500',
      weightUnit: 'GRAMS',
    });
  });
});

describe('columns that are not synced', () => {
  const file =
    'Handle,Title,Option1 Name,Option1 Value,Google Shopping / Gender,Google Shopping / MPN,Price / Canada,Warehouse bin,Color (product.metafields.shopify.color-pattern)\n' +
    'tee,Tee,Size,S,unisex,M1,12,A-1,blue\ntee,,,M,,M2,13,A-2,\n';

  it('are kept where they belong, and named', async () => {
    const { catalog, problems } = await importFile(file);
    const tee = catalog.get('tee')!;
    expect(problems).toEqual([]);
    expect(tee.extra).toEqual({
      'Google Shopping / Gender': 'unisex',
      'Color (product.metafields.shopify.color-pattern)': 'blue',
    });
    expect(tee.variants.map(({ extra }) => extra)).toEqual([
      { 'Google Shopping / MPN': 'M1', 'Price / Canada': '12', 'Warehouse bin': 'A-1' },
      { 'Google Shopping / MPN': 'M2', 'Price / Canada': '13', 'Warehouse bin': 'A-2' },
    ]);
    expect((await outlineCatalogFile(Buffer.from(file))).unsyncedColumns).toHaveLength(5);
  });
});

describe('bad rows', () => {
  const header =
    'Handle,Title,Option1 Name,Option1 Value,Option2 Value,Variant SKU,Variant Price,Status,Image Src,Variant Inventory Qty';
  const importRows = (...rows: string[]) => importFile([header, ...rows].join('\n'));

  it('are reported by line, and the good rows of the product kept', async () => {
    const { catalog, problems, rowsRejected } = await importRows(
      'tee,Tee,Size,S,,TS,10,active,,',
      'tee,,,M,,TM,"1.234,56",,,',
      'tee,,,L,,TL,-3,,,1.5',
    );
    expect(catalog.get('tee')!.variants.map(({ fields }) => fields.sku)).toEqual(['TS']);
    expect(rowsRejected).toBe(2);
    expect(problems).toMatchObject([
      { line: 3, handle: 'tee', column: 'Variant Price', value: '1.234,56', left: 'row' },
      { line: 4, column: 'Variant Price', value: '-3', reason: 'The number is negative.' },
      { line: 4, column: 'Variant Inventory Qty', value: '1.5', reason: 'This is not a whole number.' },
    ]);
    expect(problems.every(({ remedy }) => remedy.length > 5)).toBe(true);
  });

  it.each([
    ['no handle', ['tee,Tee,,,,,1,,,', ',,,M,,,1,,,'], 3, /has no handle/],
    ['an unknown status', ['tee,Tee,,,,,1,live,,'], 2, /not known here/],
    ['a fourth option', ['tee,Tee,Size,S,extra,,1,,,'], 2, /has no option 2/],
    [
      'a repeated combination',
      ['tee,Tee,Size,S,,A,1,,,', 'tee,,,S,,B,2,,,'],
      3,
      /already has this variant on line 2/,
    ],
    ['a title that differs', ['tee,Tee,Size,S,,,1,,,', 'tee,Shirt,,M,,,1,,,'], 3, /another title: "Tee"/],
    ['a new product without title', ['tee,,Size,S,,,1,,,'], 2, /new, and no row .* title/],
    ['a value without a name', ['tee,Tee,,S,,,1,,,'], 2, /has no option 1/],
    ['a missing value', ['tee,Tee,Size,S,,,1,,,', 'tee,,,,,X,1,,,'], 3, /no value for the option "Size"/],
    ['an address that is none', ['tee,Tee,,,,,1,,photo.jpg,'], 2, /not a web address/],
    ['too many cells', ['tee,Tee,,,,,1,,,,more'], 2, /11 cells, the header 10/],
    [
      'two variants without options',
      ['tee,Tee,,,,A,1,,,', 'tee,,,,,B,1,,,'],
      3,
      /has no options, so it has one variant/,
    ],
  ])('%s has a clear problem', async (_, rows, line, reason) => {
    const { problems, rowsRejected } = await importRows(...rows);
    expect(problems).toMatchObject([{ line, reason: expect.stringMatching(reason), left: 'row' }]);
    expect(rowsRejected).toBe(1);
  });

  it('names Option4 as one option too many', async () => {
    const { problems } = await importFile('Handle,Title,Option4 Name,Option4 Value\ntee,Tee,Fit,Slim\n');
    expect(problems[0]).toMatchObject({
      line: 2,
      column: 'Option4 Name',
      reason: expect.stringContaining('three options'),
    });
  });

  it('a contradiction in another product field costs the cell, not the row', async () => {
    const { catalog, problems } = await importRows('tee,Tee,Size,S,,,1,active,,', 'tee,,,M,,,1,draft,,');
    expect(catalog.get('tee')!.variants).toHaveLength(2);
    expect(catalog.get('tee')!.fields.status).toBe('ACTIVE');
    expect(problems).toMatchObject([{ line: 3, left: 'cell' }]);
  });

  it('a repeated variant row that brings a further picture is a picture', async () => {
    const { catalog, problems } = await importRows(
      'tee,Tee,Size,S,,A,1,,https://x.test/1.jpg,',
      'tee,,,S,,A,1,,https://x.test/2.jpg,',
    );
    expect(problems).toEqual([]);
    expect(catalog.get('tee')!.media).toHaveLength(2);
  });

  it('a file that is no product CSV is refused whole', async () => {
    await expect(importFile('Name,Price\nTee,1\n')).rejects.toThrow(/no column "Handle"/);
    await expect(importFile('Handle,Title,title\ntee,Tee,Tee\n')).rejects.toThrow(
      /Two columns mean the same/,
    );
    await expect(importFile('Handle,SKU,Location,On hand\ntee,A,Berlin,1\n')).rejects.toThrow(
      /inventory CSV/,
    );
    await expect(importFile('')).rejects.toThrow(/empty/);
  });
});
