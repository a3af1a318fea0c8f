/** Lists in arguments may have 250 entries. */
import { GraphQLError } from 'graphql';
import type { CostPlan } from '../cost/plan';

const MAX_LIST = 250;
const MAX_VARIANTS = 2_048;
/** Lists with an entry a variant; the `longVariantLists` switch lets them be as long as a product can have variants. */
const VARIANT_LISTS = new Set(['variants', 'variantsIds', 'positions', 'values', 'optionValuesToAdd']);

function tooLong(
  value: unknown,
  path: string[],
  longVariantLists: boolean,
): { path: string[]; size: number; limit: number } | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) {
    const limit = longVariantLists && VARIANT_LISTS.has(path.at(-1) ?? '') ? MAX_VARIANTS : MAX_LIST;
    if (value.length > limit) return { path, size: value.length, limit };
    for (const [index, entry] of value.entries()) {
      const found = tooLong(entry, [...path, String(index)], longVariantLists);
      if (found) return found;
    }
    return null;
  }
  for (const [name, entry] of Object.entries(value)) {
    const found = tooLong(entry, [...path, name], longVariantLists);
    if (found) return found;
  }
  return null;
}

/** The refusal of the first list that is too long, or null. */
export function checkInputSizes(
  plan: CostPlan,
  variables: Readonly<Record<string, unknown>>,
  longVariantLists: boolean,
): GraphQLError | null {
  for (const root of plan.roots) {
    const found = tooLong(root.args(variables), [root.key], longVariantLists);
    if (!found) continue;
    return new GraphQLError(
      `The input array size of ${found.size} is greater than the maximum allowed of ${found.limit}.`,
      { path: found.path, extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' } },
    );
  }
  return null;
}
