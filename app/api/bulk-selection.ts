/** Which products a bulk edit is about, as a request says it; and what all requests for one share. */
import { z } from 'zod';
import type { EditProblem, ProductSelection } from '~/core/bulk-edit';
import { searchTextOf } from '~/core/print-search-query';
import type { FieldError } from './problem';
import { refuse } from './validation';

const MOST_LISTED = 10_000;

/** Members that every bulk edit takes. */
export const selectionShape = {
  category: z
    .string()
    .trim()
    .min(1)
    .max(255)
    .optional()
    .describe('A product category, by its full name or the last part of it, or a product type.'),
  query: z
    .string()
    .max(10_000)
    .optional()
    .describe(
      'Shopify\'s search syntax over the catalog, such as "vendor:Fjell price:>100"; "" is everything. A search for variants (sku, price) means those variants only.',
    ),
  skus: z
    .array(z.string().min(1).max(255))
    .min(1)
    .max(MOST_LISTED)
    .optional()
    .describe('These variants only.'),
  product_ids: z
    .array(z.uuid('Send ids of products as the API gave them.'))
    .min(1)
    .max(MOST_LISTED)
    .optional(),
  name: z.string().trim().min(1).max(200).optional().describe('How the edit is called in the app.'),
  dry_run: z
    .boolean()
    .optional()
    .describe('True: the edit is planned and not applied; look at its fields, then apply or cancel it.'),
};

type SelectionJson = z.output<z.ZodObject<typeof selectionShape>>;

const WAYS = ['category', 'query', 'skus', 'product_ids'] as const;

interface Refusing {
  addIssue: Parameters<typeof refuse>[0]['addIssue'];
}

/** Tells of fields of which exactly one must be sent. */
export function onlyOneOf(
  body: Readonly<Record<string, unknown>>,
  names: readonly [string, ...string[]],
  what: string,
  context: Refusing,
): void {
  const sent = names.filter((name) => body[name] !== undefined);
  const [, second] = sent;
  if (sent.length === 1) return;
  refuse(context, [second ?? names[0]], {
    reason: second === undefined ? `Nothing says ${what}.` : `${sent.join(' and ')} both say ${what}.`,
    remedy: `Send exactly one of ${names.join(', ')}.`,
  });
}

/** Tells where a request says its products in no way, or in two. */
export function checkSelection(body: SelectionJson, context: Refusing): void {
  onlyOneOf(body, WAYS, 'which products', context);
}

export function selectionOf(body: SelectionJson): ProductSelection {
  if (body.skus) return { kind: 'skus', skus: body.skus };
  if (body.product_ids) return { kind: 'products', productIds: body.product_ids };
  const { category, query } = body;
  return { kind: 'query', query: category === undefined ? (query ?? '') : searchTextOf({ category }) };
}

/**
 * What a use case refused, by the fields of the request. `fields` says for each change, in their order, which field it was
 * made of, and for parts of it another.
 */
export function editErrors(
  problems: EditProblem[],
  body: SelectionJson,
  fields: readonly { field: string; parts?: Record<string, string> }[],
): FieldError[] {
  return problems.map(({ field, value, reason, remedy }) => {
    const [place = '', index, part = ''] = field.split('.');
    const made = place === 'changes' ? fields[Number(index)] : undefined;
    const named = fields.map(({ parts }) => parts?.[place]).find((name) => name !== undefined);
    const own = place === 'query' && body.category !== undefined ? 'category' : (named ?? field);
    const inList = /\.pictures\.(\d+)\.(\w+)$/.exec(field);
    const within = inList === null ? '' : `[${inList[1] ?? ''}].${inList[2] ?? ''}`;
    return {
      field: made === undefined ? own : (made.parts?.[part] ?? `${made.field}${within}`),
      value: value.slice(0, 200).toWellFormed(),
      reason,
      remedy,
    };
  });
}
