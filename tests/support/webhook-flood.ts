/** Many signed deliveries about few products, as a busy day of Shopify's brings them. */
import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { SeededRandom } from '~/catalog/seeded-random';
import { DEMO_SHOP } from './connected-shop';
import { API_SECRET } from './environment';

/** A product that is told of. */
export interface ToldProduct {
  id: string;
  inventoryItemId: string;
}

export interface SignedDelivery {
  headers: Record<string, string>;
  body: string;
}

const legacyId = (gid: string) => Number(gid.split('/').at(-1));
const at = '2026-11-24T10:00:00Z';

function webhook(topic: string, payload: object): SignedDelivery {
  const body = JSON.stringify(payload);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-hmac-sha256': createHmac('sha256', API_SECRET).update(body).digest('base64'),
      'x-shopify-shop-domain': DEMO_SHOP,
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': randomUUID(),
      'x-shopify-event-id': randomUUID(),
      'x-shopify-triggered-at': at,
    },
  };
}

function event(id: string): SignedDelivery {
  const body = JSON.stringify({
    topic: 'Product',
    action: 'update',
    handle: 'synced-fields',
    data: { product: { id } },
    query_variables: { productId: id },
    fields_changed: { added: [], updated: [`product[id: '${id}'].variants.price`], removed: [] },
  });
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'shopify-topic': 'Product',
      'shopify-action': 'update',
      'shopify-handle': 'synced-fields',
      'shopify-hmac-sha256': createHmac('sha256', API_SECRET).update(body).digest('base64'),
      'shopify-shop-domain': DEMO_SHOP,
      'shopify-api-version': '2026-10',
      'shopify-webhook-id': randomUUID(),
      'shopify-triggered-at': at,
    },
  };
}

/** `each` deliveries a product, of all kinds that name products, in one seeded disorder. */
export function floodOf(products: ToldProduct[], each: number, seed = 1): SignedDelivery[] {
  const kinds = [
    ({ id }: ToldProduct) =>
      webhook('products/update', { id: legacyId(id), admin_graphql_api_id: id, updated_at: at }),
    ({ inventoryItemId }: ToldProduct) =>
      webhook('inventory_levels/update', {
        inventory_item_id: legacyId(inventoryItemId),
        location_id: 1,
        available: 3,
        updated_at: at,
      }),
    ({ id }: ToldProduct) => event(id),
    ({ id }: ToldProduct) =>
      webhook('orders/create', { id: 1, line_items: [{ product_id: legacyId(id), variant_id: 2 }] }),
  ];
  const random = new SeededRandom(seed);
  const deliveries = products.flatMap((product) =>
    Array.from({ length: each }, (_, index) => {
      const [kind] = [kinds[index % kinds.length]];
      if (!kind) throw new Error('There is no kind of delivery.');
      return { place: random.next(), delivery: kind(product) };
    }),
  );
  return deliveries.sort((left, right) => left.place - right.place).map(({ delivery }) => delivery);
}

export interface Answered {
  status: number;
  ms: number;
}

function post(url: URL, agent: Agent, { headers, body }: SignedDelivery): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const sent = request(
      url,
      { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        response.resume();
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, ms: performance.now() - started }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Posts everything over so many connections, each with its next delivery as soon as the last one is answered. */
export async function pour(
  address: string,
  deliveries: SignedDelivery[],
  connections: number,
): Promise<{ answers: Answered[]; ms: number }> {
  const url = new URL(address);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const answers: Answered[] = [];
  const queue = deliveries.values();
  const started = performance.now();
  try {
    await Promise.all(
      Array.from({ length: connections }, async () => {
        for (const delivery of queue) answers.push(await post(url, agent, delivery));
      }),
    );
    return { answers, ms: performance.now() - started };
  } finally {
    agent.destroy();
  }
}

/** The value below which a share of them lies. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
