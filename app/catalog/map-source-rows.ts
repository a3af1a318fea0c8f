/** The rows of one product of a merchant's own table as a product. Pure; nothing is guessed, and what cannot be read is said. */
import { isMetafieldType, metafieldRemedy } from '~/core/metafield-type';
import type { CatalogProductFields, CatalogVariantFields, MetafieldPatch } from '~/core/catalog-product';
import type { InventoryPolicy, ProductStatus } from '~/core/product-state';
import { keyText } from '~/core/source-mapping';
import type {
  FieldRule,
  ProductField,
  SourceMapping,
  SourceRow,
  SourceRowProblem,
  VariantField,
} from '~/core/source-mapping';
import { bad, good, readAddress, readHandle, readTags, readText } from './product-csv-cells';
import type { Reading } from './product-csv-cells';
import { RowReader, atMost, choice, text, truth, withoutUndefined } from './source-row-reader';

export interface MappedVariant {
  key: string;
  fields: Partial<CatalogVariantFields>;
  optionValues: string[];
  /** Absent where no column gives it; null for none. */
  mediaUrl?: string | null;
  metafields: MetafieldPatch[];
  /** Null: no stock is kept there. */
  stock: Record<string, number | null>;
}

/** What the rows say of a product. A member that is absent is not mapped. */
export interface MappedProduct {
  key: string;
  fields: Partial<CatalogProductFields>;
  optionNames: string[];
  variants: MappedVariant[];
  media?: string[];
  metafields: MetafieldPatch[];
}

export interface MappedRows {
  /** Null where a row has a problem: half a product is not written. */
  product: MappedProduct | null;
  problems: SourceRowProblem[];
}

const MOST_VARIANTS = 2048;

const STATUSES: readonly ProductStatus[] = ['ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED'];
const POLICIES: readonly InventoryPolicy[] = ['DENY', 'CONTINUE'];

function readProductFields(
  reader: RowReader,
  rules: Partial<Record<ProductField, FieldRule>>,
): Partial<CatalogProductFields> {
  const plain = (field: ProductField, max: number) => {
    const value = text(reader, rules[field], max);
    return value === null ? '' : value;
  };
  const handle = rules.handle === undefined ? undefined : reader.read(rules.handle, readHandle);
  const tags = rules.tags === undefined ? undefined : reader.readList(rules.tags);
  const tidied = tags === undefined ? undefined : tidyTags(reader, rules.tags, tags);
  return withoutUndefined({
    title: rules.title === undefined ? undefined : titleOf(reader, rules.title),
    descriptionHtml: plain('descriptionHtml', 512 * 1024),
    handle: typeof handle === 'string' ? handle : undefined,
    vendor: plain('vendor', 255),
    productType: plain('productType', 255),
    category: text(reader, rules.category, 1000),
    tags: tidied,
    status: choice(reader, rules.status, 'status', STATUSES),
    published: truth(reader, rules.published, 'answer to “published”'),
    seoTitle: text(reader, rules.seoTitle, 255),
    seoDescription: text(reader, rules.seoDescription, 5000),
  });
}

function titleOf(reader: RowReader, rule: FieldRule): string | undefined {
  const title = reader.readRequired(rule, 'title');
  if (title === undefined) return undefined;
  const read = readText(title.trim(), 255);
  if (read.ok) return read.value;
  reader.complain(rule.column, title, read);
  return undefined;
}

/** Without repeats, as a CSV's; a comma inside a tag would part it in Shopify. */
function tidyTags(reader: RowReader, rule: FieldRule | undefined, tags: string[]): string[] | undefined {
  const read = readTags(tags.join(','));
  if (read.ok) return read.value;
  reader.complain(rule?.column ?? null, tags.join(', '), read);
  return undefined;
}

function readVariantFields(
  reader: RowReader,
  rules: Partial<Record<VariantField, FieldRule>>,
): Partial<CatalogVariantFields> {
  const nullable = (field: VariantField, max: number) => text(reader, rules[field], max);
  const amount = (field: VariantField) => {
    const value = rules[field] === undefined ? undefined : reader.read(rules[field]);
    return typeof value === 'string' || value === null ? value : undefined;
  };
  const weight = amount('weight');
  const unit = rules.weight?.transform.kind === 'weight' ? rules.weight.transform.unit : undefined;
  return withoutUndefined({
    sku: nullable('sku', 255),
    barcode: nullable('barcode', 255),
    price: rules.price === undefined ? undefined : reader.readRequired(rules.price, 'price'),
    compareAtPrice: amount('compareAtPrice'),
    cost: amount('cost'),
    weightValue: weight,
    weightUnit: weight === undefined ? undefined : unit,
    taxable: truth(reader, rules.taxable, 'answer to “taxable”'),
    tracked: truth(reader, rules.tracked, 'answer to “stock is tracked”'),
    inventoryPolicy: choice(reader, rules.inventoryPolicy, 'answer to “sell when out of stock”', POLICIES),
    requiresShipping: truth(reader, rules.requiresShipping, 'answer to “needs shipping”'),
    harmonizedSystemCode: nullable('harmonizedSystemCode', 255),
    countryCodeOfOrigin: nullable('countryCodeOfOrigin', 2),
  });
}

function readMetafields(
  reader: RowReader,
  mapping: SourceMapping,
  owner: 'product' | 'variant',
): MetafieldPatch[] {
  return mapping.metafields
    .filter((metafield) => metafield.owner === owner)
    .flatMap(({ namespace, key, type, rule }) => {
      const read = reader.read(rule, (value) => metafieldReading(type, value));
      if (read === undefined) return [];
      const value = read === null || typeof read === 'string' ? read : JSON.stringify(read);
      return [{ namespace, key, type, value }];
    });
}

