/** What the address of the conflict inbox says: filter, order and page. */
import { z } from 'zod';
import { FIELD_GROUPS } from '~/core/field-group';
import type { FieldGroup } from '~/core/field-group';
import { readCursor } from './product-query';
import type { ProductCursor } from './product-query';

export const CONFLICT_VIEWS = ['open', 'snoozed', 'answered'] as const;
export const CONFLICT_AGES = ['day', 'week', 'month'] as const;

export interface ConflictFilter {
  /** "open": waits for a person; "snoozed": not before an instant; "answered": being carried out. */
  view: (typeof CONFLICT_VIEWS)[number];
  /** Part of a title or a SKU; "" for all. */
  search: string;
  groups: FieldGroup[];
  /** A shop of the account, or "all"; null: the shop whose admin it is. */
  store: string | null;
  /** Waits for longer than a day, a week, a month. */
  age: (typeof CONFLICT_AGES)[number] | null;
  reason: 'both-changed' | 'held' | null;
  /** A name; "" is nobody; null is not asked for. */
  assignee: string | null;
  productId: string | null;
}

export interface ConflictQuery {
  filter: ConflictFilter;
  oldestFirst: boolean;
  cursor: ProductCursor | null;
}

/** PostgreSQL's text holds no NUL. */
const plain = (text: string | null) => (text === null ? null : text.replaceAll('\u0000', ''));

const filter = z.object({
  view: z.enum(CONFLICT_VIEWS).catch('open'),
  search: z
    .string()
    .transform((text) => text.trim().slice(0, 200))
    .catch(''),
  groups: z
    .string()
    .transform((text) => FIELD_GROUPS.filter((group) => text.split(',').includes(group)))
    .catch([]),
  store: z
    .union([z.uuid(), z.literal('all')])
    .nullable()
    .catch(null),
  age: z.enum(CONFLICT_AGES).nullable().catch(null),
  reason: z.enum(['both-changed', 'held']).nullable().catch(null),
  assignee: z.string().max(100).nullable().catch(null),
  productId: z.uuid().nullable().catch(null),
});

const isInstant = (text: string) => !Number.isNaN(Date.parse(text));

/** Reads filter, order and page out of an address; what is not understood is left out. */
export function readConflictQuery(parameters: URLSearchParams): ConflictQuery {
  const value = (name: string) => plain(parameters.get(name));
  const [after, before] = [parameters.get('after'), parameters.get('before')];
  const cursor =
    after !== null ? readCursor('after', after) : before !== null ? readCursor('before', before) : null;
  return {
    filter: filter.parse({
      view: value('view'),
      search: value('q'),
      groups: value('group'),
      store: value('store'),
      age: value('age'),
      reason: value('reason'),
      assignee: value('assignee'),
      productId: value('product'),
    }),
    oldestFirst: parameters.get('sort') === 'oldest',
    cursor: cursor !== null && isInstant(cursor.key) ? cursor : null,
  };
}

/** The filter as parameters of an address; `readConflictQuery` is its inverse. */
export function writeConflictFilter(values: {
  [Name in keyof ConflictFilter]: ConflictFilter[Name] extends string[]
    ? string[]
    : null extends ConflictFilter[Name]
      ? string | null
      : string;
}): URLSearchParams {
  const parameters = new URLSearchParams();
  const set = (name: string, value: string | null) => {
    if (value !== null) parameters.set(name, value);
  };
  if (values.view !== 'open') set('view', values.view);
  if (values.search !== '') set('q', values.search);
  if (values.groups.length > 0) set('group', values.groups.join(','));
  set('store', values.store);
  set('age', values.age);
  set('reason', values.reason);
  set('assignee', values.assignee);
  set('product', values.productId);
  return parameters;
}
