import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeStock } from './merge-value';
import { sourceProducts } from './products.test-support';
import {
  PLAIN_POOL,
  mergeSharedStock,
  ownUsedAfter,
  partPool,
  poolsOf,
  pulledIntoPool,
  shownBy,
  withSharedStock,
} from './stock-sharing';
import type { HeldBack, OwnStock, StockRule } from './stock-sharing';

const heldBack: fc.Arbitrary<HeldBack> = fc.oneof(
  fc.constant<HeldBack>({ by: 'nothing' }),
  fc.integer({ min: 1, max: 9 }).map((units): HeldBack => ({ by: 'units', units })),
  fc.integer({ min: 1, max: 100 }).map((percent): HeldBack => ({ by: 'percent', percent })),
);
const rule: fc.Arbitrary<StockRule> = fc.record({ heldBack, ownUnits: fc.integer({ min: 0, max: 12 }) });
const rules = fc.array(rule, { minLength: 1, maxLength: 4 });
const pools = fc.integer({ min: -10, max: 60 });
const storesOf = (all: StockRule[], used: number[] = []): OwnStock[] =>
  all.map((each, at) => ({
    shopId: String(at),
    rule: each,
    ownUsed: Math.min(used[at] ?? 0, each.ownUnits),
  }));
const stores = fc
  .tuple(rules, fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 4, maxLength: 4 }))
  .map(([all, used]) => storesOf(all, used));

describe('what a store shows', () => {
  it('is the pool where nothing else is said, below zero too', () => {
    fc.assert(
      fc.property(pools, fc.integer({ min: 1, max: 4 }), (pool, count) => {
        const plain = storesOf(Array.from({ length: count }, () => PLAIN_POOL));
        for (const { shopId } of plain) expect(shownBy(shopId, pool, plain)).toBe(pool);
      }),
    );
  });
  it('is never more than its own units and what is free for all, and those together are the pool', () => {
    fc.assert(
      fc.property(pools, stores, (pool, all) => {
        const { own, free } = partPool(pool, all);
        expect([...own.values()].reduce((sum, units) => sum + units, free)).toBe(pool);
        for (const { shopId, rule: each, ownUsed } of all) {
          const mine = own.get(shopId) ?? Number.NaN;
          expect(mine).toBeGreaterThanOrEqual(0);
          expect(mine).toBeLessThanOrEqual(each.ownUnits - ownUsed);
          const shown = shownBy(shopId, pool, all);
          if (each.heldBack.by === 'nothing') expect(shown).toBe(mine + free);
          else expect(shown).toBeLessThanOrEqual(Math.max(0, mine + free));
          if (each.heldBack.by === 'units')
            expect(shown).toBe(Math.max(0, mine + free - each.heldBack.units));
        }
      }),
    );
  });
  it.each([
    [10, { by: 'units', units: 3 }, 7],
    [2, { by: 'units', units: 3 }, 0],
    [10, { by: 'percent', percent: 25 }, 7],
    [1, { by: 'percent', percent: 1 }, 0],
    [50, { by: 'percent', percent: 100 }, 0],
    [-4, { by: 'units', units: 1 }, 0],
    [-4, { by: 'percent', percent: 10 }, 0],
  ] as const)('of %i with %o held back is %i', (pool, held, shown) => {
    expect(shownBy('0', pool, storesOf([{ heldBack: held, ownUnits: 0 }]))).toBe(shown);
  });
  it('leaves each other store its own units, as long as nobody sells more than is shown', () => {
    fc.assert(
      fc.property(pools, stores, fc.nat({ max: 3 }), fc.nat({ max: 60 }), (pool, all, at, wish) => {
        const seller = all[at % all.length]!;
        const before = partPool(pool, all);
        const sold = Math.min(wish, Math.max(0, shownBy(seller.shopId, pool, all)));
        const after = partPool(
          pool - sold,
          all.map((store) =>
            store === seller ? { ...store, ownUsed: ownUsedAfter(store.rule, store.ownUsed, -sold) } : store,
          ),
        );
        for (const { shopId } of all)
          if (shopId !== seller.shopId) expect(after.own.get(shopId)).toBe(before.own.get(shopId));
        // Its own go first: the others do not even see it.
        expect(after.free).toBe(before.free - Math.max(0, sold - (before.own.get(seller.shopId) ?? 0)));
      }),
    );
  });
  it('changes nothing of a product but its stock', () => {
    fc.assert(
      fc.property(sourceProducts, stores, (product, all) => {
        const shared = withSharedStock(product, {
          shopId: '0',
          stores: all,
          ownUsed: (shopId) => all.find((store) => store.shopId === shopId)?.ownUsed ?? 0,
          locationName: (gid) => gid,
        });
        const without = (each: typeof product) => ({
          ...each,
          variants: each.variants.map((variant) => ({ ...variant, inventory: {} })),
        });
        expect(without(shared)).toEqual(without(product));
        for (const { id, inventory } of shared.variants)
          for (const [gid, shown] of Object.entries(inventory))
            expect(shown).toBe(shownBy('0', poolsOf(product).get(id)?.[gid] ?? Number.NaN, all));
      }),
    );
  });
});

