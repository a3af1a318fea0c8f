/** Read model of the page where ambiguous matches are settled. */
import { z } from 'zod';
import type { Shop } from '#generated/prisma/client';
import type { Queryable } from '../client.server';

const candidate = z.object({
  remoteId: z.string(),
  title: z.string().default(''),
  handle: z.string().default(''),
  skus: z.array(z.string()).default([]),
  matchedBy: z.enum(['sku', 'handle']).catch('sku'),
});

export type MatchCandidate = z.infer<typeof candidate>;

export interface MatchRow {
  productId: string;
  title: string;
  handle: string;
  skus: string[];
  candidates: MatchCandidate[];
  foundAt: string;
}

export interface MatchesModel {
  total: number;
  rows: MatchRow[];
}

const MATCHES_A_PAGE = 25;

/** The longest waiting matches, at most 25 of them, with what tells the products apart. */
export async function readMatches(db: Queryable, shop: Shop): Promise<MatchesModel> {
  const [total, matches] = await Promise.all([
    db.ambiguousMatch.count({ where: { shopId: shop.id } }),
    db.ambiguousMatch.findMany({
      where: { shopId: shop.id },
      orderBy: [{ foundAt: 'asc' }, { productId: 'asc' }],
      take: MATCHES_A_PAGE,
    }),
  ]);
  const products = await db.catalogProduct.findMany({
    where: { accountId: shop.accountId, id: { in: matches.map((match) => match.productId) } },
    select: {
      id: true,
      title: true,
      handle: true,
      variants: { select: { sku: true }, orderBy: { position: 'asc' }, take: 5 },
    },
  });
  const byId = new Map(products.map((product) => [product.id, product]));
  return {
    total,
    rows: matches.map((match) => {
      const product = byId.get(match.productId);
      return {
        productId: match.productId,
        title: product?.title ?? 'A product that is no longer in the catalog',
        handle: product?.handle ?? '',
        skus: (product?.variants ?? []).flatMap((variant) => (variant.sku === null ? [] : [variant.sku])),
        candidates: z.array(candidate).parse(match.candidates),
        foundAt: match.foundAt.toISOString(),
      };
    }),
  };
}
