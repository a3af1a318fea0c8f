/** How fields of a product, and ways of reading a column, are called when a merchant maps a table of their own. */
import type { ProductField, TransformKind, VariantField } from '~/core/source-mapping';
import type { DatabaseKind } from '~/core/database-kind';
import { slotAlarm } from '~/core/source-slot';
import { formatBytes } from './formats';

export const sourceFieldWords: Record<ProductField | VariantField, string> = {
  title: 'Title',
  descriptionHtml: 'Description',
  handle: 'Handle (web address)',
  vendor: 'Vendor',
  productType: 'Product type',
  category: 'Category',
  tags: 'Tags',
  status: 'Status',
  published: 'Shown in the online store',
  seoTitle: 'SEO title',
  seoDescription: 'SEO description',
  images: 'Pictures (addresses)',
  sku: 'SKU',
  barcode: 'Barcode',
  price: 'Price',
  compareAtPrice: 'Compare-at price',
  cost: 'Cost per item',
  weight: 'Weight',
  taxable: 'Taxable',
  tracked: 'Stock is tracked',
  inventoryPolicy: 'Sell when out of stock',
  requiresShipping: 'Needs shipping',
  harmonizedSystemCode: 'HS code',
  countryCodeOfOrigin: 'Country of origin',
  image: 'Picture of the variant',
};

export const transformWords: Record<TransformKind, string> = {
  text: 'As text',
  html: 'As HTML',
  'plain-text': 'Plain text, made into HTML',
  slug: 'Made into a web address',
  decimal: 'Decimal number (12.50)',
  'minor-units': 'In cents (1250)',
  weight: 'Number with unit',
  integer: 'Whole number',
  list: 'List with a separator',
  'json-list': 'Array or JSON list',
  words: 'Words by a table',
};

/** "on sale = ACTIVE" a line. */
export function wordsText(words: Record<string, string>): string {
  return Object.entries(words)
    .map(([theirs, ours]) => `${theirs} = ${ours}`)
    .join('\n');
}

/** Lines without "=" are left out. */
export function readWords(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.lastIndexOf('=');
      return at === -1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
    }),
  );
}

export const LOG_TITLES: Record<DatabaseKind, string> = {
  postgresql: 'The log of your database grows',
  mysql: 'Lockstep is far behind your database',
};

/** What the distance to the end of the log means; null where all is well. */
export function slotWarning(
  kind: DatabaseKind,
  lagBytes: number | null,
  slotState: string | null,
): string | null {
  const alarm = slotAlarm(lagBytes, slotState);
  if (kind === 'mysql')
    return alarm === null
      ? null
      : `${formatBytes(lagBytes ?? 0)} of your database’s binary log are still to be read. If your server deletes them first (binlog_expire_logs_seconds), all rows are read again.`;
  switch (alarm) {
    case 'ending':
      return 'Your database is about to give up what it keeps for Lockstep (max_slot_wal_keep_size). If that happens, all rows are read again.';
    case 'growing':
      return `Your database keeps ${formatBytes(lagBytes ?? 0)} of its log for Lockstep until it has caught up. Watch its disk: if this grows, disconnect here, and the log is let go.`;
    case null:
      return null;
  }
}
