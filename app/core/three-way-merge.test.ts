import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConflictPolicy } from './decision';
import { lineOf, look, settle } from './loop.test-support';
import type { Line } from './loop.test-support';
import { twins } from './products.test-support';
import { SPELLINGS } from './store.test-support';

const plain = { canPublish: true, takesPulls: true, documentSize: 20, spelling: SPELLINGS[0]! };
const policy = (conflict: ConflictPolicy, deletion: 'archive' | 'delete' = 'archive') => ({
  conflict,
  deletion,
});
const kinds = (line: Line) => look(line).operations.map(({ kind }) => kind);
const decided = (line: Line, field: string) =>
  look(line)
    .merged.decisions.filter(({ path }) => path.field === field)
    .map(({ decision }) => decision.kind);

function agreedLine(
  { source, remote }: typeof twins extends fc.Arbitrary<infer T> ? T : never,
  conflict: ConflictPolicy,
  deletion: 'archive' | 'delete' = 'archive',
): Line {
  const line = lineOf({ ...plain, policy: policy(conflict, deletion), source, held: remote });
  settle(line);
  return line;
}
const edited = (line: Line, title: string) => {
  const held = line.store.product!;
  line.store.product = { ...held, fields: { ...held.fields, title } };
  line.remote = line.store.product;
};

describe('deletions', () => {
  it('in the source archive or delete in Shopify, unless Shopify changed it since', () => {
    fc.assert(
      fc.property(twins, (twin) => {
        const gone = (conflict: ConflictPolicy, deletion: 'archive' | 'delete', change: boolean) => {
          const line = agreedLine(twin, conflict, deletion);
          line.source = null;
          if (change) edited(line, 'Changed in Shopify');
          return line;
        };
        expect(kinds(gone('manual', 'archive', false))).toEqual(['product-update']);
        expect(kinds(gone('manual', 'delete', false))).toEqual(['product-delete']);
        expect(decided(gone('manual', 'delete', true), 'existence')).toEqual(['conflict']);
        expect(kinds(gone('remote-wins', 'delete', true))).toEqual([]);
        expect(kinds(gone('source-wins', 'delete', true))).toEqual(['product-delete']);
      }),
      { numRuns: 30 },
    );
  });

  it('in Shopify are not undone unasked', () => {
    fc.assert(
      fc.property(twins, (twin) => {
        const line = agreedLine(twin, 'source-wins');
        Object.assign(line.store, { product: null });
        Object.assign(line, { remote: null });
        expect(kinds(line)).toEqual([]);
        line.source = { ...twin.source, tags: [...twin.source.tags, 'Back again'] };
        expect(kinds(line)).toEqual(['product-create']);
        settle(line);
        expect(kinds(line)).toEqual([]);
        expect(line.remote?.variants).toHaveLength(twin.source.variants.length);
      }),
      { numRuns: 30 },
    );
  });
});

describe('what was found by looking hard', () => {
  const [twin] = fc.sample(twins, { numRuns: 1, seed: 7 });

  it('publishes a product it made, whoever wins conflicts', () => {
    for (const conflict of ['source-wins', 'remote-wins', 'manual'] as const) {
      const source = { ...twin!.source, fields: { ...twin!.source.fields, published: true } };
      const line = lineOf({ ...plain, policy: policy(conflict), source, held: null });
      settle(line);
      expect(line.store.product?.fields.published).toBe(true);
      expect(line.source?.fields.published).toBe(true);
    }
  });

  it('adds a tag again that both sides once had and dropped', () => {
    const source = { ...twin!.source, tags: ['Sale'] };
    const line = lineOf({ ...plain, policy: policy('source-wins'), source, held: null });
    settle(line);
    line.source = { ...source, tags: [] };
    line.store.product = { ...line.store.product!, tags: [] };
    line.remote = line.store.product;
    settle(line);
    line.source = source;
    settle(line);
    expect(line.source.tags).toEqual(['Sale']);
    expect(line.store.product.tags).toEqual(['Sale']);
  });

  it('leaves a tag alone that changed its case only', () => {
    const source = { ...twin!.source, tags: ['Sale'] };
    const line = lineOf({ ...plain, policy: policy('source-wins'), source, held: null });
    settle(line);
    line.source = { ...source, tags: ['sale'] };
    expect(kinds(line)).toEqual([]);
  });

  it('makes 600 variants with many metafields in several steps, all of them', () => {
    const [first] = twin!.source.variants;
    const values = Array.from({ length: 600 }, (_, index) => `N${index}`);
    const metafields = Object.fromEntries(
      ['aa', 'bb', 'cc'].map((key) => [`n.${key}`, { namespace: 'n', key, type: 't', value: 'v' }]),
    );
    const variants = values.map((value) => ({
      ...first!,
      id: value,
      fields: { ...first!.fields, sku: value },
      mediaId: null,
      metafields,
      optionValues: [value],
    }));
    const source = { ...twin!.source, options: [{ name: 'Number', values }], variants };
    const line = lineOf({ ...plain, policy: policy('source-wins'), source, held: null });
    settle(line);
    expect(line.store.product?.variants.map((variant) => variant.fields.sku)).toEqual(values);
    line.source = { ...source, variants: variants.toReversed() };
    const { operations } = look(line);
    expect(operations.map(({ kind }) => kind)).toEqual([
      'variants-reorder',
      'variants-reorder',
      'variants-reorder',
    ]);
    settle(line);
    expect(line.store.product?.variants.map((variant) => variant.fields.sku)).toEqual(values.toReversed());
  });
});
