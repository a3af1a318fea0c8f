/** A bulk edit, field by field, as a CSV file for a spreadsheet. */
import type { FieldValue } from '~/core/decision';
import { readBulkEditFields } from '~/db/pages/bulk-edits.server';
import type { EditFieldRow } from '~/db/pages/bulk-edits.server';
import { csvText } from './csv-text';
import type { Resources } from './resources';

const ROWS_A_PIECE = 1_000;

const HEADER = [
  'Product',
  'Product id',
  'Variant',
  'SKU',
  'Field',
  'Before',
  'After',
  'State',
  'Code',
  'Reason',
  'Warnings',
];

/** Text as it is, nothing as nothing, anything else as JSON. */
function valueText(value: FieldValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cells(row: EditFieldRow): string[] {
  return [
    row.title,
    row.productId,
    row.variantTitle ?? '',
    row.sku ?? '',
    row.field,
    valueText(row.before),
    valueText(row.after),
    row.state,
    row.code ?? '',
    row.message ?? '',
    row.warnings.join(' '),
  ];
}

/** Every field of an edit in the order of its plan, as CSV text in parts: each is read when the last was taken. */
export async function* exportBulkEdit(
  { db }: Pick<Resources, 'db'>,
  { shopId, editId }: { shopId: string; editId: string },
): AsyncGenerator<string> {
  yield csvText([HEADER]);
  for (let after: number | null = -1; after !== null;) {
    const page: Awaited<ReturnType<typeof readBulkEditFields>> = await readBulkEditFields(
      db,
      shopId,
      editId,
      {
        states: [],
        warning: null,
        after,
        limit: ROWS_A_PIECE,
      },
    );
    if (page.rows.length > 0) yield csvText(page.rows.map(cells));
    after = page.next;
  }
}
