/** Answers of the API as they are kept and sent. */
import type { KeptAnswer } from '~/db/idempotency.server';
import type { EndpointAnswer } from './endpoint';
import { PROBLEMS, problemBody } from './problem';

/** An answer as it is kept and sent. */
export function written(answer: EndpointAnswer): KeptAnswer {
  if (!('problem' in answer))
    return {
      status: answer.status,
      headers: { 'content-type': 'application/json', ...answer.headers },
      body: JSON.stringify(answer.body),
    };
  return {
    status: PROBLEMS[answer.problem].status,
    headers: { 'content-type': 'application/problem+json', ...answer.headers },
    body: JSON.stringify(problemBody(answer)),
  };
}

/** Sends an answer. */
export function respond(
  request: Request,
  { status, headers, body }: KeptAnswer,
  more: Record<string, string> = {},
) {
  return new Response(request.method === 'HEAD' ? null : body, {
    status,
    headers: {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      link: '</api/openapi.json>; rel="service-desc", </api/docs>; rel="service-doc"',
      ...headers,
      ...more,
    },
  });
}
