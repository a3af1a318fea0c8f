import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BulkChange, EditTerms, PlannedField } from './bulk-edit';
import { planProductEdit } from './bulk-edit-plan';
import { planUndo } from './bulk-edit-undo';
import { identical } from './canonical';
import type { FieldValue } from './decision';
import { applied, bulkChanges, essence, plainChanges } from './edited-product.test-support';
import { heldValue } from './held-value';
import { fieldsOf, historyKey, sameness } from './history';
import { sourceProducts } from './products.test-support';
import type { SourceProduct } from './product-state';

function terms(prefix = 'new'): EditTerms {
  let made = 0;
  return { currencyCode: 'EUR', warnAbovePercent: 50, newId: () => `${prefix}-${++made}` };
}

const plan = (product: SourceProduct, changes: BulkChange[], prefix?: string) =>
  planProductEdit(product, 'all', changes, terms(prefix));
const changesOf = (fields: PlannedField[]) => fields.filter(({ outcome }) => outcome === 'change');
const edits = fc.array(bulkChanges, { minLength: 1, maxLength: 5 });
const valuesOf = (product: SourceProduct): Map<string, FieldValue> =>
  new Map(fieldsOf(product).map(({ path, value }) => [historyKey(path), value]));

describe('a plan', () => {
  it('names every path once, with what the product holds, and changes only what differs', () => {
    fc.assert(
      fc.property(sourceProducts, edits, (product, changes) => {
        const fields = plan(product, changes);
        expect(new Set(fields.map(({ path }) => historyKey(path))).size).toBe(fields.length);
        const held = valuesOf(product);
        for (const { path, before, after, outcome } of fields) {
          expect(before).toEqual(
            path.field === 'variantMedia' ? heldValue(product, path) : (held.get(historyKey(path)) ?? null),
          );
          if (outcome === 'change') expect(identical(before, after)).toBe(false);
        }
        const product_ = fields.map(({ path }) => path.variant === null);
        expect(product_.lastIndexOf(true)).toBeLessThan(
          product_.includes(false) ? product_.indexOf(false) : Infinity,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('of two changes writes what the one and then the other would', () => {
    // An empty text says no more than a field that is not managed: setting it to "" changes nothing there.
    const folded = ({ fields, ...product }: SourceProduct) => {
      const { vendor, productType, ...others } = fields;
      return essence({
        ...product,
        fields: { ...others, ...(vendor && { vendor }), ...(productType && { productType }) },
        tags: product.tags.map((tag) => tag.trim().toLowerCase()),
      });
    };
    fc.assert(
      fc.property(sourceProducts, plainChanges, plainChanges, (product, first, second) => {
        const once = applied(product, plan(product, [first, second]));
        const between = applied(product, plan(product, [first]));
        expect(folded(once)).toEqual(folded(applied(between, plan(between, [second]))));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same in whatever order unrelated changes come', () => {
    const unrelated = fc
      .tuple(
        fc.uniqueArray(bulkChanges, {
          minLength: 2,
          maxLength: 5,
          // One amount at most: each may be reckoned from the others.
          selector: ({ field }) => (['price', 'compareAtPrice', 'cost'].includes(field) ? 'amount' : field),
        }),
        fc.infiniteStream(fc.nat()),
      )
      .map(([changes, keys]) => {
        const ranked = changes.map((change) => ({ change, key: keys.next().value }));
        return { changes, shuffled: ranked.toSorted((a, b) => a.key - b.key).map(({ change }) => change) };
      });
    const sorted = (fields: PlannedField[]) => fields.map((field) => JSON.stringify(field)).toSorted();
    fc.assert(
      fc.property(sourceProducts, unrelated, (product, { changes, shuffled }) => {
        expect(sorted(plan(product, shuffled))).toEqual(sorted(plan(product, changes)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('undo', () => {
  it('gives the product back, and the undo of the undo what the edit made', () => {
    fc.assert(
      fc.property(sourceProducts, edits, (product, changes) => {
        const edit = changesOf(plan(product, changes));
        const edited = applied(product, edit);
        const undo = planUndo(edited, edit);
        expect(undo.map(({ outcome }) => outcome)).not.toContain('skip');
        const back = applied(edited, undo);
        expect(essence(back)).toEqual(essence(product));
        expect(essence(applied(back, planUndo(back, undo)))).toEqual(essence(edited));
      }),
      { numRuns: 1000 },
    );
  });

  it('never touches what others changed, and says so', () => {
    fc.assert(
      fc.property(sourceProducts, edits, edits, (product, changes, others) => {
        const edit = changesOf(plan(product, changes));
        const edited = applied(product, edit);
        const today = applied(edited, plan(edited, others, 'other'));
        const undo = planUndo(today, edit);
        expect(undo.length).toBe(edit.length);
        const result = applied(today, undo);
        const [was, is, will] = [valuesOf(edited), valuesOf(today), valuesOf(result)];
        for (const field of fieldsOf(today).concat(fieldsOf(edited))) {
          const key = historyKey(field.path);
          const [wrote = null, now = null] = [was.get(key), is.get(key)];
          if (sameness(field.path)(wrote, now)) continue;
          // What somebody else changed stays: of an order, who stands before whom.
          const kept = new Set(result.media.map(({ id }) => id));
          const had = new Set(today.media.map(({ id }) => id));
          if (field.path.field === 'mediaOrder')
            expect(result.media.map(({ id }) => id).filter((id) => had.has(id))).toEqual(
              today.media.map(({ id }) => id).filter((id) => kept.has(id)),
            );
          else expect(will.get(key) ?? null).toEqual(now);
          const planned = undo.find(({ path }) => historyKey(path) === key);
          expect(planned?.outcome).not.toBe('change');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('takes back what nobody changed', () => {
    fc.assert(
      fc.property(sourceProducts, edits, edits, (product, changes, others) => {
        const edit = changesOf(plan(product, changes));
        const edited = applied(product, edit);
        const today = applied(edited, plan(edited, others, 'other'));
        const held = valuesOf(today);
        const undo = planUndo(today, edit);
        for (const { path, before, after } of edit) {
          if (path.field.startsWith('media') || path.field === 'variantMedia') continue;
          if (!sameness(path)(held.get(historyKey(path)) ?? null, after)) continue;
          expect(undo.find((field) => historyKey(field.path) === historyKey(path))).toMatchObject({
            outcome: 'change',
            after: before,
          });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
