/**
 * Composes the app's constant documents into one: each call keeps its root field under an alias, its variables under
 * names of their own; payloads that several calls share are said once; what a call did not change is left out.
 * Values travel in variables only.
 */
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { FieldNode, FragmentDefinitionNode, SelectionNode, SelectionSetNode, ValueNode } from 'graphql';
import { PAGE_SIZES } from './document-fragments';
import type { PageSizes } from './document-fragments';
import { selectionPoints } from './selection-points';

export interface CallText {
  /** One of the constants of documents.ts. */
  document: string;
  variables: Record<string, unknown>;
  /**
   * Fields of the payload to leave out, as dotted names below the root field ("productVariants.price") or below a
   * fragment ("VariantParts.media"). In a fragment that several calls share only what all of them leave out is.
   */
  omit?: ReadonlySet<string>;
  /** Page sizes the document asks for; a size of 0 leaves the connection out. Calls of one document share the largest. */
  sizes?: Partial<PageSizes>;
}

export interface ComposedDocument {
  operationName: string;
  query: string;
  variables: Record<string, unknown>;
  /** Response key of each call. */
  aliases: string[];
  /** Points of each call: of a mutation its payload, without the mutation itself; of a query all (of nodes(): for one id). */
  points: number[];
}

type Argument = { name: string; variable: string } | { name: string; text: string };

interface Piece {
  operation: 'query' | 'mutation';
  name: string;
  root: string;
  field: FieldNode;
  args: Argument[];
  directives: { name: string; args: Argument[] }[];
  /** Variable name -> its type. */
  types: Map<string, string>;
  payload: SelectionSetNode | null;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

const pieces = new Map<string, Piece>();
const pageSizeNames: ReadonlySet<string> = new Set(PAGE_SIZES);
const compact = (node: Parameters<typeof print>[0]) => stripIgnoredCharacters(print(node));

function argumentOf({ name, value }: { name: { value: string }; value: ValueNode }): Argument {
  return value.kind === Kind.VARIABLE
    ? { name: name.value, variable: value.name.value }
    : { name: name.value, text: compact(value) };
}

function pieceOf(document: string): Piece {
  const known = pieces.get(document);
  if (known) return known;
  const { definitions } = parse(document, { noLocation: true });
  const operation = definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const root = operation?.selectionSet.selections[0];
  if (!operation || root?.kind !== Kind.FIELD || operation.operation === 'subscription')
    throw new Error('A document of the app has one operation with one root field.');
  const piece: Piece = {
    operation: operation.operation,
    name: operation.name?.value ?? '',
    root: root.name.value,
    field: root,
    args: (root.arguments ?? []).map(argumentOf),
    directives: (root.directives ?? []).map((directive) => ({
      name: directive.name.value,
      args: (directive.arguments ?? []).map(argumentOf),
    })),
    types: new Map(
      (operation.variableDefinitions ?? []).map((each) => [each.variable.name.value, compact(each.type)]),
    ),
    payload: root.selectionSet ?? null,
    fragments: new Map(
      definitions.flatMap((each) =>
        each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [],
      ),
    ),
  };
  pieces.set(document, piece);
  return piece;
}

function isCut(field: FieldNode, sizes: Partial<PageSizes>): boolean {
  return (field.arguments ?? []).some(
    ({ value }) =>
      value.kind === Kind.VARIABLE &&
      PAGE_SIZES.some((size) => size === value.name.value && sizes[size] === 0),
  );
}

/** The selection without what is omitted; null where nothing is left. */
function prune(
  set: SelectionSetNode,
  path: string,
  omit: ReadonlySet<string>,
  sizes: Partial<PageSizes>,
): SelectionSetNode | null {
  const selections = set.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = prune(selection.selectionSet, path, omit, sizes);
      return inner ? [{ ...selection, selectionSet: inner }] : [];
    }
    const own = path === '' ? selection.name.value : `${path}.${selection.name.value}`;
    if (omit.has(own) || isCut(selection, sizes)) return [];
    if (!selection.selectionSet) return [selection];
    const inner = prune(selection.selectionSet, own, omit, sizes);
    return inner ? [{ ...selection, selectionSet: inner }] : [];
  });
  return selections.length > 0 ? { ...set, selections } : null;
}

