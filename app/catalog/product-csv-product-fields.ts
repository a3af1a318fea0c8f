/** The columns of Shopify's product CSV that hold one field of a product. */
import type { CatalogProductFields, ProductPatch } from '~/core/catalog-product';
import type { ProductStatus } from '~/core/product-state';
import { type FieldColumn, writeBoolean } from './csv-field-column';
import {
  type Reading,
  good,
  mapReading,
  readBoolean,
  readChoice,
  readTags,
  readText,
  readTrimmed,
} from './product-csv-cells';

export type ProductFieldColumn = FieldColumn<ProductPatch['fields'], CatalogProductFields>;

const statuses: Record<string, ProductStatus> = {
  active: 'ACTIVE',
  draft: 'DRAFT',
  archived: 'ARCHIVED',
  unlisted: 'UNLISTED',
};
/** "Uncategorized" is Shopify's word for none; a short id ("aa-1-4") stands for the gid. */
function readCategory(cell: string): Reading<string | null> {
  const text = cell.trim();
  if (/^(uncategorized|na)$/i.test(text)) return good(null);
  return /^[a-z]{2}(-\d+)*$/.test(text) ? good(`${categoryGid}${text}`) : readText(text, 1000);
}
const categoryGid = 'gid://shopify/TaxonomyCategory/';

export const productFieldColumns: ProductFieldColumn[] = [
  {
    header: 'Title',
    names: ['title'],
    read: (cell) => mapReading(readTrimmed(cell, 255), (title) => ({ title })),
    clear: null,
    write: ({ title }) => title,
  },
  {
    header: 'Body (HTML)',
    names: ['body (html)', 'body html', 'description'],
    read: (cell) => mapReading(readText(cell, 500_000), (descriptionHtml) => ({ descriptionHtml })),
    clear: { descriptionHtml: '' },
    write: ({ descriptionHtml }) => descriptionHtml,
  },
  {
    header: 'Vendor',
    names: ['vendor'],
    read: (cell) => mapReading(readTrimmed(cell, 255), (vendor) => ({ vendor })),
    clear: { vendor: '' },
    write: ({ vendor }) => vendor,
  },
  {
    header: 'Product Category',
    names: ['product category', 'standardized product type', 'standard product type'],
    read: (cell) => mapReading(readCategory(cell), (category) => ({ category })),
    clear: { category: null },
    write: ({ category }) =>
      category?.startsWith(categoryGid) === true ? category.slice(categoryGid.length) : (category ?? ''),
  },
  {
    header: 'Type',
    names: ['type', 'custom product type', 'product type'],
    read: (cell) => mapReading(readTrimmed(cell, 255), (productType) => ({ productType })),
    clear: { productType: '' },
    write: ({ productType }) => productType,
  },
  {
    header: 'Tags',
    names: ['tags'],
    read: (cell) => mapReading(readTags(cell), (tags) => ({ tags })),
    clear: { tags: [] },
    write: ({ tags }) => tags.join(', '),
  },
  {
    header: 'Published',
    names: ['published', 'published on online store'],
    read: (cell) => mapReading(readBoolean(cell), (published) => ({ published })),
    clear: null,
    write: ({ published }) => writeBoolean(published),
  },
  {
    header: 'Gift Card',
    names: ['gift card'],
    read: (cell) => mapReading(readBoolean(cell), (giftCard) => ({ giftCard })),
    clear: null,
    write: ({ giftCard }) => writeBoolean(giftCard),
  },
  {
    header: 'SEO Title',
    names: ['seo title'],
    read: (cell) => mapReading(readText(cell, 5000), (seoTitle) => ({ seoTitle })),
    clear: { seoTitle: null },
    write: ({ seoTitle }) => seoTitle ?? '',
  },
  {
    header: 'SEO Description',
    names: ['seo description'],
    read: (cell) => mapReading(readText(cell, 50_000), (seoDescription) => ({ seoDescription })),
    clear: { seoDescription: null },
    write: ({ seoDescription }) => seoDescription ?? '',
  },
  {
    header: 'Template Suffix',
    names: ['template suffix', 'template'],
    read: (cell) => mapReading(readTrimmed(cell, 255), (templateSuffix) => ({ templateSuffix })),
    clear: { templateSuffix: null },
    write: ({ templateSuffix }) => templateSuffix ?? '',
  },
  {
    header: 'Status',
    names: ['status'],
    read: (cell) => mapReading(readChoice(cell, statuses), (status) => ({ status })),
    clear: null,
    write: ({ status }) => status.toLowerCase(),
  },
];
