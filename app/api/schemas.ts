/** Schemas that several resources share, and the names of schemas in the OpenAPI document. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';

/** Schemas that the document shows once, by name, and refers to. */
export const schemaNames = z.registry<{ id: string }>();

/** Gives a schema a name in the document. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
  schemaNames.add(schema, { id });
  return schema;
}

export const id = z.guid('Send an id as the API gave it.');

const LAST_YEAR = 2999;

/** An instant that PostgreSQL can hold. */
export const instant = z.iso
  .datetime({ offset: true, error: 'Send an instant such as 2026-11-25T09:00:00Z.' })
  .refine((text) => {
    const year = new Date(text).getUTCFullYear();
    return year >= 1970 && year <= LAST_YEAR;
  }, `Send an instant between 1970 and ${LAST_YEAR}.`);

/** An amount that is not negative, as text, so that no program makes a float of it. */
export const amount = z
  .string()
  .regex(/^\d{1,14}(\.\d{1,4})?$/, 'Send an amount as text, digits with a point, such as "12.50".')
  .describe('An amount as text, such as "12.50".');

/** An amount as the catalog spells it: "12.50" is "12.5". */
export function canonicalAmount(text: string): string {
  return new Decimal(text).toFixed();
}

/** Rows of a page, where nothing is said. */
const USUAL_LIMIT = 50;
const MOST_ROWS = 100;

/** `limit` of a list. */
export const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(MOST_ROWS)
  .default(USUAL_LIMIT)
  .describe('How many to answer at most.');

/** The place in a list where a page ends, written as text that means nothing to others. */
export interface CursorCodec<Place> {
  /** The parameter `cursor` of the list. */
  parameter: z.ZodOptional<z.ZodString>;
  write: (place: Place | null) => string | null;
  /** Null for no cursor: the first page. */
  read: (text: string | undefined) => Place | null;
}

/** A cursor whose content the schema checks: a text that `write` did not make is refused. */
export function cursorOf<Place>(place: z.ZodType<Place>): CursorCodec<Place> {
  const parse = (text: string): Place | null => {
    try {
      const read = place.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
      return read.success ? read.data : null;
    } catch {
      return null; // no JSON
    }
  };
  return {
    parameter: z
      .string()
      .max(2_000)
      .refine((text) => parse(text) !== null, 'Send next_cursor of the page before, unchanged.')
      .optional()
      .describe('next_cursor of the page before; absent: the first page.'),
    write: (at) => (at === null ? null : Buffer.from(JSON.stringify(at)).toString('base64url')),
    read: (text) => (text === undefined ? null : parse(text)),
  };
}

const datedPlace = cursorOf(z.object({ before: z.tuple([instant, z.uuid()]) }));

/** The cursor of lists whose read models take "<instant>_<id>". */
export const datedCursor: CursorCodec<string> = {
  parameter: datedPlace.parameter,
  read: (text) => {
    const at = datedPlace.read(text)?.before;
    return at === undefined ? null : `${new Date(at[0]).toISOString()}_${at[1]}`;
  },
  write: (next) => {
    const [at, last] = next?.split('_') ?? [];
    return datedPlace.write(at === undefined || last === undefined ? null : { before: [at, last] });
  },
};

/** A page of a list. */
export function pageOf<Row extends z.ZodType>(name: string, row: Row) {
  return named(
    name,
    z.object({
      data: z.array(row),
      next_cursor: z.string().nullable().describe('cursor of the page after this one; null on the last.'),
    }),
  );
}

/** Any value of a field, as the audit log has it. */
export const fieldValue = z.unknown().describe('Any JSON value: what the field holds.');