function spreadsIn(set: SelectionSetNode, found = new Set<string>()): Set<string> {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) found.add(selection.name.value);
    else if (selection.selectionSet) spreadsIn(selection.selectionSet, found);
  }
  return found;
}

function usedSizes(set: SelectionSetNode, found = new Set<string>()): Set<string> {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD)
      for (const { value } of selection.arguments ?? [])
        if (value.kind === Kind.VARIABLE && pageSizeNames.has(value.name.value)) found.add(value.name.value);
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet)
      usedSizes(selection.selectionSet, found);
  }
  return found;
}

function largestSizes(calls: readonly CallText[]): Partial<PageSizes> {
  const sizes: Partial<PageSizes> = {};
  for (const { sizes: own } of calls)
    for (const name of PAGE_SIZES) {
      const size = own?.[name];
      if (size !== undefined) sizes[name] = Math.max(sizes[name] ?? 0, size);
    }
  return sizes;
}

/** Every fragment the calls use, pruned by what all of its users leave out. */
function sharedFragments(
  calls: readonly CallText[],
  sizes: Partial<PageSizes>,
): Map<string, FragmentDefinitionNode> {
  const omitted = new Map<string, ReadonlySet<string>>();
  const definitions = new Map<string, FragmentDefinitionNode>();
  for (const call of calls)
    for (const [name, fragment] of pieceOf(call.document).fragments) {
      const own = call.omit ?? new Set<string>();
      const before = omitted.get(name);
      omitted.set(name, before ? new Set([...before].filter((path) => own.has(path))) : own);
      definitions.set(name, fragment);
    }
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const [name, fragment] of definitions) {
    const selectionSet = prune(fragment.selectionSet, name, omitted.get(name) ?? new Set(), sizes);
    if (selectionSet) fragments.set(name, { ...fragment, selectionSet });
  }
  return fragments;
}

/** Short names in order: a, b, ..., z, a1, b1, ... */
function variableName(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}

class Writing {
  readonly definitions: string[] = [];
  readonly variables: Record<string, unknown> = {};
  readonly used = new Set<string>();
  private count = 0;

  argument(arg: Argument, names: Map<string, string>): string {
    return 'text' in arg
      ? `${arg.name}:${arg.text}`
      : `${arg.name}:$${names.get(arg.variable) ?? arg.variable}`;
  }

  declare(piece: Piece, values: Record<string, unknown>): Map<string, string> {
    const names = new Map<string, string>();
    for (const [name, type] of piece.types) {
      if (pageSizeNames.has(name)) continue;
      const short = variableName(this.count++);
      names.set(name, short);
      this.definitions.push(`$${short}:${type}`);
      this.variables[short] = values[name];
    }
    return names;
  }

  size(name: string, value: number): void {
    this.definitions.push(`$${name}:Int!`);
    this.variables[name] = value;
  }
}

/** The selection with a call's own variables below the root field under their short names. */
function withNames(payload: SelectionSetNode, names: ReadonlyMap<string, string>): SelectionSetNode {
  return visit(payload, {
    Variable: (node) => {
      const short = names.get(node.name.value);
      return short === undefined ? undefined : { ...node, name: { ...node.name, value: short } };
    },
  });
}

/** "productSet" answers with a ProductSetPayload: the convention of the Admin API for mutations. */
function payloadType(root: string): string {
  return `${root.charAt(0).toUpperCase()}${root.slice(1)}Payload`;
}

/**
 * One of the app's documents by itself, under another name and without what is left out of its payload; its variables keep
 * their names. Only for documents without fragments and page sizes.
 */
