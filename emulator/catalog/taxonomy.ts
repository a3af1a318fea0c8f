/**
 * A small sample in the shape of Shopify's product taxonomy. Names follow the public taxonomy; only some ids are known
 * to be Shopify's own, so nothing may rely on an id meaning the same in a real store.
 */
import { gidOf } from '../state/gid';
import type { Gid } from '../state/gid';

export interface Category {
  id: Gid;
  name: string;
  fullName: string;
  parentId: Gid | null;
  ancestorIds: Gid[];
  childrenIds: Gid[];
  level: number;
  isLeaf: boolean;
  isRoot: boolean;
  isArchived: boolean;
}

const SAMPLE: readonly [string, string][] = [
  ['aa', 'Apparel & Accessories'],
  ['aa-1', 'Apparel & Accessories > Clothing'],
  ['aa-1-1', 'Apparel & Accessories > Clothing > Activewear'],
  ['aa-1-4', 'Apparel & Accessories > Clothing > Dresses'],
  ['aa-1-10', 'Apparel & Accessories > Clothing > Outerwear'],
  ['aa-1-10-2', 'Apparel & Accessories > Clothing > Outerwear > Coats & Jackets'],
  ['aa-1-12', 'Apparel & Accessories > Clothing > Pants'],
  ['aa-1-12-4', 'Apparel & Accessories > Clothing > Pants > Jeans'],
  ['aa-1-13', 'Apparel & Accessories > Clothing > Clothing Tops'],
  ['aa-1-13-7', 'Apparel & Accessories > Clothing > Clothing Tops > Shirts'],
  ['aa-1-13-8', 'Apparel & Accessories > Clothing > Clothing Tops > T-Shirts'],
  ['aa-1-13-12', 'Apparel & Accessories > Clothing > Clothing Tops > Sweaters'],
  ['aa-1-13-14', 'Apparel & Accessories > Clothing > Clothing Tops > Hoodies'],
  ['aa-1-14', 'Apparel & Accessories > Clothing > Shorts'],
  ['aa-1-15', 'Apparel & Accessories > Clothing > Skirts'],
  ['aa-2', 'Apparel & Accessories > Clothing Accessories'],
  ['aa-2-6', 'Apparel & Accessories > Clothing Accessories > Belts'],
  ['aa-2-17', 'Apparel & Accessories > Clothing Accessories > Hats'],
  ['aa-2-26', 'Apparel & Accessories > Clothing Accessories > Scarves & Shawls'],
  ['aa-5', 'Apparel & Accessories > Handbags, Wallets & Cases'],
  ['aa-5-4', 'Apparel & Accessories > Handbags, Wallets & Cases > Handbags'],
  ['aa-6', 'Apparel & Accessories > Jewelry'],
  ['aa-6-3', 'Apparel & Accessories > Jewelry > Bracelets'],
  ['aa-6-6', 'Apparel & Accessories > Jewelry > Earrings'],
  ['aa-6-8', 'Apparel & Accessories > Jewelry > Necklaces'],
  ['aa-6-9', 'Apparel & Accessories > Jewelry > Rings'],
  ['aa-6-11', 'Apparel & Accessories > Jewelry > Watches'],
  ['aa-8', 'Apparel & Accessories > Shoes'],
  ['aa-8-3', 'Apparel & Accessories > Shoes > Boots'],
  ['aa-8-8', 'Apparel & Accessories > Shoes > Sneakers'],
  ['el', 'Electronics'],
  ['el-2', 'Electronics > Audio'],
  ['fb', 'Food, Beverages & Tobacco'],
  ['fb-1', 'Food, Beverages & Tobacco > Beverages'],
  ['fb-1-3', 'Food, Beverages & Tobacco > Beverages > Coffee'],
  ['fr', 'Furniture'],
  ['fr-3', 'Furniture > Beds & Accessories'],
  ['fr-7', 'Furniture > Chairs'],
  ['hb', 'Health & Beauty'],
  ['hb-3', 'Health & Beauty > Personal Care'],
  ['hb-3-2', 'Health & Beauty > Personal Care > Cosmetics'],
  ['hg', 'Home & Garden'],
  ['hg-3', 'Home & Garden > Decor'],
  ['hg-3-9', 'Home & Garden > Decor > Candles'],
  ['hg-11', 'Home & Garden > Kitchen & Dining'],
  ['hg-11-10', 'Home & Garden > Kitchen & Dining > Tableware'],
  ['hg-11-10-5', 'Home & Garden > Kitchen & Dining > Tableware > Drinkware'],
  ['hg-15', 'Home & Garden > Linens & Bedding'],
  ['sg', 'Sporting Goods'],
  ['sg-4', 'Sporting Goods > Outdoor Recreation'],
  ['tg', 'Toys & Games'],
  ['gc', 'Gift Cards'],
];

const categoryGid = (code: string): Gid => gidOf('TaxonomyCategory', code);
const parentCode = (code: string): string | null =>
  code.includes('-') ? code.slice(0, code.lastIndexOf('-')) : null;

function ancestors(code: string): string[] {
  const parent = parentCode(code);
  return parent === null ? [] : [parent, ...ancestors(parent)];
}

/** All categories of the sample, roots before their children. */
export const CATEGORIES: readonly Category[] = SAMPLE.map(([code, fullName]) => {
  const parent = parentCode(code);
  const children = SAMPLE.filter(([other]) => parentCode(other) === code);
  return {
    id: categoryGid(code),
    name: fullName.split(' > ').pop() ?? fullName,
    fullName,
    parentId: parent === null ? null : categoryGid(parent),
    ancestorIds: ancestors(code).map(categoryGid),
    childrenIds: children.map(([child]) => categoryGid(child)),
    level: fullName.split(' > ').length,
    isLeaf: children.length === 0,
    isRoot: parent === null,
    isArchived: false,
  };
});

const byId = new Map(CATEGORIES.map((category) => [category.id, category]));

export function findCategory(id: Gid): Category | null {
  return byId.get(id) ?? null;
}

/** Categories with every word of the text in their full name: one of that very name first, then short names. */
export function searchCategories(text: string): Category[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const isExact = ({ name, fullName }: Category) =>
    name.toLowerCase() === wanted || fullName.toLowerCase() === wanted;
  return CATEGORIES.filter((category) =>
    words.every((word) => category.fullName.toLowerCase().includes(word)),
  ).sort(
    (left, right) =>
      Number(isExact(right)) - Number(isExact(left)) || left.fullName.length - right.fullName.length,
  );
}
