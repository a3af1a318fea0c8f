/**
 * The address webhooks and events are posted to. The request checks the signature, understands what the delivery is
 * about, stores that and answers; sync/handle-webhooks.ts does the rest. Our own check of the signature instead of the
 * library's authenticate.webhook: that one answers 500 for a shop whose session is gone (Shopify/shopify-app-js#3360),
 * so that app/uninstalled is retried for hours and the compliance topics, which come after it, never arrive.
 */
import { readWebhookFacts } from './shopify/webhook-facts';
import { readWebhookHeaders, signatureOf } from './shopify/webhook-headers';
import { isSigned } from './shopify/webhook-signature.server';
import type { Resources } from './sync/resources';
import type { WebhookIntake } from './sync/webhook-intake';

export interface WebhookContext {
  resources: Pick<Resources, 'log' | 'now' | 'metrics'>;
  intake: WebhookIntake;
  /** The app's client secret, and the former one while it may still sign. */
  secrets: (now: Date) => readonly string[];
}

/**
 * Answers 401 to a delivery that is not signed, 400 to one that cannot be understood, 500 to one that could not be
 * stored, which Shopify then repeats, and 200 to all others, those of unknown shops and repetitions included.
 */
export async function receiveWebhook(context: WebhookContext, request: Request): Promise<Response> {
  const { resources, intake, secrets } = context;
  const { log, metrics } = resources;
  const rawBody = Buffer.from(await request.arrayBuffer());
  if (!isSigned(rawBody, signatureOf(request.headers), secrets(resources.now()))) {
    metrics.webhookReceived('', 'unsigned');
    return new Response('The signature is not right.\n', { status: 401 });
  }
  const { headers, problems } = readWebhookHeaders(request.headers);
  if (headers === null) return refuse(resources, problems);
  const read = readWebhookFacts(headers, rawBody.toString('utf8'));
  if (read.facts === null) return refuse(resources, read.problems);
  const { id, shop, topic, triggeredAt } = headers;
  try {
    await intake.take({ id, shop, topic, triggeredAt, facts: read.facts });
  } catch (error) {
    log.error({ err: error, topic, shop }, 'A webhook could not be stored');
    metrics.webhookReceived(topic, 'failed');
    return new Response('The delivery could not be stored.\n', { status: 500 });
  }
  metrics.webhookReceived(topic, 'stored');
  return new Response();
}

function refuse({ log, metrics }: WebhookContext['resources'], problems: string): Response {
  metrics.webhookReceived('', 'not-understood');
  log.warn({ problems }, 'A signed webhook cannot be understood');
  return new Response(`${problems}\n`, { status: 400 });
}
