/**
 * Shopify's search syntax: `title:"green hoodie" AND (vendor:A OR vendor:B) -tag:old updated_at:>=2026-01-01 sku:A*`.
 * Terms without a connective are joined by AND, which binds tighter than OR. `field:a,b` means a or b.
 */

export type Comparator = '=' | '>' | '>=' | '<' | '<=';

interface Term {
  kind: 'term';
  /** Null: the default search over several fields. */
  field: string | null;
  comparator: Comparator;
  values: string[];
}

type Expression = Term | { kind: 'not'; of: Expression } | { kind: 'and' | 'or'; of: Expression[] };

interface Token {
  kind: 'word' | '(' | ')' | 'and' | 'or' | 'not';
  text: string;
}

const TOKEN =
  /\s*(?:([()])|(-?[A-Za-z_][\w.]*:[<>]?=?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s()]*))|(-?(?:"(?:[^"\\]|\\.)*"|[^\s()]+)))/y;

function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const text = query.trimEnd();
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) break;
    const [, bracket, fielded, plain] = match;
    if (bracket === '(' || bracket === ')') {
      tokens.push({ kind: bracket, text: bracket });
      continue;
    }
    const word = fielded ?? plain ?? '';
    if (word === 'AND' || word === 'OR' || word === 'NOT') {
      tokens.push({ kind: word === 'AND' ? 'and' : word === 'OR' ? 'or' : 'not', text: word });
    } else if (word.startsWith('-') && word.length > 1) {
      tokens.push({ kind: 'not', text: '-' }, { kind: 'word', text: word.slice(1) });
    } else if (word !== '') {
      tokens.push({ kind: 'word', text: word });
    }
  }
  return tokens;
}

const unquoted = (value: string): string => {
  const quote = value[0];
  if ((quote === '"' || quote === "'") && value.endsWith(quote) && value.length > 1) {
    return value.slice(1, -1).replace(/\\(.)/g, '$1');
  }
  return value.replace(/\\(.)/g, '$1');
};

const COMPARATORS: Record<string, Comparator> = {
  '': '=',
  '=': '=',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
};

