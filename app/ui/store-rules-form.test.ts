import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Conversion, StoreRules } from '~/core/store-rules';
import { rulesForm, rulesOf } from './store-rules-form';

const number = fc.constantFrom('0', '1', '12.5', '150.25');
const rules: fc.Arbitrary<StoreRules> = fc.record({
  products: fc.oneof(
    fc.constant({ by: 'all' as const }),
    fc
      .constantFrom('leave' as const, 'draft' as const)
      .map((outside) => ({ by: 'search' as const, search: 'tag:outlet', outside })),
  ),
  texts: fc.record({
    title: fc.constantFrom(null, 'custom.title_de'),
    descriptionHtml: fc.constantFrom(null, 'custom.body_de'),
    seoTitle: fc.constant(null),
    seoDescription: fc.constantFrom(null, 'seo.description_de'),
  }),
  conversion: fc.oneof<fc.Arbitrary<Conversion>[]>(
    fc.constant({ by: 'none' as const }),
    number.map((factor) => ({ by: 'factor' as const, factor })),
    fc.constant<Conversion>({
      by: 'table',
      rates: [
        { from: '2026-01-01', rate: '150.25' },
        { from: '2026-03-01', rate: '151' },
      ],
    }),
    number.map((maxDailyMovePercent) => ({ by: 'feed' as const, address: '', maxDailyMovePercent })),
  ),
  markup: fc.record({ percent: number, amount: number }),
  rounding: fc.oneof(
    fc.constant({ to: 'none' as const }),
    fc.constantFrom('0.99', '0.95', '0.00', '9.90').map((ending) => ({ to: 'ending' as const, ending })),
    fc.constantFrom('10', '0.05').map((step) => ({ to: 'step' as const, step })),
  ),
  compareAt: fc.oneof(
    fc.constant({ by: 'catalog' as const }),
    fc.constant({ by: 'none' as const }),
    number.map((percent) => ({ by: 'above-price' as const, percent })),
  ),
  status: fc.constantFrom('catalog' as const, 'draft' as const),
});

it('shows rules and reads them back the same', () => {
  fc.assert(
    fc.property(rules, (some) => {
      expect(rulesOf(rulesForm(some, 'EUR'))).toEqual(some);
    }),
  );
});
