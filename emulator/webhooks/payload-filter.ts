/**
 * The `filter` and `include_fields` of a webhook subscription, applied to the payload. The filter is the platform's
 * search syntax over payload fields: `status:active AND variants.price:>=10`, `NOT`, `OR`, parentheses, `*` as "any".
 */

type Test = (payload: unknown) => boolean;

/** All values a dotted path leads to; arrays are walked into. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => valuesAt(element, path));
  const [head, ...rest] = path;
  if (head === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  const child = Object.entries(value).find(([name]) => name === head);
  return child ? valuesAt(child[1], rest) : [];
}

function compare(value: unknown, operator: string, wanted: string): boolean {
  if (wanted === '*' && operator === '') return value !== null && value !== '';
  const text = value === null || value === undefined ? '' : String(value);
  if (operator === '') {
    if (wanted.endsWith('*')) return text.toLowerCase().startsWith(wanted.slice(0, -1).toLowerCase());
    return text.toLowerCase() === wanted.toLowerCase();
  }
  if (text === '') return false;
  const numeric = Number.isFinite(Number(text)) && Number.isFinite(Number(wanted));
  const order = numeric ? Number(text) - Number(wanted) : Date.parse(text) - Date.parse(wanted);
  if (operator === '>') return order > 0;
  if (operator === '>=') return order >= 0;
  if (operator === '<') return order < 0;
  return order <= 0;
}

function tokens(filter: string): string[] {
  return filter.match(/\(|\)|(?:[^\s()"':]+:)?(?:>=|<=|>|<)?(?:"[^"]*"|'[^']*'|[^\s()"']+)/g) ?? [];
}

function term(token: string): Test {
  const parts = /^([\w.]+):(>=|<=|>|<)?(.+)$/s.exec(token);
  if (!parts) throw new Error(`A filter's term must be field:value; this one is ${token}`);
  const path = (parts[1] ?? '').split('.');
  const wanted = (parts[3] ?? '').replace(/^(["'])(.*)\1$/s, '$2');
  return (payload) => valuesAt(payload, path).some((value) => compare(value, parts[2] ?? '', wanted));
}

/** Reads a filter. Throws with the term that cannot be understood. An empty filter lets everything through. */
export function parseFilter(filter: string): Test {
  const queue = tokens(filter);
  const peek = () => queue[0]?.toUpperCase();

  function factor(): Test {
    const token = queue.shift();
    if (token === undefined) throw new Error(`The filter ends too early: ${filter}`);
    if (token.toUpperCase() === 'NOT') {
      const inner = factor();
      return (payload) => !inner(payload);
    }
    if (token.startsWith('-')) {
      const inner = term(token.slice(1));
      return (payload) => !inner(payload);
    }
    if (token !== '(') return term(token);
    const inner = either();
    if (queue.shift() !== ')') throw new Error(`A parenthesis is not closed in the filter: ${filter}`);
    return inner;
  }

  function both(): Test {
    const factors = [factor()];
    while (queue.length > 0 && peek() !== 'OR' && peek() !== ')') {
      if (peek() === 'AND') queue.shift();
      factors.push(factor());
    }
    return (payload) => factors.every((test) => test(payload));
  }

  function either(): Test {
    const alternatives = [both()];
    while (peek() === 'OR') {
      queue.shift();
      alternatives.push(both());
    }
    return (payload) => alternatives.some((test) => test(payload));
  }

  if (queue.length === 0) return () => true;
  const test = either();
  if (queue.length > 0) throw new Error(`The filter has something left over at ${queue.join(' ')}`);
  return test;
}

/** The payload with the named fields only ("title", "variants.price"); all of it where none is named. */
export function pickFields(payload: unknown, fields: readonly string[]): unknown {
  if (fields.length === 0 || typeof payload !== 'object' || payload === null) return payload;
  if (Array.isArray(payload)) return payload.map((element) => pickFields(element, fields));
  const entries = Object.entries(payload).flatMap(([name, value]): [string, unknown][] => {
    if (fields.includes(name)) return [[name, value]];
    const nested = fields
      .filter((field) => field.startsWith(`${name}.`))
      .map((field) => field.slice(name.length + 1));
    return nested.length > 0 ? [[name, pickFields(value, nested)]] : [];
  });
  return Object.fromEntries(entries);
}
