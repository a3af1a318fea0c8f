/** One change, one trace: from the commit to the record, as a collector receives it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createTracing } from '~/observe/tracing.server';
import { noTracing } from '~/observe/tracing';
import { followCatalog } from '../support/capture';
import type { FollowedStage } from '../support/capture';
import { startHttpReceiver } from '../support/http-receiver';
import type { HttpReceiver } from '../support/http-receiver';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: z.array(attribute),
  status: z.object({ code: z.number() }).optional(),
  events: z.array(z.object({ name: z.string() })).default([]),
});
type Span = z.infer<typeof spanSchema>;
const message = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

let collector: HttpReceiver;
let stage: Stage;
let capture: FollowedStage;
let productIds: string[];
beforeAll(async () => {
  collector = await startHttpReceiver();
  stage = await openStage({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin } });
  productIds = await fillCatalog(stage, 3);
  await stage.run();
  capture = followCatalog(stage);
  await capture.streaming();
  await capture.followed();
});
afterAll(async () => {
  await capture?.close();
  await stage?.close();
  await collector?.close();
});

const received = (): Span[] =>
  collector.requests.flatMap(({ body }) =>
    message
      .parse(JSON.parse(body))
      .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );

/** The spans of a trace that has one of this name and all the others, once they have come. */
const traceWith = (...names: string[]) =>
  waitFor(
    `a trace with ${names.join(', ')}`,
    () => {
      const traces = Map.groupBy(received(), ({ traceId }) => traceId);
      return [...traces.values()].find((spans) =>
        names.every((name) => spans.some((span) => span.name === name)),
      );
    },
    { timeoutMs: 60_000 },
  );

it('follows a committed price from the log through the queue and the call to the record', async () => {
  collector.requests.length = 0;
  await stage.resources.db.catalogVariant.updateMany({
    where: { productId: productIds[0]! },
    data: { price: '7711.25' },
  });
  await capture.followed();
  const spans = await traceWith(
    ...['changes of the catalog', 'job sync-products', 'load', 'look', 'Shopify mutation', 'record'],
  );
  const named = (name: string) => spans.find((span) => span.name === name)!;
  const parentOf = (name: string) => spans.find(({ spanId }) => spanId === named(name).parentSpanId)?.name;
  expect(named('changes of the catalog').parentSpanId).toBeUndefined();
  expect(parentOf('job sync-products')).toBe('changes of the catalog');
  expect(parentOf('load')).toBe('job sync-products');
  expect(parentOf('look')).toBe('job sync-products');
  expect(parentOf('Shopify mutation')).toBe('look');
  expect(parentOf('record')).toBe('look');
  const [call, look] = [named('Shopify mutation'), named('look')];
  expect(BigInt(call.endTimeUnixNano)).toBeGreaterThan(BigInt(call.startTimeUnixNano));
  // The clock of a span counts in its own steps.
  expect(BigInt(call.startTimeUnixNano) + 5_000_000n).toBeGreaterThan(BigInt(look.startTimeUnixNano));
  expect(call.attributes.map(({ key }) => key)).toEqual(
    expect.arrayContaining(['outcome', 'calls', 'points']),
  );
  // Nothing of the merchant's goods leaves with a trace.
  expect(JSON.stringify(spans.map(({ name, attributes }) => [name, attributes]))).not.toMatch(
    /Item 0|item-0|7711/,
  );
});

it('says where something failed', async () => {
  const { tracing } = stage.resources;
  const failing = tracing.span('a step', { tried: 1 }, () => Promise.reject(new Error('It broke.')));
  await expect(failing).rejects.toThrow('It broke.');
  const [span] = await traceWith('a step');
  expect(span).toMatchObject({ status: { code: 2 }, events: [{ name: 'exception' }] });
});

it('goes on with the trace of whoever asked, and tells it to no one where nothing is traced', async () => {
  const { tracing } = stage.resources;
  expect(tracing.traceparent()).toBeUndefined();
  const asked = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const inside = await tracing.span('asked for', {}, () => Promise.resolve(tracing.traceparent()), asked);
  expect(inside).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/);
  // What is no such header begins a trace of its own.
  const own = await tracing.span('unasked', {}, () => Promise.resolve(tracing.traceparent()), 'nonsense');
  expect(own).toMatch(/^00-(?!a{32})[0-9a-f]{32}-/);
  expect(createTracing({ endpoint: undefined, share: 1, facts: {} })).toBe(noTracing);
  expect(await noTracing.span('x', {}, () => Promise.resolve(noTracing.traceparent()))).toBeUndefined();
});
