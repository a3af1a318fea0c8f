/** Writes many rows of the catalog's tables, one statement a few thousand rows: ten times as fast as Prisma's createMany. */
import { Prisma } from '#generated/prisma/client';
import type { Queryable } from './client.server';

/** Rows of one statement; a row of catalog.variant is about 700 bytes of JSON. */
const rowsPerStatement = 5000;

/** A table and, for each member of a row, its column. Columns that are not named get the table's default. */
export interface CatalogTable<Row> {
  name: string;
  columns: { [K in keyof Row]-?: string };
}

const owner = { accountId: 'account_id', productId: 'product_id' };

/** Tables of the catalog by what a row of them is. */
export const catalogColumns = {
  product: {
    accountId: 'account_id',
    id: 'id',
    handle: 'handle',
    title: 'title',
    descriptionHtml: 'description_html',
    vendor: 'vendor',
    productType: 'product_type',
    category: 'category',
    tags: 'tags',
    status: 'status',
    published: 'published',
    giftCard: 'gift_card',
    seoTitle: 'seo_title',
    seoDescription: 'seo_description',
    templateSuffix: 'template_suffix',
    extra: 'extra',
  },
  option: { ...owner, position: 'position', name: 'name', values: 'values' },
  variant: {
    ...owner,
    id: 'id',
    position: 'position',
    option1: 'option1',
    option2: 'option2',
    option3: 'option3',
    sku: 'sku',
    barcode: 'barcode',
    price: 'price',
    compareAtPrice: 'compare_at_price',
    cost: 'cost',
    taxable: 'taxable',
    taxCode: 'tax_code',
    tracked: 'tracked',
    inventoryPolicy: 'inventory_policy',
    fulfillmentService: 'fulfillment_service',
    requiresShipping: 'requires_shipping',
    weightValue: 'weight_value',
    weightUnit: 'weight_unit',
    harmonizedSystemCode: 'harmonized_system_code',
    countryCodeOfOrigin: 'country_code_of_origin',
    unitPriceQuantity: 'unit_price_quantity',
    unitPriceUnit: 'unit_price_unit',
    unitPriceReference: 'unit_price_reference',
    unitPriceReferenceUnit: 'unit_price_reference_unit',
    mediaId: 'media_id',
    extra: 'extra',
  },
  media: { ...owner, id: 'id', position: 'position', url: 'url', alt: 'alt', kind: 'kind' },
  metafield: {
    ...owner,
    variantId: 'variant_id',
    namespace: 'namespace',
    key: 'key',
    type: 'type',
    value: 'value',
  },
  level: { accountId: 'account_id', variantId: 'variant_id', location: 'location', available: 'available' },
};

/** Names of the project's own source: never of data. */
const quoted = (name: string) => `"${name}"`;

/** The rows by column instead of by member, a few thousand at a time, as JSON. */
function* chunksOfRows(columnOf: Map<string, string>, rows: object[]): Generator<string> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const chunk = rows
      .slice(start, start + rowsPerStatement)
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([member, value]) => [columnOf.get(member) ?? member, value]),
        ),
      );
    yield JSON.stringify(chunk);
  }
}

/** Inserts the rows as they come; decimals are texts. */
export async function insertRows<Row extends object>(
  db: Queryable,
  table: CatalogTable<Row>,
  rows: Row[],
): Promise<void> {
  const columnOf = new Map<string, string>(Object.entries(table.columns));
  const name = Prisma.raw(`"catalog".${quoted(table.name)}`);
  const columns = Prisma.raw([...columnOf.values()].map(quoted).join(', '));
  for (const chunk of chunksOfRows(columnOf, rows))
    await db.$executeRaw`
      INSERT INTO ${name} (${columns})
      SELECT ${columns} FROM jsonb_populate_recordset(NULL::${name}, ${chunk}::jsonb)`;
}

/** New values for a row that is there: `key` says which, by its primary key. */
export interface RowUpdate<Row extends object> {
  key: Partial<Row>;
  data: Partial<Row>;
}

/** Updates the rows; those that change the same columns go together. A row that is gone is passed over. */
export async function updateRows<Row extends object>(
  db: Queryable,
  table: CatalogTable<Row>,
  updates: RowUpdate<Row>[],
): Promise<void> {
  const columnOf = new Map<string, string>(Object.entries(table.columns));
  const name = Prisma.raw(`"catalog".${quoted(table.name)}`);
  const groups = new Map<string, RowUpdate<Row>[]>();
  for (const update of updates) {
    const columns = [Object.keys(update.key), Object.keys(update.data).sort()].join(' | ');
    const group = groups.get(columns);
    if (group === undefined) groups.set(columns, [update]);
    else group.push(update);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const columns = (of: object) =>
      Object.keys(of)
        .flatMap((member) => columnOf.get(member) ?? [])
        .map(quoted);
    const set = Prisma.raw(
      columns(first.data)
        .map((column) => `${column} = wanted.${column}`)
        .join(', '),
    );
    const found = Prisma.raw(
      columns(first.key)
        .map((column) => `held.${column} = wanted.${column}`)
        .join(' AND '),
    );
    const rows = group.map(({ key, data }) => ({ ...key, ...data }));
    for (const chunk of chunksOfRows(columnOf, rows))
      await db.$executeRaw`
        UPDATE ${name} AS held SET ${set}
        FROM jsonb_populate_recordset(NULL::${name}, ${chunk}::jsonb) AS wanted WHERE ${found}`;
  }
}
