/** What the app's documents cost, for a forecast: measured on real documents, so that no number is said twice. */
import type { DocumentCosts, EditKind, ReadCost } from '~/core/forecast';
import type { Operation } from '~/core/operation';
import { prepareCall } from './call-text';
import type { ShopContext } from './call-text';
import { compose } from './compose';
import * as documents from './documents';
import { wholeProductCost } from './read';
import { MAX_IDS, MAX_ITEMS } from './read-fields';

/** Ids and values as long as they usually are: they decide how many bytes a document has. */
const gid = (type: string, index: number) => `gid://shopify/${type}/${10_000_000_000_000 + index}`;
const product = gid('Product', 0);
const TEXT = 'A value of the usual length';

/** An operation of this kind with so many rows. Only its size matters. */
export function sampleOperation(kind: EditKind, rows: number): Operation {
  const about = { productId: '', intent: '', changes: [], remoteId: product };
  const listOf = <T>(row: (index: number) => T): T[] =>
    Array.from({ length: rows }, (_, index) => row(index));
  const metafield = (index: number) => ({ ownerId: product, namespace: 'custom', key: `key_${index}` });
  switch (kind) {
    case 'product-update': {
      const fields = [
        ['status', 'ACTIVE'],
        ['vendor', TEXT],
        ['productType', TEXT],
        ['seoTitle', TEXT],
        ['seoDescription', TEXT],
        ['title', TEXT],
      ] as const;
      return { kind, ...about, fields: Object.fromEntries(fields.slice(0, rows)) };
    }
    case 'publish':
      return { kind, ...about, published: true };
    case 'tags-add':
    case 'tags-remove':
      return { kind, ...about, tags: listOf(() => TEXT) };
    case 'variants-update':
      return {
        kind,
        ...about,
        variants: listOf((index) => ({
          sourceId: '',
          remoteId: gid('ProductVariant', index),
          fields: { price: '1000.00', compareAtPrice: '1000.00' },
        })),
      };
    case 'media-add':
      return {
        kind,
        ...about,
        media: listOf((index) => ({
          id: '',
          url: `https://example.com/${TEXT}/${index}.jpg`,
          alt: TEXT,
          kind: 'IMAGE',
        })),
      };
    case 'media-update':
      return {
        kind,
        ...about,
        media: listOf((index) => ({ remoteId: gid('MediaImage', index), alt: TEXT })),
      };
    case 'media-remove':
      return { kind, ...about, media: listOf((index) => gid('MediaImage', index)) };
    case 'media-reorder':
      return {
        kind,
        ...about,
        moves: listOf((index) => ({ remoteId: gid('MediaImage', index), newPosition: index })),
        order: [],
      };
    case 'metafields-set':
      return {
        kind,
        ...about,
        metafields: listOf((index) => ({ ...metafield(index), type: 'single_line_text_field', value: TEXT })),
      };
    case 'metafields-delete':
      return { kind, ...about, metafields: listOf(metafield) };
    case 'inventory-set':
      return {
        kind,
        ...about,
        quantities: listOf((index) => ({
          variantId: '',
          variantRemoteId: '',
          inventoryItemId: gid('InventoryItem', index),
          locationId: gid('Location', 0),
          quantity: 1_000,
          changeFromQuantity: 1_000,
        })),
      };
  }
}

function fieldReads(document: string, idsPerCall: number): ReadCost {
  return { points: compose([{ document, variables: { ids: [] } }]).points[0] ?? 0, idsPerCall };
}

/** As the tests measure them on products of usual length. */
const ANSWER_BYTES = { product: 1_500, variant: 750 };

/** About how long the answer is that brings a whole product with so many variants. */
export function wholeAnswerBytes(variants: number): number {
  return ANSWER_BYTES.product + variants * ANSWER_BYTES.variant;
}

/** The costs of a store's documents. */
export function documentCosts(shop: ShopContext): DocumentCosts {
  const known = new Map<string, { points: number; bytes: number }>();
  const measured = (kind: EditKind, rows: number) => {
    const call = prepareCall({ kind, operations: [sampleOperation(kind, rows)] }, shop);
    const { query, variables, points } = compose([call]);
    return {
      points: call.ownPoints + (points[0] ?? 0),
      bytes: query.length + Buffer.byteLength(JSON.stringify(variables)),
    };
  };
  return {
    operation: (kind, rows) => {
      const key = `${kind} ${rows}`;
      const cost = known.get(key) ?? measured(kind, rows);
      known.set(key, cost);
      return cost;
    },
    wholeProduct: (variants) => wholeProductCost(shop.locations, variants),
    productFields: fieldReads(documents.READ_PRODUCT_FIELDS, MAX_IDS),
    variantFields: fieldReads(documents.READ_VARIANT_FIELDS, MAX_IDS),
    itemFields: fieldReads(documents.READ_VARIANT_ITEM_FIELDS, MAX_ITEMS),
  };
}
