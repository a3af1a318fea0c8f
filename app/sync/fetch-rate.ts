/** The rate of a store's currency, from the address that its rules name. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { DecimalString } from '~/core/product-state';
import type { Resources } from './resources';

export type FetchedRate = { kind: 'told'; rate: DecimalString } | { kind: 'problem'; problem: string };

const MAX_BYTES = 1_048_576;
const TIMEOUT_MS = 15_000;

/** What the address of a store's rate feed is sealed for. */
export const feedSealOf = (shopId: string) => `rate-feed ${shopId}`;

const figure = z.union([z.number().positive(), z.string().regex(/^\d+(\.\d+)?$/)]);
/** {"rates": {"JPY": 150.25}}, as most public feeds answer, or {"rate": 150.25}. */
const answered = z.union([z.object({ rates: z.record(z.string(), figure) }), z.object({ rate: figure })]);

const asked = (currencyCode: string) =>
  `The answer must be JSON such as {"rates": {"${currencyCode}": 1.0833}} or {"rate": 1.0833}: how many ${currencyCode} are one of the catalog’s currency.`;

function readRate(text: string, currencyCode: string): FetchedRate {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'problem', problem: `The address answers no JSON. ${asked(currencyCode)}` };
  }
  const read = answered.safeParse(json).data;
  const told = read === undefined ? undefined : 'rate' in read ? read.rate : read.rates[currencyCode];
  if (told === undefined)
    return { kind: 'problem', problem: `The answer has no rate of ${currencyCode}. ${asked(currencyCode)}` };
  const rate = new Decimal(told).toDecimalPlaces(18);
  return rate.greaterThan(0)
    ? { kind: 'told', rate: rate.toFixed() }
    : { kind: 'problem', problem: `The address tells a rate of 0. ${asked(currencyCode)}` };
}

/** Asks once; whoever keeps the rules asks again. */
export async function fetchRate(
  { web }: Pick<Resources, 'web'>,
  { url, currencyCode, signal }: { url: string; currencyCode: string; signal?: AbortSignal },
): Promise<FetchedRate> {
  const answer = await web.fetch(url, {
    headers: { accept: 'application/json' },
    ...{ maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS },
    ...(signal !== undefined && { signal }),
  });
  if (answer.kind !== 'answered') return { kind: 'problem', problem: `${answer.reason} ${answer.remedy}` };
  if (answer.status !== 200)
    return {
      kind: 'problem',
      problem: `The server answered ${answer.status}. Look at the address, and at what it asks for.`,
    };
  return readRate(new TextDecoder().decode(answer.body), currencyCode);
}
