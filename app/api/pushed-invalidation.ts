/** POST /api/cache/invalidate: systems that push say that what Shopify holds of products is no longer what is cached. */
import type { z } from 'zod';
import { controlCache } from '~/sync/control-cache';
import { selectionOf } from './bulk-selection';
import { invalidateBody, selectionRefused } from './cache-json';
import { written } from './kept-answer';
import type { Problem } from './problem';
import { answerSigned } from './signed-message';
import type { PushParts } from './signed-message';
import { fieldErrors, unstorableTexts } from './validation';

type Selected = z.output<typeof invalidateBody>;

function selectedIn(json: unknown): { body: Selected } | Problem {
  const parsed = invalidateBody.safeParse(json);
  const errors = [...unstorableTexts(json), ...(parsed.success ? [] : fieldErrors(parsed.error, json))];
  if (parsed.success && errors.length === 0) return { body: parsed.data };
  return {
    problem: 'invalid-value',
    detail: 'See errors for each field and what to send instead.',
    errors,
  };
}

/** Answers one message. */
export function answerInvalidation(parts: PushParts, request: Request): Promise<Response> {
  return answerSigned(parts, request, {
    read: selectedIn,
    work: async (resources, source, { body }) => {
      const done = await controlCache(resources, {
        ...{ shopId: source.shop.id, selection: selectionOf(body), causedBy: source.name },
        order: { kind: 'invalidate', by: 'api' },
      });
      return written(
        done.kind === 'refused'
          ? selectionRefused(done.problems, body)
          : { status: 200, body: { products: done.products } },
      );
    },
  });
}
