/** The collections of a store, and which products are in one. */
import { z } from 'zod';
import type { Gid } from '~/core/product-state';
import { schemas } from './answers';
import type { Ask } from './ask';
import * as documents from './documents';
import { addSpent, nothingSpent } from './gateway';
import type { CollectionReads, Spent } from './gateway';

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const listed = z.object({
  pageInfo,
  nodes: z.array(z.object({ id: schemas.gid, title: z.string(), handle: z.string() })),
});
const members = z
  .object({ products: z.object({ pageInfo, nodes: z.array(z.object({ id: schemas.gid })) }) })
  .nullable();

export function createCollectionReads(ask: Ask): CollectionReads {
  return {
    listCollections: async (limits) => {
      const collections: z.infer<typeof listed>['nodes'] = [];
      let spent: Spent = nothingSpent();
      for (let after: string | null = null, goesOn = true; goesOn;) {
        const call = { document: documents.LIST_COLLECTIONS, variables: { after } };
        const { values, spent: own } = await ask([call], limits);
        spent = addSpent(spent, own);
        const page: z.infer<typeof listed> = listed.parse(values[0]);
        collections.push(...page.nodes);
        after = page.pageInfo.endCursor ?? null;
        goesOn = page.pageInfo.hasNextPage && after !== null;
      }
      return { collections, spent };
    },
    collectionProducts: async (id, limits) => {
      const productIds: Gid[] = [];
      let spent: Spent = nothingSpent();
      for (let after: string | null = null, goesOn = true; goesOn;) {
        const call = { document: documents.READ_COLLECTION_PRODUCTS, variables: { id, after } };
        const { values, spent: own } = await ask([call], limits);
        spent = addSpent(spent, own);
        const page: z.infer<typeof members> = members.parse(values[0]);
        if (page === null) return { productIds: null, spent };
        productIds.push(...page.products.nodes.map((node) => node.id));
        after = page.products.pageInfo.endCursor ?? null;
        goesOn = page.products.pageInfo.hasNextPage && after !== null;
      }
      return { productIds, spent };
    },
  };
}
