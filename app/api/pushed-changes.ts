/** POST /api/catalog/changes: what systems push, signed by them instead of sent with an API key. */
import { z } from 'zod';
import { takePushedChanges } from '~/sync/take-pushed-changes';
import type { PushedChange, TakenChange } from '~/sync/take-pushed-changes';
import { patchOf, productPatch } from './catalog-product';
import { errorOf } from './catalog-products';
import { written } from './kept-answer';
import { problemSchema } from './problem';
import type { Problem } from './problem';
import { id, named } from './schemas';
import { answerSigned } from './signed-message';
import type { PushParts } from './signed-message';
import { fieldErrors, refuse, unstorableTexts } from './validation';

const MOST_CHANGES = 250;

const version = z
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .optional()
  .describe('Grows with each change of the product at its sender: a lower one that comes later is left out.');

export const pushBody = named(
  'PushedChanges',
  z.strictObject({
    changes: z
      .array(
        z.discriminatedUnion('type', [
          z.strictObject({ type: z.literal('upsert'), product: productPatch, version }),
          z.strictObject({ type: z.literal('delete'), handle: productPatch.shape.handle, version }),
        ]),
      )
      .min(1)
      .max(MOST_CHANGES)
      .describe('One for each product.'),
  }),
).superRefine(({ changes }, context) => {
  const seen = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const handle = change.type === 'upsert' ? change.product.handle : change.handle;
    if (seen.has(handle))
      refuse(context, ['changes', index], {
        reason: `Another change of this message is about “${handle}”.`,
        remedy: 'Send one change a product; a later one in a message of its own.',
      });
    seen.add(handle);
  }
});

export const pushAnswer = named(
  'PushedChangesResult',
  z.object({
    run_id: id
      .nullable()
      .describe('The run that carries the changes to Shopify; null where nothing changed.'),
    results: z
      .array(
        z.object({
          handle: z.string(),
          id: id.nullable(),
          outcome: z
            .enum(['created', 'updated', 'unchanged', 'deleted', 'superseded', 'refused'])
            .describe(
              'superseded: a higher version came before. refused: nothing was written; errors say why.',
            ),
          errors: problemSchema.shape.errors,
        }),
      )
      .describe('One for each change, in the order they were sent.'),
  }),
);

/** The changes of a message, or what is wrong with it. */
function changesIn(json: unknown): PushedChange[] | Problem {
  const parsed = pushBody.safeParse(json);
  const errors = [...unstorableTexts(json), ...(parsed.success ? [] : fieldErrors(parsed.error, json))];
  if (!parsed.success || errors.length > 0)
    return {
      problem: 'invalid-value',
      detail: 'See errors for each field and what to send instead.',
      errors,
    };
  return parsed.data.changes.map((change): PushedChange => {
    const at = { version: change.version ?? null };
    return change.type === 'upsert'
      ? { kind: 'upsert', patch: patchOf(change.product), ...at }
      : { kind: 'delete', handle: change.handle, ...at };
  });
}

type PushAnswer = z.input<typeof pushAnswer>;

function resultJson(
  { handle, productId, outcome, problems }: TakenChange,
  index: number,
): PushAnswer['results'][number] {
  const errors = problems.map((problem) => errorOf(`changes[${index}].product`, problem));
  return { handle, id: productId, outcome, errors };
}

/** Answers one push. */
export function answerPush(parts: PushParts, request: Request): Promise<Response> {
  return answerSigned(parts, request, {
    read: (json) => {
      const changes = changesIn(json);
      return 'problem' in changes ? changes : { changes };
    },
    work: async (resources, source, { changes }) => {
      const { results, runId } = await takePushedChanges(resources, { source, changes });
      const body: PushAnswer = { run_id: runId, results: results.map(resultJson) };
      return written({ status: 200, body });
    },
  });
}
