/** The OpenAPI 3.1 document of the API, made of the endpoints and the schemas that validate their requests. */
import { API_SCOPES } from '~/core/api-scopes';
import type { RateLimit } from '~/db/rate-limit.server';
import type { Endpoint } from './endpoint';
import { JsonSchemas } from './json-schema';
import type { Json, JsonObject } from './json-schema';
import { PROBLEMS, problemSchema } from './problem';
import type { ProblemKind } from './problem';
import { MOST_BYTES } from './request-body';
import { PUSH_TAG, pushSecurity, signedOperations } from './push-operation';
import { BASE_PATH } from './router';

/** Problems that every endpoint can have. */
const ALWAYS: ProblemKind[] = [
  'unauthorized',
  'missing-scope',
  'invalid-parameter',
  'too-many-requests',
  'internal',
];
const WITH_BODY: ProblemKind[] = [
  'malformed-request',
  'too-large',
  'unsupported-media-type',
  'invalid-value',
];
const ON_POST: ProblemKind[] = ['request-under-way', 'idempotency-key-reused'];

/** Kinds of problems that an endpoint can answer with. */
export function problemsOf({ method, problems, path }: Endpoint): ProblemKind[] {
  const kinds = new Set<ProblemKind>([
    ...ALWAYS,
    ...(method === 'GET' ? [] : WITH_BODY),
    ...(method === 'POST' ? ON_POST : []),
    ...(path.includes('{') ? (['not-found'] as const) : []),
    ...problems,
  ]);
  return [...kinds].sort((a, b) => PROBLEMS[a].status - PROBLEMS[b].status);
}

const LIMIT_HEADERS = {
  RateLimit: { $ref: '#/components/headers/RateLimit' },
  'RateLimit-Policy': { $ref: '#/components/headers/RateLimit-Policy' },
};

const problemHeaders: Partial<Record<number, JsonObject>> = {
  401: { 'WWW-Authenticate': { schema: { type: 'string' } } },
  403: { 'WWW-Authenticate': { schema: { type: 'string' } }, ...LIMIT_HEADERS },
  429: {
    'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
    ...LIMIT_HEADERS,
  },
};

const words = (kinds: ProblemKind[]) => kinds.map((kind) => `${PROBLEMS[kind].title} (${kind}).`).join(' ');

function responsesOf(endpoint: Endpoint, schemas: JsonSchemas): JsonObject {
  const responses: JsonObject = {};
  for (const [status, { description, body }] of Object.entries(endpoint.answers))
    responses[status] = {
      description,
      headers: LIMIT_HEADERS,
      content: { 'application/json': { schema: schemas.of(body, 'output') } },
    };
  const problem = schemas.of(problemSchema, 'output');
  for (const [status, kinds] of Map.groupBy(problemsOf(endpoint), (kind) => PROBLEMS[kind].status))
    responses[String(status)] = {
      description: words(kinds),
      headers: problemHeaders[status] ?? LIMIT_HEADERS,
      content: { 'application/problem+json': { schema: problem } },
    };
  return responses;
}

function parametersOf(endpoint: Endpoint, schemas: JsonSchemas): Json[] {
  const { params, query, method } = endpoint;
  const of = (place: 'path' | 'query', shape: Endpoint['query']['shape']): Json[] =>
    Object.entries(shape).map(([name, schema]) => {
      const { description, ...of_ } = schemas.of(schema, 'output');
      return {
        name,
        in: place,
        required: place === 'path' || !schema.safeParse(undefined).success,
        ...(description === undefined ? {} : { description }),
        schema: of_,
      };
    });
  return [
    ...of('path', params.shape),
    ...of('query', query.shape),
    ...(method === 'POST' ? [{ $ref: '#/components/parameters/Idempotency-Key' }] : []),
  ];
}

function requestBodyOf({ body, example, takesFile }: Endpoint, schemas: JsonSchemas): JsonObject {
  if (takesFile !== undefined)
    return {
      description: `${takesFile.what.replace(/^./, (letter) => letter.toUpperCase())} as it stands, at most ${takesFile.mostBytes.toLocaleString('en-US')} bytes.`,
      required: true,
      content: Object.fromEntries(
        [...takesFile.types, 'application/octet-stream'].map((type) => [
          type,
          { schema: { type: 'string', contentMediaType: type } },
        ]),
      ),
      'x-example-name': takesFile.exampleName,
    };
  return {
    required: !body.safeParse({}).success,
    content: {
      'application/json': {
        schema: schemas.of(body, 'input'),
        ...(example === undefined ? {} : { example: JSON.parse(JSON.stringify(example)) }),
      },
    },
  };
}

