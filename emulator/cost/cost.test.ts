import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiledDocument } from '../graphql/documents';
import { isRefused } from '../graphql/refused';
import { coercedVariables } from '../graphql/run';
import { DEFAULT_SWITCHES } from '../switches';
import { charge, refund, throttleStatus } from './bucket';
import { carriedCost, connectionCost, pageMultiplier, rounded } from './rules';
import type { CostRules } from './rules';
import { shopOf, testContext } from '../webhooks/context-for-tests';
import type { Plan } from '../state/shop';
import { PLAN_LIMITS } from '../state/state';

function plan(text: string) {
  const compiled = compiledDocument(text, null);
  if (isRefused(compiled)) throw new Error(compiled.map(({ message }) => message).join());
  return compiled;
}

function requested(
  text: string,
  variables: Record<string, unknown> = {},
  rules: Partial<CostRules> = {},
): number {
  const compiled = plan(text);
  const coerced = coercedVariables(compiled, variables);
  if ('errors' in coerced) throw new Error(coerced.errors.map(({ message }) => message).join());
  return compiled.plan.requested(coerced.values, { ...DEFAULT_SWITCHES, ...rules });
}

const ID = 'gid://shopify/Product/1';
const BULK_UPDATE = `mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!, $media: [CreateMediaInput!]) {
  productVariantsBulkUpdate(productId: $id, variants: $variants, media: $media) { productVariants { id price } userErrors { field message } }
}`;

describe('the figures that are known', () => {
  it.each([
    [1, 1],
    [2, 1],
    [4, 2],
    [7, 3],
    [12, 4],
    [20, 5],
    [39, 6],
    [59, 7],
    [79, 8],
    [99, 9],
    [149, 10],
    [249, 11],
    [250, 11],
    [2048, 14],
  ])('counts a page of %i nodes %i times', (size, multiplier) => {
    expect(pageMultiplier(size, 'table')).toBe(multiplier);
  });

  it('prices 250 variants with their inventory items at 25, as a live answer did', () => {
    expect(
      requested(`{ product(id: "${ID}") { variants(first: 250) { nodes { inventoryItem { id } } } } }`),
    ).toBe(25);
  });

  it('prices 200 products at 13 by the table and at the 12 a connector records under `bcapps`', () => {
    const text = '{ products(first: 200) { edges { node { id updatedAt } } pageInfo { hasNextPage } } }';
    expect(requested(text)).toBe(13);
    expect(requested(text, {}, { connectionCost: 'bcapps' })).toBe(12);
  });

  it('prices a document of productUpdate and metafieldsSet at 20, as a live answer did', () => {
    const text = `mutation($metafields: [MetafieldsSetInput!]!) {
      productUpdate(product: {id: "${ID}", title: "A"}) { product { id } userErrors { message } }
      metafieldsSet(metafields: $metafields) { metafields { id } userErrors { message } }
    }`;
    const metafields = [
      { ownerId: ID, namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'a' },
    ];
    expect(requested(text, { metafields })).toBe(20);
  });

  it('prices stagedUploadsCreate at the 11 of the documentation', () => {
    const text = `mutation { stagedUploadsCreate(input: [{resource: BULK_MUTATION_VARIABLES, filename: "a", mimeType: "text/jsonl", httpMethod: POST}])
      { stagedTargets { url parameters { name value } } userErrors { message } } }`;
    expect(requested(text)).toBe(11);
  });

  it('prices an update of 100 variants at 30', () => {
    const variants = Array.from({ length: 100 }, (_, index) => ({
      id: `gid://shopify/ProductVariant/${index}`,
      price: '1',
    }));
    expect(requested(BULK_UPDATE, { id: ID, variants })).toBe(30);
  });

  it('adds 0.6 a variant picture, 0.4 a variant metafield and 1.9 a new medium', () => {
    const metafields = [{ namespace: 'custom', key: 'a', type: 'json', value: '1' }];
    const variants = [
      { id: ID, mediaId: ID },
      { id: ID, metafields },
    ];
    const media = [{ originalSource: 'https://a.test/a.png', mediaContentType: 'IMAGE' }];
    expect(requested(BULK_UPDATE, { id: ID, variants, media }, { costRounding: 'none' })).toBeCloseTo(
      10 + 0.4 + 0.6 + 0.4 + 1.9,
      6,
    );
  });

  it('prices productSet by its variants, their files and metafields, and its own', () => {
    const metafields = [{ key: 'aa' }];
    const variants = [{ file: {}, metafields }, {}];
    expect(carriedCost('productSet', { input: { variants, metafields, files: [{}, {}] } })).toBeCloseTo(
      0.4 + 0.6 + 0.4 + 0.4 + 3.8,
      6,
    );
    expect(carriedCost('productCreate', { product: { metafields }, media: [{}] })).toBeCloseTo(2.3, 6);
    expect(carriedCost('tagsAdd', { id: ID, tags: ['a'] })).toBe(0);
  });
});

