/**
 * What the app asks of the whole store at once. The documents that a bulk operation runs are made of the same fragments as
 * every other read, so that both always ask for the same fields; they take no variables and no page sizes, name the id of
 * every node (it tells what a line is) and keep to Shopify's limits: at most five connections, none deeper than the second
 * level. The lists of variants would be a third level below products, so a second document asks for them.
 */
import { Kind, parse, print } from 'graphql';
import type { FieldNode, FragmentDefinitionNode, SelectionNode, SelectionSetNode } from 'graphql';
import { MEDIA_PARTS, PRODUCT_PARTS, VARIANT_PARTS } from './document-fragments';

const fragments = new Map(
  parse(PRODUCT_PARTS + VARIANT_PARTS + MEDIA_PARTS, { noLocation: true }).definitions.flatMap(
    (definition): [string, FragmentDefinitionNode][] =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
  ),
);

const setOf = (selections: readonly SelectionNode[]): SelectionSetNode => ({
  kind: Kind.SELECTION_SET,
  selections,
});
const field = (name: string, selectionSet?: SelectionSetNode): FieldNode => ({
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: name },
  ...(selectionSet && { selectionSet }),
});
const named = (node: SelectionNode, name: string) => node.kind === Kind.FIELD && node.name.value === name;

/** The nodes of a connection, or null where the field is none. */
function nodesOf({ selectionSet }: FieldNode): SelectionSetNode | null {
  const nodes = selectionSet?.selections.find((selection) => named(selection, 'nodes'));
  return (nodes?.kind === Kind.FIELD && nodes.selectionSet) || null;
}

function hasConnection(node: FieldNode): boolean {
  return (
    nodesOf(node) !== null ||
    (node.selectionSet?.selections ?? []).some((inner) => inner.kind === Kind.FIELD && hasConnection(inner))
  );
}

type Keep = (node: FieldNode, depth: number) => boolean;

/** A selection with fragments spelled out and connections as bulk operations write them, as far as `keep` wants it. */
function rewritten(set: SelectionSetNode, keep: Keep, depth: number): SelectionSetNode {
  const selections = set.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(selection.name.value);
      return fragment ? [...rewritten(fragment.selectionSet, keep, depth).selections] : [];
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) return [selection];
    if (!keep(selection, depth)) return [];
    const nodes = nodesOf(selection);
    if (nodes) {
      const inner = rewritten(nodes, keep, depth + 1).selections;
      const withId = inner.some((node) => named(node, 'id')) ? inner : [field('id'), ...inner];
      return [field(selection.name.value, setOf([field('edges', setOf([field('node', setOf(withId))]))]))];
    }
    return selection.selectionSet
      ? [{ ...selection, selectionSet: rewritten(selection.selectionSet, keep, depth) }]
      : [selection];
  });
  return setOf(selections);
}

function bulkDocument(name: string, root: string, fragment: string, keep: Keep): string {
  const node = rewritten(fragments.get(fragment)?.selectionSet ?? setOf([]), keep, 1);
  return `query ${name} ${print(setOf([field(root, setOf([field('edges', setOf([field('node', node)]))]))]))}`;
}

/** Products with their media, their metafields and the fields of their variants. */
export const BULK_PRODUCTS = bulkDocument(
  'BulkProducts',
  'products',
  'ProductParts',
  (node, depth) => depth === 1 || nodesOf(node) === null,
);

/** What variants hold in lists: their picture, their metafields, their stock. */
export const BULK_VARIANTS = bulkDocument(
  'BulkVariants',
  'productVariants',
  'VariantParts',
  (node, depth) => depth > 1 || node.name.value === 'id' || hasConnection(node),
);

/** `groupObjects`: children follow their parent at once, so that a result can be read without holding it whole. */
export const RUN_BULK_QUERY = /* GraphQL */ `
  mutation RunBulkQuery($query: String!, $groupObjects: Boolean!) {
    bulkOperationRunQuery(query: $query, groupObjects: $groupObjects) {
      bulkOperation {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;

export const READ_BULK_OPERATION = /* GraphQL */ `
  query ReadBulkOperation($id: ID!) {
    bulkOperation(id: $id) {
      id
      status
      errorCode
      objectCount
      rootObjectCount
      url
      partialDataUrl
      createdAt
      completedAt
    }
  }
`;

export const CANCEL_BULK_OPERATION = /* GraphQL */ `
  mutation CancelBulkOperation($id: ID!) {
    bulkOperationCancel(id: $id) {
      bulkOperation {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`;
