import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeldBack } from '~/core/stock-sharing';
import { readStockRulesForm, stockRulesForm } from './stock-rules-form';

const heldBack: fc.Arbitrary<HeldBack> = fc.oneof(
  fc.constant<HeldBack>({ by: 'nothing' }),
  fc.integer({ min: 1, max: 1_000 }).map((units): HeldBack => ({ by: 'units', units })),
  fc.integer({ min: 1, max: 100 }).map((percent): HeldBack => ({ by: 'percent', percent })),
);

describe('the form of stock rules', () => {
  it('reads what it shows', () => {
    fc.assert(
      fc.property(
        heldBack,
        fc.array(fc.record({ heldBack, ownUnits: fc.nat({ max: 50 }) })),
        (everyone, rules) => {
          const stores = rules.map((rule, at) => ({ shopId: String(at), rule }));
          const shopIds = stores.map(({ shopId }) => shopId);
          const form = stockRulesForm({ everyone, stores }, shopIds);
          const read = readStockRulesForm(form);
          if (read.kind === 'problem') throw new Error(read.problem);
          expect(stockRulesForm(read.rules, shopIds)).toEqual(form);
          // What says nothing of its own is left out.
          const holds = new Map(read.rules.stores.map(({ shopId, rule }) => [shopId, rule]));
          for (const { shopId, rule } of stores)
            expect(holds.get(shopId) ?? { heldBack: read.rules.everyone, ownUnits: 0 }).toEqual(rule);
        },
      ),
    );
  });
  it('has what is said of all hold for a store that stands as all do', () => {
    const form = stockRulesForm({ everyone: { by: 'units', units: 2 }, stores: [] }, ['a']);
    const changed = {
      everyone: { by: 'percent' as const, amount: '10' },
      stores: form.stores.map((store) => ({ ...store, ownUnits: '5' })),
    };
    expect(readStockRulesForm(changed)).toEqual({
      kind: 'rules',
      rules: {
        everyone: { by: 'percent', percent: 10 },
        stores: [{ shopId: 'a', rule: { heldBack: { by: 'percent', percent: 10 }, ownUnits: 5 } }],
      },
    });
  });
  it.each([
    ['units', '0'],
    ['units', '1.5'],
    ['units', ''],
    ['percent', '101'],
    ['percent', '-1'],
  ] as const)('refuses %s of "%s"', (by, amount) => {
    expect(readStockRulesForm({ everyone: { by, amount }, stores: [] }).kind).toBe('problem');
  });
});
