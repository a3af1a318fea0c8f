/** Conflicts that wait for a person, or for a program that answers in their place. */
import { z } from 'zod';
import { FIELD_GROUPS } from '~/core/field-group';
import { findConflict } from '~/db/conflict-answers.server';
import type { ConflictScope } from '~/db/conflict-selection.server';
import { CONFLICT_VIEWS } from '~/db/pages/conflict-query';
import { readConflicts } from '~/db/pages/conflicts.server';
import type { ConflictRow } from '~/db/pages/conflicts.server';
import { resolveConflicts } from '~/sync/resolve-conflicts';
import type { ConflictAnswerInput } from '~/sync/resolve-conflicts';
import { endpoint, none } from './endpoint';
import type { ApiContext, Endpoint } from './endpoint';
import { notFound } from './problem';
import { cursorOf, fieldValue, id, instant, limit, named, pageOf } from './schemas';
import { refuse } from './validation';

const conflict = named(
  'Conflict',
  z.object({
    id,
    product_id: id,
    product_title: z.string(),
    variant: z.string().nullable().describe("Name of the variant; null for the product's own fields."),
    field: z.string(),
    field_group: z.string(),
    reason: z
      .enum(['both-changed', 'held'])
      .describe('held: the change is larger than the policy lets through.'),
    base: fieldValue,
    source: fieldValue,
    remote: fieldValue,
    state: z.enum(['open', 'resolving']).describe('resolving: answered, and not carried out yet.'),
    choice: z.enum(['source', 'remote', 'value']).nullable(),
    opened_at: z.iso.datetime(),
    snoozed_until: z.iso.datetime().nullable(),
    note: z.string(),
    assignee: z.string(),
    seen: z.string().describe('Stands for the two values: sent with an answer, it holds only while they do.'),
    links: z.object({ resolve: z.string() }),
  }),
);

function conflictJson(row: ConflictRow): z.input<typeof conflict> {
  const { reason, state, choice } = conflict.shape;
  return {
    id: row.id,
    product_id: row.productId,
    product_title: row.productTitle,
    variant: row.variant,
    field: row.field,
    field_group: row.fieldGroup,
    reason: reason.parse(row.reason),
    base: row.base,
    source: row.source,
    remote: row.remote,
    state: state.parse(row.state),
    choice: choice.parse(row.choice),
    opened_at: row.openedAt,
    snoozed_until: row.snoozedUntil,
    note: row.note,
    assignee: row.assignee,
    seen: row.print,
    links: { resolve: `/api/shopify/conflicts/${row.id}/resolve` },
  };
}

const cursor = cursorOf(z.object({ key: instant, id }));

/** A key of one shop answers for no other, also where the merchant has several. */
const scopeOf = ({ shop }: ApiContext): ConflictScope => ({
  accountId: shop.accountId,
  shopId: shop.id,
  onlyThisShop: true,
});

const LONGEST_VALUE = 65_535;

const answerBody = z
  .strictObject({
    choice: z
      .enum(['source', 'remote', 'value'])
      .describe('What both sides shall hold: the catalog’s value, Shopify’s, or a third.'),
    value: z
      .string()
      .max(LONGEST_VALUE)
      .optional()
      .describe('The third value as text, as it would be typed: "12.50", "true", "1.5 kg".'),
    seen: z
      .string()
      .max(100)
      .optional()
      .describe('seen of the conflict: the answer is refused where a value has changed since.'),
  })
  .superRefine(({ choice, value }, context) => {
    if ((choice === 'value') === (value !== undefined)) return;
    refuse(context, ['value'], {
      reason: choice === 'value' ? 'The third value is missing.' : 'This choice takes no value.',
      remedy: 'Send "value" with the choice "value", and with no other.',
    });
  });

function answerOf(conflictId: string, body: z.output<typeof answerBody>): ConflictAnswerInput {
  const of = { id: conflictId, ...(body.seen === undefined ? {} : { seen: body.seen }) };
  if (body.choice === 'value') return { choice: 'value', ...of, typed: body.value ?? '' };
  return { choice: body.choice, selection: { kind: 'ids', conflicts: [of] } };
}

export const conflictEndpoints: Endpoint[] = [
  endpoint({
    id: 'listConflicts',
    method: 'GET',
    path: '/conflicts',
    tag: 'Conflicts',
    scope: 'conflicts:read',
    summary: 'List conflicts, newest first',
    params: none,
    query: z.strictObject({
      view: z
        .enum(CONFLICT_VIEWS)
        .default('open')
        .describe(
          'open: waits for an answer; snoozed: waits, and is out of sight; answered: is being carried out.',
        ),
      product_id: id.optional(),
      field_group: z.enum(FIELD_GROUPS).optional(),
      limit,
      cursor: cursor.parameter,
    }),
    body: none,
    answers: { 200: { description: 'A page of conflicts.', body: pageOf('ConflictPage', conflict) } },
    problems: [],
  })(async (context, { query }) => {
    const at = cursor.read(query.cursor);
    const { rows, next } = await readConflicts(
      context.resources.db,
      scopeOf(context),
      {
        filter: {
          view: query.view,
          search: '',
          groups: query.field_group === undefined ? [] : [query.field_group],
          store: null,
          age: null,
          reason: null,
          assignee: null,
          productId: query.product_id ?? null,
        },
        oldestFirst: false,
        cursor: at === null ? null : { direction: 'after', ...at },
      },
      context.resources.now(),
      query.limit,
    );
    return {
      status: 200,
      body: {
        data: rows.map(conflictJson),
        next_cursor: cursor.write(next === null ? null : { key: next.key, id: next.id }),
      },
    };
  }),
  endpoint({
    id: 'resolveConflict',
    method: 'POST',
    path: '/conflicts/{id}/resolve',
    tag: 'Conflicts',
    scope: 'conflicts:write',
    summary: 'Answer a conflict',
    description:
      'The answer holds for the two values that are there now: where one moves before it is carried out, the conflict is asked again.',
    params: z.strictObject({ id }),
    query: none,
    body: answerBody,
    example: { choice: 'source' },
    answers: {
      202: {
        description: 'The answer is noted and being carried out.',
        body: named('AnsweredConflict', z.object({ id, state: z.literal('resolving') })),
      },
    },
    problems: ['not-possible-now'],
  })(async (context, { params, body }) => {
    const scope = scopeOf(context);
    const { resources, actor } = context;
    const outcome = await resolveConflicts(resources, { scope, answer: answerOf(params.id, body), actor });
    switch (outcome.kind) {
      case 'answered':
        return { status: 202, body: { id: params.id.toLowerCase(), state: 'resolving' } };
      case 'bad-value':
        return {
          problem: 'invalid-value',
          detail: `The field ${outcome.field} cannot hold this value.`,
          errors: [
            {
              field: 'value',
              value: outcome.typed.slice(0, 200).toWellFormed(),
              reason: 'The field cannot hold it.',
              remedy: outcome.remedy,
            },
          ],
        };
      case 'gone':
        return (await findConflict(resources.db, scope, params.id)) === null
          ? notFound('conflict')
          : {
              problem: 'not-possible-now',
              detail: 'The conflict is not open, or one of its values has changed. Look at it again.',
            };
    }
  }),
];