export function renamedDocument(document: string, name: string, omit: ReadonlySet<string>): string {
  const { operation, types, root, args, directives, payload } = pieceOf(document);
  const writing = new Writing();
  const own = new Map<string, string>();
  const written = (list: Argument[]) => list.map((arg) => writing.argument(arg, own)).join(' ');
  const declared = [...types].map(([variable, type]) => `$${variable}:${type}`).join('');
  const asked = payload && prune(payload, '', omit, {});
  const marks = directives.map((each) => `@${each.name}(${written(each.args)})`).join('');
  return `${operation} ${name}(${declared}){${root}(${written(args)})${marks}${asked ? compact(asked) : ''}}`;
}

/** One document of all calls, in their order. All are queries or all are mutations. */
export function compose(calls: readonly CallText[]): ComposedDocument {
  const sizes = largestSizes(calls);
  const fragments = sharedFragments(calls, sizes);
  const writing = new Writing();
  const kind = calls[0] ? pieceOf(calls[0].document).operation : 'query';
  const prepared = calls.map((call) => {
    const piece = pieceOf(call.document);
    const payload = piece.payload && prune(piece.payload, '', call.omit ?? new Set(), sizes);
    return { call, piece, payload, text: payload ? compact(payload) : '' };
  });
  const occurrences = new Map<string, number>();
  for (const { text } of prepared) occurrences.set(text, (occurrences.get(text) ?? 0) + 1);
  const payloads = new Map<string, string>();
  const spreads = new Set<string>();
  const fields = prepared.map(({ call, piece, payload, text }, index) => {
    const names = writing.declare(piece, call.variables);
    if (payload) for (const spread of spreadsIn(payload)) spreads.add(spread);
    if (payload) for (const size of usedSizes(payload)) writing.used.add(size);
    const args = piece.args.map((arg) => writing.argument(arg, names)).join(' ');
    const directives = piece.directives
      .map(({ name, args: own }) => `@${name}(${own.map((arg) => writing.argument(arg, names)).join(' ')})`)
      .join('');
    const renamed = payload && withNames(payload, names);
    let selection = renamed && renamed !== payload ? compact(renamed) : text;
    if (selection === text && kind === 'mutation' && (occurrences.get(text) ?? 0) > 1) {
      const key = `${piece.root}${text}`;
      if (!payloads.has(key))
        payloads.set(key, `fragment p${payloads.size} on ${payloadType(piece.root)}${text}`);
      selection = `{...p${[...payloads.keys()].indexOf(key)}}`;
    }
    return `m${index}:${piece.root}${args ? `(${args})` : ''}${directives}${selection}`;
  });
  const pending = [...spreads];
  const written = new Map<string, string>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const fragment = fragments.get(name);
    if (!fragment || written.has(name)) continue;
    written.set(name, compact(fragment));
    for (const size of usedSizes(fragment.selectionSet)) writing.used.add(size);
    pending.push(...spreadsIn(fragment.selectionSet));
  }
  for (const name of PAGE_SIZES) if (writing.used.has(name)) writing.size(name, sizes[name] ?? 0);
  const only = prepared.length === 1 ? prepared[0]?.piece.name : undefined;
  const operationName = only ?? (kind === 'mutation' ? 'Batch' : 'Read');
  const definitions = writing.definitions.length > 0 ? `(${writing.definitions.join('')})` : '';
  return {
    operationName,
    query: `${kind} ${operationName}${definitions}{${fields.join(' ')}}${[...payloads.values(), ...written.values()].join('')}`,
    variables: writing.variables,
    aliases: prepared.map((_, index) => `m${index}`),
    points: prepared.map(({ piece, payload }) => {
      if (!payload) return 0;
      if (kind === 'mutation') return selectionPoints(payload, fragments, sizes, 0);
      const root: FieldNode = { ...piece.field, selectionSet: payload };
      return selectionPoints({ kind: Kind.SELECTION_SET, selections: [root] }, fragments, sizes, 1);
    }),
  };
}
