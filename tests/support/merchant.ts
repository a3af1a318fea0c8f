/** The merchant's hand in the store: GraphQL without points, and what the app sent. */
import type { Product } from '../../emulator/state/product';
import type { Shop } from '../../emulator/state/shop';
import { DEMO_SHOP } from './connected-shop';
import type { Stage } from './stage';

/** Runs a document as the merchant; rejects where it has errors of any kind. */
export async function asMerchant(
  stage: Pick<Stage, 'emulator'>,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<unknown> {
  const response = await fetch(`${stage.emulator.origin}/_emulator/shops/${DEMO_SHOP}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  if (!response.ok || /"errors":|"userErrors":\[\{/.test(text))
    throw new Error(`The merchant's document failed: ${response.status} ${text}`);
  return JSON.parse(text);
}

export function shopOf(stage: Pick<Stage, 'emulator'>): Shop {
  return stage.emulator.state.shops.get(DEMO_SHOP)!;
}

export function storeProduct(stage: Pick<Stage, 'emulator'>, handle: string): Product {
  const shop = shopOf(stage);
  const product = [...shop.products.values()].find((each) => each.handle === handle);
  if (!product) throw new Error(`The store has no product ${handle}.`);
  return product;
}

/** Root fields of the mutations that the app sends while `work` runs, each as often as it is sent, in order. */
export async function mutationsDuring(
  stage: Pick<Stage, 'emulator'>,
  work: () => Promise<unknown>,
): Promise<string[]> {
  const before = stage.emulator.log.all().at(-1)?.sequence ?? 0;
  await work();
  return stage.emulator.log
    .all()
    .filter((call) => call.sequence > before && call.kind === 'mutation')
    .flatMap((call) => call.fields);
}
