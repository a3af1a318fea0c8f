/** Who wants to hear of a topic: shopify.app.toml for every shop, and what a shop's app asked for over the Admin API. */
import type { EmulatorContext } from '../context';
import type { Gid } from '../state/gid';
import type { Shop } from '../state/shop';

/** Told even where the app is not installed (any more). */
const COMPLIANCE_TOPICS = ['customers/data_request', 'customers/redact', 'shop/redact'];

export interface Subscriber {
  /** Null for a subscription of shopify.app.toml. */
  subscriptionId: Gid | null;
  /** Absolute address; anything but http and https cannot be delivered to. */
  uri: string;
  includeFields: string[];
  filter: string | null;
  name: string | null;
  apiVersion: string;
}

/** "products/update" as GraphQL's WebhookSubscriptionTopic names it: "PRODUCTS_UPDATE". */
export function topicInGraphql(topic: string): string {
  return topic.replace(/[/.]/g, '_').toUpperCase();
}

/** An address as written in a subscription: absolute, or a path on the app's own origin. */
export function addressOf(context: EmulatorContext, uri: string): string {
  return uri.startsWith('/') ? `${context.app.appUrl}${uri}` : uri;
}

/** All subscribers of a topic on a shop. Those of the file need an installed app, save for compliance topics. */
export function subscribersOf(context: EmulatorContext, shop: Shop, topic: string): Subscriber[] {
  const told = shop.installation !== null || COMPLIANCE_TOPICS.includes(topic);
  const { config } = context.app;
  const ofFile = config.webhooks
    .filter((subscription) => told && subscription.topics.includes(topic))
    .map((subscription) => ({
      subscriptionId: null,
      uri: addressOf(context, subscription.uri),
      includeFields: subscription.includeFields,
      filter: subscription.filter,
      name: subscription.name,
      apiVersion: config.webhookApiVersion,
    }));
  const ofApi = [...shop.webhookSubscriptions.values()]
    .filter((subscription) => subscription.topic === topicInGraphql(topic))
    .map((subscription) => ({
      subscriptionId: subscription.id,
      uri: addressOf(context, subscription.uri),
      includeFields: subscription.includeFields,
      filter: subscription.filter,
      name: subscription.name,
      apiVersion: subscription.apiVersion,
    }));
  return [...ofFile, ...ofApi];
}
