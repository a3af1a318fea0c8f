import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import { createBulkReads } from './bulk-read';
import { createClient } from './client';
import type { ClientParts } from './client';
import type { ShopifyGateway, ShopifyStore } from './gateway';
import { createReader } from './read';
import { sendOperations } from './send';

export interface GatewayParts extends ClientParts {
  /** Calls under way at a time, a shop and process. */
  concurrency: number;
}

/** The remote side over HTTP: GraphQL only, within the points budget. */
export function createShopifyGateway(parts: GatewayParts): ShopifyGateway {
  const lanes = new Map<string, LimitFunction>();
  const laneOf = (shopId: string): LimitFunction => {
    const lane = lanes.get(shopId) ?? pLimit(parts.concurrency);
    lanes.set(shopId, lane);
    return lane;
  };
  return {
    store: ({ id, domain, publicationId, locations }): ShopifyStore => {
      const client = createClient({ id, domain }, parts, laneOf(id));
      return {
        ...createReader(client, locations),
        ...createBulkReads(client, parts),
        pointsLeft: () => parts.budget.read(id),
        send: (operations, { onSending, onDocument, ...limits }) =>
          sendOperations(operations, {
            client,
            limits,
            onSending,
            onDocument,
            shop: { publicationId, locations },
          }),
      };
    },
  };
}
