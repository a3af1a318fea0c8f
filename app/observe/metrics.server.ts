import { z } from 'zod';
import { collectDefaultMetrics, Counter, Gauge as PromGauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from './metrics';

/** As the library tells its metrics; its types leave out the name of a histogram's parts. */
const collected = z.array(
  z.object({
    name: z.string(),
    values: z.array(
      z.object({
        metricName: z.string().optional(),
        labels: z.record(z.string(), z.coerce.string()),
        value: z.number(),
      }),
    ),
  }),
);

/** Seconds: a call takes tenths; one that waits for points, minutes. */
const CALL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300];
const JOB_BUCKETS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1_800, 7_200];
/** A single change takes tenths of a second; one in a large run, as long as the points allow. */
const CHANGE_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800, 7_200];

/**
 * Counters of this process. No label is a shop: with thousands of them each metric would be as many series, and what one
 * shop does is told by its pages. "job" is the name of a label that Prometheus sets itself.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    ...{ name: 'lockstep_shopify_calls_total', help: 'GraphQL calls by how they ended', registers },
    labelNames: ['kind', 'outcome'],
  });
  const callSeconds = new Histogram({
    ...{ name: 'lockstep_shopify_call_seconds', registers, buckets: CALL_BUCKETS },
    help: 'Time of a GraphQL call, waiting for points and repetitions included',
    labelNames: ['kind'],
  });
  const requests = new Counter({
    name: 'lockstep_shopify_requests_total',
    help: 'HTTP requests to Shopify, repetitions included',
    registers,
  });
  const points = new Counter({
    name: 'lockstep_shopify_points_total',
    help: 'Points charged by Shopify (actualQueryCost)',
    registers,
  });
  const throttled = new Counter({
    name: 'lockstep_shopify_throttled_total',
    help: 'THROTTLED answers of Shopify',
    registers,
  });
  const bytes = new Counter({
    name: 'lockstep_shopify_sent_bytes_total',
    help: 'Bytes of request bodies sent to Shopify',
    registers,
  });
  const jobs = new Counter({
    ...{ name: 'lockstep_jobs_total', help: 'Jobs by how an attempt of them ended', registers },
    labelNames: ['job_kind', 'outcome'],
  });
  const jobSeconds = new Histogram({
    ...{ name: 'lockstep_job_seconds', help: 'Time of an attempt of a job', registers, buckets: JOB_BUCKETS },
    labelNames: ['job_kind'],
  });
  const changes = new Counter({
    ...{ name: 'lockstep_changes_total', help: 'Changes of fields by what became of them', registers },
    labelNames: ['direction', 'state'],
  });
  const changeSeconds = new Histogram({
    ...{ name: 'lockstep_change_seconds', registers, buckets: CHANGE_BUCKETS },
    help: 'Time of an applied change from its commit, or its request, to its record',
    labelNames: ['direction'],
  });
  const looks = new Counter({
    ...{ name: 'lockstep_cache_looks_total', help: 'Products looked at by what the cache held', registers },
    labelNames: ['outcome'],
  });
  const lookPoints = new Counter({
    ...{ name: 'lockstep_cache_points_total', registers },
    help: 'Points that hits saved (an estimate) and that misses took, by what the cache held',
    labelNames: ['outcome'],
  });
  const webhooks = new Counter({
    ...{ name: 'lockstep_webhooks_total', help: 'Webhooks received by topic and outcome', registers },
    labelNames: ['topic', 'outcome'],
  });
  return {
    callEnded: ({ kind, outcome, seconds, spent }) => {
      calls.inc({ kind, outcome });
      callSeconds.observe({ kind }, seconds);
      requests.inc(spent.calls);
      points.inc(spent.points);
      throttled.inc(spent.throttled);
      bytes.inc(spent.bytesSent);
    },
    jobEnded: ({ name, outcome, seconds }) => {
      jobs.inc({ job_kind: name, outcome });
      jobSeconds.observe({ job_kind: name }, seconds);
    },
    changeRecorded: ({ direction, state, seconds }) => {
      changes.inc({ direction, state });
      if (seconds !== null && state === 'applied') changeSeconds.observe({ direction }, seconds);
    },
    cacheLooked: ({ outcome, looks: count, points: taken }) => {
      looks.inc({ outcome }, count);
      lookPoints.inc({ outcome }, taken);
    },
    webhookReceived: (topic, outcome) => webhooks.inc({ topic, outcome }),
    text: async (gauges) => {
      // A registry of its own: what two collect at the same time must not meet.
      const own = new Registry();
      for (const { name, help, samples } of gauges) {
        const labelNames = [...new Set(samples.flatMap(({ labels }) => Object.keys(labels ?? {})))];
        const gauge = new PromGauge({ name, help, labelNames, registers: [own] });
        for (const { labels = {}, value } of samples) gauge.set(labels, value);
      }
      return `${await registry.metrics()}${gauges.length > 0 ? await own.metrics() : ''}`;
    },
    contentType: registry.contentType,
    samples: async () => {
      const told = collected.parse(await registry.getMetricsAsJSON());
      return told
        .filter(({ name }) => name.startsWith('lockstep_'))
        .flatMap(({ name, values }) =>
          values.flatMap(({ metricName, labels, value }) =>
            'le' in labels ? [] : [{ name: metricName ?? name, labels, value }],
          ),
        );
    },
  };
}
