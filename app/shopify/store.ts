import { createBulkReads } from './bulk-read';
import { createCallLane } from './call-lane';
import type { CallLane } from './call-lane';
import { createClient } from './client';
import type { ClientParts } from './client';
import type { ShopifyGateway, ShopifyStore } from './gateway';
import { createAsk } from './ask';
import { createReader } from './read';
import { createFieldReads } from './read-fields';
import { sendOperations } from './send';

export interface GatewayParts extends ClientParts {
  /** Calls under way at a time, a shop and process. */
  concurrency: number;
}

/** The remote side over HTTP: GraphQL only, within the points budget. */
export function createShopifyGateway(parts: GatewayParts): ShopifyGateway {
  const lanes = new Map<string, CallLane>();
  const laneOf = (shopId: string): CallLane => {
    const lane = lanes.get(shopId) ?? createCallLane(parts.concurrency);
    lanes.set(shopId, lane);
    return lane;
  };
  return {
    store: ({ id, domain, publicationId, locations }): ShopifyStore => {
      const client = createClient({ id, domain }, parts, laneOf(id));
      const ask = createAsk(client);
      return {
        ...createReader(ask, locations),
        ...createFieldReads(ask),
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
