/**
 * Live events as a response that stays open, in the format text/event-stream. What is told is only which kinds of things to
 * read again: pages read through the same addresses with and without it, so that an event that is lost, doubled or late does
 * no harm. A stream costs a listener in memory, and no connection of the database.
 */
import type { LiveEvent, LiveEvents } from './live-events';
import type { Logger } from './log.server';

export interface StreamLimits {
  /** Streams of a shop in this process at a time. */
  perShop: number;
  /** A stream ends after this time, and the page opens another one with a session token of then. */
  lifetimeMs: number;
  /** Something is sent at least this often, so that both ends and what is between them know that the other is there. */
  heartbeatMs: number;
  /** Events that come within this time are told together. */
  gatherMs: number;
}

export const STREAM_LIMITS: StreamLimits = {
  perShop: 24,
  lifetimeMs: 240_000,
  heartbeatMs: 15_000,
  gatherMs: 100,
};

export interface LiveStreams {
  /** Null: the shop has as many as it may. The stream ends with `signal`. */
  open(shopId: string, signal: AbortSignal): ReadableStream<Uint8Array> | null;
  /** Ends all of them, and takes no further ones: the process is about to end. */
  close(): void;
}

/** Events of one stream, gathered by kind: however many come, it never holds more than there are kinds. */
class Telling {
  private readonly kinds = new Set<LiveEvent['kind']>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly write: (text: string) => void,
    private readonly gatherMs: number,
  ) {}

  take({ kind }: LiveEvent): void {
    this.kinds.add(kind);
    this.timer ??= setTimeout(() => this.tell(), this.gatherMs).unref();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.kinds.clear();
  }

  private tell(): void {
    this.timer = null;
    const kinds = [...this.kinds];
    this.kinds.clear();
    this.write(kinds.map((kind) => `data: ${JSON.stringify({ kind })}\n\n`).join(''));
  }
}

/** The streams of this process. */
export function createLiveStreams(
  { live, log, random }: { live: LiveEvents; log: Logger; random: () => number },
  limits: StreamLimits = STREAM_LIMITS,
): LiveStreams {
  const endings = new Map<string, Set<() => void>>();
  let isClosed = false;

  const begin = (
    shopId: string,
    signal: AbortSignal,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): (() => void) => {
    const encoder = new TextEncoder();
    let hasEnded = false;
    let unsubscribe: (() => Promise<void>) | null = null;
    const ofShop = endings.get(shopId) ?? new Set();
    endings.set(shopId, ofShop);

    const letGo = () => {
      unsubscribe?.().catch((error: unknown) =>
        log.warn({ err: error, shopId }, 'A live stream could not be unsubscribed'),
      );
      unsubscribe = null;
    };
    const leave = () => {
      if (hasEnded) return;
      hasEnded = true;
      clearInterval(beat);
      clearTimeout(ending);
      telling.stop();
      signal.removeEventListener('abort', leave);
      ofShop.delete(end);
      if (ofShop.size === 0) endings.delete(shopId);
      letGo();
    };
    const write = (text: string) => {
      // Whoever does not read is told nothing more, and finds the silence long.
      if (hasEnded || (controller.desiredSize ?? 0) < -64_000) return;
      try {
        controller.enqueue(encoder.encode(text));
      } catch (error) {
        log.debug({ err: error, shopId }, 'A live stream was closed by its reader');
        leave();
      }
    };
    /** In order: the page knows that nothing is wrong, and comes again. */
    const end = () => {
      if (hasEnded) return;
      write('event: end\ndata: {}\n\n');
      leave();
      controller.close();
    };
    const telling = new Telling(write, limits.gatherMs);
    const beat = setInterval(() => write(': beat\n\n'), limits.heartbeatMs).unref();
    // Not all that were opened together, e.g. after a restart, come again together.
    const ending = setTimeout(end, limits.lifetimeMs * (1 - random() / 4)).unref();
    ofShop.add(end);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();

    live
      .subscribe(shopId, (event) => telling.take(event))
      .then(
        (stop) => {
          unsubscribe = stop;
          if (hasEnded) letGo();
          // From here on nothing is missed: the page reads once more.
          else write('event: open\ndata: {}\n\n');
        },
        (error: unknown) => {
          log.warn(
            { err: error, shopId },
            'Live events cannot be listened to: pages ask now and then instead',
          );
          if (hasEnded) return;
          leave();
          controller.error(error);
        },
      );
    return leave;
  };

  return {
    open: (shopId, signal) => {
      if (isClosed || (endings.get(shopId)?.size ?? 0) >= limits.perShop) return null;
      let leave = () => {};
      return new ReadableStream<Uint8Array>(
        {
          start: (controller) => {
            leave = begin(shopId, signal, controller);
          },
          cancel: () => leave(),
        },
        { size: (chunk) => chunk.byteLength, highWaterMark: 1 },
      );
    },
    close: () => {
      isClosed = true;
      for (const ofShop of [...endings.values()]) for (const end of [...ofShop]) end();
    },
  };
}
