/** A selection as a tree of priced fields: fragments spread, aliases merged, connections recognised. */
import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
} from 'graphql';
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  SelectionSetNode,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;
export type Read = (variables: Variables) => Record<string, unknown>;

/** Alternatives of a selection: one for a concrete type, one for each type an abstract selection names. */
export type Alternatives = CostField[][];

export interface CostField {
  key: string;
  name: string;
  kind: 'leaf' | 'object' | 'connection';
  /** Whether @skip and @include leave the field in. */
  isIncluded: (variables: Variables) => boolean;
  args: Read;
  children: Alternatives;
  /** Connections: where the nodes are in the answer. */
  lists: { list: string; node: string | null }[];
}

export interface Compiling {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

function included(node: FieldNode): (variables: Variables) => boolean {
  if (!node.directives?.length) return () => true;
  return (variables) => {
    if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false;
  };
}

/** Which fields a selection makes on an object of a concrete type (or of an unnamed one, `null`), by response key. */
function collect(
  compiling: Compiling,
  sets: readonly SelectionSetNode[],
  concrete: string | null,
  found = new Map<string, FieldNode[]>(),
): Map<string, FieldNode[]> {
  const applies = (condition: string | undefined): boolean => {
    if (condition === undefined || condition === concrete) return true;
    const type = compiling.schema.getType(condition);
    if (!isAbstractType(type)) return false;
    const object = concrete === null ? null : compiling.schema.getType(concrete);
    return !isObjectType(object) || compiling.schema.isSubType(type, object);
  };
  for (const { selections } of sets) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        found.set(key, [...(found.get(key) ?? []), selection]);
        continue;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? compiling.fragments.get(selection.name.value) : selection;
      if (fragment && applies(fragment.typeCondition?.name.value)) {
        collect(compiling, [fragment.selectionSet], concrete, found);
      }
    }
  }
  return found;
}

/** Concrete types that a selection on an abstract type names anywhere. */
function namedTypes(
  compiling: Compiling,
  sets: readonly SelectionSetNode[],
  found = new Set<string>(),
): Set<string> {
  for (const { selections } of sets) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) continue;
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? compiling.fragments.get(selection.name.value) : selection;
      if (!fragment) continue;
      const condition = fragment.typeCondition?.name.value;
      if (condition && isObjectType(compiling.schema.getType(condition))) found.add(condition);
      namedTypes(compiling, [fragment.selectionSet], found);
    }
  }
  return found;
}

/** The fields a selection makes on a type, merged by response key. */
export function compileFields(
  compiling: Compiling,
  sets: readonly SelectionSetNode[],
  type: GraphQLObjectType,
): CostField[] {
  return [...collect(compiling, sets, type.name)].flatMap(([key, nodes]) => {
    const definition = type.getFields()[nodes[0]?.name.value ?? ''];
    return definition ? [compileField(compiling, key, nodes, definition)] : [];
  });
}

function alternatives(
  compiling: Compiling,
  nodes: readonly FieldNode[],
  type: GraphQLNamedType,
): Alternatives {
  const sets = nodes.flatMap((node) => node.selectionSet ?? []);
  if (isObjectType(type)) return [compileFields(compiling, sets, type)];
  if (!isAbstractType(type)) return [[]];
  const named = [...namedTypes(compiling, sets)].flatMap((name) => {
    const object = compiling.schema.getType(name);
    return isObjectType(object) && compiling.schema.isSubType(type, object) ? [object] : [];
  });
  const any = compiling.schema.getPossibleTypes(type)[0];
  const types = named.length > 0 ? named : any ? [any] : [];
  return types.map((object) => compileFields(compiling, sets, object));
}

function isConnection(type: GraphQLNamedType): type is GraphQLObjectType {
  return isObjectType(type) && type.name.endsWith('Connection') && 'pageInfo' in type.getFields();
}

function compileConnection(compiling: Compiling, nodes: readonly FieldNode[], type: GraphQLObjectType) {
  const lists: CostField['lists'] = [];
  const ofNodes: FieldNode[] = [];
  const sets = nodes.flatMap((node) => node.selectionSet ?? []);
  for (const [key, selected] of collect(compiling, sets, type.name)) {
    const name = selected[0]?.name.value;
    if (name === 'nodes') {
      lists.push({ list: key, node: null });
      ofNodes.push(...selected);
    } else if (name === 'edges') {
      const edgeSets = selected.flatMap((node) => node.selectionSet ?? []);
      for (const [nodeKey, inner] of collect(compiling, edgeSets, null)) {
        if (inner[0]?.name.value !== 'node') continue;
        lists.push({ list: key, node: nodeKey });
        ofNodes.push(...inner);
      }
    }
  }
  const nodeField = type.getFields()['nodes'];
  const nodeType = nodeField ? getNamedType(nodeField.type) : null;
  return {
    lists,
    children: nodeType && ofNodes.length > 0 ? alternatives(compiling, ofNodes, nodeType) : [[]],
  };
}

/** Reads a field's arguments; asked again for the same variables it answers what it read before. */
function argsReader(definition: GraphQLField<unknown, unknown>, node: FieldNode): Read {
  let last: { variables: Variables; args: Record<string, unknown> } | null = null;
  return (variables) => {
    if (last?.variables !== variables)
      last = { variables, args: getArgumentValues(definition, node, variables) };
    return last.args;
  };
}

function compileField(
  compiling: Compiling,
  key: string,
  nodes: readonly FieldNode[],
  definition: GraphQLField<unknown, unknown>,
): CostField {
  const type = getNamedType(definition.type);
  const [node] = nodes;
  const base = {
    key,
    name: definition.name,
    isIncluded: node ? included(node) : () => true,
    args: node ? argsReader(definition, node) : () => ({}),
  };
  if (isLeafType(type)) return { ...base, kind: 'leaf', children: [], lists: [] };
  if (isConnection(type))
    return { ...base, kind: 'connection', ...compileConnection(compiling, nodes, type) };
  return { ...base, kind: 'object', children: alternatives(compiling, nodes, type), lists: [] };
}
