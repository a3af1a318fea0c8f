/** From the rows of a product CSV to one patch a product, with memory only for the products that are still open. */
import type { ImportProblem, ProductPatch, VariantPatch } from '~/core/catalog-product';
import { type HeadedColumn, UnreadableCatalogFile, readHeader } from './product-csv-columns';
import { type RowDraft, readRow } from './product-csv-row';
import { readCsvRows } from './product-csv-text';

/** Shopify's limit: https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Product */
const maxVariants = 2048;

/** What the first pass over a file finds. */
export interface CatalogFileOutline {
  columns: HeadedColumn[];
  /** Rows after the header. */
  rows: number;
  /** For each handle, the number of the row it last appears in; the first row after the header is 1. */
  lastRows: Map<string, number>;
  /** Headers with values that are kept and exported but not synced. */
  unsyncedColumns: string[];
}

/** One product of a file, or (patch null) rows that belong to none. */
export interface FileProduct {
  patch: ProductPatch | null;
  problems: ImportProblem[];
  /** Rows that were left out. */
  rowsRejected: number;
  /** Number of rows read when the product was complete. */
  row: number;
}

function handleOf(columns: HeadedColumn[], cells: string[]): string {
  const index = columns.findIndex(({ column }) => column.kind === 'handle');
  return (cells[index] ?? '').trim().toLowerCase();
}

/** Reads the file once for its columns and extent. Throws UnreadableCatalogFile where it is no product CSV at all. */
export async function outlineCatalogFile(content: Uint8Array): Promise<CatalogFileOutline> {
  let columns: HeadedColumn[] | null = null;
  let rows = 0;
  const lastRows = new Map<string, number>();
  const unsynced = new Set<string>();
  for await (const row of readCsvRows(content)) {
    if (columns === null) {
      if ('unreadable' in row)
        throw new UnreadableCatalogFile(`The header line cannot be read. ${row.unreadable}`);
      columns = readHeader(row.cells);
      continue;
    }
    rows += 1;
    if ('unreadable' in row) continue;
    lastRows.set(handleOf(columns, row.cells), rows);
    if (unsynced.size < columns.length)
      for (const [index, { header, column }] of columns.entries())
        if (column.kind === 'extra' && (row.cells[index] ?? '').trim() !== '') unsynced.add(header);
  }
  if (columns === null) throw new UnreadableCatalogFile('The file is empty. Export the products again.');
  const unsyncedColumns = columns.map(({ header }) => header).filter((header) => unsynced.has(header));
  return { columns, rows, lastRows, unsyncedColumns };
}

/** Joins the rows of one product. */
class ProductDraft {
  readonly problems: ImportProblem[] = [];
  rowsRejected = 0;
  private readonly patch: ProductPatch;
  /** Line that first set a field, by field. */
  private readonly setOn = new Map<string, number>();
  private readonly variantLines = new Map<string, VariantPatch>();

  constructor(handle: string) {
    this.patch = {
      handle,
      lines: [],
      fields: {},
      optionNames: [],
      variants: [],
      replacesMedia: false,
      media: [],
      metafields: [],
      extra: {},
    };
  }

  reject(problems: ImportProblem[]): void {
    this.problems.push(...problems);
    this.rowsRejected += 1;
  }

  add(row: RowDraft): void {
    const refusal = this.refusalOf(row);
    if (refusal !== null) {
      this.reject([{ line: row.line, handle: row.handle, left: 'row', ...refusal }]);
      return;
    }
    this.patch.lines.push(row.line);
    this.addFields(row);
    for (const [index, name] of row.optionNames.entries()) {
      while (this.patch.optionNames.length <= index) this.patch.optionNames.push(null);
      if (name !== null) this.patch.optionNames[index] ??= name;
    }
    this.addImage(row);
    this.patch.metafields.push(...row.metafields);
    Object.assign(this.patch.extra, row.extra);
    if (this.isVariantRow(row)) {
      Object.assign(row.variant.extra, row.rowExtra);
      const key = variantKey(row.variant);
      if (this.variantLines.has(key)) return; // a repeat that only brings a further picture
      this.variantLines.set(key, row.variant);
      this.patch.variants.push(row.variant);
    } else {
      Object.assign(this.patch.extra, row.rowExtra);
    }
  }

  /** The patch; null where every row was left out. */
  finish(row: number): FileProduct {
    const { problems, rowsRejected } = this;
    return { patch: this.patch.lines.length === 0 ? null : this.patch, problems, rowsRejected, row };
  }

  /** A row without a picture of its own describes a variant; one with a picture only where a cell names the variant. */
  private isVariantRow(row: RowDraft): boolean {
    const alone = this.patch.variants.length === 0 && (row.image === null || this.patch.lines.length <= 1);
    return row.namesVariant || (row.hasVariantCells && alone);
  }