function metafieldReading(type: string, value: string): Reading<string> {
  if (!isMetafieldType(type))
    return bad(`Shopify has no metafield type “${type}”.`, 'Choose another type in the mapping.');
  const remedy = metafieldRemedy(type, value);
  return remedy === null ? good(value) : bad(`The value does not fit the metafield type “${type}”.`, remedy);
}

function addressOf(reader: RowReader, rule: FieldRule, value: string): string | undefined {
  const read = readAddress(value);
  if (read.ok) return read.value;
  reader.complain(rule.column, value, read);
  return undefined;
}

function readStock(reader: RowReader, mapping: SourceMapping): Record<string, number | null> {
  const stock: Record<string, number | null> = {};
  for (const { location, rule } of mapping.quantities) {
    const value = reader.read(rule);
    if (value === null) stock[location] = null;
    else if (typeof value === 'string') stock[location] = Number(value);
  }
  return stock;
}

/** The options that the rows of a product use: those that are blank on all of them it does not have. */
function readOptions(
  mapping: SourceMapping,
  readers: { reader: RowReader; name: string }[],
  problems: SourceRowProblem[],
): { names: string[]; values: string[][] } {
  const read = mapping.options.map(({ name, rule }) => ({
    name,
    column: rule.column,
    values: readers.map(({ reader }) => {
      const value = reader.read(rule, atMost(255));
      return typeof value === 'string' ? value : null;
    }),
  }));
  const used = read.filter(({ values }) => values.some((value) => value !== null));
  const values = readers.map(() => new Array<string>());
  for (const option of used)
    for (const [index, value] of option.values.entries()) {
      values[index]?.push(value ?? '');
      if (value === null)
        problems.push({
          row: readers[index]?.name ?? '',
          column: option.column,
          value: null,
          reason: `The option “${option.name}” is empty, but other rows of the product have it.`,
          remedy: 'Fill it in on every row of the product.',
        });
    }
  const seen = new Map<string, string>();
  for (const [index, combination] of values.entries()) {
    const name = readers[index]?.name ?? '';
    const other = seen.get(JSON.stringify(combination));
    seen.set(JSON.stringify(combination), name);
    if (other === undefined) continue;
    problems.push(
      used.length === 0
        ? {
            row: name,
            column: null,
            value: null,
            reason: `The rows ${other} and ${name} are of one product, but no option tells them apart.`,
            remedy:
              'Map the column in which they differ (a size, a color) to an option, or choose another product key.',
          }
        : {
            row: name,
            column: used.map(({ column }) => column).join(', '),
            value: combination.join(' / '),
            reason: `The rows ${other} and ${name} of one product have the same options.`,
            remedy: 'Give each row a combination of its own.',
          },
    );
  }
  return { names: used.map(({ name }) => name), values };
}

/** How a row is named in a problem. */
export function rowName(mapping: SourceMapping, productKey: string, row: SourceRow): string {
  const key = keyText(mapping.variantKey, row);
  return key === null || key === productKey ? productKey : `${productKey} / ${key}`;
}

/** The rows of the product with this key, in their order. They have the columns of `columnsOf(mapping)`. */
export function mapSourceRows(mapping: SourceMapping, key: string, rows: SourceRow[]): MappedRows {
  const problems: SourceRowProblem[] = [];
  const readers = rows.map((row) => {
    const name = rowName(mapping, key, row);
    return { row, name, reader: new RowReader(row, name, problems) };
  });
  const [first] = readers;
  if (first === undefined) return { product: null, problems };
  if (rows.length > MOST_VARIANTS)
    problems.push({
      row: key,
      column: mapping.productKey.join(', '),
      value: null,
      reason: `${rows.length} rows have this product key; a product has at most ${MOST_VARIANTS} variants.`,
      remedy: 'Choose a column as product key that fewer rows share.',
    });
  const fields = readProductFields(first.reader, mapping.product);
  const images = mapping.product.images;
  const media =
    images === undefined
      ? undefined
      : [
          ...new Set(
            (first.reader.readList(images) ?? []).flatMap(
              (url) => addressOf(first.reader, images, url) ?? [],
            ),
          ),
        ];
  const metafields = readMetafields(first.reader, mapping, 'product');
  const options = readOptions(mapping, readers, problems);
  const keys = new Set<string>();
  const variants = readers.map(({ row, reader, name }, index): MappedVariant => {
    const variantKey = keyText(mapping.variantKey, row) ?? (mapping.variantKey.length === 0 ? key : null);
    if (variantKey === null || keys.has(variantKey))
      reader.complain(mapping.variantKey.join(', '), variantKey, {
        reason:
          variantKey === null
            ? 'The row has no variant key.'
            : `Another row of the product has the same variant key.`,
        remedy: 'Give each row a variant key of its own, or choose another column for it.',
      });
    keys.add(variantKey ?? name);
    const stock = readStock(reader, mapping);
    const image = mapping.variant.image;
    const url = image === undefined ? undefined : reader.read(image);
    const mediaUrl =
      image === undefined ? undefined : typeof url === 'string' ? addressOf(reader, image, url) : null;
    const tracked = Object.values(stock).some((level) => level !== null) ? { tracked: true } : {};
    return {
      key: variantKey ?? name,
      fields: { ...tracked, ...readVariantFields(reader, mapping.variant) },
      optionValues: options.values[index] ?? [],
      ...(mediaUrl === undefined ? {} : { mediaUrl }),
      metafields: readMetafields(reader, mapping, 'variant'),
      stock,
    };
  });
  if (problems.length > 0) return { product: null, problems };
  return {
    product: {
      key,
      fields,
      optionNames: options.names,
      variants,
      ...(media === undefined ? {} : { media }),
      metafields,
    },
    problems,
  };
}
