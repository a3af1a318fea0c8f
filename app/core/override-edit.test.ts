import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planProductEdit } from './bulk-edit-plan';
import type { BulkChange } from './bulk-edit';
import { withOverrides } from './overlay';
import type { FieldOverride } from './overlay';
import { overridesAmong, planOverrideUndo, planOverrides } from './override-edit';
import type { PlannedOverride } from './override-edit';
import { sourceProducts } from './products.test-support';
import type { SourceProduct } from './product-state';

const TERMS = { currencyCode: 'EUR', warnAbovePercent: 50, newId: () => '' };
const change: fc.Arbitrary<BulkChange> = fc.constantFrom<BulkChange>(
  {
    field: 'price',
    change: { by: 'percent', percent: '-10' },
    rounding: { to: 'none' },
    floor: { atCost: false, minimum: null },
  },
  { field: 'compareAtPrice', change: { by: 'value', value: '55.00' }, rounding: { to: 'none' } },
  { field: 'compareAtPrice', change: null, rounding: { to: 'none' } },
  { field: 'tags', change: { kind: 'add', tags: ['Sale', 'New'] } },
  { field: 'tags', change: { kind: 'replace', tags: ['Only'] } },
  { field: 'vendor', value: 'Elsewhere' },
  {
    field: 'metafield',
    of: 'variant',
    namespace: 'custom',
    key: 'care',
    type: 'single_line_text_field',
    value: 'hot',
  },
  {
    field: 'metafield',
    of: 'product',
    namespace: 'custom',
    key: 'fit',
    type: 'single_line_text_field',
    value: null,
  },
);

/** A store's overrides, as plans write them. */
class Store {
  overrides: FieldOverride[] = [];

  edit(source: SourceProduct, changes: BulkChange[]): PlannedOverride[] {
    const { product } = withOverrides(source, this.overrides);
    const planned = planProductEdit(product, 'all', changes, TERMS);
    return this.write(planOverrides(product, planned, overridesAmong(this.overrides)));
  }

  undo(source: SourceProduct, applied: PlannedOverride[]): PlannedOverride[] {
    const planned = planOverrideUndo(source, applied, overridesAmong(this.overrides));
    this.write(planned);
    return planned;
  }

  /** Answers what was written. */
  private write(planned: PlannedOverride[]): PlannedOverride[] {
    const written = planned.filter(({ outcome }) => outcome === 'change');
    for (const { path, overrideAfter } of written) {
      this.overrides = this.overrides.filter(
        (held) => held.path.variant !== path.variant || held.path.field !== path.field,
      );
      if (overrideAfter !== null)
        this.overrides.push({
          ...{ kind: 'override', id: `${path.variant} ${path.field}`, path, setAt: new Date(0) },
          value: overrideAfter.value,
        });
    }
    return written;
  }
}

const changes = fc.array(change, { minLength: 1, maxLength: 3 });
const paths = (fields: PlannedOverride[]) => fields.map(({ path }) => `${path.variant} ${path.field}`).sort();

describe('an edit of one store', () => {
  it('does what the same edit of the catalog would do, for the store', () => {
    fc.assert(
      fc.property(sourceProducts, changes, (source, asked) => {
        const store = new Store();
        store.edit(source, asked);
        const { product } = withOverrides(source, store.overrides);
        // Asked again it finds the values it wrote: what does not depend on them is unchanged.
        for (const field of planProductEdit(
          product,
          'all',
          asked.filter(({ field }) => field !== 'price'),
          TERMS,
        ))
          expect(field.outcome, JSON.stringify(field)).toBe('skip');
      }),
      { numRuns: 200 },
    );
  });

  it('is taken back by its undo, whatever the catalog does, and the undo by its own', () => {
    fc.assert(
      fc.property(sourceProducts, sourceProducts, changes, changes, (source, later, first, second) => {
        const store = new Store();
        store.edit(source, first);
        const before = new Map(overridesAmong(store.overrides));
        const applied = store.edit(source, second);
        const after = new Map(overridesAmong(store.overrides));
        // The catalog is another one by now.
        const undone = store.undo(later, applied);
        expect(undone.every(({ outcome }) => outcome === 'change')).toBe(true);
        expect(new Map(overridesAmong(store.overrides))).toEqual(before);
        store.undo(later, undone);
        expect(new Map(overridesAmong(store.overrides))).toEqual(after);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps and lists what somebody changed since', () => {
    fc.assert(
      fc.property(sourceProducts, changes, changes, (source, first, second) => {
        const store = new Store();
        const applied = store.edit(source, first);
        const since = new Set(paths(store.edit(source, second)));
        const held = new Map(overridesAmong(store.overrides));
        const undone = store.undo(source, applied);
        const kept = undone.filter(({ outcome }) => outcome === 'skip');
        expect(paths(kept)).toEqual(paths(applied).filter((path) => since.has(path)));
        for (const { path } of kept) {
          const key = `${path.variant ?? ''}|${path.field}`;
          expect(overridesAmong(store.overrides).get(key)).toEqual(held.get(key));
        }
      }),
      { numRuns: 200 },
    );
  });
});
