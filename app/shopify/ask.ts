/** Queries: the values they answered with, or an error that says why there are none. */
import type { GraphqlClient } from './client';
import { compose } from './compose';
import type { CallText } from './compose';
import type { CallLimits, Spent } from './gateway';

/** Shopify could not be read; the job is tried again later. */
export class ShopifyUnreadable extends Error {
  override name = 'ShopifyUnreadable';
}

/** Asks these queries in one document; `ids`: of how many a nodes() among them asks. */
export type Ask = (
  calls: CallText[],
  limits: CallLimits | undefined,
  ids?: number,
) => Promise<{ values: unknown[]; spent: Spent }>;

export function createAsk(client: GraphqlClient): Ask {
  return async (calls, limits, ids = 1) => {
    const document = compose(calls);
    const points = ids * document.points.reduce((sum, own) => sum + own, 0);
    const request = { ...document, isMutation: false, points: Math.ceil(points) };
    const { answer, spent } = await client.call(request, limits);
    if (answer.kind === 'unknown') throw new ShopifyUnreadable(answer.message);
    const errors = answer.kind === 'refused' ? answer.errors : [...answer.errors.values()].flat();
    if (answer.kind === 'refused' || errors.length > 0)
      throw new ShopifyUnreadable(
        `Shopify refused ${document.operationName}: ${errors.map((error) => `${error.message} (${error.code})`).join('; ')}`,
      );
    return { values: document.aliases.map((alias) => answer.data[alias]), spent };
  };
}
