/** Plain fields of products and variants as they are now: what is about to be written over, for little. */
import { z } from 'zod';
import { chunksOf } from '~/core/plan';
import type { Gid, ProductFields, VariantFields } from '~/core/product-state';
import { productNode, schemas, updatedFields, variantFields } from './answers';
import type { Ask } from './ask';
import * as documents from './documents';
import { addSpent, nothingSpent } from './gateway';
import type { FieldReads, Spent } from './gateway';

/** A query may cost 1,000 points and name 250 ids. */
export const MAX_IDS = 250;
export const MAX_ITEMS = 125;
const fieldsNode = productNode.pick({
  id: true,
  title: true,
  descriptionHtml: true,
  handle: true,
  vendor: true,
  productType: true,
  status: true,
  templateSuffix: true,
  category: true,
  seo: true,
  tags: true,
  publishedAt: true,
});

/** FieldReads over a client. */
export function createFieldReads(ask: Ask): FieldReads {
  return {
    readFields: async ({ products, variants, items }, limits) => {
      const found = {
        products: new Map<Gid, { fields: Partial<ProductFields>; tags: string[] } | null>(),
        variants: new Map<Gid, Partial<VariantFields> | null>(),
      };
      let spent: Spent = nothingSpent();
      const read = async <T>(document: string, ids: Gid[], node: z.ZodType<T>, most = MAX_IDS) => {
        const pairs: [Gid, T | null][] = [];
        for (const chunk of chunksOf(ids, most)) {
          const { values, spent: own } = await ask(
            [{ document, variables: { ids: chunk } }],
            limits,
            chunk.length,
          );
          spent = addSpent(spent, own);
          const nodes = z.array(node.nullable()).parse(values[0]);
          chunk.forEach((id, index) => pairs.push([id, nodes[index] ?? null]));
        }
        return pairs;
      };
      for (const [id, node] of await read(documents.READ_PRODUCT_FIELDS, products, fieldsNode))
        found.products.set(
          id,
          node && {
            fields: { ...updatedFields(node), published: node.publishedAt !== null },
            tags: node.tags,
          },
        );
      for (const [document, ids, most] of [
        [documents.READ_VARIANT_FIELDS, variants, MAX_IDS],
        [documents.READ_VARIANT_ITEM_FIELDS, items, MAX_ITEMS],
      ] as const)
        for (const [id, node] of await read(document, ids, schemas.variant, most))
          found.variants.set(id, node && { ...found.variants.get(id), ...variantFields(node) });
      return { ...found, spent };
    },
  };
}
