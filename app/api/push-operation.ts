/** How the OpenAPI document tells of what is signed instead of sent with an API key. */
import { z } from 'zod';
import type { JsonObject, JsonSchemas } from './json-schema';
import { PROBLEMS, problemSchema } from './problem';
import type { ProblemKind } from './problem';
import { invalidateAnswer, invalidateBody } from './cache-json';
import { pushAnswer, pushBody } from './pushed-changes';

export const PUSH_TAG = 'Pushed changes';

const PUSH_PROBLEMS: ProblemKind[] = [
  'malformed-request',
  'invalid-parameter',
  'unauthorized',
  'request-under-way',
  'too-large',
  'unsupported-media-type',
  'invalid-value',
  'idempotency-key-reused',
  'too-many-requests',
  'internal',
];

export const pushSecurity: JsonObject = {
  type: 'apiKey',
  in: 'header',
  name: 'webhook-signature',
  description:
    'v1, and the base64 of HMAC-SHA-256 over "id.timestamp.body" with the secret of the system, as Standard Webhooks says.',
};

const EXAMPLE: z.input<typeof pushBody> = {
  changes: [
    {
      type: 'upsert',
      version: 18,
      product: { handle: 'trail-tent', variants: [{ sku: 'TENT-2P', price: '239.00' }] },
    },
    { type: 'delete', version: 4, handle: 'old-tent' },
  ],
};

function parameter(
  place: 'query' | 'header',
  name: string,
  description: string,
  format?: string,
): JsonObject {
  return {
    ...{ name, in: place, required: true, description },
    schema: { type: 'string', ...(format !== undefined && { format }) },
  };
}

interface SignedOperation {
  id: string;
  summary: string;
  answer: { description: string; body: z.ZodType };
  body: z.ZodType;
  example: unknown;
}

/** By their addresses. */
const OPERATIONS: Record<string, SignedOperation> = {
  '/api/catalog/changes': {
    id: 'pushChanges',
    summary: 'Push what changed in another system',
    answer: { description: 'What became of each change.', body: pushAnswer },
    body: pushBody,
    example: EXAMPLE,
  },
  '/api/cache/invalidate': {
    id: 'pushCacheInvalidation',
    summary: 'Say that Shopify holds products otherwise than is cached: the next sync reads them',
    answer: { description: 'They are marked.', body: invalidateAnswer },
    body: invalidateBody,
    example: { query: 'vendor:Fjell' },
  },
};

/** The operations by their addresses. `headers`: those that tell of the rate limit. */
export function signedOperations(schemas: JsonSchemas, headers: JsonObject): Record<string, JsonObject> {
  return Object.fromEntries(
    Object.entries(OPERATIONS).map(([path, operation]) => [
      path,
      { post: operationOf(operation, schemas, headers) },
    ]),
  );
}

function operationOf(operation: SignedOperation, schemas: JsonSchemas, headers: JsonObject): JsonObject {
  const problem = schemas.of(problemSchema, 'output');
  const responses: JsonObject = {
    200: {
      description: operation.answer.description,
      headers,
      content: { 'application/json': { schema: schemas.of(operation.answer.body, 'output') } },
    },
  };
  for (const [status, kinds] of Map.groupBy(PUSH_PROBLEMS, (kind) => PROBLEMS[kind].status))
    responses[String(status)] = {
      description: kinds.map((kind) => `${PROBLEMS[kind].title} (${kind}).`).join(' '),
      content: { 'application/problem+json': { schema: problem } },
    };
  return {
    operationId: operation.id,
    tags: [PUSH_TAG],
    summary: operation.summary,
    description:
      'The address and the secret are shown when a system is added under Settings, API keys. The same webhook-id is answered as the first time for 24 hours, and done once.',
    security: [{ pushSignature: [] }],
    parameters: [
      parameter('query', 'source', 'The system, as its address has it.', 'uuid'),
      parameter('header', 'webhook-id', 'A text of your own for each message.'),
      parameter('header', 'webhook-timestamp', 'Seconds since 1970; may be five minutes off.'),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: schemas.of(operation.body, 'input'),
          example: z.record(z.string(), z.json()).parse(operation.example),
        },
      },
    },
    responses,
  };
}