function operationOf(endpoint: Endpoint, schemas: JsonSchemas): JsonObject {
  const { id, method, tag, summary, description, scope } = endpoint;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: [{ apiKey: [scope] }],
    parameters: parametersOf(endpoint, schemas),
    ...(method === 'GET' ? {} : { requestBody: requestBodyOf(endpoint, schemas) }),
    responses: responsesOf(endpoint, schemas),
  };
}

const aboutText = (
  limit: RateLimit,
) => `Lockstep keeps a merchant's catalog and Shopify in step. With this API other programs change many products at once, write the catalog, start syncs and answer conflicts.

Every request carries an API key of one shop as "Authorization: Bearer lsk_…". Keys are made in the app under Settings, API keys; each has scopes, and a request needs the one that is named with it. A key reaches nothing of another shop.

What cannot be done is answered with problem details (RFC 9457): "errors" names each field that is wrong, why, and what to send instead.

Every POST may carry an Idempotency-Key, a text of your own for each request, such as a UUID. For 24 hours the same request under the same key is answered as the first time (with the header Idempotent-Replayed: true) and done once; another request under it is refused. Send a request without an answer again under its key.

A key may send ${limit.perMinute} requests a minute, and up to ${limit.burst} at once after it was quiet. RateLimit and RateLimit-Policy tell what is left; a request too many is answered 429 with Retry-After.

Lists come in pages: send next_cursor of a page as "cursor" to get the next one. Bodies are JSON in UTF-8, at most ${MOST_BYTES.toLocaleString('en-US')} bytes, but for files; an empty body is the same as {}. Amounts are texts ("12.50"), instants ISO 8601.`;

const tagTexts: Record<string, string> = {
  'Bulk edits':
    'Change many products at once: planned first, then applied, watched as a job, and undone where needed.',
  Pictures: 'Files of pictures, brought into the store for bulk edits to use.',
  Jobs: 'Progress and result of bulk edits; applying, cancelling and undoing them.',
  Catalog: "The merchant's catalog, which is what Shopify is kept in step with.",
  Sync: 'Runs, which bring products of the catalog and Shopify in step.',
  Cache: 'What is known of Shopify without asking: what that saves, and what may be done to it.',
  Conflicts: 'Fields that changed on both sides, which somebody must settle.',
  [PUSH_TAG]: 'What other systems send by themselves, signed with a secret of their own.',
  'Audit log': 'Every change of a field: from what to what, why and by whom.',
};

/** The document. */
export function openApiDocument(endpoints: readonly Endpoint[], limit: RateLimit): JsonObject {
  const schemas = new JsonSchemas();
  const paths: Record<string, JsonObject> = {};
  for (const endpoint of endpoints) {
    const path = `${BASE_PATH}${endpoint.path}`;
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint, schemas) };
  }
  Object.assign(paths, signedOperations(schemas, LIMIT_HEADERS));
  const tags = [...new Set([...endpoints.map(({ tag }) => tag), PUSH_TAG])];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lockstep REST API',
      version: '1',
      summary: 'Bulk edits, catalog, syncs, conflicts',
      description: aboutText(limit),
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: '/', description: 'Where this document came from' }],
    tags: tags.map((name) => ({ name, description: tagTexts[name] ?? '' })),
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: `An API key of a shop. Scopes: ${API_SCOPES.join(', ')}.`,
        },
        pushSignature: pushSecurity,
      },
      parameters: {
        'Idempotency-Key': {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description: 'A text of your own for this request: sent again under it, it is done once.',
          schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
        },
      },
      headers: {
        RateLimit: {
          description: 'r: requests left at once; t: seconds until all are back.',
          schema: { type: 'string' },
        },
        'RateLimit-Policy': {
          description: 'q requests in w seconds, lasting and at once.',
          schema: { type: 'string' },
        },
      },
    },
  };
}
