/** What is asked of a store: many products a query, all of their variants, nothing cut off unseen. */
import { z } from 'zod';
import type { ReadCost } from '~/core/forecast';
import type { Gid, RemoteProduct, RemoteVariant } from '~/core/product-state';
import { chunksOf } from '~/core/plan';
import {
  isTruncated,
  isVariantTruncated,
  productNode,
  remoteProduct,
  remoteVariant,
  schemas,
} from './answers';
import type { ProductNode } from './answers';
import { ShopifyUnreadable } from './ask';
import type { Ask } from './ask';
import { compose } from './compose';
import type { CallText } from './compose';
import * as documents from './documents';
import type { PageSizes } from './documents';
import { addSpent, nothingSpent } from './gateway';
import type { CallLimits, RemoteProductOutline, ShopifyStore, Spent } from './gateway';

const page = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const outlineVariants = z.object({
  pageInfo: page,
  nodes: z.array(z.object({ id: schemas.gid, sku: z.string().nullable() })),
});

const shopAnswer = z.object({
  shop: z.object({
    name: z.string(),
    currencyCode: z.string(),
    ianaTimezone: z.string(),
    plan: z.object({ publicDisplayName: z.string() }),
  }),
});
const locationsAnswer = z.object({
  nodes: z.array(z.object({ id: schemas.gid, name: z.string(), isActive: z.boolean() })),
});
const publicationsAnswer = z.object({ nodes: z.array(z.object({ id: schemas.gid, name: z.string() })) });
const outlineAnswer = z.object({
  products: z.object({
    pageInfo: page,
    nodes: z.array(
      z.object({ id: schemas.gid, handle: z.string(), title: z.string(), variants: outlineVariants }),
    ),
  }),
});

/**
 * Page sizes to read products with. Most products fit the first; one that does not is read again with the next, so that
 * the usual read stays cheap and no list is cut off.
 */
function sizeSteps(locations: number): [PageSizes, ...PageSizes[]] {
  return [
    { variants: 50, media: 20, metafields: 20, variantMetafields: 4, levels: Math.max(1, locations) },
    { variants: 100, media: 250, metafields: 250, variantMetafields: 50, levels: Math.max(1, locations) },
    { variants: 10, media: 250, metafields: 250, variantMetafields: 250, levels: Math.max(1, locations) },
  ];
}

const readCall = (ids: Gid[], sizes: PageSizes): CallText => ({
  document: documents.READ_PRODUCTS,
  variables: { ids },
  sizes,
});

const instantsOf = (nodes: { id: Gid; updatedAt?: Date | undefined }[]): [Gid, Date][] =>
  nodes.flatMap(({ id, updatedAt }): [Gid, Date][] => (updatedAt ? [[id, updatedAt]] : []));

/** A query may cost 1,000 points. */
const MAX_POINTS = 1_000;
const MAX_IDS = 250;

/** Lists of a product of usual length: what is charged is what is found, not what may be. */
const USUAL_SIZES = { media: 4, metafields: 4, variantMetafields: 2 };

const idsOf = (sizes: PageSizes) => {
  const points = compose([readCall([], sizes)]).points[0] ?? MAX_POINTS;
  return Math.max(1, Math.min(MAX_IDS, Math.floor(MAX_POINTS / points)));
};

/** About what reading whole products costs that have so many variants, and how many a call reads. */
export function wholeProductCost(locations: number, variants: number): ReadCost {
  const [sizes] = sizeSteps(locations);
  const pages = Math.max(1, Math.ceil(variants / sizes.variants));
  const usual = { ...sizes, ...USUAL_SIZES, variants: Math.max(1, Math.min(sizes.variants, variants)) };
  const points = compose([readCall([], usual)]).points[0] ?? MAX_POINTS;
  // Each further page of variants is a call of its own.
  return { points: points * pages, idsPerCall: 1 / (1 / idsOf(sizes) + pages - 1) };
}

export type Reader = Pick<
  ShopifyStore,
  'readShop' | 'readProducts' | 'findByHandle' | 'outline' | 'findCategories'
>;

