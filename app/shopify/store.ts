import { noTimes, withCall } from '~/core/call-speed';
import type { CallTimes } from '~/core/call-speed';
import { createBulkReads } from './bulk-read';
import { createBulkWrites } from './bulk-write';
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
import { createOrderReads } from './read-orders';
import { createFieldReads } from './read-fields';
import { sendOperations } from './send';

/** Places of what somebody waits for, a place of the background's. */
const INTERACTIVE_PLACES = 0.2;

export interface GatewayParts extends ClientParts {
  /** Calls under way at a time, a shop and process. */
  concurrency: number;
}

/** The remote side over HTTP: GraphQL only, within the points budget. */
export function createShopifyGateway(parts: GatewayParts): ShopifyGateway {
  const lanes = new Map<string, { background: CallLane; interactive: CallLane }>();
  /** What somebody waits for has places of its own. */
  const laneOf = (shopId: string, isBackground: boolean): CallLane => {
    const own = lanes.get(shopId) ?? {
      background: createCallLane(parts.concurrency),
      interactive: createCallLane(Math.ceil(parts.concurrency * INTERACTIVE_PLACES)),
    };
    lanes.set(shopId, own);
    return {
      pass: own[isBackground ? 'background' : 'interactive'].pass,
      isLeaving: () => own.background.isLeaving() || own.interactive.isLeaving(),
    };
  };
  const times = new Map<string, CallTimes>();
  return {
    store: ({ id, domain, publicationId, locations, isBackground = false }): ShopifyStore => {
      const shop = { publicationId, locations };
      const client = createClient(
        { id, domain, isBackground },
        parts,
        laneOf(id, isBackground),
        (fields, seconds) => times.set(id, withCall(times.get(id) ?? noTimes(), fields, seconds)),
      );
      const ask = createAsk(client);
      return {
        ...createReader(ask, locations),
        ...createFieldReads(ask),
        ...createCollectionReads(ask),
        ...createOrderReads(ask),
        ...createBulkReads(client, parts),
        ...createPictureFiles(client, parts.fetch),
        ...createBulkWrites(client, parts, shop),
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
