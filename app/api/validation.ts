/** Says what is wrong with a request in words that name the field and the remedy. */
import { z } from 'zod';
import type { FieldError } from './problem';

/** More are not listed: the first ones say what kind of mistake it is. */
const MOST_ERRORS = 50;
const LONGEST_VALUE = 200;

type Path = readonly PropertyKey[];

/** A place in JSON as text: "products[0].title". */
function fieldAt(path: Path): string {
  const text = path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`;
    return before === '' ? String(part) : `${before}.${String(part)}`;
  }, '');
  return shorten(text === '' ? 'body' : text);
}

function shorten(text: string): string {
  const whole = text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
  // Cutting may leave half of a pair, which no JSON should carry.
  return whole.toWellFormed();
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => (isRecord(at) && Object.hasOwn(at, part) ? at[part] : undefined),
    input,
  );
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return shorten(typeof value === 'string' ? value : JSON.stringify(value));
}

const KINDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return KINDS[Array.isArray(value) ? 'array' : typeof value] ?? 'something else';
}

function counted(origin: string, count: number | bigint): string {
  const many = count.toLocaleString('en-US');
  if (origin === 'string') return `${many} characters`;
  if (origin === 'array' || origin === 'set') return `${many} entries`;
  return many;
}

const remedyOf = z.object({ remedy: z.string() });

function explain(issue: z.core.$ZodIssue, value: unknown): { reason: string; remedy: string } {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = KINDS[issue.expected] ?? issue.expected;
      const reason = value === undefined ? 'It is missing.' : `It is ${kindOf(value)}.`;
      return { reason, remedy: `Send ${wanted}.` };
    }
    case 'too_big':
      return {
        reason: 'It is more than is allowed.',
        remedy: `Send at most ${counted(issue.origin, issue.maximum)}.`,
      };
    case 'too_small':
      return {
        reason: 'It is less than is needed.',
        remedy: `Send at least ${counted(issue.origin, issue.minimum)}.`,
      };
    case 'invalid_format':
      return { reason: 'It does not have the form that is asked for.', remedy: issue.message };
    case 'invalid_value':
      return {
        reason: 'It is none of the values that there are.',
        remedy: `Send one of: ${issue.values.map((choice) => JSON.stringify(choice)).join(', ')}.`,
      };
    case 'custom': {
      const told = remedyOf.safeParse(issue.params);
      return told.success
        ? { reason: issue.message, remedy: told.data.remedy }
        : { reason: 'It cannot be used.', remedy: issue.message };
    }
    default:
      return { reason: issue.message, remedy: 'Look up in the reference what to send.' };
  }
}

/** What a schema found, a field each, at most 50. */
export function fieldErrors(error: z.ZodError, input: unknown): FieldError[] {
  return error.issues
    .slice(0, MOST_ERRORS)
    .flatMap((issue): FieldError[] => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => ({
          field: fieldAt([...issue.path, key]),
          value: textOf(valueAt(input, [...issue.path, key])),
          reason: 'There is no such field.',
          remedy: 'Leave it out, or look its name up in the reference.',
        }));
      const value = valueAt(input, issue.path);
      return [{ field: fieldAt(issue.path), value: textOf(value), ...explain(issue, value) }];
    })
    .slice(0, MOST_ERRORS);
}

/** Adds to a schema's findings one with a remedy of its own. */
export function refuse(
  context: {
    addIssue: (issue: { code: 'custom'; path: PropertyKey[]; message: string; params: object }) => void;
  },
  path: PropertyKey[],
  { reason, remedy }: { reason: string; remedy: string },
): void {
  context.addIssue({ code: 'custom', path, message: reason, params: { remedy } });
}

/** Texts anywhere in the input that PostgreSQL cannot hold: U+0000, and halves of surrogate pairs. */
export function unstorableTexts(input: unknown): FieldError[] {
  const found: FieldError[] = [];
  const isUnstorable = (text: string) => text.includes('\u0000') || !text.isWellFormed();
  const tell = (path: Path) => {
    if (found.length < MOST_ERRORS)
      found.push({
        field: fieldAt(path).replaceAll('\u0000', '\uFFFD'),
        value: null,
        reason: 'It holds a character that no text can hold (U+0000, or half of a surrogate pair).',
        remedy: 'Leave the character out.',
      });
  };
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === 'string') {
      if (isUnstorable(value)) tell(path);
    } else if (Array.isArray(value)) value.forEach((part, index) => visit(part, [...path, index]));
    else if (isRecord(value))
      for (const [name, part] of Object.entries(value)) {
        if (isUnstorable(name)) tell([...path, name]);
        visit(part, [...path, name]);
      }
  };
  visit(input, []);
  return found;
}
