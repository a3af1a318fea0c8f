/** What each header of a product CSV means. Unknown headers are kept and exported again, not synced. */
import type { ExtraColumns } from '~/core/catalog-product';
import { type ProductFieldColumn, productFieldColumns } from './product-csv-product-fields';
import { type VariantFieldColumn, variantFieldColumns } from './product-csv-variant-fields';

export type Column =
  | { kind: 'handle' }
  | { kind: 'product-field'; field: ProductFieldColumn }
  | { kind: 'variant-field'; field: VariantFieldColumn }
  | { kind: 'option-name' | 'option-value'; index: number }
  | { kind: 'image'; part: 'address' | 'position' | 'alt' | 'of-variant' }
  | { kind: 'stock'; location: string }
  | { kind: 'metafield'; owner: 'product' | 'variant'; namespace: string; key: string; type: string | null }
  /** Owner 'row': the row's variant, or the product where the row has none. */
  | { kind: 'extra'; owner: 'product' | 'variant' | 'row' }
  | { kind: 'unnamed' };

/** A column of a file: its header as written, and what it means. */
export interface HeadedColumn {
  header: string;
  column: Column;
}

const fixed = new Map<string, Column>([
  ['handle', { kind: 'handle' }],
  ['url handle', { kind: 'handle' }],
  ['image src', { kind: 'image', part: 'address' }],
  ['product image url', { kind: 'image', part: 'address' }],
  ['image position', { kind: 'image', part: 'position' }],
  ['image alt text', { kind: 'image', part: 'alt' }],
  ['variant image', { kind: 'image', part: 'of-variant' }],
  ['variant image url', { kind: 'image', part: 'of-variant' }],
  ['variant inventory qty', { kind: 'stock', location: '' }],
  ['inventory quantity', { kind: 'stock', location: '' }],
  ['inventory qty', { kind: 'stock', location: '' }],
]);
for (const field of productFieldColumns)
  for (const name of field.names) fixed.set(name, { kind: 'product-field', field });
for (const field of variantFieldColumns)
  for (const name of field.names) fixed.set(name, { kind: 'variant-field', field });

const variantExtra =
  /^(variant |price \/|compare[ -]at price \/|google shopping \/ (mpn|manufacturer part number))/;
const productExtra = /^(google shopping \/|included \/|option ?\d+ linked to$)/;

/** Metafields of Shopify's own namespaces hold references that only mean something inside one store. */
export function isStoreBound(namespace: string): boolean {
  return namespace === 'shopify' || namespace.startsWith('shopify--');
}

function metafieldColumn(header: string): Column | null {
  const shopifys = /(?:^|\()(product|variant)\.metafields\.([^.\s()]+)\.([^\s()]+)\)?$/i.exec(header);
  const others = /^(variant )?metafield: ?([^.\s]+)\.(\S+)(?: \[([a-z_.]+)\])?$/i.exec(header);
  const [owner, namespace, key, type] =
    shopifys !== null
      ? [shopifys[1], shopifys[2], shopifys[3], undefined]
      : [others?.[1] === undefined ? 'product' : 'variant', others?.[2], others?.[3], others?.[4]];
  if (namespace === undefined || key === undefined) return null;
  const of = owner?.toLowerCase() === 'variant' ? 'variant' : 'product';
  if (isStoreBound(namespace)) return { kind: 'extra', owner: of };
  return { kind: 'metafield', owner: of, namespace, key, type: type ?? null };
}

/** What a header means; never fails. */
export function columnOf(header: string): Column {
  const name = header.trim().replace(/\s+/g, ' ').toLowerCase();
  if (name === '') return { kind: 'unnamed' };
  const known = fixed.get(name);
  if (known !== undefined) return known;
  const option = /^option ?(\d+) (name|value)$/.exec(name);
  if (option !== null)
    return { kind: option[2] === 'name' ? 'option-name' : 'option-value', index: Number(option[1]) - 1 };
  const location = /^inventory available: ?(.+)$/i.exec(header.trim())?.[1];
  if (location !== undefined) return { kind: 'stock', location };
  const metafield = metafieldColumn(header.trim());
  if (metafield !== null) return metafield;
  if (variantExtra.test(name)) return { kind: 'extra', owner: 'variant' };
  if (productExtra.test(name)) return { kind: 'extra', owner: 'product' };
  return { kind: 'extra', owner: 'row' };
}

/** The value of a kept column; capitals in the header do not count. */
export function extraValue(extra: ExtraColumns, header: string): string | undefined {
  return (
    extra[header] ?? Object.entries(extra).find(([name]) => name.toLowerCase() === header.toLowerCase())?.[1]
  );
}

/** The file as a whole cannot be imported; the message says why and what to do. */
export class UnreadableCatalogFile extends Error {
  override name = 'UnreadableCatalogFile';
}

/** Reads the header row. Throws UnreadableCatalogFile where it is not a product CSV or names a column twice. */
export function readHeader(headers: string[]): HeadedColumn[] {
  const columns = headers.map((header) => ({ header: header.trim(), column: columnOf(header) }));
  const names = columns.map(({ header }) => header.toLowerCase());
  if (!columns.some(({ column }) => column.kind === 'handle'))
    throw new UnreadableCatalogFile(
      `The file has no column "Handle" (or "URL handle"), so it is not a product CSV of Shopify. ` +
        `Its first line is: ${headers.slice(0, 8).join(', ').slice(0, 200)}. Export the products again and keep the first line.`,
    );
  if (
    names.includes('location') &&
    names.some((name) => name.startsWith('on hand') || name.startsWith('available'))
  )
    throw new UnreadableCatalogFile(
      'This is an inventory CSV of Shopify (it has a column "Location"). Import a product CSV: in Shopify, Products > Export.',
    );
  const seen = new Map<string, string>();
  for (const { header, column } of columns) {
    if (column.kind === 'unnamed') continue;
    const identity = column.kind === 'extra' ? `extra ${header.toLowerCase()}` : JSON.stringify(column);
    const other = seen.get(identity);
    if (other !== undefined)
      throw new UnreadableCatalogFile(
        `Two columns mean the same: "${other}" and "${header}". Remove one of them from the file.`,
      );
    seen.set(identity, header);
  }
  return columns;
}
