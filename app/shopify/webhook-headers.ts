/**
 * What the headers of a delivery say. Classic webhooks write them as X-Shopify-*, Next Gen Events without the X-; both
 * may be on at once, and both sign the raw body in the same way.
 */
import { z } from 'zod';

export interface WebhookHeaders {
  /** Shopify's id of the delivery: the same when it comes again. */
  id: string;
  shop: string;
  /** "products/update", or of an event "Product/update". */
  topic: string;
  family: 'webhook' | 'event';
  triggeredAt: Date | null;
}

const common = {
  id: z.string().min(1).max(200),
  shop: z.string().regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/),
  triggeredAt: z.coerce.date().nullable(),
};
const word = z.string().regex(/^[\w./-]{1,100}$/);
const webhookSchema = z.object({ ...common, topic: word });
const eventSchema = z.object({ ...common, topic: word, action: word });

/** The signature of either family. */
export function signatureOf(headers: Headers): string | null {
  return headers.get('x-shopify-hmac-sha256') ?? headers.get('shopify-hmac-sha256');
}

/** Reads the headers of either family; where they say too little, what is wrong. */
export function readWebhookHeaders(
  headers: Headers,
): { headers: WebhookHeaders; problems: null } | { headers: null; problems: string } {
  const family = headers.has('x-shopify-topic') ? 'webhook' : 'event';
  const get = (name: string) => headers.get(`${family === 'webhook' ? 'x-' : ''}shopify-${name}`);
  const given = {
    id: get('webhook-id'),
    shop: get('shop-domain')?.toLowerCase(),
    triggeredAt: get('triggered-at'),
    topic: get('topic'),
  };
  if (family === 'webhook') {
    const read = webhookSchema.safeParse(given);
    if (!read.success) return { headers: null, problems: z.prettifyError(read.error) };
    return { headers: { ...read.data, family }, problems: null };
  }
  const read = eventSchema.safeParse({ ...given, action: get('action') });
  if (!read.success) return { headers: null, problems: z.prettifyError(read.error) };
  const { action, ...data } = read.data;
  return { headers: { ...data, topic: `${data.topic}/${action}`, family }, problems: null };
}
