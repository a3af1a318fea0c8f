/** What the API answers where it does not do what was asked: problem details of RFC 9457. */
import { z } from 'zod';
import { named } from './schemas';

/** Every kind of problem, by the name its address ends in: /api/docs#problem-<name>. */
export const PROBLEMS = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'invalid-parameter': { status: 400, title: 'A parameter or header has a value that cannot be used' },
  unauthorized: { status: 401, title: 'The request has no API key that may be used' },
  'missing-scope': { status: 403, title: 'The API key lacks the scope for this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This address does not take this method' },
  'not-possible-now': { status: 409, title: 'This is not possible in the state it is in' },
  'confirmation-needed': { status: 409, title: 'A limit of the shop asks for a confirmation' },
  'second-person-needed': { status: 409, title: 'Somebody else must confirm this' },
  'request-under-way': { status: 409, title: 'A request with this Idempotency-Key is being worked on' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of a type that this address does not take' },
  'invalid-value': { status: 422, title: 'A value of the body cannot be used' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key belongs to another request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemKind = keyof typeof PROBLEMS;

/** What is wrong with one field, and what to do. */
export interface FieldError {
  /** Where in the request: "products[0].title", or a parameter's or header's name. */
  field: string;
  /** What was sent, as text and shortened; null where nothing was. */
  value: string | null;
  reason: string;
  remedy: string;
}

/** An answer that is a problem. */
export interface Problem {
  problem: ProblemKind;
  /** This occurrence, in words. */
  detail: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
}

export const problemSchema = named(
  'Problem',
  z.object({
    type: z.string().describe('Address of what this kind of problem means.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is the matter in this case, and what to do.'),
    errors: z
      .array(
        z.object({
          field: z
            .string()
            .describe(
              'Where in the request, such as products[0].title; or the name of a parameter or header.',
            ),
          value: z
            .string()
            .nullable()
            .describe('What was sent, as text and shortened; null where nothing was.'),
          reason: z.string(),
          remedy: z.string(),
        }),
      )
      .describe('One entry for each value that is wrong; empty where none is.'),
  }),
);

/** The body of a problem. */
export function problemBody({ problem, detail, errors }: Problem): z.input<typeof problemSchema> {
  const { status, title } = PROBLEMS[problem];
  return { type: `/api/docs#problem-${problem}`, title, status, detail, errors: errors ?? [] };
}

/** For an id that this shop has nothing under, whether another shop has or not. */
export function notFound(what: string): Problem {
  return { problem: 'not-found', detail: `This shop has no ${what} with this id.` };
}

/** For what the state of a thing does not allow. */
export function notPossible(detail: string): Problem {
  return { problem: 'not-possible-now', detail };
}
