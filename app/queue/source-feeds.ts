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

interface Feed {
  ended: Promise<void>;
  ending: AbortController;
}

/** Looks for sources that nobody feeds, now and then, and feeds them. */
export function startSourceFeeds(
  resources: Resources,
  /** How long a killed worker's source stays its own. */
  { leaseMs }: { leaseMs: number },
): SourceFeeds {
  const { db, log, now } = resources;
  const stopping = new AbortController();
  const feeds = new Map<string, Feed>();
  const until = () => new Date(now().getTime() + leaseMs);

  /** Keeps the lease from now on, and feeds when the former feed of the source has ended. */
  const feed = async (source: StoredSource, holder: string, ending: AbortController, before: Feed | null) => {
    const signal = AbortSignal.any([stopping.signal, ending.signal]);
    let kept = now().getTime();
    const keep = async () => {
      try {
        if (await keepLease(db, { sourceId: source.id, holder, until: until() })) kept = now().getTime();
        else ending.abort(new Error('The source was paused, or another worker has it.'));
      } catch (error) {
        log.warn({ err: error, sourceId: source.id }, 'The lease of a source could not be kept');
        if (now().getTime() - kept > leaseMs) ending.abort(new Error('The lease of the source has run out.'));
      }
    };
    const timer = setInterval(() => void keep(), leaseMs / 5);
    try {
      await before?.ended;
      if (!signal.aborted) await feedSource(resources, source, holder, signal);
    } finally {
      clearInterval(timer);
    }
  };

  const look = async () => {
    // A holder of its own each time: what was ordered meanwhile took the lease from a feed of ours that does not know yet.
    const holder = randomUUID();
    for (const source of await leaseSources(db, { holder, now: now(), until: until() })) {
      const before = feeds.get(source.id) ?? null;
      before?.ending.abort(new Error('The source is taken up anew.'));
      const ending = new AbortController();
      const ended = feed(source, holder, ending, before).finally(() => {
        if (feeds.get(source.id)?.ending === ending) feeds.delete(source.id);
      });
      feeds.set(source.id, { ended, ending });
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
      await Promise.all([...feeds.values()].map(({ ended }) => ended));
    },
  };
}
