/** What the live card shows. */
import { z } from 'zod';
import type { FieldValue } from '~/core/decision';
import { useLiveReading } from './live-reading';
import type { StreamState } from './live-stream';

const value: z.ZodType<FieldValue> = z.json();
const instant = z.string().nullable();
const instants = {
  changedAt: instant,
  askedAt: instant,
  decidedAt: instant,
  sentAt: instant,
  confirmedAt: instant,
};

const feedItem = z.object({
  id: z.string(),
  productId: z.string(),
  title: z.string(),
  direction: z.string(),
  state: z.string(),
  field: z.string(),
  variant: z.string().nullable(),
  before: value,
  after: value,
  message: z.string().nullable(),
  more: z.number(),
  at: z.string(),
  ...instants,
});

const feedWaiting = z.object({
  productId: z.string(),
  title: z.string(),
  state: z.enum(['waiting', 'looking', 'writing']),
  ...instants,
});

const liveFeed = z.object({
  now: z.string(),
  items: z.array(feedItem),
  waiting: z.array(feedWaiting),
  latency: z.object({ changes: z.number(), medianMs: z.number(), p99Ms: z.number() }).nullable(),
  names: z.object({ ids: z.record(z.string(), z.string()), locations: z.record(z.string(), z.string()) }),
});

export type FeedItem = z.infer<typeof feedItem>;
export type FeedWaiting = z.infer<typeof feedWaiting>;
export type LiveFeed = z.infer<typeof liveFeed>;

const FEED_PATH = '/app/feed';
const isMoving = ({ waiting }: LiveFeed) => waiting.length > 0;

/** The newest feed, null until it was read once; and whether news come by the stream. */
export function useLiveFeed(): { feed: LiveFeed | null; stream: StreamState } {
  const { answer, stream } = useLiveReading(FEED_PATH, liveFeed, isMoving);
  return { feed: answer, stream };
}