describe('the model', () => {
  it('counts scalars 0, objects 1, an interface as its dearest type, and a list as one object', () => {
    expect(requested('{ shop { name plan { displayName } } }')).toBe(2);
    expect(
      requested(
        '{ node(id: "gid://shopify/Product/1") { id ... on Product { seo { title } } ... on Order { id } } }',
      ),
    ).toBe(2);
    expect(
      requested('{ product(id: "gid://shopify/Product/1") { options { name optionValues { name } } } }'),
    ).toBe(3);
  });

  it('counts nodes(ids:) for each id, or once under the switch', () => {
    const text = 'query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Product { seo { title } } } }';
    const variables = { ids: [ID, ID, ID] };
    expect(requested(text, variables)).toBe(6);
    expect(requested(text, variables, { nodesCost: 'once' })).toBe(2);
  });

  it('reads page sizes from variables, through fragments, and leaves skipped fields out', () => {
    const text = `query($n: Int!, $no: Boolean!) { products(first: $n) { ...page } shop @include(if: $no) { name } }
      fragment page on ProductConnection { nodes { ...fields } } fragment fields on Product { seo { title } }`;
    expect(requested(text, { n: 10, no: false })).toBe(connectionCost(10, 1, DEFAULT_SWITCHES));
    expect(requested(text, { n: 10, no: true })).toBe(connectionCost(10, 1, DEFAULT_SWITCHES) + 1);
  });

  it('counts connections in payloads, objects only under the switch, nothing under `free`', () => {
    const text = `mutation { productUpdate(product: {id: "${ID}"}) { product { seo { title } variants(first: 2) { nodes { id } } } } }`;
    expect(requested(text)).toBe(13);
    expect(requested(text, {}, { mutationPayloadCost: 'objects-and-connections' })).toBe(15);
    expect(requested(text, {}, { mutationPayloadCost: 'free' })).toBe(10);
  });

  it('rounds as the switch says', () => {
    expect([
      rounded(10.2, 'up'),
      rounded(10.2, 'nearest'),
      rounded(10.24, 'none'),
      rounded(0.1 + 0.2, 'up'),
    ]).toEqual([11, 10, 10.2, 1]);
  });

  it('prices an answer by what it holds, never above what was asked', () => {
    const { plan: costs } = plan(
      '{ products(first: 50) { nodes { id seo { title } variants(first: 10) { nodes { id } } } } }',
    );
    const rules = { ...DEFAULT_SWITCHES };
    const node = fc.record({
      id: fc.string(),
      seo: fc.constant({ title: null }),
      variants: fc.record({ nodes: fc.array(fc.constant({ id: 'a' }), { maxLength: 10 }) }),
    });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 50 }), (nodes) => {
        const actual = costs.actual({}, { products: { nodes } }, rules);
        expect(actual).toBeLessThanOrEqual(costs.requested({}, rules));
        expect(actual).toBeGreaterThanOrEqual(2);
      }),
    );
    expect(costs.actual({}, { products: { nodes: [] } }, rules)).toBe(2);
  });

  it('never gets cheaper as pages grow', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2047 }), fc.constantFrom('table', 'bcapps'), (size, mode) => {
        expect(pageMultiplier(size + 1, mode)).toBeGreaterThanOrEqual(pageMultiplier(size, mode));
      }),
    );
  });
});

describe('the bucket', () => {
  const plans = fc.constantFrom<Plan>('standard', 'advanced', 'plus', 'enterprise');
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 30_000 }),
    points: fc.integer({ min: 0, max: 1_000 }),
    refunded: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  function fresh(of: Plan) {
    const shop = shopOf(testContext());
    shop.plan = of;
    shop.bucket = { available: PLAN_LIMITS[of].maximumAvailable, at: 0 };
    return shop;
  }

  it('stays between empty and full, and refuses exactly what it does not hold', () => {
    fc.assert(
      fc.property(plans, fc.array(step, { maxLength: 60 }), (of, steps) => {
        const shop = fresh(of);
        let now = 0;
        for (const { waitMs, points, refunded } of steps) {
          now += waitMs;
          throttleStatus(shop, now);
          const before = shop.bucket.available;
          const taken = charge(shop, points, now);
          expect(taken).toBe(points <= before);
          expect(shop.bucket.available).toBeCloseTo(taken ? before - points : before, 6);
          if (taken) refund(shop, points * refunded, now);
          expect(shop.bucket.available).toBeGreaterThanOrEqual(0);
          expect(shop.bucket.available).toBeLessThanOrEqual(PLAN_LIMITS[of].maximumAvailable);
        }
      }),
    );
  });

  it('lets no more through in any span than it held plus what flowed back', () => {
    fc.assert(
      fc.property(plans, fc.array(step, { minLength: 1, maxLength: 100 }), (of, steps) => {
        const shop = fresh(of);
        let now = 0;
        let used = 0;
        for (const { waitMs, points } of steps) {
          now += waitMs;
          if (charge(shop, points, now)) used += points;
        }
        const { maximumAvailable, restoreRate } = PLAN_LIMITS[of];
        expect(used).toBeLessThanOrEqual(maximumAvailable + (now / 1000) * restoreRate + 1e-6);
      }),
    );
  });

  it('gives a standard shop 100 points back a second', () => {
    const shop = fresh('standard');
    expect(charge(shop, 2_000, 0)).toBe(true);
    expect(charge(shop, 100, 999)).toBe(false);
    expect(charge(shop, 100, 1_000)).toBe(true);
    expect(throttleStatus(shop, 60_000)).toEqual({
      maximumAvailable: 2_000,
      restoreRate: 100,
      currentlyAvailable: 2_000,
    });
  });
});
