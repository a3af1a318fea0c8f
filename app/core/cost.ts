/**
 * The numbers of Shopify's cost model for 2026-10: sized connections count about logarithmically, a mutation costs 10 and
 * something for what it carries. Sources and their certainty: https://shopify.dev/docs/api/usage/limits and the changelogs
 * "dynamic complexity" of 2025-10. A wrong prediction is corrected by the throttleStatus of the answer.
 */

export const MUTATION_POINTS = 10;

const PAGE_STEPS: readonly (readonly [largest: number, counts: number])[] = [
  [2, 1],
  [4, 2],
  [7, 3],
  [12, 4],
  [20, 5],
  [39, 6],
  [59, 7],
  [79, 8],
  [99, 9],
  [149, 10],
  [249, 11],
];

/** Points of a connection of `first` nodes, each costing `nodePoints` besides itself. */
export function connectionPoints(first: number, nodePoints: number): number {
  const step = PAGE_STEPS.find(([largest]) => first <= largest);
  const counts = step ? step[1] : Math.max(11, 3 + Math.floor(Math.log2(first)));
  return 2 + counts * (1 + nodePoints);
}

export interface Carried {
  variants?: number;
  variantFiles?: number;
  variantMetafields?: number;
  productFiles?: number;
  productMetafields?: number;
}

/** Points a product mutation costs besides its 10, in whole tenths: 0.2 a variant, 0.6 its file, 0.4 a metafield, 1.9 a product's file. */
export function carriedPoints(carried: Carried): number {
  const tenths =
    2 * (carried.variants ?? 0) +
    6 * (carried.variantFiles ?? 0) +
    4 * ((carried.variantMetafields ?? 0) + (carried.productMetafields ?? 0)) +
    19 * (carried.productFiles ?? 0);
  return tenths / 10;
}
