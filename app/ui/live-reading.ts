/** Something that is read when the stream tells of something, and now and then; often where nothing is told. */
import { useEffect, useRef, useState } from 'react';
import type { z } from 'zod';
import { useLiveStream } from './live-stream';
import type { StreamState } from './live-stream';

/** With the stream: events are best effort. */
const TOLD_MS = 30_000;
/** Without it. */
const UNTOLD_MS = 3_000;
/** While something is on its way: a look that finds nothing to do tells nobody of its end. */
const MOVING_MS = 2_000;
const SOONEST_MS = 400;
/** A run tells of itself all the time. */
const SOONEST_IN_A_RUN_MS = 2_000;

/**
 * The newest answer of an address, null until it was read once; and whether news come by the stream. `schema` and `isMoving`
 * (whether an answer says that something is on its way) must stay the same from one rendering to the next.
 */
export function useLiveReading<T>(
  path: string,
  schema: z.ZodType<T>,
  isMoving: (answer: T) => boolean,
): { answer: T | null; stream: StreamState } {
  const [read, setRead] = useState<{ path: string; answer: T } | null>(null);
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
    let [readAt, isReading, moves] = [0, false, false];
    /** When it is to be read again, milliseconds since the epoch. */
    let dueAt = Infinity;
    const readNow = async () => {
      [readAt, isReading, dueAt] = [Date.now(), true, Infinity];
      try {
        if (!document.hidden) {
          const response = await fetch(path, { signal: stop.signal });
          if (!response.ok) throw new Error(`The app answered ${response.status}.`);
          const answer = schema.parse(await response.json());
          moves = isMoving(answer);
          if (!stop.signal.aborted) setRead({ path, answer });
        }
      } catch {
        // No answer, or one that cannot be read: what is shown stays, and it is read again.
      }
      isReading = false;
      if (stop.signal.aborted) return;
      const pause = pace.current === 'closed' ? UNTOLD_MS : moves ? MOVING_MS : TOLD_MS;
      dueAt = Math.min(dueAt, Date.now() + pause);
      wait();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void readNow(), Math.max(0, dueAt - Date.now()));
    };
    readSoon.current = (gapMs) => {
      if (stop.signal.aborted) return;
      dueAt = Math.min(dueAt, readAt + gapMs);
      if (!isReading) wait();
    };
    void readNow();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [path, schema, isMoving]);
  // A stream that was cut leaves the slow clock: from now on it is the fast one.
  useEffect(() => {
    if (stream === 'closed') readSoon.current(SOONEST_MS);
  }, [stream]);

  return { answer: read?.path === path ? read.answer : null, stream };
}
