/** From the answer of one call to what became of each of its operations. */
import { z } from 'zod';
import { metafieldKey } from '~/core/apply-patch';
import { isDivisible } from '~/core/batch';
import type { Call } from '~/core/call';
import type { Operation, OperationFor } from '~/core/operation';
import type { OperationOutcome, WriteError } from '~/core/outcome';
import type { MetafieldState } from '~/core/product-state';
import type { RemotePatch, VariantPatch } from '~/core/remote-patch';
import { errorsIn, isFailureOfShopify, isStale } from './write-errors';
import { remoteMedia, remoteProduct, remoteVariant, schemas, updatedFields, variantFields } from './answers';
import type { VariantNode } from './answers';

/** What a call's root field answered: its payload, or the errors that took its place. */
export type CallAnswer = { payload: unknown } | { errors: WriteError[] };

export type CallOutcome =
  | { kind: 'settled'; outcomes: OperationOutcome[] }
  /** One of several operations or rows spoiled a call that is taken whole or not at all: send them apart. */
  | { kind: 'divide' };

function locationOf(inventory: Record<string, number>): string | null {
  const [only, ...more] = Object.keys(inventory);
  return only !== undefined && more.length === 0 ? only : null;
}

function createdPatch(operation: OperationFor<'product-create'>, answered: unknown): RemotePatch {
  const { product: node } = z.object({ product: schemas.product }).parse(answered);
  const { product } = operation;
  const byTitle = new Map(product.variants.map((variant) => [variant.optionValues.join(' / '), variant]));
  const variants = node.variants.nodes.map((variant, index) => {
    const sent = byTitle.get(variant.title ?? '') ?? product.variants[index];
    return remoteVariant(
      variant,
      sent && { optionValues: sent.optionValues, onlyLocation: locationOf(sent.inventory) },
    );
  });
  // A title that is none of ours means Shopify spelled an option value its own way: look at the whole product.
  const understood = node.variants.nodes.every((variant) => byTitle.has(variant.title ?? ''));
  const media = remoteMedia(node.media?.nodes ?? []);
  return {
    productId: node.id,
    whole: remoteProduct(node, variants),
    ...(!understood && { stale: true }),
    mediaCreatedFrom: product.media.flatMap((source, index) => {
      const made = media[index];
      return made ? [{ sourceId: source.id, remoteId: made.id }] : [];
    }),
  };
}

function updatedVariants(nodes: VariantNode[]): VariantPatch[] {
  return nodes.map((node) => ({
    id: node.id,
    fields: variantFields(node),
    ...(node.selectedOptions && { optionValues: node.selectedOptions.map(({ value }) => value) }),
    ...(node.media && { mediaId: node.media.nodes[0]?.id ?? null }),
  }));
}

const productOptions = z.object({ product: z.object({ options: schemas.options }) });
const publishable = z.object({ publishable: z.object({ publishedAt: z.string().nullable() }) });
const tagged = z.object({ node: z.object({ tags: z.array(z.string()) }) });
const productVariants = z.object({ productVariants: schemas.variants.nullable() });
const maybeOptions = z.object({ product: z.object({ options: schemas.options }).nullish() });
const reordered = z.object({
  product: z.object({ variants: z.object({ nodes: z.array(z.object({ id: schemas.gid })) }).optional() }),
});
const withMedia = z.object({ product: z.object({ media: schemas.media }) });
const withFiles = z.object({
  files: z.array(z.object({ id: schemas.gid, alt: z.string().nullable() })).nullable(),
});
const withMetafields = z.object({
  metafields: z.array(schemas.metafield.extend({ owner: z.object({ id: schemas.gid }) })).nullable(),
});
const withQuantities = z.object({
  inventoryAdjustmentGroup: z
    .object({
      changes: z.array(
        z.object({
          quantityAfterChange: z.number().nullable(),
          item: z.object({ id: schemas.gid }).nullable(),
          location: z.object({ id: schemas.gid }).nullable(),
        }),
      ),
    })
    .nullable(),
});

function metafieldPatch(
  productId: string,
  rows: { ownerId: string; key: string; value: MetafieldState | null }[],
): RemotePatch {
  const own = rows.filter((row) => row.ownerId === productId);
  const variants = Map.groupBy(
    rows.filter((row) => row.ownerId !== productId),
    (row) => row.ownerId,
  );
  const entries = (list: typeof rows) => Object.fromEntries(list.map(({ key, value }) => [key, value]));
  return {
    productId,
    ...(own.length > 0 && { metafields: entries(own) }),
    variants: [...variants].map(([id, list]) => ({ id, metafields: entries(list) })),
  };
}

function inventoryPatch(operation: OperationFor<'inventory-set'>, answered: unknown): RemotePatch {
  const group = withQuantities.parse(answered).inventoryAdjustmentGroup;
  const after = new Map(
    (group?.changes ?? []).map(({ item, location, quantityAfterChange }) => [
      `${item?.id} ${location?.id}`,
      quantityAfterChange,
    ]),
  );
  return {
    productId: operation.remoteId,
    variants: operation.quantities.map(({ variantRemoteId, inventoryItemId, locationId, quantity }) => ({
      id: variantRemoteId,
      // A quantity that already stood is not among the changes.
      inventory: { [locationId]: after.get(`${inventoryItemId} ${locationId}`) ?? quantity },
    })),
  };
}

