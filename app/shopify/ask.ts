/** Queries, and single mutations: the values they answered with, or an error that says why there are none. */
import { MUTATION_POINTS } from '~/core/cost';
import type { GraphqlAnswer, GraphqlClient } from './client';
import { compose } from './compose';
import type { CallText } from './compose';
import type { CallLimits, Spent } from './gateway';

/** Shopify could not be read; the job is tried again later. */
export class ShopifyUnreadable extends Error {
  override name = 'ShopifyUnreadable';
  constructor(
    message: string,
    /** Codes of the errors it refused with; none where it did not answer. */
    readonly codes: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Asks these queries in one document; `ids`: of how many a nodes() among them asks. */
export type Ask = (
  calls: CallText[],
  limits: CallLimits | undefined,
  ids?: number,
) => Promise<{ values: unknown[]; spent: Spent }>;

/** Asks for one mutation. Where the error is thrown it may have been carried out all the same. */
export type Tell = (
  call: CallText,
  limits: CallLimits | undefined,
  ownPoints?: number,
) => Promise<{ value: unknown; spent: Spent }>;

function answeredData(answer: GraphqlAnswer, operationName: string): Record<string, unknown> {
  if (answer.kind === 'unknown') throw new ShopifyUnreadable(answer.message);
  const errors = answer.kind === 'refused' ? answer.errors : [...answer.errors.values()].flat();
  if (answer.kind === 'refused' || errors.length > 0)
    throw new ShopifyUnreadable(
      `Shopify refused ${operationName}: ${errors.map((error) => `${error.message} (${error.code})`).join('; ')}`,
      errors.map(({ code }) => code),
    );
  return answer.data;
}

export function createAsk(client: GraphqlClient): Ask {
  return async (calls, limits, ids = 1) => {
    const document = compose(calls);
    const points = ids * document.points.reduce((sum, own) => sum + own, 0);
    const request = { ...document, isMutation: false, points: Math.ceil(points) };
    const { answer, spent } = await client.call(request, limits);
    const data = answeredData(answer, document.operationName);
    return { values: document.aliases.map((alias) => data[alias]), spent };
  };
}

export function createTell(client: GraphqlClient): Tell {
  return async (call, limits, ownPoints = MUTATION_POINTS) => {
    const document = compose([call]);
    const points = Math.ceil((document.points[0] ?? 0) + ownPoints);
    const { answer, spent } = await client.call({ ...document, isMutation: true, points }, limits);
    const data = answeredData(answer, document.operationName);
    return { value: data[document.aliases[0] ?? ''], spent };
  };
}
