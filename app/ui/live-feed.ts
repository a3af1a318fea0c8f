/** What the live card shows: read when the stream tells of something, and now and then; often where nothing is told. */
import { useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import type { FieldValue } from '~/core/decision';
import { useLiveStream } from './live-stream';
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
/** With the stream: events are best effort. */
const TOLD_MS = 30_000;
/** Without it. */
const UNTOLD_MS = 3_000;
/** While something is on its way: a look that finds nothing to do tells nobody of its end. */
const MOVING_MS = 2_000;
const SOONEST_MS = 400;
/** A run tells of itself all the time. */
const SOONEST_IN_A_RUN_MS = 2_000;

/** The newest feed, null until it was read once; and whether news come by the stream. */
export function useLiveFeed(): { feed: LiveFeed | null; stream: StreamState } {
  const [feed, setFeed] = useState<LiveFeed | null>(null);
  const readSoon = useRef((_gapMs: number) => {});
  const stream = useLiveStream((kind) =>
    readSoon.current(kind === 'run-progress' ? SOONEST_IN_A_RUN_MS : SOONEST_MS),
  );
  const pace = useRef<StreamState>('closed');
  useEffect(() => {
    pace.current = stream;
  }, [stream]);

  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let [readAt, isReading, isMoving] = [0, false, false];
    /** When it is to be read again, milliseconds since the epoch. */
    let dueAt = Infinity;
    const read = async () => {
      [readAt, isReading, dueAt] = [Date.now(), true, Infinity];
      try {
        if (!document.hidden) {
          const response = await fetch(FEED_PATH, { signal: stop.signal });
          if (!response.ok) throw new Error(`The app answered ${response.status}.`);
          const next = liveFeed.parse(await response.json());
          isMoving = next.waiting.length > 0;
          if (!stop.signal.aborted) setFeed(next);
        }
      } catch {
        // No answer, or one that cannot be read: what is shown stays, and it is read again.
      }
      isReading = false;
      if (stop.signal.aborted) return;
      const pause = pace.current === 'closed' ? UNTOLD_MS : isMoving ? MOVING_MS : TOLD_MS;
      dueAt = Math.min(dueAt, Date.now() + pause);
      wait();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void read(), Math.max(0, dueAt - Date.now()));
    };
    readSoon.current = (gapMs) => {
      if (stop.signal.aborted) return;
      dueAt = Math.min(dueAt, readAt + gapMs);
      if (!isReading) wait();
    };
    void read();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, []);
  // A stream that was cut leaves the slow clock: from now on it is the fast one.
  useEffect(() => {
    if (stream === 'closed') readSoon.current(SOONEST_MS);
  }, [stream]);

  return { feed, stream };
}
