import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rounding } from './bulk-edit';
import { minorUnitDigits } from './currency';
import { holderOf } from './held-paths';
import { applyOverlays } from './overlay';
import type { Overlay, RulesOverlay } from './overlay';
import { explainPrices } from './price-explanation';
import { sourceProducts } from './products.test-support';
import type { SourceProduct } from './product-state';
import { placeOf } from './product-rules';
import {
  NO_RULES,
  fieldsOfRules,
  isRateTaken,
  movedPercent,
  nextRateDay,
  rateOnDay,
  ruledAmounts,
  saysNothing,
} from './store-rules';
import type { PriceStep, RulesInForce, StoreRules } from './store-rules';
import { storeRulesProblems } from './store-rules-check';

const money = fc
  .tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 99 }))
  .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
const currency = fc.constantFrom('EUR', 'JPY', 'KWD');
const roundings = (code: string): fc.Arbitrary<Rounding> =>
  fc.oneof(
    fc.constant<Rounding>({ to: 'none' }),
    (code === 'JPY' ? fc.constantFrom('10', '100') : fc.constantFrom('0.05', '0.5', '10')).map(
      (step): Rounding => ({ to: 'step', step }),
    ),
    (code === 'JPY' ? fc.constantFrom('80', '980') : fc.constantFrom('0.99', '0.95', '9.90')).map(
      (ending): Rounding => ({ to: 'ending', ending }),
    ),
  );
/** Rules that never lead below zero. */
const inForceIn = (code: string): fc.Arbitrary<RulesInForce> =>
  fc
    .record({
      rate: fc.option(fc.constantFrom('1', '0.31', '150.25', '0.0067', '1.0833'), { nil: null }),
      percent: fc.constantFrom('0', '10', '-35', '7.5'),
      amount: fc.constantFrom('0', '2.5', '300'),
      rounding: roundings(code),
      compareAt: fc.oneof(
        fc.constant({ by: 'catalog' as const }),
        fc.constant({ by: 'none' as const }),
        fc.constantFrom('0', '20', '33.3').map((percent) => ({ by: 'above-price' as const, percent })),
      ),
      status: fc.constantFrom('catalog' as const, 'draft' as const),
    })
    .map(({ rate, percent, amount, rounding, compareAt, status }) => ({
      rate,
      rules: {
        ...{ products: { by: 'all' }, texts: NO_RULES.texts },
        conversion: rate === null ? { by: 'none' } : { by: 'factor', factor: rate },
        markup: { percent, amount },
        ...{ rounding, compareAt, status },
      },
    }));
const staged = currency.chain((code) => fc.record({ code: fc.constant(code), inForce: inForceIn(code) }));
const over = (inForce: RulesInForce | null, currencyCode: string): RulesOverlay => ({
  ...{ kind: 'rules', id: 'rules', leaving: [], place: 'chosen', inForce, currencyCode },
});
const priceOf = (price: string, inForce: RulesInForce, code: string) => {
  const ruled = ruledAmounts({ price }, inForce, code).price;
  if (ruled === undefined) return price;
  if (!ruled.ok || ruled.amount === null) throw new Error('no price');
  return ruled.amount;
};
const rules = (some: Partial<StoreRules>, rate: string | null = null): RulesInForce => ({
  rate,
  rules: { ...NO_RULES, ...some },
});

