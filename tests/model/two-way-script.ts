/** Scripts of what happens to a product on both sides, and what must come of them: the oracle knows nothing of the merge. */
import fc from 'fast-check';
import type { Winner } from '~/core/decision';

export type Side = 'catalog' | 'shopify';

/** What happens to one product at one moment. Values are made when it is carried out, each different from all others. */
export type Step =
  | { kind: 'title' | 'price' | 'tag-add'; side: Side }
  /** `nth` of the tags that both sides had. */
  | { kind: 'tag-remove'; side: Side; nth: number }
  | { kind: 'stock'; side: Side; by: number }
  /** Both sides are given the same title. */
  | { kind: 'same-title' }
  /** Somebody asks for a look at the product. */
  | { kind: 'look' }
  | { kind: 'pause' };

const side = fc.constantFrom<Side>('catalog', 'shopify');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('title' as const), side }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('price' as const), side }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('stock' as const),
      side,
      by: fc.integer({ min: -9, max: 9 }).filter((by) => by !== 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('tag-add' as const), side }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('tag-remove' as const),
      side,
      nth: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'same-title' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'look' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'pause' as const }) },
);
/** One interleaving of edits on both sides. */
export const script = fc.array(step, { minLength: 1, maxLength: 5 });

/** What both sides hold of a product while they agree. */
export interface Held {
  title: string;
  price: string;
  tags: string[];
  stock: number;
}

/** What was done to a product, side by side, in order. */
export interface Done {
  before: Held;
  title: Record<Side, string[]>;
  price: Record<Side, string[]>;
  /** Tags each side added, and took away. */
  added: string[];
  removed: Set<string>;
  /** By how much stock moved, on both sides together. */
  moved: number;
}

export function nothingDone(before: Held): Done {
  return {
    before,
    title: { catalog: [], shopify: [] },
    price: { catalog: [], shopify: [] },
    added: [],
    removed: new Set(),
    moved: 0,
  };
}

const last = (values: string[]) => values.at(-1);

/** Values a field may end with: the last of either side, or what stood where neither moved. */
export function possibleEnds(done: Done, field: 'title' | 'price'): string[] {
  const ends = [last(done[field].catalog), last(done[field].shopify)].flatMap((value) => value ?? []);
  return ends.length === 0 ? [done.before[field]] : ends;
}

/** What a field must end with on each side where all was done before anybody looked. */
export function demandedEnd(done: Done, field: 'title' | 'price', policy: Winner): Record<Side, string> {
  const [catalog, shopify] = [last(done[field].catalog), last(done[field].shopify)];
  const both = (value: string) => ({ catalog: value, shopify: value });
  if (catalog === undefined || shopify === undefined) return both(catalog ?? shopify ?? done.before[field]);
  if (policy === 'source-wins') return both(catalog);
  if (policy === 'remote-wins') return both(shopify);
  return { catalog, shopify };
}

/** Tags both sides must end with, in order of their names. */
export function demandedTags({ before, added, removed }: Done): string[] {
  return [...new Set([...before.tags, ...added])].filter((tag) => !removed.has(tag)).sort();
}