/** Stores that sell, take back, and are looked at, in any order: a look is what the line does to one level. */
class Play {
  pool: number;
  readonly start: number;
  moved = 0;
  readonly used: number[];
  readonly remote: number[];
  readonly base: { source: number; remote: number }[];

  constructor(
    pool: number,
    readonly all: StockRule[],
  ) {
    this.start = pool;
    this.pool = pool;
    this.used = all.map(() => 0);
    this.remote = all.map((_, at) => this.shall(at));
    this.base = this.remote.map((remote) => ({ source: remote, remote }));
  }

  shall(at: number): number {
    return shownBy(String(at), this.pool, storesOf(this.all, this.used));
  }

  inStore(at: number, by: number): void {
    this.remote[at]! += by;
    this.moved += by;
  }

  inCatalog(by: number): void {
    this.pool += by;
    this.moved += by;
  }

  /** Answers whether there was anything to do. */
  look(at: number): boolean {
    const [source, remote] = [this.shall(at), this.remote[at]!];
    const decision = mergeSharedStock({ base: this.base[at]!, source, remote });
    if (decision.kind === 'pull') {
      const { after, movement } = pulledIntoPool(decision, this.pool);
      expect(movement).toBe(remote - this.base[at]!.remote);
      this.pool = Number(after);
      this.used[at] = ownUsedAfter(this.all[at]!, this.used[at]!, movement);
      this.base[at] = { source: Number(decision.agreed?.source), remote: Number(decision.agreed?.remote) };
    } else if (decision.kind === 'push') {
      this.remote[at] = Number(decision.after);
      this.base[at] = { source, remote: this.remote[at] };
    } else if (decision.kind === 'skip') {
      expect(source).toBe(remote);
      this.base[at] = { source, remote };
      return decision.reason !== 'unchanged';
    } else throw new Error('Stock is nothing that a person must decide.');
    return true;
  }

  settle(): void {
    for (let turn = 0; turn < 20; turn += 1)
      if (!this.all.map((_, at) => this.look(at)).some((did) => did)) return;
    throw new Error('The stores do not come to rest.');
  }
}

const act = fc.record({
  kind: fc.constantFrom('store', 'catalog', 'look'),
  at: fc.nat({ max: 3 }),
  by: fc.integer({ min: -5, max: 5 }),
});

describe('the pool', () => {
  it('is what it was and what moved, whoever sells, takes back and is looked at when; then all show what they shall', () => {
    fc.assert(
      fc.property(pools, rules, fc.array(act, { maxLength: 40 }), (pool, all, acts) => {
        const play = new Play(pool, all);
        for (const { kind, at, by } of acts) {
          if (kind === 'catalog') play.inCatalog(by);
          else if (kind === 'store') play.inStore(at % all.length, by);
          else play.look(at % all.length);
        }
        play.settle();
        expect(play.pool).toBe(play.start + play.moved);
        expect(play.remote).toEqual(all.map((_, at) => play.shall(at)));
      }),
      { numRuns: 500 },
    );
  });
  it('loses one unit by a sale of one, even where the store shows none', () => {
    const play = new Play(3, [{ heldBack: { by: 'units', units: 5 }, ownUnits: 0 }]);
    expect(play.remote).toEqual([0]);
    play.inStore(0, -1);
    play.look(0);
    expect(play.pool).toBe(2);
    play.settle();
    expect(play.remote).toEqual([0]);
  });
});

describe('a level that is shared', () => {
  const level = fc.integer({ min: -5, max: 30 });
  it('is decided as any other where the pool is plain', () => {
    fc.assert(
      fc.property(level, level, level, (agreed, source, remote) => {
        const values = { base: { source: agreed, remote: agreed }, source, remote };
        const [shared, plain] = [mergeSharedStock(values), mergeStock(values, 'source-wins', true)];
        expect(shared.kind).toBe(plain.kind);
        if (shared.kind === 'pull' && plain.kind === 'pull')
          expect(pulledIntoPool(shared, source).after).toBe(plain.after);
      }),
    );
  });
  it('is told to a store that it meets for the first time, whatever that holds', () => {
    fc.assert(
      fc.property(level, fc.option(level, { nil: null }), (source, remote) => {
        expect(mergeSharedStock({ base: undefined, source, remote })).toEqual(
          source === remote
            ? { kind: 'skip', reason: 'converged' }
            : { kind: 'push', before: remote, after: source },
        );
      }),
    );
  });
});
