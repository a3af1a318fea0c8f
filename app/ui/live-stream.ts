/**
 * The page's ear: one stream of events from the app's server, shared by all that show something live. It is read with
 * `fetch`, which App Bridge gives a session token, because EventSource cannot carry one. Where it does not come through (cut,
 * held back by a proxy, refused), everybody goes on asking now and then, and it is tried again.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { z } from 'zod';
import { EventReader } from './event-stream';
import type { StreamedEvent } from './event-stream';

/** 'open': what happens is told at once. 'closed': it is not, or not yet: ask now and then. */
export type StreamState = 'open' | 'closed';

/** Something of this kind happened; null: anything may have, unheard. */
type Listener = (kind: string | null) => void;

const STREAM_PATH = '/app/stream';
/** The server greets at once: a stream that is silent for longer is held back on its way. */
const GREETING_MS = 10_000;
/** It sends a sign of life every 15 s. */
const SILENCE_MS = 40_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** From one page to the next, nobody listens for a moment. */
const LINGER_MS = 2_000;

const told = z.object({ kind: z.string() });

const listeners = new Set<Listener>();
const watchers = new Set<() => void>();
let state: StreamState = 'closed';
let running: AbortController | null = null;
let leaving: ReturnType<typeof setTimeout> | undefined;

function setState(next: StreamState): void {
  if (state === next) return;
  state = next;
  for (const watcher of [...watchers]) watcher();
}

function tellAll(kind: string | null): void {
  for (const listener of [...listeners]) listener(kind);
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** Until somebody looks at the page, or nobody needs the stream any more. */
function untilSeen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });
}

/** True: the server ended the stream in order. */
function take({ name, data }: StreamedEvent): boolean {
  if (name === 'end') return true;
  if (name === 'open') {
    setState('open');
    // What happened before was not heard.
    tellAll(null);
  } else if (name === 'message') tellAll(told.parse(JSON.parse(data)).kind);
  return false;
}

/** Reads one stream to its end; answers whether that was in order. Throws where there was none, or it fell silent. */
async function readOnce(signal: AbortSignal): Promise<boolean> {
  const giveUp = new AbortController();
  let patience = setTimeout(() => giveUp.abort(), GREETING_MS);
  try {
    const response = await fetch(STREAM_PATH, {
      headers: { Accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, giveUp.signal]),
    });
    const isStream = response.headers.get('Content-Type')?.startsWith('text/event-stream') ?? false;
    if (!response.ok || !isStream || response.body === null)
      throw new Error(`The app answered ${response.status}.`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const events = new EventReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      clearTimeout(patience);
      patience = setTimeout(() => giveUp.abort(), SILENCE_MS);
      for (const event of events.take(value)) if (take(event)) return true;
    }
  } finally {
    clearTimeout(patience);
    giveUp.abort();
  }
}

async function keepReading(signal: AbortSignal): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    await untilSeen(signal);
    if (signal.aborted) return;
    // Nobody looks at the page: nobody needs to be told.
    const hiding = new AbortController();
    const hide = () => {
      if (document.hidden) hiding.abort();
    };
    document.addEventListener('visibilitychange', hide);
    let isInOrder = false;
    try {
      isInOrder = await readOnce(AbortSignal.any([signal, hiding.signal]));
    } catch {
      // Cut, refused or silent: those who listen ask by themselves meanwhile, and it is tried again.
    }
    document.removeEventListener('visibilitychange', hide);
    const wasOpen = state === 'open';
    // A stream that has ended in order is followed by the next one at once.
    if (isInOrder && wasOpen) continue;
    setState('closed');
    if (hiding.signal.aborted) continue;
    if (wasOpen) retryMs = FIRST_RETRY_MS;
    await wait(retryMs * (0.5 + Math.random()), signal);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
}

/** Listens until the returned function is called; the stream is there while anybody does. */
function listen(listener: Listener): () => void {
  listeners.add(listener);
  clearTimeout(leaving);
  if (running === null) {
    running = new AbortController();
    void keepReading(running.signal);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    leaving = setTimeout(() => {
      running?.abort();
      running = null;
      setState('closed');
    }, LINGER_MS);
  };
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

const neverOnTheServer = (): StreamState => 'closed';

/**
 * Calls `onEvent` for what the server tells: the kind of what happened, or null where anything may have happened unheard.
 * Answers whether anything is told now.
 */
export function useLiveStream(onEvent: Listener): StreamState {
  const current = useRef(onEvent);
  useEffect(() => {
    current.current = onEvent;
  });
  useEffect(() => listen((kind) => current.current(kind)), []);
  return useSyncExternalStore(watch, () => state, neverOnTheServer);
}
