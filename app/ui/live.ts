/** Follows what is under way by asking for a few numbers: when the live stream tells of something, and now and then. */
import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import { useLiveStream } from './live-stream';
import { progressOf, withSample } from './progress';
import type { Progress, Sample } from './progress';

const liveRun = z.object({
  id: z.string(),
  state: z.string(),
  trigger: z.string(),
  productsTotal: z.number(),
  productsDone: z.number(),
  counts: z.record(z.string(), z.number()),
  adoptedScanned: z.number(),
  points: z.number(),
  calls: z.number(),
  throttled: z.number(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  cancelRequested: z.boolean(),
});

const liveImport = z.object({
  id: z.string(),
  filename: z.string(),
  state: z.string(),
  rows: z.number(),
  rowsDone: z.number(),
  createdAt: z.string(),
  cancelRequested: z.boolean(),
});

const liveState = z.object({
  now: z.string(),
  run: liveRun.nullable(),
  import: liveImport.nullable(),
  conflicts: z.object({ open: z.number(), mark: z.string() }),
  heldProducts: z.number(),
});

export type LiveRun = z.infer<typeof liveRun>;
export type LiveImport = z.infer<typeof liveImport>;
export type LiveState = z.infer<typeof liveState>;

/** While something runs, once a second; else now and then, for what other people or webhooks start. */
const ACTIVE_MS = 1_000;
const IDLE_MS = 10_000;
/** The rest of the page is read again at most this often while something runs. */
const REVALIDATE_MS = 3_000;
/** However much is told, it is not asked more often than this. */
const SOONEST_MS = 500;
const EVENTS_PATH = '/app/events';

/** What makes the rest of a page out of date. */
function mark(state: LiveState): string {
  return JSON.stringify([
    state.run?.id,
    state.run?.state,
    state.run?.productsDone,
    state.run?.cancelRequested,
    state.import?.id,
    state.import?.state,
    state.conflicts.mark,
    state.heldProducts,
  ]);
}

/**
 * The newest state, starting from what the page was loaded with. The page's loaders run again when something ended,
 * and every few seconds while it moves. `idleMs`: how often to ask while nothing runs. `connected` is false while the app does not answer; it goes on asking.
 */
export function useLiveState(
  initial: LiveState,
  { idleMs = IDLE_MS }: { idleMs?: number } = {},
): { state: LiveState; connected: boolean } {
  const [state, setState] = useState(initial);
  const [connected, setConnected] = useState(true);
  const revalidator = useRevalidator();
  const revalidate = useRef(revalidator.revalidate);
  useEffect(() => {
    revalidate.current = revalidator.revalidate;
  });
  const current = useRef(initial);
  const seenByPage = useRef({ mark: mark(initial), at: 0 });
  const askSoon = useRef(() => {});
  // That a job began changes none of these numbers.
  useLiveStream((kind) => {
    if (kind !== 'look-began') askSoon.current();
  });

  useEffect(() => {
    // A newer loader answer (after a revalidation or an action) counts like a newer poll.
    if (Date.parse(initial.now) >= Date.parse(current.current.now)) {
      current.current = initial;
      seenByPage.current = { mark: mark(initial), at: Date.now() };
      setState(initial);
    }
  }, [initial]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = new AbortController();
    const isActive = () => current.current.run !== null || current.current.import !== null;
    let [askedAt, isAsking, isToldMore] = [0, false, false];
    const ask = async () => {
      [askedAt, isAsking, isToldMore] = [Date.now(), true, false];
      if (!document.hidden) {
        try {
          const response = await fetch(EVENTS_PATH, { signal: stop.signal });
          if (!response.ok) throw new Error(`The app answered ${response.status}.`);
          const next = liveState.parse(await response.json());
          const before = current.current;
          current.current = next;
          setState(next);
          setConnected(true);
          const ended =
            before.run?.id !== next.run?.id ||
            before.import?.id !== next.import?.id ||
            before.conflicts.mark !== next.conflicts.mark ||
            before.heldProducts !== next.heldProducts;
          const due = Date.now() - seenByPage.current.at > REVALIDATE_MS;
          if (mark(next) !== seenByPage.current.mark && (ended || due)) {
            seenByPage.current = { mark: mark(next), at: Date.now() };
            revalidate.current();
          }
        } catch {
          // No answer, or one that cannot be read: said on the page, and asked again.
          if (!stop.signal.aborted) setConnected(false);
        }
      }
      isAsking = false;
      const pause = isActive() ? ACTIVE_MS : idleMs;
      if (!stop.signal.aborted) timer = setTimeout(() => void ask(), isToldMore ? SOONEST_MS : pause);
    };
    askSoon.current = () => {
      if (stop.signal.aborted) return;
      isToldMore = true;
      if (isAsking) return;
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), Math.max(0, askedAt + SOONEST_MS - Date.now()));
    };
    timer = setTimeout(() => void ask(), isActive() ? ACTIVE_MS : idleMs);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
    // An action that starts something changes the id: the slow clock must not go on then.
  }, [initial.run?.id, initial.import?.id, idleMs]);

  return { state, connected };
}

/**
 * Reads the page's loaders again each second, now and then, or not at all; not while nobody looks at the page. It asks first
 * whether the app answers: loaders that cannot be read would put an error in the page's place.
 */
export function useReadingAgain(pace: 'often' | 'seldom' | 'never'): void {
  const { revalidate, state } = useRevalidator();
  const current = useRef({ revalidate, isReading: false });
  useEffect(() => {
    current.current = { revalidate, isReading: state !== 'idle' };
  });
  useEffect(() => {
    if (pace === 'never') return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        if (!document.hidden && !current.current.isReading) {
          const { ok } = await fetch(EVENTS_PATH, { signal: stop.signal });
          if (ok && !stop.signal.aborted) current.current.revalidate();
        }
      } catch {
        // No answer: what is shown stays, and it is asked again.
      }
      if (!stop.signal.aborted) wait();
    };
    const wait = () => {
      timer = setTimeout(() => void ask(), pace === 'often' ? ACTIVE_MS : IDLE_MS);
    };
    wait();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [pace]);
}

/** Progress of one thing that is under way, from the answers seen so far; `startedAt` (ISO) counts as 0 done. */
export function useProgress(
  id: string,
  total: number,
  done: number,
  now: string,
  startedAt: string | null,
): Progress {
  const history = useRef<{ id: string; samples: Sample[] }>({ id, samples: [] });
  const [progress, setProgress] = useState<Progress>(() => progressOf(total, []));
  useEffect(() => {
    if (history.current.id !== id) history.current = { id, samples: [] };
    let samples = history.current.samples;
    if (samples.length === 0 && startedAt !== null) samples = [{ at: Date.parse(startedAt), done: 0 }];
    // The start alone may be long ago; it is kept until a second sample of our own exists.
    const next = { at: Date.parse(now), done };
    const kept = samples.length === 1 ? [...samples, next] : withSample(samples, next);
    history.current = { id, samples: kept };
    setProgress(progressOf(total, kept));
  }, [id, total, done, now, startedAt]);
  return progress;
}
