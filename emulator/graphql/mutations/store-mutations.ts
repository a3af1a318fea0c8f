/** Webhook subscriptions made through the Admin API. */
import { instant } from '../../clock';
import type { Gid } from '../../state/gid';
import type { WebhookSubscription } from '../../state/operations';
import { newGid } from '../../state/state';
import { parseFilter } from '../../webhooks/payload-filter';
import type { Call, FieldResolver } from '../call';

interface SubscriptionInput {
  uri?: string | null;
  callbackUrl?: string | null;
  filter?: string | null;
  format?: 'JSON' | 'XML' | null;
  includeFields?: string[] | null;
  metafieldNamespaces?: string[] | null;
  metafields?: { namespace?: string | null; key: string }[] | null;
  name?: string | null;
}

interface Refusal {
  field: string[];
  message: string;
}

function filterProblem(filter: string): string | null {
  try {
    parseFilter(filter);
    return null;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

function check(
  call: Call,
  topic: string,
  uri: string,
  input: SubscriptionInput,
  self: Gid | null,
): Refusal[] {
  const errors: Refusal[] = [];
  const refuse = (name: string, message: string) =>
    errors.push({ field: ['webhookSubscription', name], message });
  if (!/^(https?:\/\/|pubsub:\/\/|arn:aws:|\/)/.test(uri)) refuse('callbackUrl', 'Address is invalid');
  if (input.format === 'XML') refuse('format', 'The emulator sends JSON only');
  const taken = [...call.shop.webhookSubscriptions.values()].some(
    (other) =>
      other.id !== self &&
      other.topic === topic &&
      other.uri === uri &&
      other.filter === (input.filter ?? null),
  );
  if (taken) refuse('callbackUrl', 'Address for this topic has already been taken');
  const problem = input.filter ? filterProblem(input.filter) : null;
  if (problem) refuse('filter', problem);
  return errors;
}

const subscribe: FieldResolver = (
  _root,
  args: { topic: string; webhookSubscription: SubscriptionInput },
  call,
) => {
  const input = args.webhookSubscription;
  const uri = input.uri ?? input.callbackUrl ?? '';
  const errors = check(call, args.topic, uri, input, null);
  if (errors.length > 0) return { webhookSubscription: null, userErrors: errors };
  const at = instant(call.emulator.clock.now());
  const subscription: WebhookSubscription = {
    id: newGid(call.emulator.state, 'WebhookSubscription'),
    topic: args.topic,
    uri,
    format: 'JSON',
    filter: input.filter ?? null,
    includeFields: input.includeFields ?? [],
    metafieldNamespaces: input.metafieldNamespaces ?? [],
    metafields: (input.metafields ?? []).map(({ namespace, key }) => ({ namespace: namespace ?? '', key })),
    name: input.name ?? null,
    apiVersion: call.emulator.app.config.webhookApiVersion,
    createdAt: at,
    updatedAt: at,
    consecutiveFailures: 0,
  };
  call.shop.webhookSubscriptions.set(subscription.id, subscription);
  return { webhookSubscription: subscription, userErrors: [] };
};

const notFound = { userErrors: [{ field: ['id'], message: 'Webhook subscription does not exist' }] };

const update: FieldResolver = (_root, args: { id: Gid; webhookSubscription: SubscriptionInput }, call) => {
  const subscription = call.shop.webhookSubscriptions.get(args.id);
  if (!subscription) return notFound;
  const input = args.webhookSubscription;
  const uri = input.uri ?? input.callbackUrl ?? subscription.uri;
  const errors = check(
    call,
    subscription.topic,
    uri,
    { filter: subscription.filter, ...input },
    subscription.id,
  );
  if (errors.length > 0) return { webhookSubscription: subscription, userErrors: errors };
  subscription.uri = uri;
  subscription.updatedAt = instant(call.emulator.clock.now());
  if (input.filter !== undefined) subscription.filter = input.filter;
  if (input.includeFields) subscription.includeFields = input.includeFields;
  if (input.metafieldNamespaces) subscription.metafieldNamespaces = input.metafieldNamespaces;
  if (input.name !== undefined) subscription.name = input.name;
  return { webhookSubscription: subscription, userErrors: [] };
};

const unsubscribe: FieldResolver = (_root, args: { id: Gid }, call) => {
  if (!call.shop.webhookSubscriptions.delete(args.id)) return notFound;
  return { deletedWebhookSubscriptionId: args.id, userErrors: [] };
};

export const storeMutations: Record<string, FieldResolver> = {
  webhookSubscriptionCreate: subscribe,
  webhookSubscriptionUpdate: update,
  webhookSubscriptionDelete: unsubscribe,
};
