/** The audit log as a CSV file for a spreadsheet. */
import type { FieldValue } from '~/core/decision';
import type { AuditFilter } from '~/db/pages/audit-query';
import { readAuditRows } from '~/db/pages/audit.server';
import type { AuditRow } from '~/db/pages/audit.server';
import { csvText } from './csv-text';
import type { Resources } from './resources';

const ROWS_A_PIECE = 1_000;

const HEADER = [
  'Time (UTC)',
  'Product',
  'SKU',
  'Variant',
  'Field',
  'Before',
  'After',
  'Direction',
  'State',
  'Reason',
  'Actor',
  'Run',
  'Points',
];

/** Text as it is, nothing as nothing, anything else as JSON. */
function valueText(value: FieldValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cells(row: AuditRow): string[] {
  return [
    row.at.toISOString(),
    row.title === '' ? row.productId : row.title,
    row.sku ?? '',
    row.variant === '' ? (row.variantId ?? '') : (row.variant ?? ''),
    row.field,
    valueText(row.before),
    valueText(row.after),
    row.direction,
    row.state,
    row.message ?? row.code ?? '',
    row.causedBy,
    row.runId ?? '',
    String(row.points),
  ];
}

/** Every row of the audit log that matches, newest first, as CSV text in parts: each is read when the last was taken. */
export async function* exportAudit(
  { db }: Pick<Resources, 'db'>,
  { shopId, filter }: { shopId: string; filter: AuditFilter },
): AsyncGenerator<string> {
  const { accountId } = await db.shop.findUniqueOrThrow({
    where: { id: shopId },
    select: { accountId: true },
  });
  yield csvText([HEADER]);
  for await (const rows of readAuditRows(db, { shopId, accountId }, filter, ROWS_A_PIECE))
    yield csvText(rows.map(cells));
}
