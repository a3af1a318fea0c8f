/**
 * Next Gen Events: subscriptions of shopify.app.toml with triggers by field and a query of their own. Only the topic
 * Product is emulated. Shopify may split one act into several deliveries, and names variants in its paths; here an act is
 * one delivery, and a path of a variant's field names the product only.
 */
import { randomUUID } from 'node:crypto';
import type { AppEventSubscription } from '../app-config';
import type { EmulatorContext } from '../context';
import { runAsMerchant } from '../graphql/run';
import type { EmulatorEvent } from '../state/events';
import type { Shop } from '../state/shop';
import type { Delivery } from './delivery';
import { eventHeaders } from './delivery';
import type { WebhookKnobs } from './knobs';
import { parseFilter } from './payload-filter';
import { addressOf } from './subscriptions';

const ACTIONS: Partial<Record<EmulatorEvent['topic'], string>> = {
  'products/create': 'create',
  'products/update': 'update',
  'products/delete': 'delete',
};

/** Fields of other domains, derived ones, and those that a trigger has to name by key: no wildcard covers them. */
const NO_TRIGGERS =
  /^product\.(variants\.)?(inventoryQuantity|inventoryItem|metafields|orders|publications)(\.|$)/;
/** Where the state's own name of a field is not the API's. */
const SPELLED: Readonly<Record<string, string>> = {
  'product.categoryId': 'product.category',
  'product.variants.mediaIds': 'product.variants.media',
  'product.variants.optionValueIds': 'product.variants.selectedOptions',
};

function fires(trigger: string, field: string): boolean {
  if (!trigger.endsWith('.*')) return field === trigger;
  const parent = trigger.slice(0, -2);
  return field === parent || field.startsWith(`${parent}.`);
}

/** The changed fields that make an update worth telling; without triggers any does. */
function firedBy({ triggers }: AppEventSubscription, fields: readonly string[]): string[] {
  const possible = fields.filter((field) => !NO_TRIGGERS.test(field)).map((field) => SPELLED[field] ?? field);
  return triggers.length === 0
    ? possible
    : possible.filter((field) => triggers.some((trigger) => fires(trigger, field)));
}

/** The deliveries of Next Gen Events an event causes. Call it inside the event. */
export function eventDeliveries(
  context: EmulatorContext,
  shop: Shop,
  event: EmulatorEvent,
  knobs: Readonly<WebhookKnobs>,
): Delivery[] {
  const action = ACTIONS[event.topic];
  if (action === undefined || !('productId' in event) || shop.installation === null) return [];
  const { events: subscriptions, eventsApiVersion: apiVersion } = context.app.config;
  const path = `product[id: '${event.productId}']`;
  return subscriptions.flatMap((subscription): Delivery[] => {
    if (subscription.topic !== 'Product' || !subscription.actions.includes(action)) return [];
    const fields = 'fieldsChanged' in event ? firedBy(subscription, event.fieldsChanged) : [];
    if (action === 'update' && fields.length === 0) return [];
    const variables = { productId: event.productId };
    const data =
      subscription.query === null
        ? null
        : (runAsMerchant(context, shop, subscription.query, variables).data ?? null);
    if (subscription.queryFilter !== null && !parseFilter(subscription.queryFilter)(data)) return [];
    const { handle } = subscription;
    const body = JSON.stringify({
      topic: 'Product',
      action,
      handle,
      ...(subscription.query === null ? {} : { data, query_variables: variables }),
      fields_changed: {
        added: action === 'create' ? [path] : [],
        updated: fields.map((field) => `${path}${field.slice('product'.length)}`),
        removed: action === 'delete' ? [path] : [],
      },
    });
    const about = {
      topic: 'Product',
      action,
      handle,
      shop: shop.domain,
      apiVersion,
      webhookId: randomUUID(),
      eventId: knobs.eventsCarryEventId ? event.eventId : null,
      triggeredAt: event.at,
    };
    return [
      {
        webhookId: about.webhookId,
        eventId: event.eventId,
        shop: shop.domain,
        topic: `Product/${action}`,
        family: 'event',
        subscriptionId: null,
        uri: addressOf(context, subscription.uri),
        headers: eventHeaders(context, about, body),
        body,
        triggeredAt: event.at,
        duplicate: false,
        status: 'pending',
        attempts: [],
      },
    ];
  });
}
