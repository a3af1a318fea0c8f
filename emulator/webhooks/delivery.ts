/** One webhook on its way to the app: signed headers, attempts, outcome. */
import { createHmac } from 'node:crypto';
import type { EmulatorContext } from '../context';
import type { Gid } from '../state/gid';
import type { Instant } from '../state/product';
import type { WebhookKnobs } from './knobs';

export interface DeliveryAttempt {
  at: Instant;
  /** HTTP status of the answer, or null where none came in time. */
  status: number | null;
  /** Why there is no status. */
  error: string | null;
  durationMs: number;
}

export interface Delivery {
  /** X-Shopify-Webhook-Id: the same in every attempt and in a duplicate. */
  webhookId: string;
  /** X-Shopify-Event-Id: the same in all deliveries of one act. */
  eventId: string;
  shop: string;
  topic: string;
  /** "webhook" has X-Shopify-* headers, "event" those of Next Gen Events. */
  family: 'webhook' | 'event';
  /** Null for a subscription of shopify.app.toml. */
  subscriptionId: Gid | null;
  uri: string;
  headers: Record<string, string>;
  body: string;
  triggeredAt: Instant;
  /** Whether this is the second copy of a delivery. */
  duplicate: boolean;
  status: 'pending' | 'delivered' | 'failed' | 'lost';
  attempts: DeliveryAttempt[];
}

/** Base64 of the HMAC-SHA256 of the raw body with the app's secret. */
export function signBody(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body, 'utf8').digest('base64');
}

/** Headers of a classic webhook. */
export function webhookHeaders(
  context: EmulatorContext,
  about: {
    topic: string;
    shop: string;
    apiVersion: string;
    webhookId: string;
    eventId: string;
    triggeredAt: Instant;
    name: string | null;
  },
  body: string,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Local-Shopify-Emulator',
    'X-Shopify-Topic': about.topic,
    'X-Shopify-Hmac-Sha256': signBody(context.app.apiSecret, body),
    'X-Shopify-Shop-Domain': about.shop,
    'X-Shopify-API-Version': about.apiVersion,
    'X-Shopify-Webhook-Id': about.webhookId,
    'X-Shopify-Event-Id': about.eventId,
    'X-Shopify-Triggered-At': about.triggeredAt,
    ...(about.name === null ? {} : { 'X-Shopify-Name': about.name }),
  };
}

/** Headers of a Next Gen Event: those of a webhook without the X-, and the subscription's handle. */
export function eventHeaders(
  context: EmulatorContext,
  about: {
    topic: string;
    action: string;
    handle: string;
    shop: string;
    apiVersion: string;
    webhookId: string;
    /** Null: not told. */
    eventId: string | null;
    triggeredAt: Instant;
  },
  body: string,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Local-Shopify-Emulator',
    'shopify-topic': about.topic,
    'shopify-action': about.action,
    'shopify-handle': about.handle,
    'shopify-hmac-sha256': signBody(context.app.apiSecret, body),
    'shopify-shop-domain': about.shop,
    'shopify-api-version': about.apiVersion,
    'shopify-webhook-id': about.webhookId,
    'shopify-triggered-at': about.triggeredAt,
    ...(about.eventId === null ? {} : { 'shopify-event-id': about.eventId }),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/**
 * Posts a delivery once and notes the attempt. Answers whether the app took it: only a 2xx in time counts, a redirect
 * is a failure. Never rejects.
 */
export async function attempt(
  delivery: Delivery,
  knobs: WebhookKnobs,
  at: Instant,
  stop: AbortSignal,
): Promise<boolean> {
  const started = performance.now();
  const note = (status: number | null, error: string | null) => {
    delivery.attempts.push({ at, status, error, durationMs: Math.round(performance.now() - started) });
  };
  try {
    const response = await fetch(delivery.uri, {
      method: 'POST',
      headers: delivery.headers,
      body: delivery.body,
      redirect: 'manual',
      signal: AbortSignal.any([stop, AbortSignal.timeout(knobs.timeoutMs)]),
    });
    await response.body?.cancel();
    note(response.status, null);
    return response.status >= 200 && response.status < 300;
  } catch (error) {
    note(null, reasonOf(error));
    return false;
  }
}
