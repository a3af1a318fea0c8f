/** Requests made up from the OpenAPI document: right ones, almost right ones, wrong ones. */
import fc from 'fast-check';
import { z } from 'zod';
import { almost, resolverOf, valid } from './json-schema-arbitrary';
import type { Schema } from './json-schema-arbitrary';
import { PICTURE_TYPES } from '~/core/picture-format';
import { pictureOf } from '~/core/picture-format.test-support';

const json = z.record(z.string(), z.json());
const operation = z.object({
  operationId: z.string(),
  parameters: z.array(
    z.union([
      z.object({ $ref: z.string() }),
      z.object({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean(), schema: json }),
    ]),
  ),
  requestBody: z
    .object({
      content: z.record(z.string(), z.object({ schema: json, example: json.optional() })),
    })
    .optional(),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.object({ schema: json })) })),
});

const operations = z.record(z.string(), z.record(z.string(), operation));
const secured = z.looseObject({ security: z.array(z.record(z.string(), z.array(z.string()))) });

/** The part of the document that takes API keys; what is signed instead has tests of its own. */
export const apiDocument = z.object({
  paths: z.record(z.string(), z.record(z.string(), secured)).transform((paths) => {
    const keyed = Object.entries(paths).filter(([, of]) =>
      Object.values(of).some(({ security }) => security.some((one) => 'apiKey' in one)),
    );
    return operations.parse(Object.fromEntries(keyed));
  }),
  components: z.object({ schemas: z.record(z.string(), json) }),
});
export type ApiDocument = z.infer<typeof apiDocument>;
export type Operation = z.infer<typeof operation>;

export interface MadeUpRequest {
  /** Null: the address or the method is none of the document's. */
  operation: Operation | null;
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | null;
}

type Json = z.infer<ReturnType<typeof z.json>>;

const ODD_TEXTS = [
  '',
  ' ',
  '%',
  '%00',
  '%ff',
  '..%2f..%2fruns',
  '%F0%9F%A6%94',
  'null',
  '0',
  '-1',
  '1e3',
  '101',
  '2026-13-01T00:00:00Z',
  '%27%20OR%201%3D1%20--',
  'x'.repeat(3_000),
  Buffer.from('[1]').toString('base64url'),
  Buffer.from('{"id":"x"}').toString('base64url'),
  Buffer.from(
    '{"id":"1","at":"9999-12-31T23:59:59-23:59","key":"x","createdAt":"0000-01-01T00:00:00Z"}',
  ).toString('base64url'),
];

const isObject = (value: Json): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parts of an address, escaped. */
const oddText = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => encodeURIComponent(text.toWellFormed())),
);

/** A chance in a hundred parts. */
const mostly = <T, U>(usual: fc.Arbitrary<T>, of: number, unusual: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
  fc.oneof<fc.MaybeWeightedArbitrary<T | U>[]>(
    { arbitrary: usual, weight: of },
    { arbitrary: unusual, weight: 100 - of },
  );

/** A picture, the same now and then, or what is none. */
const pictureFile = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...PICTURE_TYPES),
      fc.integer({ min: 0, max: 9_000 }),
      fc.integer({ min: 1, max: 20 }),
      fc.uint8Array({ maxLength: 4 }),
    )
    .map(([type, width, height, rest]) => new Uint8Array(pictureOf(type, { width, height }, [...rest]))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
);

/** Runs a body through what breaks it on its way. */
function written(body: fc.Arbitrary<Json>): fc.Arbitrary<string | Uint8Array<ArrayBuffer>> {
  return mostly(
    body.map((value) => JSON.stringify(value)),
    90,
    fc.oneof(
      body.map((value) => JSON.stringify(value).slice(0, -1)),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => new Uint8Array(bytes)),
      fc.constantFrom(
        '[',
        'nul',
        '{"a":1}{"b":2}',
        '[['.repeat(40) + ']]'.repeat(40),
        '['.repeat(200_000),
        '{"a":'.repeat(50_000),
        '"\\ud800"',
        '1e999',
        '\ufeff{}',
      ),
    ),
  );
}

const headersOf = (
  keys: { own: string; limited: string; wrong: string[] },
  sent: string[],
  types: [string, ...string[]],
) =>
  fc.record({
    authorization: mostly(
      fc.constant(`Bearer ${keys.own}`),
      93,
      fc.constantFrom(
        '',
        'Bearer',
        'Basic x',
        `Bearer ${keys.limited}`,
        ...keys.wrong.map((key) => `Bearer ${key}`),
      ),
    ),
    'content-type': mostly(
      fc.constantFrom(...types),
      96,
      fc.constantFrom(
        '',
        'text/plain',
        'application/json; charset=utf-16',
        'multipart/form-data',
        'x'.repeat(2_000),
      ),
    ),
    'idempotency-key': mostly(
      fc.constant(null),
      80,
      fc.constantFrom(...sent, '', ' ', 'a b', 'x'.repeat(256), 'é', '"quoted"'),
    ),
    'content-length': mostly(fc.constant(null), 98, fc.constantFrom('99999999', '-1', 'x')),
  });

