import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StoreRules } from '~/core/store-rules';
import { ruledAmounts } from '~/core/store-rules';
import { storeRulesProblems } from '~/core/store-rules-check';
import { sameRules, standingRules, storeRulesInput } from './store-rules.server';

/** Numbers as people type them, and what they type instead: mostly such that stand, as a rule has several. */
const typed = fc.oneof(
  { arbitrary: fc.constantFrom('1', '2.5', '0.05', '7'), weight: 8 },
  fc.constantFrom(
    '',
    '0',
    '-0',
    '1',
    '12.5',
    '-99.99',
    '-100',
    '150,25',
    '1e5',
    'abc',
    '٣',
    ' 5',
    '1'.repeat(41),
  ),
  fc.stringMatching(/^-?\d{1,45}(\.\d{1,45})?$/),
);
const day = fc.oneof(
  { arbitrary: fc.constantFrom('2025-07-31', '2026-01-01'), weight: 8 },
  fc.constantFrom('2026-02-31', '2026-13-01', 'today', '', '2027-01-01'),
);
const rules: fc.Arbitrary<StoreRules> = fc.record({
  products: fc.oneof<fc.Arbitrary<StoreRules['products']>[]>(
    fc.constant({ by: 'all' }),
    fc.record({
      by: fc.constant('search'),
      search: fc.constantFrom('tag:outlet', 'vendor:Acme OR -tag:"x, y"', 'price:>5', 'word', '', 'tag:'),
      outside: fc.constantFrom('leave', 'draft'),
    }),
  ),
  texts: fc.record({
    title: fc.constantFrom(null, 'custom.title_de', 'title_de', ''),
    descriptionHtml: fc.constant(null),
    seoTitle: fc.constant(null),
    seoDescription: fc.constantFrom(null, '$app:seo.description_de'),
  }),
  conversion: fc.oneof<fc.Arbitrary<StoreRules['conversion']>[]>(
    fc.constant({ by: 'none' }),
    typed.map((factor) => ({ by: 'factor', factor })),
    fc
      .array(fc.record({ from: day, rate: typed }), { maxLength: 3 })
      .map((rates) => ({ by: 'table', rates })),
    typed.map((maxDailyMovePercent) => ({
      by: 'feed',
      address: 'https://rates.example',
      maxDailyMovePercent,
    })),
  ),
  markup: fc.record({ percent: typed, amount: typed }),
  rounding: fc.oneof<fc.Arbitrary<StoreRules['rounding']>[]>(
    fc.constant({ to: 'none' }),
    typed.map((ending) => ({ to: 'ending', ending })),
    typed.map((step) => ({ to: 'step', step })),
  ),
  compareAt: fc.oneof<fc.Arbitrary<StoreRules['compareAt']>[]>(
    fc.constantFrom<StoreRules['compareAt']>({ by: 'catalog' }, { by: 'none' }),
    typed.map((percent) => ({ by: 'above-price', percent })),
  ),
  status: fc.constantFrom('catalog', 'draft'),
});

it('stores and reckons with whatever the check lets through', () => {
  let passed = 0;
  fc.assert(
    fc.property(rules, fc.constantFrom('EUR', 'JPY', 'KWD'), (some, currencyCode) => {
      if (storeRulesProblems(some, { currencyCode, today: '2026-06-01' }).length > 0) return;
      passed += 1;
      expect(storeRulesInput.parse(some)).toEqual(some);
      const rate = some.conversion.by === 'factor' ? some.conversion.factor : '1.5';
      const inForce = { rules: some, rate };
      expect(sameRules(inForce, inForce)).toBe(true);
      const stored = {
        storeRules: JSON.parse(JSON.stringify(inForce)),
        rulesRevision: 1,
        rulesLeaving: ['price'],
      };
      expect(standingRules(stored)).toEqual({ revision: 1, inForce, leaving: ['price'] });
      ruledAmounts({ price: '19.99', compareAtPrice: '25.00', cost: '5.00' }, inForce, currencyCode);
    }),
    { numRuns: 2_000 },
  );
  // It would prove nothing of what is refused.
  expect(passed).toBeGreaterThan(100);
});
