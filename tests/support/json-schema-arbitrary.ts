/** Values that fit a JSON Schema, made up by fast-check; and values that almost fit. */
import fc from 'fast-check';
import { z } from 'zod';

const json = z.record(z.string(), z.json());
export type Schema = z.infer<typeof json>;
type Json = z.infer<ReturnType<typeof z.json>>;

const isSchema = (value: unknown): value is Schema => json.safeParse(value).success;

/** Finds what "#/components/schemas/…" refers to. */
export type Resolve = (schema: Schema) => Schema;

export function resolverOf(schemas: Record<string, Schema>): Resolve {
  return (schema) => {
    const reference = schema['$ref'];
    if (typeof reference !== 'string') return schema;
    const found = schemas[reference.replace('#/components/schemas/', '')];
    if (found === undefined) throw new Error(`The document refers to ${reference}, which it does not have.`);
    return found;
  };
}

const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);

/** Lists are kept short: a long one tells no more. */
const MOST_ITEMS = 3;
const MOST_OPTIONAL = 4;
const LONG = 60;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function text(schema: Schema, pool: string[]): fc.Arbitrary<string> {
  const { pattern, format } = schema;
  const ids = pool.filter((one) => UUID.test(one));
  if (format === 'uuid')
    return fc.oneof({ arbitrary: fc.constantFrom(...ids), weight: 5 }, { arbitrary: fc.uuid(), weight: 1 });
  if (format === 'date-time')
    return fc
      .date({ min: new Date('1969-12-31'), max: new Date('3000-01-02'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern, 'u'));
  const [minLength, maxLength] = [
    number(schema['minLength'], 0),
    Math.min(number(schema['maxLength'], LONG), LONG),
  ];
  const any = fc.string({ minLength, maxLength, unit: 'grapheme' });
  return fc.oneof({ arbitrary: any, weight: 3 }, { arbitrary: fc.constantFrom(...pool), weight: 1 });
}

/**
 * A value that the schema takes. Texts are drawn from `pool` too: ids and names that mean
 * something, some of them UUIDs.
 */
export function valid(schema: Schema, resolve: Resolve, pool: string[]): fc.Arbitrary<Json> {
  const whole = resolve(schema);
  const choices = [whole['anyOf'], whole['oneOf']].find((one) => Array.isArray(one));
  if (Array.isArray(choices))
    return fc.oneof(...choices.filter(isSchema).map((one) => valid(one, resolve, pool)));
  if (Array.isArray(whole['enum'])) return fc.constantFrom(...whole['enum']);
  if (whole['const'] !== undefined) return fc.constant(whole['const']);
  const type = whole['type'];
  if (Array.isArray(type))
    return fc.oneof(...type.map((one) => valid({ ...whole, type: one }, resolve, pool)));
  switch (type) {
    case 'string':
      return text(whole, pool);
    case 'integer':
      return fc.integer({
        min: Math.max(number(whole['minimum'], -1e9), -1e9),
        max: Math.min(number(whole['maximum'], 1e9), 1e9),
      });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const items = isSchema(whole['items']) ? whole['items'] : {};
      const minLength = number(whole['minItems'], 0);
      return fc.array(valid(items, resolve, pool), {
        minLength,
        maxLength: Math.max(minLength, Math.min(number(whole['maxItems'], MOST_ITEMS), MOST_ITEMS)),
      });
    }
    case 'object':
      return object(whole, resolve, pool);
    default:
      return fc.jsonValue({ maxDepth: 2 }).map((value) => z.json().parse(value));
  }
}

function object(schema: Schema, resolve: Resolve, pool: string[]): fc.Arbitrary<Json> {
  const { properties, additionalProperties } = schema;
  if (!isSchema(properties)) {
    const values = isSchema(additionalProperties)
      ? valid(additionalProperties, resolve, pool)
      : fc.constant(1);
    return fc.dictionary(fc.string({ maxLength: 8 }), values, { maxKeys: 3, noNullPrototype: true });
  }
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const entries = Object.entries(properties).flatMap(([name, of]) =>
    isSchema(of) ? [[name, valid(of, resolve, pool)] as const] : [],
  );
  const names = entries.map(([name]) => name);
  const optional = names.filter((name) => !required.has(name));
  const whole = fc.record(Object.fromEntries(entries), { noNullPrototype: true });
  // A few members of many: what is left out matters as much, and some members shut each other out.
  return fc
    .tuple(whole, fc.subarray(optional, { maxLength: Math.min(optional.length, MOST_OPTIONAL) }))
    .map(([all, chosen]) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => required.has(name) || chosen.includes(name))),
    );
}

/** What no program should send, and some do. */
const ODD: Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  9_007_199_254_740_993,
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e',
  "' OR 1=1 --",
  '%s%n$1',
  'x'.repeat(70_000),
  'null',
  '1e9',
  '-0',
  '９９',
  '99999999999999999999.9999',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  'gid://shopify/Location/1',
  '00000000-0000-0000-0000-000000000000',
  [],
  {},
  [[]],
  [null],
  { __proto__: null, constructor: 1 },
  Array.from({ length: 300 }, () => 'a'),
];

/** The value with one thing in it that is wrong: another value, one too many, or one that is missing. */
export function almost(value: Json): fc.Arbitrary<Json> {
  const odd = fc.constantFrom(...ODD);
  if (Array.isArray(value))
    return value.length === 0
      ? odd
      : fc.oneof(
          odd,
          fc
            .nat(value.length - 1)
            .chain((at) => almost(value[at] ?? null).map((other) => value.with(at, other))),
        );
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value);
    const extra = fc
      .tuple(fc.constantFrom('extra', '__proto__', '', 'constructor', '\u0000', 'id'), odd)
      .map(([name, other]) => Object.fromEntries([...Object.entries(value), [name, other]]));
    if (names.length === 0) return fc.oneof(odd, extra);
    return fc.oneof(
      { arbitrary: odd, weight: 1 },
      { arbitrary: extra, weight: 1 },
      {
        arbitrary: fc
          .constantFrom(...names)
          .map((gone) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== gone))),
        weight: 2,
      },
      {
        arbitrary: fc
          .constantFrom(...names)
          .chain((name) => almost(value[name] ?? null).map((other) => ({ ...value, [name]: other }))),
        weight: 8,
      },
    );
  }
  return odd;
}
