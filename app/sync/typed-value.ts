/** Reads what a person typed as the third value of a conflict, by the rules of the field. */
import { z } from 'zod';
import type { FieldValue } from '~/core/decision';
import { metafieldOf, valueKindOf, WEIGHT_UNITS } from '~/core/value-kind';
import type { ValueKind } from '~/core/value-kind';

export type TypedValue =
  | { ok: true; value: FieldValue }
  /** `remedy` says what to write instead. */
  | { ok: false; field: string; typed: string; remedy: string };

/** The catalog keeps four decimals and sixteen digits before them. */
const AMOUNT = /^\d{1,16}(\.\d{1,4})?$/;
const MOST_UNITS = 1_000_000_000;
const yesNo = z.enum(['true', 'false'], 'Choose yes or no.');
const blankIsNull = (text: string) => (text === '' ? null : text);

/** "12.5" as "12.50", "007" as "7.00". */
function amount(text: string): string {
  const [whole = '0', decimals = ''] = text.split('.');
  return `${whole.replace(/^0+(?=\d)/, '')}.${decimals.padEnd(2, '0')}`;
}

const money = z
  .string()
  .regex(AMOUNT, 'Write the amount in digits with a point, without a currency, for example 12.50.')
  .transform(amount);
const line = z
  .string()
  .max(255, 'Write at most 255 characters.')
  .regex(/^[^\r\n]*$/, 'Write it in one line.');
const longText = z.string().max(65_535, 'Write at most 65,535 characters.');
const quantity = z
  .string()
  .regex(/^-?\d{1,10}$/, 'Write a whole number of units, for example 12.')
  .transform(Number)
  .pipe(
    z
      .number()
      .min(-MOST_UNITS, 'Shopify holds at least -1,000,000,000 units.')
      .max(MOST_UNITS, 'Shopify holds at most 1,000,000,000 units.'),
  );
const integer = z
  .string()
  .regex(/^-?\d{1,15}$/, 'Write a whole number, for example 12.')
  .transform((text) => String(Number(text)));

const WEIGHT_REMEDY = 'Write the weight in digits with its unit (g, kg, oz or lb), for example 1.5 kg.';
const unitOf = new Map<string, string>(Object.entries(WEIGHT_UNITS).map(([unit, text]) => [text, unit]));
const weight = z.string().transform((text, context): FieldValue => {
  const [, value, unit] = /^(\d{1,13}(?:\.\d{1,6})?) ?(g|kg|oz|lb)$/i.exec(text) ?? [];
  const known = unitOf.get(unit?.toLowerCase() ?? '');
  if (value === undefined || known === undefined) {
    context.addIssue({ code: 'custom', message: WEIGHT_REMEDY });
    return z.NEVER;
  }
  return { value: value.replace(/^0+(?=\d)/, ''), unit: known };
});

const RULES: Record<ValueKind, z.ZodType<FieldValue, string>> = {
  money,
  'optional-money': z.union([z.literal('').transform(() => null), money], {
    error: 'Write the amount in digits with a point, for example 12.50, or leave it empty.',
  }),
  quantity,
  title: line.min(1, 'Write a title: Shopify takes no product without one.'),
  handle: line.regex(
    /^[^\s/?#A-Z]+$/,
    'Write it in lower case without spaces and without / ? #, for example trail-tent.',
  ),
  text: line,
  'optional-text': line.transform(blankIsNull),
  'long-text': longText,
  'yes-no': yesNo.transform((text) => text === 'true'),
  status: z.enum(['ACTIVE', 'DRAFT', 'ARCHIVED', 'UNLISTED'], 'Choose Active, Draft, Archived or Unlisted.'),
  'inventory-policy': z.enum(['DENY', 'CONTINUE'], 'Choose to stop or to continue selling.'),
  weight,
  'metafield-text': line.min(1, 'Write a text.'),
  'metafield-long-text': longText.min(1, 'Write a text.'),
  'metafield-integer': integer,
  'metafield-decimal': z
    .string()
    .regex(/^-?\d{1,13}(\.\d{1,9})?$/, 'Write a number with a point, for example 1.5.'),
  'metafield-yes-no': yesNo,
};

/** Kinds whose blanks at the ends say something. */
const KEEPS_BLANKS: ReadonlySet<ValueKind> = new Set(['long-text', 'metafield-long-text']);

export function readTypedValue(
  field: string,
  typed: string,
  sides: { source: FieldValue; remote: FieldValue },
): TypedValue {
  const refused = (remedy: string): TypedValue => ({ ok: false, field, typed, remedy });
  const kind = valueKindOf(field, sides.source, sides.remote);
  if (kind === null) return refused('This field takes no typed value: keep one of the two sides.');
  // PostgreSQL's text holds no NUL.
  const text = (KEEPS_BLANKS.has(kind) ? typed : typed.trim()).replaceAll('\u0000', '');
  const read = RULES[kind].safeParse(text);
  if (!read.success) return refused(read.error.issues[0]?.message ?? 'Write another value.');
  if (!kind.startsWith('metafield-')) return { ok: true, value: read.data };
  const metafield = metafieldOf(sides.source, sides.remote);
  return metafield
    ? { ok: true, value: { ...metafield, value: read.data } }
    : refused('The metafield is gone on both sides: keep one of them.');
}