/** What the mutation returned, as a change of the remote state we hold. */
function patchOf(operation: Operation, answered: unknown): RemotePatch {
  if (operation.kind === 'product-create') return createdPatch(operation, answered);
  const productId = operation.remoteId;
  switch (operation.kind) {
    case 'product-update':
      return {
        productId,
        fields: updatedFields(z.object({ product: schemas.updatedProduct }).parse(answered).product),
      };
    case 'product-delete':
      return { productId, deleted: true };
    case 'publish':
      return {
        productId,
        fields: { published: publishable.parse(answered).publishable.publishedAt !== null },
      };
    case 'tags-add':
    case 'tags-remove':
      return { productId, tags: tagged.parse(answered).node.tags };
    case 'options-set':
      return { productId, options: productOptions.parse(answered).product.options, stale: true };
    case 'variants-create': {
      const nodes = productVariants.parse(answered).productVariants ?? [];
      return {
        productId,
        options: productOptions.parse(answered).product.options,
        createdVariants: nodes.flatMap((node, index) => {
          const sent = operation.variants[index]?.variant;
          if (!sent) return [];
          const told = { optionValues: sent.optionValues, onlyLocation: locationOf(sent.inventory) };
          return [{ variant: remoteVariant(node, told), sourceId: sent.id }];
        }),
      };
    }
    case 'variants-update': {
      // Asked for where option values move: one that no variant has any more leaves the product's options.
      const { product } = maybeOptions.parse(answered);
      return {
        productId,
        ...(product && { options: product.options }),
        variants: updatedVariants(productVariants.parse(answered).productVariants ?? []),
      };
    }
    case 'variants-delete':
      return {
        productId,
        options: productOptions.parse(answered).product.options,
        deletedVariants: operation.variants.map((variant) => variant.remoteId),
      };
    case 'variants-reorder':
      return {
        productId,
        // Not asked for where a page cannot hold all of them.
        variantOrder:
          reordered.parse(answered).product.variants?.nodes.map(({ id }) => id) ?? operation.order,
      };
    case 'media-add': {
      const media = remoteMedia(withMedia.parse(answered).product.media.nodes);
      const added = media.slice(-operation.media.length);
      return {
        productId,
        media,
        mediaCreatedFrom: operation.media.flatMap((source, index) => {
          const made = added[index];
          return made ? [{ sourceId: source.id, remoteId: made.id }] : [];
        }),
      };
    }
    case 'media-update':
      return {
        productId,
        mediaChanges: (withFiles.parse(answered).files ?? []).map(({ id, alt }) => ({ id, alt: alt ?? '' })),
      };
    case 'media-remove':
      return { productId, removedMedia: operation.media };
    case 'media-reorder':
      // Shopify answers with a job, not with the order; it is as asked once the job is done.
      return { productId, mediaOrder: operation.order };
    case 'variant-media-detach':
      return { productId, variants: updatedVariants(productVariants.parse(answered).productVariants ?? []) };
    case 'metafields-set': {
      const wanted = new Set(operation.metafields.map((row) => `${row.ownerId} ${metafieldKey(row)}`));
      const rows = (withMetafields.parse(answered).metafields ?? []).filter((row) =>
        wanted.has(`${row.owner.id} ${metafieldKey(row)}`),
      );
      return metafieldPatch(
        productId,
        rows.map(({ owner, ...value }) => ({ ownerId: owner.id, key: metafieldKey(value), value })),
      );
    }
    case 'metafields-delete':
      return metafieldPatch(
        productId,
        operation.metafields.map((row) => ({ ownerId: row.ownerId, key: metafieldKey(row), value: null })),
      );
    case 'inventory-set':
      return inventoryPatch(operation, answered);
  }
}

function refused(operation: Operation, errors: WriteError[]): OperationOutcome {
  return { kind: errors.some(isStale) ? 'stale' : 'refused', operation, errors };
}

/** With partial updates allowed, errors name the rows that were refused; an error without a row refuses all. */
function isPartial(operation: Operation, errors: WriteError[]): boolean {
  return (
    operation.kind === 'variants-update' &&
    errors.every(({ field }) => field[0] === 'variants' && /^\d+$/.test(field[1] ?? ''))
  );
}

/** What became of each operation of a call. Throws a ZodError where the answer is not of the schema's shape. */
export function outcomesOf(call: Call, answer: CallAnswer): CallOutcome {
  const errors = 'errors' in answer ? answer.errors : errorsIn(answer.payload);
  const failure = errors.find(isFailureOfShopify);
  if (failure) {
    const outcomes = call.operations.map((operation): OperationOutcome => ({
      kind: 'unknown',
      operation,
      message: failure.message,
    }));
    return { kind: 'settled', outcomes };
  }
  if (errors.length > 0) {
    const isShared = call.operations.length > 1;
    if (isShared || (isDivisible(call) && !errors.some(isStale))) return { kind: 'divide' };
    return {
      kind: 'settled',
      outcomes: call.operations.map((operation) =>
        'payload' in answer && isPartial(operation, errors) && !errors.some(isStale)
          ? { kind: 'partial', operation, patch: patchOf(operation, answer.payload), errors }
          : refused(operation, errors),
      ),
    };
  }
  const answered = 'payload' in answer ? answer.payload : null;
  return {
    kind: 'settled',
    outcomes: call.operations.map((operation) => ({
      kind: 'applied',
      operation,
      patch: patchOf(operation, answered),
    })),
  };
}
