/**
 * How the stores of an account share one stock. The pool is the catalog's figure of an article at a location. What a store
 * shall show of it follows from rules: units of its own that no other store sells, and a part that is held back from it. The
 * rules change what is shown and nothing else: a unit sold in a store is a unit less in the pool, whatever the store showed.
 *
 * Laws (stock-sharing.test.ts): a plain pool is shown as it is; no store shows more than its own units and what is free for
 * all; whoever sells no more than it shows leaves every other store its own units; the pool is what it was at first and what
 * moved, in whatever order stores sell, take back, are told, and are looked at.
 */
import type { Decision, FieldValue } from './decision';
import { sameExactly } from './canonical';
import { mergeValue } from './merge-value';
import type { ThreeValues } from './merge-value';
import type { Gid, InventoryByLocation, SourceId, SourceProduct } from './product-state';

/** What is held back from a store: it shows that much less than it could. */
export type HeldBack =
  { by: 'nothing' } | { by: 'units'; units: number } | { by: 'percent'; percent: number };

export interface StockRule {
  heldBack: HeldBack;
  /** Units of each article that only this store sells. Its sales take them first; what is used up is used up. */
  ownUnits: number;
}

export const PLAIN_POOL: StockRule = { heldBack: { by: 'nothing' }, ownUnits: 0 };

export interface SharingStore {
  shopId: string;
  rule: StockRule;
}

/** A store with what of its own units of one article it has used up. */
export interface OwnStock extends SharingStore {
  ownUsed: number;
}

export interface PartedPool {
  /** Units of each store that no other sells, by shop; never more than there are. */
  own: ReadonlyMap<string, number>;
  /** What every store may sell. */
  free: number;
}

/** Parts the pool. Where it does not hold the own units of all, the stores that stand first have theirs first. */
export function partPool(pool: number, stores: readonly OwnStock[]): PartedPool {
  const own = new Map<string, number>();
  let free = pool;
  for (const { shopId, rule, ownUsed } of stores) {
    const granted = Math.max(0, Math.min(rule.ownUnits - ownUsed, free));
    own.set(shopId, granted);
    free -= granted;
  }
  return { own, free };
}

/** How many of the units that a store could sell are held back from it. Parts of a unit count as a whole one. */
function unitsHeldBack(rule: HeldBack, available: number): number {
  switch (rule.by) {
    case 'nothing':
      return 0;
    case 'units':
      return rule.units;
    case 'percent':
      return Math.ceil((Math.max(0, available) * rule.percent) / 100);
  }
}

/** What a store shall show of a pool. A store from which nothing is held back shows below zero, too, as the pool does. */
export function shownBy(shopId: string, pool: number, stores: readonly OwnStock[]): number {
  const { own, free } = partPool(pool, stores);
  const available = (own.get(shopId) ?? 0) + free;
  const { heldBack } = stores.find((store) => store.shopId === shopId)?.rule ?? PLAIN_POOL;
  return heldBack.by === 'nothing' ? available : Math.max(0, available - unitsHeldBack(heldBack, available));
}

/** What a store has used up of its own units after its stock moved by so much (a sale is below zero). */
export function ownUsedAfter({ ownUnits }: StockRule, used: number, movement: number): number {
  return Math.min(ownUnits, Math.max(0, used - movement));
}

/** The rules of an account, and what is used up of own units. */
export interface StockSharing {
  shopId: string;
  /** All stores of the account that sell. */
  stores: readonly SharingStore[];
  /** Of its own units of a variant, at a location by the catalog's name. */
  ownUsed: (shopId: string, variant: SourceId, location: string) => number;
  /** The catalog's name of a location of this store. */
  locationName: (gid: Gid) => string;
}

/** Units of each variant in the pool, by location. */
export type StockPools = ReadonlyMap<SourceId, InventoryByLocation>;

export function poolsOf(product: SourceProduct): StockPools {
  return new Map(product.variants.map(({ id, inventory }) => [id, inventory]));
}

/** The product as a store shall show it. */
export function withSharedStock(product: SourceProduct, sharing: StockSharing): SourceProduct {
  const { shopId, locationName } = sharing;
  const variants = product.variants.map((variant) => ({
    ...variant,
    inventory: Object.fromEntries(
      Object.entries(variant.inventory).map(([gid, pool]) => {
        const location = locationName(gid);
        const stores = sharing.stores.map((store) => ({
          ...store,
          ownUsed: store.rule.ownUnits === 0 ? 0 : sharing.ownUsed(store.shopId, variant.id, location),
        }));
        return [gid, shownBy(shopId, pool, stores)];
      }),
    ),
  }));
  return { ...product, variants };
}

/**
 * Decides a level under rules: `source` is what the store shall show. What moved in the store goes into the pool, always, and
 * is agreed on as it stands there; a store that shows something else then is told what it shall show. Where the sides meet
 * for the first time the pool says what the store shows: its own figure is no movement.
 */
export function mergeSharedStock({ base, source, remote }: ThreeValues): Decision {
  if (typeof source !== 'number' || typeof remote !== 'number' || typeof base?.remote !== 'number')
    return mergeValue({ base, source, remote }, sameExactly, 'source-wins');
  const movement = remote - base.remote;
  if (movement !== 0) {
    const after = source + movement;
    return { kind: 'pull', before: source, after, agreed: { source: after, remote } };
  }
  if (source !== remote) return { kind: 'push', before: remote, after: source };
  return { kind: 'skip', reason: base.source === source ? 'unchanged' : 'converged' };
}

type Pull = Extract<Decision, { kind: 'pull' }>;

/** What was pulled of a level that a store shows, as the movement of the pool that it is. */
export function pulledIntoPool(
  { before, after, ...others }: Pull,
  pool: FieldValue,
): Pull & { movement: number } {
  if (typeof before !== 'number' || typeof after !== 'number' || typeof pool !== 'number')
    return { ...others, before, after, movement: 0 };
  const movement = after - before;
  return { ...others, before: pool, after: pool + movement, movement };
}