describe('the rules of a store', () => {
  it('hold nothing and change nothing where they say nothing', () => {
    expect(fieldsOfRules(NO_RULES)).toEqual([]);
    fc.assert(
      fc.property(sourceProducts, currency, (product, code) => {
        const overlaid = applyOverlays(product, [over({ rules: NO_RULES, rate: null }, code)], {
          currencyCode: code,
        });
        expect(overlaid.product).toEqual(product);
        expect(overlaid.held.size).toBe(0);
      }),
    );
  });

  it('never make a dearer price cheaper, nor one above zero nothing', () => {
    fc.assert(
      fc.property(staged, money, money, ({ code, inForce }, one, other) => {
        const [low, high] = new Decimal(one).lessThan(other) ? [one, other] : [other, one];
        const [cheap, dear] = [priceOf(low, inForce, code), priceOf(high, inForce, code)];
        expect(new Decimal(cheap).lessThanOrEqualTo(dear)).toBe(true);
        if (!new Decimal(low).isZero()) expect(new Decimal(cheap).greaterThan(0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('end where the rounding allows', () => {
    fc.assert(
      fc.property(staged, money, ({ code, inForce }, price) => {
        const ruled = ruledAmounts({ price }, inForce, code).price;
        if (ruled === undefined) return;
        const { rounding } = inForce.rules;
        const amount = new Decimal(priceOf(price, inForce, code));
        if (rounding.to === 'none') expect(amount.decimalPlaces()).toBeLessThanOrEqual(minorUnitDigits(code));
        if (rounding.to === 'step') expect(amount.modulo(rounding.step).isZero()).toBe(true);
        if (rounding.to === 'ending')
          expect(amount.toFixed(2).replace(/\.00$/, '')).toMatch(
            new RegExp(`${rounding.ending.replace(/^0(?=\.)/, '').replace('.', '\\.')}$`),
          );
      }),
      { numRuns: 500 },
    );
  });

  it('show a compare-at price above the price, or none, where the catalog’s was above it', () => {
    fc.assert(
      fc.property(staged, money, money, ({ code, inForce }, price, compareAtPrice) => {
        const ruled = ruledAmounts({ price, compareAtPrice }, inForce, code).compareAtPrice;
        if (ruled === undefined) return;
        if (!ruled.ok) throw new Error(ruled.message);
        const isKept = inForce.rules.compareAt.by === 'catalog';
        if (ruled.amount === null) return;
        expect(inForce.rules.compareAt.by).not.toBe('none');
        if (!isKept || new Decimal(compareAtPrice).greaterThan(price))
          expect(new Decimal(ruled.amount).greaterThan(priceOf(price, inForce, code))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('lead from the catalog’s amount to the store’s without a gap, overrides and promotions included', () => {
    const stage = fc
      .tuple(sourceProducts, staged, fc.boolean(), fc.boolean())
      .map(([product, { code, inForce }, isOverridden, isPromoted]) => {
        const overlays: Overlay[] = [over(inForce, code)];
        const [first] = product.variants;
        if (first && isOverridden)
          overlays.push({
            ...{ kind: 'override', id: 'o', path: { variant: first.id, field: 'price' }, value: '41.00' },
            setAt: new Date(0),
          });
        if (isPromoted)
          overlays.push({
            ...{ kind: 'promotion', id: 'p', name: 'Sale', priority: 0, startsAt: new Date(0) },
            ...{ showsBaseAsCompareAt: true, variantIds: new Set(product.variants.map(({ id }) => id)) },
            changes: [
              {
                ...{ field: 'price', change: { by: 'percent', percent: '-50' }, rounding: { to: 'none' } },
                floor: { atCost: false, minimum: null },
              },
            ],
          });
        return { product, code, overlays };
      });
    const leads = (from: string | null, to: string | null, steps: PriceStep[]) => {
      const same = (a: string | null, b: string | null) =>
        a === null || b === null ? a === b : new Decimal(a).equals(b);
      let at = from;
      for (const { before, after } of steps) {
        expect(same(at, before)).toBe(true);
        at = after;
      }
      expect(same(at, to)).toBe(true);
    };
    fc.assert(
      fc.property(stage, ({ product, code, overlays }) => {
        const effective = applyOverlays(product, overlays, { currencyCode: code }).product;
        for (const explained of explainPrices(product, overlays, { currencyCode: code })) {
          const shown = effective.variants.find(({ id }) => id === explained.variantId);
          for (const field of ['price', 'compareAtPrice'] as const) {
            const { catalogs, effective: told, steps } = explained[field];
            expect(told).toBe(shown?.fields[field] ?? null);
            leads(catalogs, told, steps);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lie below overrides and promotions, and hold what they change', () => {
    const variant = { optionValues: ['S'], mediaId: null, metafields: {}, inventory: {} };
    const product: SourceProduct = {
      ...{ id: 'p', giftCard: false, tags: [], options: [], media: [], metafields: {} },
      fields: { title: 'Tent', status: 'ACTIVE' },
      variants: [
        { id: 'v', ...variant, fields: { price: '19.99', compareAtPrice: '30.00', cost: '8.00', sku: 'T' } },
      ],
    };
    const yen = rules(
      {
        ...{ conversion: { by: 'factor', factor: '150.25' }, markup: { percent: '10', amount: '0' } },
        ...{ rounding: { to: 'step', step: '10' }, status: 'draft' },
      },
      '150.25',
    );
    const overlaid = applyOverlays(product, [over(yen, 'JPY')], { currencyCode: 'JPY' });
    expect(overlaid.product.fields.status).toBe('DRAFT');
    expect(overlaid.product.variants[0]?.fields).toMatchObject({
      // 19.99 x 150.25 x 1.1 = 3303.84725; 30 x 150.25 x 1.1 = 4958.25; 8 x 150.25 = 1202
      ...{ price: '3300.00', compareAtPrice: '4960.00', cost: '1202.00' },
    });
    const path = { variant: 'v', field: 'price' };
    expect(holderOf(overlaid.held, path)?.kind).toBe('rules');
    const own: Overlay = { kind: 'override', id: 'o', path, value: '5000.00', setAt: new Date(0) };
    const overridden = applyOverlays(product, [own, over(yen, 'JPY')], { currencyCode: 'JPY' });
    expect(overridden.product.variants[0]?.fields).toMatchObject({ price: '5000.00', cost: '1202.00' });
    expect(holderOf(overridden.held, path)?.kind).toBe('override');
    const archived = { ...product, fields: { ...product.fields, status: 'ARCHIVED' as const } };
    expect(applyOverlays(archived, [over(yen, 'JPY')], { currencyCode: 'JPY' }).product.fields.status).toBe(
      'ARCHIVED',
    );
    // Gone, they hold their paths as released until that is noted.
    const gone: RulesOverlay = { ...over(null, 'JPY'), leaving: ['price', 'status'] };
    const left = applyOverlays(product, [gone], { currencyCode: 'JPY' });
    expect(left.product).toEqual(product);
    expect(holderOf(left.held, path)).toEqual({ kind: 'released', id: '' });
    expect(holderOf(left.held, { variant: null, field: 'status' })?.kind).toBe('released');
  });

  it('never have what they do not choose for sale, and change nothing else of it', () => {
    const choosing = rules({ products: { by: 'search', search: 'tag:outlet', outside: 'draft' } });
    expect(fieldsOfRules(choosing.rules)).toEqual(['status']);
    fc.assert(
      fc.property(sourceProducts, fc.boolean(), (product, isFound) => {
        const overlay = { ...over(choosing, 'EUR'), place: placeOf(choosing.rules, isFound) };
        const { fields, ...others } = applyOverlays(product, [overlay], { currencyCode: 'EUR' }).product;
        const { fields: was, ...before } = product;
        expect(others).toEqual(before);
        const status = isFound || was.status === 'ARCHIVED' ? was.status : was.status && 'DRAFT';
        expect(fields).toEqual({ ...was, ...(status !== undefined && { status }) });
      }),
    );
  });

  it('show a text of the product’s own language, the catalog’s where there is none, and hold both', () => {
    const metafield = (type: string, value: string) => ({
      namespace: 'custom',
      key: 'title_de',
      type,
      value,
    });
    const german = rules({ texts: { ...NO_RULES.texts, title: 'custom.title_de' } });
    expect(fieldsOfRules(german.rules)).toEqual(['title']);
    fc.assert(
      fc.property(
        sourceProducts,
        fc.constantFrom('single_line_text_field', 'multi_line_text_field', 'rich_text_field'),
        fc.constantFrom('Zelt', ' ', ''),
        (product, type, value) => {
          const some = { ...product, metafields: { 'custom.title_de': metafield(type, value) } };
          const overlaid = applyOverlays(some, [over(german, 'EUR')], { currencyCode: 'EUR' });
          const isText = type !== 'rich_text_field';
          const title = isText && value === 'Zelt' ? value : product.fields.title;
          expect(overlaid.product).toEqual({
            ...some,
            fields: { ...product.fields, ...(title !== undefined && { title }) },
          });
          expect(holderOf(overlaid.held, { variant: null, field: 'title' })?.kind).toBe('rules');
          expect(overlaid.problems.length).toBe(!isText && value === 'Zelt' ? 1 : 0);
        },
      ),
    );
    const left: RulesOverlay = { ...over(null, 'EUR'), leaving: ['title'] };
    const [product] = fc.sample(sourceProducts, 1);
    const { held } = applyOverlays(product!, [left], { currencyCode: 'EUR' });
    expect([...held.values()]).toEqual([{ kind: 'released', id: '' }]);
  });

  it.each(['title_de', 'custom.', '.title', 'a b.title_de', 'custom.title de'])(
    'know no metafield %j',
    (name) => {
      const some: StoreRules = { ...NO_RULES, texts: { ...NO_RULES.texts, seoTitle: name } };
      expect(storeRulesProblems(some, { currencyCode: 'EUR', today: '2026-06-01' })).toMatchObject([
        { field: 'texts.seoTitle', value: name },
      ]);
    },
  );

  it('are not none where they choose, and choose all where they say nothing', () => {
    const leaving = rules({ products: { by: 'search', search: 'tag:outlet', outside: 'leave' } }).rules;
    expect(fieldsOfRules(leaving)).toEqual([]);
    expect([saysNothing(NO_RULES), saysNothing(leaving)]).toEqual([true, false]);
    expect([placeOf(leaving, true), placeOf(leaving, false)]).toEqual(['chosen', 'left-alone']);
    expect(placeOf(NO_RULES, false)).toBe('chosen');
  });

  it.each([
    ['tag:outlet vendor:"Acme" -status:archived', []],
    ['(category:Bedding OR product_type:Lamp) title:oak', []],
    ['tag:outlet price:>5', ['price']],
    ['-sku:A* OR inventory_total:0', ['sku', 'inventory_total']],
    ['collection:sale', ['collection']],
    ['updated_at:>2026-01-01', ['updated_at']],
    ['oak', ['oak']],
    ['', ['']],
    ['tag:', ['tag:']],
  ])('choose by what holds of whole products: %j', (search, refused) => {
    const some: StoreRules = { ...NO_RULES, products: { by: 'search', search, outside: 'leave' } };
    const problems = storeRulesProblems(some, { currencyCode: 'EUR', today: '2026-06-01' });
    expect(problems.map(({ field, value }) => [field, value])).toEqual(
      refused.map((value) => ['products.search', value]),
    );
    for (const { reason, remedy } of problems) expect([reason, remedy]).not.toContain('');
  });

  it('tell the store no price that they cannot make, and say why', () => {
    const product: SourceProduct = {
      ...{ id: 'p', giftCard: false, tags: [], options: [], media: [], metafields: {}, fields: {} },
      variants: [
        {
          ...{ id: 'v', optionValues: [], mediaId: null, metafields: {}, inventory: {} },
          fields: { price: '3.00', sku: 'T' },
        },
      ],
    };
    const cheap = rules({ markup: { percent: '0', amount: '-5' } });
    const overlaid = applyOverlays(product, [over(cheap, 'EUR')], { currencyCode: 'EUR' });
    expect(overlaid.product.variants[0]?.fields).toEqual({ sku: 'T' });
    expect(overlaid.problems[0]?.message).toContain('T: The rules of this store make its price -2.00');
    const huge = ruledAmounts(
      { price: '9000000000000000' },
      rules({ conversion: { by: 'factor', factor: '1000' } }, '1000'),
      'JPY',
    );
    expect(huge.price).toMatchObject({ ok: false });
  });
});

describe('rates', () => {
  const day = fc.integer({ min: 1, max: 28 }).map((each) => `2026-03-${String(each).padStart(2, '0')}`);
  const tables = fc.uniqueArray(fc.record({ from: day, rate: fc.constantFrom('1', '2', '3') }), {
    selector: ({ from }) => from,
  });
  it('of a table hold from their day until the next, whatever their order', () => {
    fc.assert(
      fc.property(
        tables.chain((table) =>
          fc.tuple(fc.constant(table), fc.shuffledSubarray(table, { minLength: table.length })),
        ),
        day,
        ([table, shuffled], today) => {
          const held = rateOnDay(table, today);
          expect(rateOnDay(shuffled, today)).toEqual(held);
          const next = nextRateDay(table, today);
          expect(table.filter(({ from }) => from <= today && from > (held?.from ?? ''))).toEqual([]);
          if (next === null) expect(rateOnDay(table, '2026-12-31')).toEqual(held);
          else {
            expect(next > today).toBe(true);
            expect(rateOnDay(table, next)?.from).toBe(next);
          }
        },
      ),
    );
  });

  it('of a feed are taken up to the greatest move and not beyond', () => {
    expect(isRateTaken(null, '150', '5')).toBe(true);
    expect(isRateTaken('100', '105', '5')).toBe(true);
    expect(isRateTaken('100', '105.0001', '5')).toBe(false);
    expect(isRateTaken('100', '94.99', '5')).toBe(false);
    expect(movedPercent('100', '94.99')).toBe('5.01');
    expect(isRateTaken('0.0067', '0.0067', '0')).toBe(true);
  });
});
