/** What the address of the audit log says: filter and page. */
import { instantOf } from '~/core/local-time';

export const AUDIT_STATES = ['applied', 'conflicted', 'failed', 'skipped'] as const;
export type AuditState = (typeof AUDIT_STATES)[number];
export const AUDIT_DIRECTIONS = ['push', 'pull', 'restore', 'edit', 'override', 'promotion'] as const;
export type AuditDirection = (typeof AUDIT_DIRECTIONS)[number];

/** Null, or "": all. */
export interface AuditFilter {
  /** Part of a product's title or handle, or a whole SKU. */
  search: string;
  productId: string | null;
  /** A whole SKU: the one recorded, or the one the variant has now. */
  sku: string;
  /** A field ("price", "tags:Sale"), or all fields of a kind ("tags"). */
  field: string;
  /** Who or what caused it, whole. */
  actor: string;
  runId: string | null;
  from: Date | null;
  /** The first instant that is too late. */
  until: Date | null;
  direction: AuditDirection | null;
  state: AuditState | null;
}

/** The row a page starts after (older), or ends before (newer). */
export interface AuditCursor {
  direction: 'after' | 'before';
  at: Date;
  id: bigint;
}

/** The filter as it stands in the address: times as the shop's clock shows them. */
export interface AuditFilterTexts {
  q: string;
  product: string;
  sku: string;
  field: string;
  actor: string;
  run: string;
  from: string;
  to: string;
  direction: string;
  state: string;
}

const MAX_TEXT = 255;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NAMES = [
  'q',
  'product',
  'sku',
  'field',
  'actor',
  'run',
  'from',
  'to',
  'direction',
  'state',
] as const satisfies readonly (keyof AuditFilterTexts)[];

/** The cursor as a parameter of an address; `readAuditCursor` is its inverse. */
export function writeAuditCursor({ at, id }: AuditCursor): string {
  return `${at.getTime()}.${id}`;
}

// Far within what timestamptz and bigint hold.
const cursorText = /^(\d{1,14})\.(\d{1,18})$/;

/** Null for text that no `writeAuditCursor` wrote: an old or broken address shows the first page. */
export function readAuditCursor(direction: AuditCursor['direction'], text: string): AuditCursor | null {
  const [, at, id] = cursorText.exec(text) ?? [];
  return at === undefined || id === undefined
    ? null
    : { direction, at: new Date(Number(at)), id: BigInt(id) };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The day after, as a clock shows it: days of a change of clocks are not 24 hours long. */
function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** A day as an end includes the whole of it; a time of day is itself the end. */
function endOf(text: string, timeZone: string): Date | null {
  return DAY.test(text) && instantOf(text, timeZone) !== null
    ? instantOf(nextDay(text), timeZone)
    : instantOf(text, timeZone);
}

function oneOf<T extends string>(values: readonly T[], text: string): T | null {
  return values.find((value) => value === text) ?? null;
}

/**
 * Reads filter and page out of an address; what is not understood is left out, of the texts as well: the page shows the
 * filter that holds.
 */
export function readAuditQuery(
  parameters: URLSearchParams,
  timeZone: string,
): { filter: AuditFilter; texts: AuditFilterTexts; cursor: AuditCursor | null } {
  // PostgreSQL's text holds no NUL.
  const text = (name: keyof AuditFilterTexts) =>
    (parameters.get(name) ?? '').replaceAll('\u0000', '').slice(0, MAX_TEXT).trim();
  const uuid = (name: keyof AuditFilterTexts) => (UUID.test(text(name)) ? text(name).toLowerCase() : null);
  const filter: AuditFilter = {
    search: text('q'),
    productId: uuid('product'),
    sku: text('sku'),
    field: text('field'),
    actor: text('actor'),
    runId: uuid('run'),
    from: instantOf(text('from'), timeZone),
    until: endOf(text('to'), timeZone),
    direction: oneOf(AUDIT_DIRECTIONS, text('direction')),
    state: oneOf(AUDIT_STATES, text('state')),
  };
  const after = parameters.get('after');
  const before = parameters.get('before');
  return {
    filter,
    texts: {
      q: filter.search,
      product: filter.productId ?? '',
      sku: filter.sku,
      field: filter.field,
      actor: filter.actor,
      run: filter.runId ?? '',
      from: filter.from === null ? '' : text('from'),
      to: filter.until === null ? '' : text('to'),
      direction: filter.direction ?? '',
      state: filter.state ?? '',
    },
    cursor:
      after !== null
        ? readAuditCursor('after', after)
        : before !== null
          ? readAuditCursor('before', before)
          : null,
  };
}

/** The filter as parameters of an address; empty ones are left out. */
export function writeAuditFilter(texts: AuditFilterTexts): URLSearchParams {
  return new URLSearchParams(NAMES.flatMap((name) => (texts[name] === '' ? [] : [[name, texts[name]]])));
}
