/**
 * An endpoint of the API, said once: routing, validation, the OpenAPI document, the reference page and the tests that
 * make up requests all read this.
 */
import { z } from 'zod';
import type { ApiScope } from '~/core/api-scopes';
import type { Resources } from '~/sync/resources';
import type { UsableKey } from '~/db/api-keys.server';
import type { Problem, ProblemKind } from './problem';
import { fieldErrors, unstorableTexts } from './validation';

/** Whose request it is. */
export interface ApiContext {
  resources: Resources;
  shop: UsableKey['shop'];
  /** Who acts, as the audit log names them. */
  actor: string;
  /** Milliseconds that a request may wait for the plan of a dry run. */
  planWaitMs: number;
  /** Id for what the request makes; the same where it is taken up again after the process died. */
  operationId: string;
}

interface EndpointText {
  /** Name of the operation, a verb and a noun. */
  id: string;
  method: 'GET' | 'POST' | 'PUT';
  /** Below /api/shopify; "{id}" is a parameter. */
  path: string;
  tag: string;
  scope: ApiScope;
  summary: string;
  description?: string;
  /** Problems beside those that every endpoint can have. */
  problems: ProblemKind[];
  /** A body that works, for the reference. */
  example?: Record<string, unknown>;
  /** The body is a file as it stands, not JSON; the handler gets it as `content` (see `fileBody`). */
  takesFile?: {
    /** Media types it may be sent as, such as "image/png"; application/octet-stream is always one. */
    types: readonly string[];
    mostBytes: number;
    /** In words, such as "a picture". */
    what: string;
    /** File name in the example of the reference. */
    exampleName: string;
  };
}

/** What a success looks like, by status. */
export type Answers = Record<number, { description: string; body: z.ZodType }>;

type Success<A extends Answers> = {
  [Status in keyof A & number]: {
    status: Status;
    body: z.input<A[Status]['body']>;
    headers?: Record<string, string>;
  };
}[keyof A & number];

export type EndpointAnswer = { status: number; body: unknown; headers?: Record<string, string> } | Problem;

interface Declaration<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  A extends Answers,
> extends EndpointText {
  params: Params;
  query: Query;
  /** GET has none. */
  body: Body;
  answers: A;
}

/** Calls one use case. */
type Handler<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  A extends Answers,
> = (
  context: ApiContext,
  input: { params: z.output<Params>; query: z.output<Query>; body: z.output<Body> },
) => Promise<Success<A> | Problem>;

/** What a request says, not yet checked. */
export interface RawInput {
  params: Record<string, string>;
  query: URLSearchParams;
  /** Parsed JSON, or a file as `fileBody` has it. */
  body: unknown;
}

export interface Endpoint extends EndpointText {
  params: z.ZodObject;
  query: z.ZodObject;
  body: z.ZodObject;
  answers: Answers;
  /** Checks a request; what is right can be run. */
  prepare: (
    raw: RawInput,
  ) => { ok: true; run: (context: ApiContext) => Promise<EndpointAnswer> } | { ok: false; problem: Problem };
}

/** Of endpoints that take nothing in this place. */
export const none = z.strictObject({});

/** The body of endpoints that take a file. */
export const fileBody = z.strictObject({ content: z.instanceof(Uint8Array) });

/** Parameters of the address, each once; a repeated one is told of. */
function queryOf(parameters: URLSearchParams): { values: Record<string, string>; repeated: string[] } {
  const values = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [name, value] of parameters) {
    if (values.has(name)) repeated.add(name);
    values.set(name, value);
  }
  return { values: Object.fromEntries(values), repeated: [...repeated] };
}

/** Declares an endpoint, and then what handles it. */
export function endpoint<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  A extends Answers,
>(declared: Declaration<Params, Query, Body, A>) {
  return (handle: Handler<Params, Query, Body, A>): Endpoint => ({
    ...declared,
    prepare: (raw) => {
      const params = declared.params.safeParse(raw.params);
      if (!params.success)
        return { ok: false, problem: { problem: 'not-found', detail: 'No id looks like this.' } };
      const { values, repeated } = queryOf(raw.query);
      const query = declared.query.safeParse(values);
      const parameterErrors = [
        ...repeated.map((name) => ({
          field: name,
          value: values[name] ?? null,
          reason: 'It is given more than once.',
          remedy: 'Send it once.',
        })),
        ...unstorableTexts(values),
        ...(query.success ? [] : fieldErrors(query.error, values)),
      ];
      if (!query.success || parameterErrors.length > 0)
        return {
          ok: false,
          problem: {
            problem: 'invalid-parameter',
            detail: 'See errors for each parameter and what to send instead.',
            errors: parameterErrors,
          },
        };
      const body = declared.body.safeParse(raw.body);
      const bodyErrors = [
        ...(declared.takesFile === undefined ? unstorableTexts(raw.body) : []),
        ...(body.success ? [] : fieldErrors(body.error, raw.body)),
      ];
      if (!body.success || bodyErrors.length > 0)
        return {
          ok: false,
          problem: {
            problem: 'invalid-value',
            detail: 'See errors for each field and what to send instead.',
            errors: bodyErrors,
          },
        };
      const input = { params: params.data, query: query.data, body: body.data };
      return { ok: true, run: (context) => handle(context, input) };
    },
  });
}
