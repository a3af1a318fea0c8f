/** The numbers of Shopify's cost model, and the switches for what is not documented. */
import type { Switches } from '../switches';

export type CostRules = Pick<
  Switches,
  'connectionCost' | 'mutationPayloadCost' | 'costRounding' | 'nodesCost'
>;

/** A query may cost no more than this, whatever the plan. */
export const MAX_QUERY_COST = 1_000;
export const MUTATION_COST = 10;

/** Mutations whose cost is not 10: the documented sample of stagedUploadsCreate costs 11. */
export const MANUAL_COSTS: Readonly<Record<string, number>> = { stagedUploadsCreate: 11 };

/** Largest page size of each step, and the multiplier up to it. */
const STEPS: readonly (readonly [number, number])[] = [
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

/** How often the cost of one node counts for a page of so many: about 3 + log2. */
export function pageMultiplier(pageSize: number, mode: CostRules['connectionCost']): number {
  if (mode === 'bcapps' && pageSize > 149 && pageSize <= 249) return 10;
  const step = STEPS.find(([limit]) => pageSize <= limit);
  return step ? step[1] : Math.max(11, 3 + Math.floor(Math.log2(pageSize)));
}

/** A connection of so many nodes that cost so much each: 2 + multiplier x (1 + what is selected of a node). */
export function connectionCost(pageSize: number, nodeCost: number, rules: CostRules): number {
  return 2 + pageMultiplier(pageSize, rules.connectionCost) * (1 + nodeCost);
}

/** Costs are whole points in answers; `none` keeps a tenth. */
export function rounded(cost: number, mode: CostRules['costRounding']): number {
  const exact = Math.round(cost * 1e6) / 1e6;
  if (mode === 'up') return Math.ceil(exact);
  return mode === 'nearest' ? Math.round(exact) : Math.round(exact * 10) / 10;
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** Tenths of a point for the variants of an input: 0.2 each, 0.4 a metafield, 0.6 a picture. */
function variantTenths(variants: unknown): number {
  if (!Array.isArray(variants)) return 0;
  return variants.reduce((sum: number, variant: unknown) => {
    const pictures =
      lengthOf(property(variant, 'mediaSrc')) +
      (property(variant, 'mediaId') != null ? 1 : 0) +
      (property(variant, 'file') != null ? 1 : 0);
    return sum + 2 + 4 * lengthOf(property(variant, 'metafields')) + 6 * pictures;
  }, 0);
}

/** Points a mutation costs on top of its 10 for what it carries (since 2025-10-01). */
export function carriedCost(mutation: string, args: Readonly<Record<string, unknown>>): number {
  const { input, product, variants, media } = args;
  if (mutation === 'productSet') {
    const ofProduct = 4 * lengthOf(property(input, 'metafields')) + 19 * lengthOf(property(input, 'files'));
    return (variantTenths(property(input, 'variants')) + ofProduct) / 10;
  }
  if (mutation === 'productVariantsBulkCreate' || mutation === 'productVariantsBulkUpdate') {
    return (variantTenths(variants) + 19 * lengthOf(media)) / 10;
  }
  if (mutation === 'productCreate' || mutation === 'productUpdate') {
    return (4 * lengthOf(property(product ?? input, 'metafields')) + 19 * lengthOf(media)) / 10;
  }
  return 0;
}
