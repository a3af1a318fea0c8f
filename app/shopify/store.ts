import { noTimes, withCall } from '~/core/call-speed';
import type { CallTimes } from '~/core/call-speed';
import { createBulkReads } from './bulk-read';
import { createCallLane } from './call-lane';
import type { CallLane } from './call-lane';
import { createClient } from './client';
import type { ClientParts } from './client';
import { documentCosts } from './document-costs';
import type { ShopifyGateway, ShopifyStore } from './gateway';
import { createAsk } from './ask';
import { createPictureFiles } from './picture-files';
import { createReader } from './read';
import { createCollectionReads } from './read-collections';
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
  const times = new Map<string, CallTimes>();
  return {
    store: ({ id, domain, publicationId, locations }): ShopifyStore => {
      const shop = { publicationId, locations };
      const client = createClient({ id, domain }, parts, laneOf(id), (fields, seconds) =>
        times.set(id, withCall(times.get(id) ?? noTimes(), fields, seconds)),
      );
      const ask = createAsk(client);
      return {
        ...createReader(ask, locations),
        ...createFieldReads(ask),
        ...createCollectionReads(ask),
        ...createBulkReads(client, parts),
        ...createPictureFiles(client, parts.fetch),
        pointsLeft: () => parts.budget.read(id),
        documentCosts: () => documentCosts(shop),
        callsUnderWay: parts.concurrency,
        takeCallTimes: () => {
          const taken = times.get(id) ?? noTimes();
          times.delete(id);
          return taken;
        },
        send: (operations, { onSending, onDocument, ...limits }) =>
          sendOperations(operations, {
            client,
            limits,
            onSending,
            onDocument,
            shop,
          }),
      };
    },
  };
}