  private refusalOf(row: RowDraft): Pick<ImportProblem, 'column' | 'value' | 'reason' | 'remedy'> | null {
    const { title } = row.fields;
    if (title !== undefined && this.patch.fields.title !== undefined && title !== this.patch.fields.title)
      return {
        column: 'Title',
        value: title,
        reason: `Line ${this.setOn.get('title') ?? 0} gives this handle another title: "${this.patch.fields.title}".`,
        remedy: 'Give each product a handle of its own, or write the title on the first row only.',
      };
    for (const [index, name] of row.optionNames.entries()) {
      const earlier = this.patch.optionNames[index] ?? null;
      if (name !== null && earlier !== null && name !== earlier)
        return {
          column: `Option${index + 1} Name`,
          value: name,
          reason: `An earlier row of this product calls this option "${earlier}".`,
          remedy:
            'Use one name for the option on all rows of the product, or leave it blank after the first.',
        };
    }
    if (!this.isVariantRow(row)) return null;
    const twin = this.variantLines.get(variantKey(row.variant));
    if (twin !== undefined && !this.repeatsForPicture(row, twin))
      return {
        column: row.variant.optionValues.length > 0 ? 'Option1 Value' : 'Variant SKU',
        value: row.variant.optionValues.join(' / ') || (row.variant.fields.sku ?? null),
        reason: `The product already has this variant on line ${twin.line}.`,
        remedy: 'Give each variant a combination of option values of its own.',
      };
    if (twin === undefined && this.patch.variants.length >= maxVariants)
      return {
        column: null,
        value: null,
        reason: `A product has at most ${maxVariants} variants.`,
        remedy: 'Split the product into several.',
      };
    return null;
  }

  /** Some programs repeat a variant's cells on each row that brings a further picture. */
  private repeatsForPicture(row: RowDraft, twin: VariantPatch): boolean {
    if (row.image === null || row.image === 'none') return false;
    const { url } = row.image;
    if (this.patch.media.some((media) => media.url === url)) return false;
    const bare = ({ line: _line, ...rest }: VariantPatch) => JSON.stringify(rest);
    return bare({ ...row.variant, extra: { ...row.variant.extra, ...row.rowExtra } }) === bare(twin);
  }

  private addFields(row: RowDraft): void {
    const { fields } = this.patch;
    const known: Record<string, unknown> = fields;
    for (const [field, value] of Object.entries(row.fields)) {
      if (!this.setOn.has(field)) {
        this.setOn.set(field, row.line);
        Object.assign(fields, { [field]: value });
      } else if (JSON.stringify(known[field]) !== JSON.stringify(value)) {
        this.problems.push({
          line: row.line,
          handle: row.handle,
          column: field,
          value: String(value).slice(0, 200),
          reason: `Line ${this.setOn.get(field) ?? 0} says otherwise for the same product, and was taken.`,
          remedy: 'Write what belongs to the product on its first row only.',
          left: 'cell',
        });
      }
    }
  }

  private addImage({ image }: RowDraft): void {
    if (image === 'none') this.patch.replacesMedia = true;
    else if (image !== null && !this.patch.media.some(({ url }) => url === image.url))
      this.patch.media.push(image);
  }
}

function variantKey({ optionValues, fields }: VariantPatch): string {
  return optionValues.length > 0 ? JSON.stringify(optionValues) : `sku ${fields.sku ?? ''}`;
}

/**
 * Every product of the file, each when its last row has been read, so rows of one product need not stand together.
 * Rows without a usable handle come by themselves with patch null. `outline` is that of the same content.
 */
export async function* readProductCsv(
  content: Uint8Array,
  outline: CatalogFileOutline,
): AsyncGenerator<FileProduct> {
  const open = new Map<string, ProductDraft>();
  let index = -1;
  let previous: string | null = null;
  for await (const row of readCsvRows(content)) {
    index += 1;
    if (index === 0) continue;
    if ('unreadable' in row) {
      const remedy = 'Close the quotation mark, and double every quotation mark inside a quoted text.';
      const { line, unreadable: reason } = row;
      const problem: ImportProblem = {
        line,
        handle: null,
        column: null,
        value: null,
        reason,
        remedy,
        left: 'row',
      };
      yield { patch: null, problems: [problem], rowsRejected: 1, row: index };
      continue;
    }
    const reading = readRow(outline.columns, row, previous);
    const handle = handleOf(outline.columns, row.cells);
    if (handle === '') {
      if ('problems' in reading)
        yield { patch: null, problems: reading.problems, rowsRejected: 1, row: index };
      continue;
    }
    previous = handle;
    const draft = open.get(handle) ?? new ProductDraft(handle);
    open.set(handle, draft);
    if ('problems' in reading) draft.reject(reading.problems);
    else draft.add(reading.draft);
    if (outline.lastRows.get(handle) !== index) continue;
    open.delete(handle);
    yield draft.finish(index);
  }
}
