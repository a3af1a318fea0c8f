/** From a call (core terms) to the GraphQL that carries it out: which document, which variables, what may be left out. */
import { createHash } from 'node:crypto';
import type { Call } from '~/core/call';
import { MUTATION_POINTS, carriedPoints } from '~/core/cost';
import { MAX_LIST } from '~/core/lists';
import type { Operation, OperationFor } from '~/core/operation';
import * as documents from './documents';
import { PRODUCT_FIELD_PATHS, productInput } from './fields';
import { allBut, metafieldInput, mutation, pathsOf } from './prepared-call';
import type { PreparedCall, ShopContext } from './prepared-call';
import { optionsSet, productCreate, variantsCreate, variantsUpdate } from './variant-calls';

export type { PreparedCall, ShopContext } from './prepared-call';

function productUpdate({ remoteId, fields }: OperationFor<'product-update'>): PreparedCall {
  const kept = new Set(pathsOf(PRODUCT_FIELD_PATHS, fields));
  return mutation(
    documents.PRODUCT_UPDATE,
    { identifier: { id: remoteId }, product: productInput(fields) },
    { omit: allBut(Object.values(PRODUCT_FIELD_PATHS), kept) },
  );
}

/** Repeated only by a retry of the same intent: Shopify answers such a retry from the first one for 24 hours. */
function idempotencyKey(operations: Operation[], input: unknown): string {
  const intents = operations.map((operation) => operation.intent);
  return createHash('sha256')
    .update(JSON.stringify([intents, input]))
    .digest('base64url')
    .slice(0, 32);
}

function inventorySet(operations: OperationFor<'inventory-set'>[]): PreparedCall {
  const input = {
    name: 'available',
    reason: 'correction',
    quantities: operations.flatMap(({ quantities }) =>
      quantities.map(({ inventoryItemId, locationId, quantity, changeFromQuantity }) => ({
        inventoryItemId,
        locationId,
        quantity,
        changeFromQuantity,
      })),
    ),
  };
  return mutation(documents.INVENTORY_SET, { input, key: idempotencyKey(operations, input) });
}

function prepareOne(operation: Operation, shop: ShopContext): PreparedCall {
  switch (operation.kind) {
    case 'product-create':
      return productCreate(operation, shop);
    case 'product-update':
      return productUpdate(operation);
    case 'product-delete':
      return mutation(documents.PRODUCT_DELETE, { input: { id: operation.remoteId } });
    case 'publish':
      return mutation(operation.published ? documents.PUBLISH : documents.UNPUBLISH, {
        id: operation.remoteId,
        input: [{ publicationId: shop.publicationId }],
      });
    case 'tags-add':
      return mutation(documents.TAGS_ADD, { id: operation.remoteId, tags: operation.tags });
    case 'tags-remove':
      return mutation(documents.TAGS_REMOVE, { id: operation.remoteId, tags: operation.tags });
    case 'options-set':
      return optionsSet(operation);
    case 'variants-create':
      return variantsCreate(operation, shop);
    case 'variants-update':
      return variantsUpdate(operation);
    case 'variants-delete':
      return mutation(documents.VARIANTS_DELETE, {
        productId: operation.remoteId,
        variantsIds: operation.variants.map((variant) => variant.remoteId),
      });
    case 'variants-reorder':
      return mutation(
        documents.VARIANTS_REORDER,
        {
          productId: operation.remoteId,
          positions: operation.positions.map(({ remoteId: id, position }) => ({ id, position })),
        },
        // A page cannot hold more: a longer list is taken to be in the order that was asked for.
        { sizes: { variants: operation.order.length > MAX_LIST ? 0 : operation.order.length } },
      );
    case 'media-add':
      return mutation(
        documents.MEDIA_ADD,
        {
          identifier: { id: operation.remoteId },
          product: {},
          added: operation.media.map(({ url, alt, kind }) => ({
            originalSource: url,
            alt,
            mediaContentType: kind,
          })),
        },
        { ownPoints: MUTATION_POINTS + carriedPoints({ productFiles: operation.media.length }) },
      );
    case 'media-update':
      return mutation(documents.FILES_UPDATE, {
        files: operation.media.map(({ remoteId: id, alt }) => ({ id, alt })),
      });
    case 'media-remove':
      return mutation(documents.FILES_UPDATE, {
        files: operation.media.map((id) => ({ id, referencesToRemove: [operation.remoteId] })),
      });
    case 'media-reorder':
      return mutation(documents.MEDIA_REORDER, {
        id: operation.remoteId,
        moves: operation.moves.map(({ remoteId: id, newPosition }) => ({
          id,
          newPosition: String(newPosition),
        })),
      });
    case 'variant-media-detach':
      return mutation(documents.VARIANT_MEDIA_DETACH, {
        productId: operation.remoteId,
        variantMedia: operation.variants.map(({ remoteId, mediaId }) => ({
          variantId: remoteId,
          mediaIds: [mediaId],
        })),
      });
    case 'metafields-set':
      return mutation(documents.METAFIELDS_SET, {
        metafieldRows: operation.metafields.map((row) => ({ ownerId: row.ownerId, ...metafieldInput(row) })),
      });
    case 'metafields-delete':
      return mutation(documents.METAFIELDS_DELETE, { metafieldRows: operation.metafields });
    case 'inventory-set':
      return inventorySet([operation]);
  }
}

const isKind =
  <K extends Operation['kind']>(kind: K) =>
  (operation: Operation): operation is OperationFor<K> =>
    operation.kind === kind;

/** The GraphQL of one call. A call of several operations is one whose rows Shopify takes in one list. */
export function prepareCall(call: Call, shop: ShopContext): PreparedCall {
  const [first] = call.operations;
  if (!first) throw new Error('A call carries at least one operation.');
  if (call.operations.length === 1) return prepareOne(first, shop);
  if (call.kind === 'inventory-set') return inventorySet(call.operations.filter(isKind('inventory-set')));
  const prepared = call.operations.map((operation) => prepareOne(operation, shop));
  const rows = prepared.flatMap(({ variables: { metafieldRows } }) =>
    Array.isArray(metafieldRows) ? metafieldRows : [],
  );
  return { ...prepareOne(first, shop), variables: { metafieldRows: rows } };
}
