/**
 * Listens to what happens in the stores and tells the app: webhooks of shopify.app.toml and of the Admin API, and
 * Next Gen Events.
 */
import { randomUUID } from 'node:crypto';
import type { EmulatorContext } from '../context';
import type { EmulatorEvent } from '../state/events';
import type { Shop } from '../state/shop';
import type { Delivery } from './delivery';
import { webhookHeaders } from './delivery';
import { eventDeliveries } from './next-gen-events';
import type { WebhookKnobs } from './knobs';
import { parseFilter, pickFields } from './payload-filter';
import { payloadOf } from './payloads';
import { DeliverySender } from './sender';
import type { Subscriber } from './subscriptions';
import { subscribersOf } from './subscriptions';

export interface Webhooks {
  /** Current knobs; change them with `configure`. */
  readonly knobs: Readonly<WebhookKnobs>;
  /** Deliveries, oldest first: what was sent, where, how often, with what outcome. */
  readonly deliveries: readonly Delivery[];
  /** Changes some knobs. Throws where a value is out of range. */
  configure(changes: Partial<WebhookKnobs>): WebhookKnobs;
  /** Resolves when nothing is on its way any more, retries included. */
  settle(): Promise<void>;
  /** Stops listening and drops what is on its way. */
  close(): Promise<void>;
}

const started = new WeakMap<EmulatorContext, Webhooks>();

/** The webhooks started for this emulator, or null before `startWebhooks`. */
export function webhooksOf(context: EmulatorContext): Webhooks | null {
  return started.get(context) ?? null;
}

function letsThrough(subscriber: Subscriber, payload: unknown): boolean {
  return subscriber.filter === null || parseFilter(subscriber.filter)(payload);
}

function deliveryTo(
  context: EmulatorContext,
  subscriber: Subscriber,
  event: EmulatorEvent,
  payload: unknown,
): Delivery {
  const body = JSON.stringify(pickFields(payload, subscriber.includeFields));
  const about = {
    topic: event.topic,
    shop: event.shop,
    apiVersion: subscriber.apiVersion,
    webhookId: randomUUID(),
    eventId: event.eventId,
    triggeredAt: event.at,
    name: subscriber.name,
  };
  return {
    webhookId: about.webhookId,
    eventId: event.eventId,
    shop: event.shop,
    topic: event.topic,
    family: 'webhook',
    subscriptionId: subscriber.subscriptionId,
    uri: subscriber.uri,
    headers: webhookHeaders(context, about, body),
    body,
    triggeredAt: event.at,
    duplicate: false,
    status: 'pending',
    attempts: [],
  };
}

/** Counts failed deliveries in a row of an Admin API subscription, and deletes it after as many as the knob says. */
function judgeSubscription(shop: Shop | undefined, delivery: Delivery, knobs: Readonly<WebhookKnobs>): void {
  const subscription = shop?.webhookSubscriptions.get(delivery.subscriptionId ?? '');
  if (!shop || !subscription) return;
  subscription.consecutiveFailures = delivery.status === 'failed' ? subscription.consecutiveFailures + 1 : 0;
  const limit = knobs.deleteAfterFailedDeliveries;
  if (limit > 0 && subscription.consecutiveFailures >= limit)
    shop.webhookSubscriptions.delete(subscription.id);
}

/** Starts listening. One per emulator. Throws where a filter of shopify.app.toml cannot be understood. */
export function startWebhooks(context: EmulatorContext): Webhooks {
  for (const { filter } of context.app.config.webhooks) if (filter !== null) parseFilter(filter);
  for (const { queryFilter } of context.app.config.events) if (queryFilter !== null) parseFilter(queryFilter);
  const dropped = new Set<string>();
  const key = (shop: string, topic: string, uri: string) => `${shop} ${topic} ${uri}`;
  const sender = new DeliverySender(context, (delivery) => {
    judgeSubscription(context.state.shops.get(delivery.shop), delivery, sender.knobs);
    if (
      delivery.status === 'failed' &&
      delivery.subscriptionId === null &&
      sender.knobs.dropFileSubscriptions
    ) {
      dropped.add(key(delivery.shop, delivery.topic, delivery.uri));
    }
  });
  const stop = context.state.events.onEvent((event) => {
    const shop = context.state.shops.get(event.shop);
    if (!shop) return;
    for (const delivery of eventDeliveries(context, shop, event, sender.knobs)) sender.accept(delivery);
    const subscribers = subscribersOf(context, shop, event.topic).filter(
      (one) => one.subscriptionId !== null || !dropped.has(key(event.shop, event.topic, one.uri)),
    );
    const payload = subscribers.length > 0 ? payloadOf(context, shop, event) : null;
    if (payload === null) return;
    for (const subscriber of subscribers) {
      if (letsThrough(subscriber, payload)) sender.accept(deliveryTo(context, subscriber, event, payload));
    }
  });
  const webhooks: Webhooks = {
    knobs: sender.knobs,
    deliveries: sender.deliveries,
    configure: (changes) => sender.configure(changes),
    settle: () => sender.settle(),
    close: async () => {
      stop();
      sender.close();
      started.delete(context);
    },
  };
  started.set(context, webhooks);
  return webhooks;
}
