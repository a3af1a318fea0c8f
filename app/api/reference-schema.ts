/** Says a JSON Schema as rows of a table, and a request as a command. */
import type { Json, JsonObject } from './json-schema';

export interface SchemaRow {
  /** "products[].variants[].price" */
  name: string;
  type: string;
  isRequired: boolean;
  description: string;
}

type Schemas = Record<string, JsonObject>;

const REFERENCE = '#/components/schemas/';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function resolve(schema: JsonObject, schemas: Schemas): JsonObject {
  const { $ref, ...beside } = schema;
  if (typeof $ref !== 'string') return schema;
  return { ...schemas[$ref.replace(REFERENCE, '')], ...beside };
}

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** The forms a value may have, null left out. */
function formsOf(schema: JsonObject, schemas: Schemas): { forms: JsonObject[]; isNullable: boolean } {
  const whole = resolve(schema, schemas);
  const choices = [...list(whole['anyOf']), ...list(whole['oneOf'])].filter(isObject);
  const types = Array.isArray(whole['type']) ? whole['type'] : null;
  if (choices.length > 0) {
    const forms = choices.map((choice) => resolve(choice, schemas));
    return {
      forms: forms.filter(({ type }) => type !== 'null'),
      isNullable: forms.some(({ type }) => type === 'null'),
    };
  }
  if (types !== null)
    return {
      forms: types.filter((type) => type !== 'null').map((type) => ({ ...whole, type })),
      isNullable: types.includes('null'),
    };
  return { forms: [whole], isNullable: false };
}

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
};

/** Numbers that JSON Schema names although they say nothing. */
const isBound = (value: Json | undefined): value is number =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;

function boundsOf(form: JsonObject): string {
  const [low, high] = [form['minimum'], form['maximum']];
  const [least, most] = [form['minItems'], form['maxItems']];
  const parts = [
    isBound(low) && isBound(high) ? `${low} to ${high}` : '',
    isBound(form['maxLength']) ? `up to ${form['maxLength'].toLocaleString('en-US')} characters` : '',
    isBound(most) ? `${isBound(least) ? `${least} to` : 'up to'} ${most.toLocaleString('en-US')}` : '',
    form['default'] === undefined ? '' : `usually ${JSON.stringify(form['default'])}`,
  ];
  const said = parts.filter((part) => part !== '').join(', ');
  return said === '' ? '' : ` (${said})`;
}

function wordOf(form: JsonObject, schemas: Schemas): string {
  const choices = list(form['enum']);
  if (choices.length > 0) return choices.map((choice) => JSON.stringify(choice)).join(' or ');
  if (form['const'] !== undefined) return JSON.stringify(form['const']);
  const { items, type, format } = form;
  if (type === 'array')
    return `list of ${isObject(items) ? typeOf(items, schemas) : 'any value'}${boundsOf(form)}`;
  if (format === 'uuid') return 'id';
  if (format === 'date-time') return 'instant';
  return `${typeof type === 'string' ? (WORDS[type] ?? type) : 'any value'}${boundsOf(form)}`;
}

function typeOf(schema: JsonObject, schemas: Schemas): string {
  const { forms, isNullable } = formsOf(schema, schemas);
  const words = [...new Set(forms.map((form) => wordOf(form, schemas)))].join(' or ');
  return isNullable ? `${words}, or null` : words;
}

/** Schemas within a property, with what stands behind its name. */
function within(schema: JsonObject, schemas: Schemas): { suffix: string; inner: JsonObject }[] {
  return formsOf(schema, schemas).forms.flatMap((form) => {
    const { items, additionalProperties } = form;
    if (isObject(items))
      return within(items, schemas).map(({ suffix, inner }) => ({ suffix: `[]${suffix}`, inner }));
    if (isObject(additionalProperties)) return [];
    return isObject(form['properties']) ? [{ suffix: '', inner: form }] : [];
  });
}

/** A row for each property, and for those of the objects within. */
export function schemaRows(schema: JsonObject, schemas: Schemas, before = ''): SchemaRow[] {
  const whole = resolve(schema, schemas);
  const { properties } = whole;
  if (!isObject(properties)) return [];
  const required = new Set(list(whole['required']));
  return Object.entries(properties).flatMap(([name, of]) => {
    if (!isObject(of)) return [];
    const { description } = resolve(of, schemas);
    const row: SchemaRow = {
      name: `${before}${name}`,
      type: typeOf(of, schemas),
      isRequired: required.has(name),
      description: typeof description === 'string' ? description : '',
    };
    const inner = within(of, schemas).flatMap((one) =>
      schemaRows(one.inner, schemas, `${before}${name}${one.suffix}.`),
    );
    return [row, ...inner];
  });
}

/** The request as a command for a shell; LOCKSTEP is the app's address, KEY an API key; what is signed is so as docs/api.md shows. `file`: the body, by name and type. */
export function exampleRequest(
  method: string,
  path: string,
  {
    example,
    file,
    isSigned,
  }: { example: JsonObject | null; file: { name: string; type: string } | null; isSigned: boolean },
): string {
  const keyed = [
    '-H "Authorization: Bearer $KEY"',
    ...(method === 'POST' ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
  ];
  const signed = [
    '-H "webhook-id: $ID"',
    '-H "webhook-timestamp: $AT"',
    '-H "webhook-signature: v1,$SIGNATURE"',
  ];
  const lines = [
    `curl "$LOCKSTEP${path}${isSigned ? '?source=$SOURCE' : ''}"`,
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(isSigned ? signed : keyed),
    ...(example === null ? [] : ['-H "Content-Type: application/json"', `-d '${JSON.stringify(example)}'`]),
    ...(file === null ? [] : [`-H "Content-Type: ${file.type}"`, `--data-binary @${file.name}`]),
  ];
  return lines.join(' \\\n  ');
}