/** `pool`: texts that mean something, ids above all; `own` and `limited`: API keys with all scopes and with few. */
export function requestsOf(
  document: ApiDocument,
  pool: string[],
  keys: { own: string; limited: string; wrong: string[] },
): fc.Arbitrary<MadeUpRequest> {
  const resolve = resolverOf(document.components.schemas);
  const repeatable = ['key-1', 'key-2', 'key-3', 'key-4'];
  const body = ({ schema, example = {} }: { schema: Schema; example?: Schema | undefined }) => {
    const right = fc.oneof(
      valid(schema, resolve, pool),
      fc.constant<Json>(example),
      // The example with members of its own kind: closer to what programs send than chance alone.
      valid({ ...resolve(schema), required: [] }, resolve, pool).map((more): Json =>
        isObject(more) ? { ...example, ...Object.fromEntries(Object.entries(more).slice(0, 2)) } : example,
      ),
    );
    return fc.oneof(
      { arbitrary: right, weight: 7 },
      { arbitrary: right.chain(almost), weight: 4 },
      { arbitrary: right.chain(almost).chain(almost), weight: 1 },
      { arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => z.json().parse(value)), weight: 1 },
    );
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, of]) => ({ path, method: method.toUpperCase(), of })),
  );
  const bodyOf = ({ requestBody }: Operation): fc.Arbitrary<MadeUpRequest['body']> => {
    if (requestBody === undefined) return fc.constant(null);
    const inJson = requestBody.content['application/json'];
    const made = inJson === undefined ? pictureFile : written(body(inJson));
    return mostly(made, 97, fc.constant(null));
  };
  const requestOf = ({ path, method, of }: (typeof operations)[number]) => {
    const [first = 'application/json', ...others] = Object.keys(of.requestBody?.content ?? {});
    const parameters = of.parameters.flatMap((one) => ('$ref' in one ? [] : [one]));
    const value = (schema: Schema) =>
      mostly(
        valid(schema, resolve, pool).map((one) =>
          encodeURIComponent((typeof one === 'string' ? one : JSON.stringify(one)).toWellFormed()),
        ),
        85,
        oddText,
      );
    const inPath = parameters.filter(({ in: place }) => place === 'path');
    const inQuery = parameters.filter(({ in: place }) => place === 'query');
    const query = fc
      .tuple(
        ...inQuery.map(({ name, schema, required }) =>
          fc
            .tuple(
              required ? fc.constant(true) : mostly(fc.constant(false), 75, fc.constant(true)),
              value(schema),
            )
            .map(([isSent, text]) => (isSent && name !== 'cursor' ? [`${name}=${text}`] : [])),
        ),
        mostly(
          fc.constant([]),
          90,
          oddText.map((text) => [`cursor=${text}`]),
        ),
        mostly(fc.constant([]), 95, fc.constantFrom(['page=2'], ['limit=1', 'limit=2'], ['%00=%00'])),
      )
      .map((parts) => parts.flat().join('&'));
    return fc
      .record({
        way: mostly(fc.constant('as-documented'), 97, fc.constantFrom('other-method', 'other-path')),
        params: fc.tuple(...inPath.map(({ schema }) => value(schema))),
        query,
        headers: headersOf(keys, repeatable, [first, ...others]),
        body: bodyOf(of),
        otherMethod: fc.constantFrom('DELETE', 'PATCH', 'OPTIONS', 'PUT', 'HEAD'),
      })
      .map((made): MadeUpRequest => {
        const filled = inPath.reduce(
          (text, { name }, index) => text.replace(`{${name}}`, made.params[index] ?? ''),
          path,
        );
        const isOther = made.way === 'other-method';
        const sent = isOther ? made.otherMethod : method;
        const hasBody = sent !== 'GET' && sent !== 'HEAD';
        return {
          operation: made.way === 'as-documented' ? of : null,
          method: sent,
          path: `${filled}${made.way === 'other-path' ? '/more' : ''}${made.query === '' ? '' : `?${made.query}`}`,
          headers: Object.fromEntries(
            Object.entries(made.headers).flatMap(([name, text]) => (text === null ? [] : [[name, text]])),
          ),
          body: hasBody ? made.body : null,
        };
      });
  };
  return fc.oneof(...operations.map(requestOf));
}
