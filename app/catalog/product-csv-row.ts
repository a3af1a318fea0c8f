/** Reads one row of a product CSV by the file's columns. Pure; a row with a bad cell says so and is left out whole. */
import type {
  ImportProblem,
  MediaPatch,
  MetafieldPatch,
  ProductPatch,
  VariantPatch,
} from '~/core/catalog-product';
import {
  type Reading,
  bad,
  clearMarker,
  good,
  mapReading,
  readAddress,
  readHandle,
  readInteger,
  readText,
  readTrimmed,
} from './product-csv-cells';
import type { Column, HeadedColumn } from './product-csv-columns';

/** A row of which every cell could be read. */
export interface RowDraft {
  line: number;
  handle: string;
  fields: ProductPatch['fields'];
  optionNames: (string | null)[];
  /** True where a cell says which variant the row is about, or what only a variant has: option value, SKU, price. */
  namesVariant: boolean;
  /** True where any cell belongs to a variant. */
  hasVariantCells: boolean;
  variant: VariantPatch;
  /** Null: no picture; 'none': the product shall have no other pictures than the file lists. */
  image: MediaPatch | 'none' | null;
  metafields: MetafieldPatch[];
  extra: Record<string, string | null>;
  /** Unknown columns: the variant's where the row has one, else the product's. */
  rowExtra: Record<string, string | null>;
}

interface ImageCells {
  address: string | null;
  position: number | null;
  alt: string | undefined;
}

const namingHeaders = new Set(['Variant SKU', 'Variant Price', 'Variant Barcode']);
const quantityRange = { min: -1_000_000_000, max: 1_000_000_000 };

function emptyDraft(line: number): RowDraft {
  return {
    line,
    handle: '',
    fields: {},
    optionNames: [],
    namesVariant: false,
    hasVariantCells: false,
    variant: { line, fields: {}, optionValues: [], metafields: [], stock: {}, extra: {} },
    image: null,
    metafields: [],
    extra: {},
    rowExtra: {},
  };
}

function putAt(list: (string | null)[], index: number, value: string): void {
  while (list.length < index) list.push(null);
  list[index] = value;
}

function mergeVariantField(variant: VariantPatch, patch: Partial<VariantPatch>): void {
  Object.assign(variant.fields, patch.fields);
  Object.assign(variant.extra, patch.extra);
  if (patch.weightGrams !== undefined) variant.weightGrams = patch.weightGrams;
  if (patch.unitPriceMeasurement === undefined) return;
  variant.unitPriceMeasurement =
    patch.unitPriceMeasurement === null
      ? null
      : { ...variant.unitPriceMeasurement, ...patch.unitPriceMeasurement };
}

const notClearable = bad(
  'This field cannot be empty.',
  'Write a value, or leave the cell blank to keep what is there.',
);

/** Reads one cell that is not blank into the draft. */
function readCell(
  draft: RowDraft,
  image: ImageCells,
  header: string,
  column: Column,
  cell: string,
): Reading<unknown> {
  const clears = cell.trim() === clearMarker;
  switch (column.kind) {
    case 'handle':
      return mapReading(readHandle(cell), (handle) => (draft.handle = handle));
    case 'product-field': {
      const reading = clears
        ? column.field.clear === null
          ? notClearable
          : good(column.field.clear)
        : column.field.read(cell);
      return mapReading(reading, (patch) => Object.assign(draft.fields, patch));
    }
    case 'variant-field': {
      draft.hasVariantCells = true;
      if (namingHeaders.has(column.field.header)) draft.namesVariant = true;
      const reading = clears
        ? column.field.clear === null
          ? notClearable
          : good(column.field.clear)
        : column.field.read(cell);
      return mapReading(reading, (patch) => mergeVariantField(draft.variant, patch));
    }
    case 'option-name':
    case 'option-value':
      if (column.index > 2)
        return bad(
          'A product has at most three options.',
          'Join two options into one, or make two products of it.',
        );
      if (clears) return notClearable;
      if (column.kind === 'option-value') draft.namesVariant = draft.hasVariantCells = true;
      return mapReading(readTrimmed(cell, 255), (text) =>
        putAt(
          column.kind === 'option-name' ? draft.optionNames : draft.variant.optionValues,
          column.index,
          text,
        ),
      );
    case 'image':
      return readImageCell(draft, image, column.part, cell, clears);
    case 'stock':
      draft.hasVariantCells = true;
      return mapReading(clears ? good(null) : readInteger(cell, quantityRange), (available) => {
        draft.variant.stock[column.location] = available;
      });
    case 'metafield': {
      const { namespace, key, type } = column;
      if (column.owner === 'variant') draft.hasVariantCells = true;
      return mapReading(clears ? good(null) : readText(cell, 500_000), (value) =>
        (column.owner === 'variant' ? draft.variant : draft).metafields.push({ namespace, key, type, value }),
      );
    }
    case 'extra':
      return mapReading(clears ? good(null) : readText(cell, 500_000), (value) => {
        if (column.owner === 'product') draft.extra[header] = value;
        else if (column.owner === 'variant') draft.variant.extra[header] = value;
        else draft.rowExtra[header] = value;
      });
    case 'unnamed':
      return bad(
        'The cell stands in a column that has no header.',
        'Give the column a header, or remove it.',
      );
  }
}

