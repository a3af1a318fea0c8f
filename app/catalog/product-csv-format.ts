/** From products of the catalog to the rows of Shopify's product CSV: what an import of the file reads back unchanged. */
import type { CatalogProductState, CatalogVariantState } from '~/core/catalog-product';
import { columnOf, extraValue, isStoreBound } from './product-csv-columns';
import { productFieldColumns } from './product-csv-product-fields';
import { variantFieldColumns } from './product-csv-variant-fields';

/** What a catalog holds beyond the usual columns, so that the header can be written before the first product. */
export interface ExportShape {
  /** "namespace.key" of the products' metafields and the variants'. */
  productMetafields: { namespace: string; key: string }[];
  variantMetafields: { namespace: string; key: string }[];
  /** Headers of kept columns. */
  extraColumns: string[];
  /** Location names with stock, the default ("") left out. */
  locations: string[];
}

interface Row {
  product: CatalogProductState;
  /** True on the product's first row, which carries what belongs to the product. */
  first: boolean;
  variant: CatalogVariantState | null;
  image: { url: string; alt: string; position: number } | null;
}

interface ExportColumn {
  header: string;
  write(row: Row): string;
}

const placeholder = { name: 'Title', value: 'Default Title' };

function productColumn(header: string): ExportColumn[] {
  const found = productFieldColumns.find((column) => column.header === header);
  return found === undefined
    ? []
    : [{ header, write: ({ first, product }) => (first ? found.write(product.fields) : '') }];
}

function variantColumn(header: string): ExportColumn[] {
  const found = variantFieldColumns.find((column) => column.header === header);
  return found === undefined
    ? []
    : [{ header, write: ({ variant }) => (variant === null ? '' : found.write(variant)) }];
}

function optionColumns(index: number): ExportColumn[] {
  return [
    {
      header: `Option${index + 1} Name`,
      write: ({ first, product }) => {
        if (!first) return '';
        return (
          product.options[index]?.name ??
          (index === 0 && product.options.length === 0 ? placeholder.name : '')
        );
      },
    },
    {
      header: `Option${index + 1} Value`,
      write: ({ product, variant }) => {
        if (variant === null) return '';
        return (
          variant.optionValues[index] ??
          (index === 0 && product.options.length === 0 ? placeholder.value : '')
        );
      },
    },
  ];
}

function stockColumn(header: string, location: string): ExportColumn {
  return { header, write: ({ variant }) => variant?.stock[location]?.toString() ?? '' };
}

function imageColumn(header: string, write: (image: NonNullable<Row['image']>) => string): ExportColumn {
  return { header, write: ({ image }) => (image === null ? '' : write(image)) };
}

/** A name a person can read for a metafield's column; only the part in brackets is read again. */
function metafieldHeader(owner: 'product' | 'variant', namespace: string, key: string): string {
  const words = key.replace(/[-_]+/g, ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} (${owner}.metafields.${namespace}.${key})`;
}

function metafieldColumns(shape: ExportShape): ExportColumn[] {
  const valueOf = (list: CatalogProductState['metafields'] | undefined, namespace: string, key: string) =>
    list?.find((metafield) => metafield.namespace === namespace && metafield.key === key)?.value ?? '';
  const kept = ({ namespace }: { namespace: string }) => !isStoreBound(namespace);
  return [
    ...shape.productMetafields.filter(kept).map(({ namespace, key }) => ({
      header: metafieldHeader('product', namespace, key),
      write: ({ first, product }: Row) => (first ? valueOf(product.metafields, namespace, key) : ''),
    })),
    ...shape.variantMetafields.filter(kept).map(({ namespace, key }) => ({
      header: metafieldHeader('variant', namespace, key),
      write: ({ variant }: Row) => valueOf(variant?.metafields, namespace, key),
    })),
  ];
}

/** Kept columns under the header they came with; one that now means a field is left to that field's own column. */
function extraColumns(shape: ExportShape): ExportColumn[] {
  const headers = new Map(shape.extraColumns.map((header) => [header.toLowerCase(), header]));
  return [...headers.values()]
    .filter((header) => columnOf(header).kind === 'extra')
    .map((header) => ({
      header,
      write: ({ first, product, variant }) =>
        (first ? extraValue(product.extra, header) : undefined) ??
        extraValue(variant?.extra ?? {}, header) ??
        '',
    }));
}

/** The columns of an export, in Shopify's order; what is not of Shopify stands at the end. */
function exportColumns(shape: ExportShape): ExportColumn[] {
  return [
    { header: 'Handle', write: ({ product }) => product.fields.handle },
    ...['Title', 'Body (HTML)', 'Vendor', 'Product Category', 'Type', 'Tags', 'Published'].flatMap(
      productColumn,
    ),
    ...[0, 1, 2].flatMap(optionColumns),
    ...['Variant SKU', 'Variant Grams', 'Variant Inventory Tracker'].flatMap(variantColumn),
    stockColumn('Variant Inventory Qty', ''),
    ...[
      'Variant Inventory Policy',
      'Variant Fulfillment Service',
      'Variant Price',
      'Variant Compare At Price',
      'Variant Requires Shipping',
      'Variant Taxable',
      'Unit Price Total Measure',
      'Unit Price Total Measure Unit',
      'Unit Price Base Measure',
      'Unit Price Base Measure Unit',
      'Variant Barcode',
    ].flatMap(variantColumn),
    imageColumn('Image Src', ({ url }) => url),
    imageColumn('Image Position', ({ position }) => position.toString()),
    imageColumn('Image Alt Text', ({ alt }) => alt),
    ...['Gift Card', 'SEO Title', 'SEO Description'].flatMap(productColumn),
    ...metafieldColumns(shape),
    {
      header: 'Variant Image',
      write: ({ product, variant }) => product.media.find(({ id }) => id === variant?.mediaId)?.url ?? '',
    },
    ...['Variant Weight Unit', 'Variant Tax Code', 'Cost per item'].flatMap(variantColumn),
    ...productColumn('Status'),
    ...productColumn('Template Suffix'),
    ...['Variant HS Code', 'Variant Country of Origin'].flatMap(variantColumn),
    ...shape.locations.map((location) => stockColumn(`Inventory Available: ${location}`, location)),
    ...extraColumns(shape),
  ];
}

/** A formatter of one catalog: the header, and the rows of each product. Other media than pictures have no rows. */
export function productCsvFormat(shape: ExportShape): {
  header: string[];
  rowsOf(product: CatalogProductState): string[][];
} {
  const columns = exportColumns(shape);
  return {
    header: columns.map(({ header }) => header),
    rowsOf: (product) => {
      const placed = product.media.map((media, index) => ({ ...media, position: index + 1 }));
      const images = placed.filter(({ kind }) => kind === 'IMAGE');
      const count = Math.max(1, product.variants.length, images.length);
      return Array.from({ length: count }, (_, index) => {
        const variant = product.variants[index] ?? null;
        const row: Row = { product, first: index === 0, variant, image: images[index] ?? null };
        return columns.map(({ write }) => write(row));
      });
    },
  };
}
