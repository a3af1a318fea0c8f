/** Bulk operations that read: started, looked at, and their results as products and variants. */
import { z } from 'zod';
import { createAsk, createTell } from './ask';
import { productNode, remoteProduct, remoteVariant, schemas } from './answers';
import { bulkGroups, kindOf } from './bulk-lines';
import type { BulkGroup, DownloadParts } from './bulk-lines';
import type { GraphqlClient } from './client';
import * as documents from './documents';
import { BulkResultUnreadable } from './gateway';
import type { BulkOperation, BulkPart, BulkReads } from './gateway';

const DOCUMENTS: Record<BulkPart, string> = {
  products: documents.BULK_PRODUCTS,
  variants: documents.BULK_VARIANTS,
};

const started = z.object({
  bulkOperation: z.object({ id: schemas.gid }).nullable(),
  userErrors: z.array(z.object({ code: z.string().nullable(), message: z.string() })),
});
const count = z.union([z.string(), z.number()]).transform(Number);
const operationNode = z
  .object({
    status: z.string(),
    errorCode: z.string().nullable(),
    objectCount: count,
    rootObjectCount: count,
    url: z.string().nullable(),
    partialDataUrl: z.string().nullable(),
    createdAt: z.iso.datetime({ offset: true }),
    completedAt: z.iso.datetime({ offset: true }).nullable(),
  })
  .transform(({ status, errorCode, rootObjectCount, url, partialDataUrl, ...at }): BulkOperation => {
    const isUnderWay = ['CREATED', 'RUNNING', 'CANCELING'].includes(status);
    return {
      status: isUnderWay ? 'under way' : status === 'COMPLETED' ? 'completed' : 'failed',
      reason: errorCode === null ? status : `${status}, ${errorCode}`,
      rootObjects: rootObjectCount,
      url,
      partialUrl: partialDataUrl,
      seconds:
        at.completedAt === null ? null : (Date.parse(at.completedAt) - Date.parse(at.createdAt)) / 1_000,
    };
  });

/** Parses an object that was put together from lines. */
function understood<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new BulkResultUnreadable(`The bulk result was not understood: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const childrenOf = ({ children }: BulkGroup, isKind: (kind: string) => boolean) => ({
  nodes: children.filter((child) => isKind(kindOf(child))),
});
const isMetafield = (kind: string) => kind === 'Metafield';
const isVariant = (kind: string) => kind === 'ProductVariant';
const isLevel = (kind: string) => kind === 'InventoryLevel';
const isMedia = (kind: string) => !isMetafield(kind) && !isVariant(kind) && !isLevel(kind);

const item = z.looseObject({ id: schemas.gid });

export function createBulkReads(client: GraphqlClient, parts: DownloadParts): BulkReads {
  const ask = createAsk(client);
  const tell = createTell(client);

  return {
    startBulkRead: async (part, limits) => {
      const variables = { query: DOCUMENTS[part], groupObjects: true };
      const { value, spent } = await tell({ document: documents.RUN_BULK_QUERY, variables }, limits);
      const { bulkOperation, userErrors } = started.parse(value);
      if (bulkOperation) return { kind: 'started', id: bulkOperation.id, spent };
      if (userErrors.some(({ code }) => code === 'LIMIT_REACHED' || code === 'OPERATION_IN_PROGRESS'))
        return { kind: 'busy', spent };
      return { kind: 'refused', message: userErrors.map(({ message }) => message).join(' '), spent };
    },
    readBulkOperation: async (id, limits) => {
      const call = { document: documents.READ_BULK_OPERATION, variables: { id } };
      const { values, spent } = await ask([call], limits);
      return { operation: operationNode.nullable().parse(values[0]), spent };
    },
    cancelBulkRead: async (id, limits) => {
      const call = { document: documents.CANCEL_BULK_OPERATION, variables: { id } };
      return (await tell(call, limits)).spent;
    },
    bulkProducts: async function* (url, limits) {
      for await (const group of bulkGroups(parts, url, limits, ({ id }, parentId) => id === parentId)) {
        const node = understood(productNode, {
          ...group.root,
          media: childrenOf(group, isMedia),
          metafields: childrenOf(group, isMetafield),
          variants: childrenOf(group, isVariant),
        });
        const variants = node.variants.nodes.map((variant) => remoteVariant(variant));
        yield { product: remoteProduct(node, variants), lines: group.lines };
      }
    },
    bulkVariants: async function* (url, limits) {
      const itemOf = (root: BulkGroup['root']) => understood(item, root['inventoryItem']);
      const isOwn = (root: BulkGroup['root'], parentId: string) =>
        parentId === root.id || parentId === itemOf(root).id;
      for await (const group of bulkGroups(parts, url, limits, isOwn)) {
        const node = understood(schemas.variant, {
          ...group.root,
          media: childrenOf(group, isMedia),
          metafields: childrenOf(group, isMetafield),
          inventoryItem: { ...itemOf(group.root), inventoryLevels: childrenOf(group, isLevel) },
        });
        const { id, mediaId, metafields, inventory } = remoteVariant(node);
        yield { variant: { id, mediaId, metafields, inventory }, lines: group.lines };
      }
    },
  };
}