function readImageCell(
  draft: RowDraft,
  image: ImageCells,
  part: 'address' | 'position' | 'alt' | 'of-variant',
  cell: string,
  clears: boolean,
): Reading<unknown> {
  switch (part) {
    case 'address':
      if (clears) {
        draft.image = 'none';
        return good(null);
      }
      return mapReading(readAddress(cell), (address) => (image.address = address));
    case 'position':
      return clears
        ? good(null)
        : mapReading(readInteger(cell, { min: 1, max: 100_000 }), (position) => (image.position = position));
    case 'alt':
      return mapReading(clears ? good('') : readText(cell, 5000), (alt) => (image.alt = alt));
    case 'of-variant':
      draft.hasVariantCells = true;
      return mapReading(
        clears ? good(null) : readAddress(cell),
        (address) => (draft.variant.mediaUrl = address),
      );
  }
}

function handleIn(columns: HeadedColumn[], cells: string[]): string | null {
  const index = columns.findIndex(({ column }) => column.kind === 'handle');
  const handle = (cells[index] ?? '').trim();
  return handle === '' ? null : handle.toLowerCase();
}

/** The row, or every problem in it. `previousHandle` makes the remedy for a missing handle concrete. */
export function readRow(
  columns: HeadedColumn[],
  row: { line: number; cells: string[] },
  previousHandle: string | null,
): { draft: RowDraft } | { problems: ImportProblem[] } {
  const { line, cells } = row;
  const handle = handleIn(columns, cells);
  const problems: ImportProblem[] = [];
  const report = (column: string | null, value: string | null, reason: string, remedy: string) =>
    problems.push({ line, handle, column, value: value?.slice(0, 200) ?? null, reason, remedy, left: 'row' });

  if (handle === null) {
    const same =
      previousHandle === null
        ? ''
        : ` For a further variant or picture of the product above, write "${previousHandle}".`;
    report(
      handleHeader(columns),
      null,
      'The row has no handle.',
      `Write the handle of the product the row belongs to.${same}`,
    );
    return { problems };
  }
  if (cells.slice(columns.length).some((cell) => cell.trim() !== ''))
    report(
      null,
      cells.slice(columns.length).join(', '),
      `The row has ${cells.length} cells, the header ${columns.length}.`,
      'Put texts that contain the separator in quotation marks.',
    );

  const draft = emptyDraft(line);
  const image: ImageCells = { address: null, position: null, alt: undefined };
  for (const [index, { header, column }] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell.trim() === '') continue;
    const reading = cell.includes('\u0000')
      ? bad('The text contains a NUL character.', 'Remove it, or export the file again.')
      : readCell(draft, image, header, column, cell);
    if (!reading.ok) report(header, cell, reading.reason, reading.remedy);
  }
  if (image.address !== null)
    draft.image = {
      line,
      url: image.address,
      position: image.position,
      ...(image.alt === undefined ? {} : { alt: image.alt }),
    };
  return problems.length > 0 ? { problems } : { draft };
}

function handleHeader(columns: HeadedColumn[]): string {
  return columns.find(({ column }) => column.kind === 'handle')?.header ?? 'Handle';
}