export function createReader(ask: Ask, locations: number): Reader {
  const moreVariants = async (id: Gid, cursor: string, sizes: PageSizes, limits?: CallLimits) => {
    const variants: RemoteVariant[] = [];
    const changedAt: [Gid, Date][] = [];
    let spent = nothingSpent();
    let truncated = false;
    for (let after: string | null = cursor; after !== null;) {
      const call = { document: documents.READ_MORE_VARIANTS, variables: { id, after }, sizes };
      const { values, spent: own } = await ask([call], limits);
      spent = addSpent(spent, own);
      const { variants: found } = z.object({ variants: schemas.variantPage }).parse(values[0]);
      truncated ||= found.nodes.some(isVariantTruncated);
      variants.push(...found.nodes.map((node) => remoteVariant(node)));
      changedAt.push(...instantsOf(found.nodes));
      after = found.pageInfo?.hasNextPage ? (found.pageInfo.endCursor ?? null) : null;
    }
    return { variants, changedAt, truncated, spent };
  };

  const readWith = async (
    ids: Gid[],
    steps: PageSizes[],
    limits?: CallLimits,
  ): ReturnType<Reader['readProducts']> => {
    const [sizes, ...larger] = steps;
    if (!sizes)
      throw new ShopifyUnreadable(
        `Product ${ids[0] ?? ''} has longer lists of metafields or media than can be read.`,
      );
    const products = new Map<Gid, RemoteProduct | null>();
    const changedAt = new Map<Gid, Date>();
    let spent: Spent = nothingSpent();
    const truncated: Gid[] = [];
    const settle = async (id: Gid, node: ProductNode) => {
      const cursor = node.variants.pageInfo?.hasNextPage ? node.variants.pageInfo.endCursor : null;
      if (isTruncated(node)) return truncated.push(id);
      const more = cursor
        ? await moreVariants(id, cursor, sizes, limits)
        : { variants: [], changedAt: [], truncated: false, spent: nothingSpent() };
      spent = addSpent(spent, more.spent);
      if (more.truncated) return truncated.push(id);
      for (const [gid, at] of [...instantsOf([node, ...node.variants.nodes]), ...more.changedAt])
        changedAt.set(gid, at);
      return products.set(
        id,
        remoteProduct(node, [
          ...node.variants.nodes.map((variant) => remoteVariant(variant)),
          ...more.variants,
        ]),
      );
    };
    await Promise.all(
      chunksOf(ids, idsOf(sizes)).map(async (chunk) => {
        const { values, spent: own } = await ask([readCall(chunk, sizes)], limits, chunk.length);
        spent = addSpent(spent, own);
        const found = z.array(productNode.nullable()).parse(values[0]);
        for (const [index, id] of chunk.entries()) {
          const node = found[index] ?? null;
          if (node === null) products.set(id, null);
          else await settle(id, node);
        }
      }),
    );
    for (const id of truncated) {
      const again = await readWith([id], larger, limits);
      spent = addSpent(spent, again.spent);
      for (const [key, product] of again.products) products.set(key, product);
      for (const [key, at] of again.changedAt) changedAt.set(key, at);
    }
    return { products, changedAt, spent };
  };

  const allSkus = async (id: Gid, first: z.infer<typeof outlineVariants>, limits?: CallLimits) => {
    const variants = [...first.nodes];
    let spent = nothingSpent();
    for (let info = first.pageInfo; info.hasNextPage && info.endCursor;) {
      const call = { document: documents.OUTLINE_MORE_VARIANTS, variables: { id, after: info.endCursor } };
      const { values, spent: own } = await ask([call], limits);
      spent = addSpent(spent, own);
      const { variants: found } = z.object({ variants: outlineVariants }).parse(values[0]);
      variants.push(...found.nodes);
      info = found.pageInfo;
    }
    return { variants, spent };
  };

  return {
    readShop: async (limits) => {
      const { values, spent } = await ask(
        [documents.READ_SHOP, documents.READ_LOCATIONS, documents.READ_PUBLICATIONS].map((document) => ({
          document,
          variables: {},
        })),
        limits,
      );
      const { shop } = shopAnswer.parse({ shop: values[0] });
      const publications = publicationsAnswer.parse(values[2]).nodes;
      return {
        facts: {
          name: shop.name,
          currencyCode: shop.currencyCode,
          timezone: shop.ianaTimezone,
          plan: shop.plan.publicDisplayName,
          locations: locationsAnswer
            .parse(values[1])
            .nodes.map(({ id, name, isActive }) => ({ gid: id, name, isActive })),
          publicationId:
            (publications.find(({ name }) => name === 'Online Store') ?? publications[0])?.id ?? null,
        },
        spent,
      };
    },
    readProducts: async (ids, limits) => {
      const { products, changedAt, spent } = await readWith([...new Set(ids)], sizeSteps(locations), limits);
      return { products, changedAt, spent: { ...spent, productReads: products.size } };
    },
    findByHandle: async (handles, limits) => {
      const ids = new Map<string, Gid>();
      let spent = nothingSpent();
      for (const chunk of chunksOf(handles, 100)) {
        const calls = chunk.map((handle) => ({
          document: documents.FIND_BY_HANDLE,
          variables: { identifier: { handle } },
        }));
        const { values, spent: own } = await ask(calls, limits);
        spent = addSpent(spent, own);
        chunk.forEach((handle, index) => {
          const found = z.object({ id: schemas.gid }).nullable().parse(values[index]);
          if (found) ids.set(handle, found.id);
        });
      }
      return { ids, spent };
    },
    outline: async (cursor, limits) => {
      const { values, spent: first } = await ask(
        [{ document: documents.OUTLINE, variables: { after: cursor } }],
        limits,
      );
      let spent = first;
      const { products } = outlineAnswer.parse({ products: values[0] });
      const outlines: RemoteProductOutline[] = [];
      for (const { id, handle, title, variants } of products.nodes) {
        const all = await allSkus(id, variants, limits);
        spent = addSpent(spent, all.spent);
        outlines.push({ id, handle, title, variants: all.variants });
      }
      return {
        products: outlines,
        next: products.pageInfo.hasNextPage ? (products.pageInfo.endCursor ?? null) : null,
        spent,
      };
    },
    findCategories: async (fullNames, limits) => {
      const ids = new Map<string, Gid>();
      let spent = nothingSpent();
      for (const name of new Set(fullNames)) {
        const search = name.split('>').pop()?.trim() ?? name;
        const { values, spent: own } = await ask(
          [{ document: documents.FIND_CATEGORIES, variables: { search } }],
          limits,
        );
        spent = addSpent(spent, own);
        const { categories } = z
          .object({
            categories: z.object({ nodes: z.array(z.object({ id: schemas.gid, fullName: z.string() })) }),
          })
          .parse(values[0]);
        const plain = (text: string) =>
          text
            .replaceAll(/\s*>\s*/g, '>')
            .trim()
            .toLowerCase();
        const match = categories.nodes.find((node) => plain(node.fullName) === plain(name));
        if (match) ids.set(name, match.id);
      }
      return { ids, spent };
    },
  };
}
