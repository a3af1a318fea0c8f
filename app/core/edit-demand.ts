/** What the fields of a plan come to in operations: the sums that a forecast is reckoned from. */
import type { PlannedField } from './bulk-edit';
import type { EditKind, ForecastDemand } from './forecast';
import { partsOf } from './held-value';

/** What the cache holds of a product. */
export interface Seen {
  /** It is there, and nothing told us that it is out of date. */
  isRead: boolean;
  /** Variants that Shopify has of it, as far as is known. */
  variants: number;
  /** Last seen so long ago that it is looked at once more before it is written over. */
  isProductOld: boolean;
  areVariantsOld: boolean;
}

/** The operation that carries a field to Shopify. */
function kindOf({ path, before, after }: PlannedField): EditKind {
  switch (partsOf(path.field)[0]) {
    case 'tags':
      return after === null ? 'tags-remove' : 'tags-add';
    case 'inventory':
      return 'inventory-set';
    case 'metafield':
      return after === null ? 'metafields-delete' : 'metafields-set';
    case 'media':
      return after === null ? 'media-remove' : before === null ? 'media-add' : 'media-update';
    case 'mediaAlt':
      return 'media-update';
    case 'mediaOrder':
      return 'media-reorder';
    case 'published':
      return 'publish';
    default:
      return path.variant === null ? 'product-update' : 'variants-update';
  }
}

/** Texts that are longer than what every call is reckoned with. */
const LONG_TEXTS: ReadonlySet<string> = new Set(['metafield', 'seoDescription']);

/** The demand with the changes of another product, all of them at once. */
export function withProductDemand(
  demand: ForecastDemand,
  fields: PlannedField[],
  seen: Seen,
): ForecastDemand {
  const changed = fields.filter(({ outcome }) => outcome === 'change');
  if (changed.length === 0) return demand;
  const rows = new Map<EditKind, Set<string>>();
  for (const field of changed) {
    const kind = kindOf(field);
    const held = rows.get(kind) ?? new Set();
    // A variant's fields go together; everything else is a row of its own.
    held.add(
      kind === 'variants-update' ? String(field.path.variant) : `${field.path.variant} ${field.path.field}`,
    );
    rows.set(kind, held);
  }
  const operations = { ...demand.operations };
  for (const [kind, held] of rows) {
    const { count, rows: before } = operations[kind] ?? { count: 0, rows: 0 };
    operations[kind] = { count: count + 1, rows: before + held.size };
  }
  const bytes = changed
    .filter(({ path }) => LONG_TEXTS.has(partsOf(path.field)[0]))
    .reduce((sum, { after }) => sum + new TextEncoder().encode(JSON.stringify(after)).length, 0);
  const { unread, unconfirmed } = demand;
  const variantsWritten = (isOf: (field: string) => boolean) =>
    new Set(changed.flatMap(({ path }) => (path.variant !== null && isOf(path.field) ? [path.variant] : [])))
      .size;
  const isOld = { product: seen.isRead && seen.isProductOld, variants: seen.isRead && seen.areVariantsOld };
  return {
    products: demand.products + 1,
    operations,
    textBytes: demand.textBytes + bytes,
    unread: seen.isRead
      ? unread
      : { products: unread.products + 1, variants: unread.variants + seen.variants },
    unconfirmed: {
      products: unconfirmed.products + (isOld.product && rows.has('product-update') ? 1 : 0),
      variants:
        unconfirmed.variants +
        (isOld.variants ? variantsWritten((field) => field === 'price' || field === 'compareAtPrice') : 0),
      items: unconfirmed.items + (isOld.variants ? variantsWritten((field) => field === 'cost') : 0),
    },
  };
}
