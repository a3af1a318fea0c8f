/** Traces: what one change takes on its way through the line, span by span. */

export type SpanFacts = Record<string, string | number | boolean>;

export interface Tracing {
  /**
   * Runs work in a span below the one that is under way; an error is noted in it and thrown on. `cameFrom`: where the work
   * was asked for, as traceparent() told there; the span goes on with that trace.
   */
  span<T>(name: string, facts: SpanFacts, work: () => Promise<T>, cameFrom?: string): Promise<T>;
  /** A span below the one under way that ends now and began so many seconds ago. */
  ended(name: string, facts: SpanFacts, seconds: number): void;
  /** The span under way, in the words of https://www.w3.org/TR/trace-context/; undefined: nothing is traced. */
  traceparent(): string | undefined;
  /** Hands over what was not sent yet. */
  close(): Promise<void>;
}

/** Nobody listens. */
export const noTracing: Tracing = {
  span: (_name, _facts, work) => work(),
  ended: () => undefined,
  traceparent: () => undefined,
  close: () => Promise.resolve(),
};
