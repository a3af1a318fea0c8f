/** Traces by OpenTelemetry, sent to a collector over OTLP and HTTP. */
import { SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import { noTracing } from './tracing';
import type { SpanFacts, Tracing } from './tracing';

export interface TracingSettings {
  /** Of the collector, without /v1/traces; undefined: nothing is traced. */
  endpoint: string | undefined;
  /** Of the traces that begin here, 0 to 1. */
  share: number;
  /** Which process this is. */
  facts: SpanFacts;
}

const EXPORT_MS = 10_000;
/** Spans that wait for the collector; beyond, new ones are dropped: the line waits for nobody. */
const MOST_WAITING = 4_096;

/** What the header says, as a context; the one under way where it says nothing. */
const contextOf = (traceparent: string | undefined): Context =>
  traceparent === undefined ? context.active() : propagation.extract(context.active(), { traceparent });

/** Registers OpenTelemetry for this process, once; without an endpoint it costs nothing. */
export function createTracing({ endpoint, share, facts }: TracingSettings): Tracing {
  if (endpoint === undefined) return noTracing;
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'lockstep', ...facts }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({
          url: new URL('v1/traces', endpoint.replace(/\/?$/, '/')).href,
          timeoutMillis: EXPORT_MS,
        }),
        { maxQueueSize: MOST_WAITING },
      ),
    ],
  });
  // The way from a span to those below it, through promises; the first of a process stays.
  provider.register();
  const tracer = provider.getTracer('lockstep');
  return {
    span: (name, attributes, work, cameFrom) =>
      tracer.startActiveSpan(name, { attributes }, contextOf(cameFrom), async (span) => {
        try {
          return await work();
        } catch (error) {
          if (error instanceof Error) span.recordException(error);
          span.setStatus({
            code: SpanStatusCode.ERROR,
            message: error instanceof Error ? error.message : String(error),
          });
          throw error;
        } finally {
          span.end();
        }
      }),
    ended: (name, attributes, seconds) => {
      const now = Date.now();
      tracer.startSpan(name, { attributes, startTime: now - seconds * 1_000 }).end(now);
    },
    traceparent: () => {
      const carrier: { traceparent?: string } = {};
      propagation.inject(context.active(), carrier);
      return trace.getActiveSpan() === undefined ? undefined : carrier.traceparent;
    },
    close: () => provider.shutdown(),
  };
}
