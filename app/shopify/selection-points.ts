import { Kind } from 'graphql';
import type { FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { connectionPoints } from '~/core/cost';
import { PAGE_SIZES } from './document-fragments';
import type { PageSizes } from './document-fragments';

function pageSize(field: FieldNode, sizes: Partial<PageSizes>): number | null {
  const first = field.arguments?.find((argument) => argument.name.value === 'first')?.value;
  if (first?.kind === Kind.INT) return Number(first.value);
  const name =
    first?.kind === Kind.VARIABLE ? PAGE_SIZES.find((size) => size === first.name.value) : undefined;
  return name === undefined ? null : (sizes[name] ?? 0);
}

function nodesOf(set: SelectionSetNode): SelectionSetNode | null {
  const nodes = set.selections.find(
    (selection) => selection.kind === Kind.FIELD && selection.name.value === 'nodes',
  );
  return nodes?.kind === Kind.FIELD ? (nodes.selectionSet ?? null) : null;
}

/**
 * Points of a selection as the cost model counts them: scalars 0, objects `objectPoints` (nothing in the payload of a
 * mutation, 1 elsewhere), connections by their page size. Connections of our documents are read through `nodes`.
 */
export function selectionPoints(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  sizes: Partial<PageSizes>,
  objectPoints: 0 | 1,
): number {
  return set.selections.reduce((sum, selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(selection.name.value);
      return sum + (fragment ? selectionPoints(fragment.selectionSet, fragments, sizes, objectPoints) : 0);
    }
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return sum + selectionPoints(selection.selectionSet, fragments, sizes, objectPoints);
    if (!selection.selectionSet) return sum;
    const first = pageSize(selection, sizes);
    if (first === null)
      return sum + objectPoints + selectionPoints(selection.selectionSet, fragments, sizes, objectPoints);
    const nodes = nodesOf(selection.selectionSet);
    return sum + connectionPoints(first, nodes ? selectionPoints(nodes, fragments, sizes, 1) : 0);
  }, 0);
}
