/** How well or badly webhooks travel. Defaults are a good day; README.md says what is known of Shopify's own. */
import { z } from 'zod';

const probability = z.number().min(0).max(1);
const milliseconds = z.number().int().min(0);

export const knobsSchema = z.object({
  /** Chance that a delivery is never sent at all. */
  lossProbability: probability,
  /** Chance that a delivery is sent twice, with the same X-Shopify-Webhook-Id. */
  duplicateProbability: probability,
  /** At most so many later deliveries may overtake one; 0 keeps the order of sending. */
  reorderWindow: z.number().int().min(0),
  /** How long deliveries held for reordering wait for others to come. */
  reorderHoldMs: milliseconds,
  /** Each delivery leaves after a time drawn from this range; a wide range reorders too. */
  delayMinMs: milliseconds,
  delayMaxMs: milliseconds,
  /** An answer must be there in this time. */
  timeoutMs: z.number().int().min(1),
  /** Further attempts after the first. */
  retries: z.number().int().min(0),
  /** Milliseconds from the first attempt to the last; the waits in between double each time. */
  retrySpanMs: milliseconds,
  /** Multiplies the waits between attempts: 0.00001 turns four hours into 0.144 s. */
  timeScale: z.number().min(0),
  /** Deliveries under way at a time. */
  concurrency: z.number().int().min(1).max(200),
  /**
   * A subscription made through the Admin API is deleted after so many deliveries in a row that failed all their
   * attempts; 0 never deletes.
   */
  deleteAfterFailedDeliveries: z.number().int().min(0),
  /** Whether subscriptions of shopify.app.toml are dropped likewise: unknown of Shopify. */
  dropFileSubscriptions: z.boolean(),
  /** Events: whether a delivery carries shopify-event-id too: the library of Shopify names no such header. */
  eventsCarryEventId: z.boolean(),
  /** Settled deliveries kept in the log. */
  logSize: z.number().int().min(1),
  /** Seed of loss, duplication, order and delay; setting it starts the sequence anew. */
  seed: z.number().int(),
});

export type WebhookKnobs = z.infer<typeof knobsSchema>;

export const DEFAULT_KNOBS: WebhookKnobs = {
  lossProbability: 0,
  duplicateProbability: 0,
  reorderWindow: 0,
  reorderHoldMs: 300,
  delayMinMs: 0,
  delayMaxMs: 0,
  timeoutMs: 5_000,
  retries: 8,
  retrySpanMs: 4 * 3_600_000,
  timeScale: 1,
  concurrency: 20,
  deleteAfterFailedDeliveries: 1,
  dropFileSubscriptions: false,
  eventsCarryEventId: false,
  logSize: 1_000,
  seed: 1,
};

/** Milliseconds to wait before the given retry (1 = the first): doubling, so that all of them take the whole span. */
export function waitBeforeRetry(knobs: WebhookKnobs, retry: number): number {
  const unit = knobs.retrySpanMs / (2 ** knobs.retries - 1);
  return unit * 2 ** (retry - 1) * knobs.timeScale;
}
