/** Shopify's product taxonomy: a small sample of it. */
import { CATEGORIES, findCategory, searchCategories } from '../../catalog/taxonomy';
import type { Category } from '../../catalog/taxonomy';
import type { Gid } from '../../state/gid';
import type { ResolverTable } from '../call';
import { paginate } from '../connection';
import type { PageArgs } from '../connection';

interface CategoryArgs extends PageArgs {
  search?: string | null;
  childrenOf?: Gid | null;
  siblingsOf?: Gid | null;
  descendantsOf?: Gid | null;
}

function chosen({ search, childrenOf, siblingsOf, descendantsOf }: CategoryArgs): readonly Category[] {
  if (search) return searchCategories(search);
  if (childrenOf) return CATEGORIES.filter(({ parentId }) => parentId === childrenOf);
  if (descendantsOf) return CATEGORIES.filter(({ ancestorIds }) => ancestorIds.includes(descendantsOf));
  if (siblingsOf) {
    const parentId = findCategory(siblingsOf)?.parentId ?? null;
    return CATEGORIES.filter((category) => category.parentId === parentId && category.id !== siblingsOf);
  }
  return CATEGORIES.filter(({ isRoot }) => isRoot);
}

export const taxonomyTypes: ResolverTable = {
  Taxonomy: {
    categories: (_taxonomy, args: CategoryArgs, call, info) => paginate(call, info, chosen(args), args),
  },
};
