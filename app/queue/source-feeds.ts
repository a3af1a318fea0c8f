/** Has each source that runs fed by exactly one worker process. */
import { randomUUID } from 'node:crypto';
import { keepLease, leaseSources } from '~/db/source-connections.server';
import type { StoredSource } from '~/db/source-connections.server';
import { feedSource } from '~/sync/feed-source';
import type { Resources } from '~/sync/resources';

const LOOK_EVERY_MS = 1_000;

export interface SourceFeeds {
  /** Stops between two batches; what was not taken over is taken up again. */
  close(): Promise<void>;
}

/** Looks for sources that nobody feeds, now and then, and feeds them. */
export function startSourceFeeds(
  resources: Resources,
  /** How long a killed worker's source stays its own. */
  { leaseMs }: { leaseMs: number },
): SourceFeeds {
  const { db, log, now } = resources;
  const holder = randomUUID();
  const stopping = new AbortController();
  const feeds = new Map<string, Promise<void>>();
  const until = () => new Date(now().getTime() + leaseMs);

  const feed = async (source: StoredSource): Promise<void> => {
    const ended = new AbortController();
    const signal = AbortSignal.any([stopping.signal, ended.signal]);
    let kept = now().getTime();
    const keep = async () => {
      try {
        if (await keepLease(db, { sourceId: source.id, holder, until: until() })) kept = now().getTime();
        else ended.abort(new Error('The source was paused, or another worker has it.'));
      } catch (error) {
        log.warn({ err: error, sourceId: source.id }, 'The lease of a source could not be kept');
        if (now().getTime() - kept > leaseMs) ended.abort(new Error('The lease of the source has run out.'));
      }
    };
    const timer = setInterval(() => void keep(), leaseMs / 5);
    try {
      await feedSource(resources, source, holder, signal);
    } finally {
      clearInterval(timer);
    }
  };

  const look = async () => {
    const found = await leaseSources(db, { holder, now: now(), until: until() });
    for (const source of found) {
      if (feeds.has(source.id)) continue;
      const running = feed(source).finally(() => feeds.delete(source.id));
      feeds.set(source.id, running);
    }
  };
  let looking: Promise<void> = Promise.resolve();
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    looking = look()
      .catch((error: unknown) => log.warn({ err: error }, 'Sources could not be looked for'))
      .finally(() => (isLooking = false));
  }, LOOK_EVERY_MS);

  return {
    close: async () => {
      clearInterval(timer);
      stopping.abort(new Error('The worker shuts down.'));
      await looking;
      await Promise.all(feeds.values());
    },
  };
}