function readTerm(word: string): Term {
  const match = /^([A-Za-z_][\w.]*):([<>]?=?)([\s\S]*)$/.exec(word);
  if (!match) return { kind: 'term', field: null, comparator: '=', values: [unquoted(word)] };
  const [, field = '', comparator = '', value = ''] = match;
  const quoted = /^["']/.test(value);
  const values = quoted ? [unquoted(value)] : value.split(',').filter(Boolean).map(unquoted);
  return {
    kind: 'term',
    field,
    comparator: COMPARATORS[comparator] ?? '=',
    values: values.length > 0 ? values : [''],
  };
}

function parse(tokens: Token[]): Expression {
  let at = 0;
  const unary = (): Expression | null => {
    const token = tokens[at];
    if (!token || token.kind === ')' || token.kind === 'or') return null;
    at++;
    if (token.kind === 'and') return unary();
    if (token.kind === 'not') {
      const of = unary();
      return of ? { kind: 'not', of } : null;
    }
    if (token.kind === '(') {
      const inner = either();
      if (tokens[at]?.kind === ')') at++;
      return inner;
    }
    return readTerm(token.text);
  };
  const all = (): Expression => {
    const of: Expression[] = [];
    for (let next = unary(); next; next = unary()) of.push(next);
    return of.length === 1 && of[0] ? of[0] : { kind: 'and', of };
  };
  const either = (): Expression => {
    const of = [all()];
    while (tokens[at]?.kind === 'or') {
      at++;
      of.push(all());
    }
    return of.length === 1 && of[0] ? of[0] : mergeAlternatives(of);
  };
  return either();
}

/** `sku:A OR sku:B OR ...` becomes one term with many values, so that long lists stay fast. */
function mergeAlternatives(of: Expression[]): Expression {
  const merged: Expression[] = [];
  for (const each of of) {
    const before = merged.find(
      (other): other is Term =>
        other.kind === 'term' &&
        each.kind === 'term' &&
        other.field === each.field &&
        other.comparator === '=',
    );
    if (before && each.kind === 'term' && each.comparator === '=' && each.field !== null)
      before.values.push(...each.values);
    else merged.push(each);
  }
  return { kind: 'or', of: merged };
}

/** What a field of an item is compared as. */
export type Searchable =
  /** The whole value, without regard to case; `*` at the end matches any ending. */
  | { as: 'keyword'; values: readonly (string | null)[] }
  /** Every word of the search begins a word of one value. */
  | { as: 'text'; values: readonly (string | null)[] }
  | { as: 'number'; values: readonly number[] }
  /** Epoch milliseconds. */
  | { as: 'instant'; value: number };

/** Gives an item's value for a search field, or undefined where that field is not known. */
export type SearchFields<T> = Record<string, (item: T) => Searchable>;

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

function compare(comparator: Comparator, left: number, right: number): boolean {
  if (comparator === '>') return left > right;
  if (comparator === '>=') return left >= right;
  if (comparator === '<') return left < right;
  if (comparator === '<=') return left <= right;
  return left === right;
}

interface PreparedValues {
  exact: Set<string>;
  prefixes: string[];
  wordLists: string[][];
  numbers: number[];
}

function prepare(values: readonly string[]): PreparedValues {
  const lower = values.map((value) => value.toLowerCase());
  return {
    exact: new Set(lower.filter((value) => !value.endsWith('*'))),
    prefixes: lower.filter((value) => value.endsWith('*')).map((value) => value.slice(0, -1)),
    wordLists: lower.map(words),
    numbers: lower.map((value) => Number(value)),
  };
}

function matches(
  searchable: Searchable,
  comparator: Comparator,
  wanted: PreparedValues,
  raw: readonly string[],
): boolean {
  if (searchable.as === 'instant') {
    return raw.some((value) => compare(comparator, searchable.value, Date.parse(value)));
  }
  if (searchable.as === 'number') {
    return searchable.values.some((value) =>
      wanted.numbers.some((number) => compare(comparator, value, number)),
    );
  }
  return searchable.values.some((value) => {
    if (value === null) return false;
    const lower = value.toLowerCase();
    if (wanted.exact.has(lower) || wanted.prefixes.some((prefix) => lower.startsWith(prefix))) return true;
    if (searchable.as === 'keyword') return false;
    const own = words(value);
    return wanted.wordLists.some(
      (list) => list.length > 0 && list.every((word) => own.some((each) => each.startsWith(word))),
    );
  });
}

/**
 * Compiles a search into a predicate. Unknown fields are ignored, as Shopify does (with a warning it puts into
 * extensions.search); they are handed to `unknown`.
 */
export function compileSearch<T>(
  query: string | null | undefined,
  fields: SearchFields<T>,
  unknown: (field: string) => void = () => undefined,
): (item: T) => boolean {
  if (!query?.trim()) return () => true;
  const compile = (expression: Expression): ((item: T) => boolean) => {
    if (expression.kind === 'not') {
      const inner = compile(expression.of);
      return (item) => !inner(item);
    }
    if (expression.kind !== 'term') {
      const parts = expression.of.map(compile);
      return expression.kind === 'and'
        ? (item) => parts.every((part) => part(item))
        : (item) => parts.some((part) => part(item));
    }
    const { comparator, values } = expression;
    const read = fields[expression.field ?? 'default'];
    if (!read) {
      unknown(expression.field ?? 'default');
      return () => true;
    }
    const wanted = prepare(values);
    if (values.length === 1 && values[0] === '*') {
      return (item) => {
        const found = read(item);
        return found.as === 'instant' || found.values.some((value) => value !== null && value !== '');
      };
    }
    return (item) => matches(read(item), comparator, wanted, values);
  };
  return compile(parse(tokenize(query)));
}
