/** The loop of merge, plan, perform and agree comes to rest, whatever the sides hold and however Shopify spells it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathKey } from './agree';
import type { ConflictPolicy } from './decision';
import { lineOf, look, settle } from './loop.test-support';
import type { Line } from './loop.test-support';
import { remoteProducts, sourceProducts, twins } from './products.test-support';
import { SPELLINGS } from './store.test-support';

const policies = fc.constantFrom<ConflictPolicy>('source-wins', 'remote-wins', 'manual');
const settings = fc.record({
  policy: policies.map((conflict) => ({ conflict, deletion: 'archive' as const })),
  spelling: fc.constantFrom(...SPELLINGS),
  canPublish: fc.boolean(),
  takesPulls: fc.boolean(),
  documentSize: fc.integer({ min: 1, max: 20 }),
});
const runs = { numRuns: Number(process.env['RUNS'] ?? 300) };

/** Lines after the sides met once, with both sides changed since. */
const lived = fc
  .record({
    settings,
    source: sourceProducts,
    held: fc.option(remoteProducts),
    next: fc.option(sourceProducts),
    drift: fc.option(remoteProducts),
  })
  .map(({ settings, source, held, next, drift }) => {
    const line = lineOf({ ...settings, source, held });
    settle(line);
    if (next) line.source = next;
    const { product } = line.store;
    if (drift && product) {
      // Shopify's own changes keep the ids that Shopify gave.
      const ids = new Map(product.variants.map((variant) => [JSON.stringify(variant.optionValues), variant]));
      const media = product.media
        .filter((_, index) => index < drift.media.length)
        .map((item, index) => ({ ...item, alt: drift.media[index]?.alt ?? item.alt }));
      const variants = drift.variants.map((variant) => {
        const known = ids.get(JSON.stringify(variant.optionValues));
        const mediaId = media.some(({ id }) => id === known?.mediaId) ? (known?.mediaId ?? null) : null;
        return {
          ...variant,
          mediaId,
          ...(known && { id: known.id, inventoryItemId: known.inventoryItemId }),
        };
      });
      line.store.product = { ...drift, id: product.id, variants, media };
      line.remote = line.store.product;
    }
    return line;
  })
  // A variant that took over the option values of another keeps its id: drawn anew, the other would have the same.
  .filter(({ store }) => {
    const ids = store.product?.variants.map(({ id }) => id) ?? [];
    return new Set(ids).size === ids.length;
  });

function expectRest(line: Line): void {
  const { merged, operations } = look(line);
  expect(operations).toEqual([]);
  const open = merged.decisions.filter(
    ({ decision }) => decision.kind !== 'skip' && decision.kind !== 'conflict',
  );
  // What waits for a person may hold something else back, but nothing is pulled or agreed anew.
  expect(open).toEqual([]);
  expect(
    merged.decisions.filter(({ decision }) => decision.kind === 'skip' && decision.reason === 'converged'),
  ).toEqual([]);
  expect(line.remote).toEqual(line.store.product);
}

describe('the loop', () => {
  it('comes to rest after the first meeting', () => {
    fc.assert(
      fc.property(settings, sourceProducts, fc.option(remoteProducts), (set, source, held) => {
        const line = lineOf({ ...set, source, held });
        expect(settle(line)).toBeLessThanOrEqual(4);
        expectRest(line);
      }),
      runs,
    );
  });

  it('comes to rest after both sides changed', () => {
    fc.assert(
      fc.property(lived, (line) => {
        expect(settle(line)).toBeLessThanOrEqual(4);
        expectRest(line);
      }),
      runs,
    );
  });

  it('leaves Shopify as it is where the sides agree already', () => {
    fc.assert(
      fc.property(settings, twins, (set, { source, remote }) => {
        const line = lineOf({ ...set, canPublish: true, source, held: remote });
        expect(look(line).operations).toEqual([]);
        expect(settle(line)).toBe(0);
        expectRest(line);
        expect(line.source).toEqual(source);
      }),
      runs,
    );
  });

  it('makes Shopify what the source says where the source wins and only it changed', () => {
    fc.assert(
      fc.property(settings, sourceProducts, sourceProducts, (set, source, next) => {
        const line = lineOf({
          ...set,
          policy: { conflict: 'source-wins', deletion: 'archive' },
          source,
          held: null,
        });
        settle(line);
        line.source = next;
        settle(line);
        const remote = line.store.product;
        expect(line.source).toEqual(next);
        expect(remote?.variants.map((variant) => variant.optionValues)).toEqual(
          next.variants.map((variant) => variant.optionValues),
        );
        expect(remote?.media.map((item) => item.alt.trim())).toEqual(next.media.map((item) => item.alt));
        expect(remote?.options).toEqual(next.options);
        const shown = (ids: string[], id: string | null) => (id === null ? -1 : ids.indexOf(id));
        expect(
          remote?.variants.map((variant) =>
            shown(
              remote.media.map(({ id }) => id),
              variant.mediaId,
            ),
          ),
        ).toEqual(
          next.variants.map((variant) =>
            shown(
              next.media.map(({ id }) => id),
              variant.mediaId,
            ),
          ),
        );
        expect(new Set(remote?.tags.map((tag) => tag.toLowerCase()))).toEqual(
          new Set(next.tags.map((tag) => tag.trim().toLowerCase())),
        );
        expect(remote?.variants.map((variant) => variant.fields.price)).toEqual(
          next.variants.map((variant) => variant.fields.price),
        );
        if (set.canPublish && next.fields.published !== undefined)
          expect(remote?.fields.published).toBe(next.fields.published);
      }),
      runs,
    );
  });
});

describe('a plan', () => {
  it('carries every push in exactly one operation, or in none where it waits, and nothing that was not decided', () => {
    fc.assert(
      fc.property(lived, (line) => {
        const { merged, operations } = look(line);
        const pushes = new Set(
          merged.decisions.flatMap(({ path, decision }) => (decision.kind === 'push' ? [pathKey(path)] : [])),
        );
        const carried = operations.flatMap((operation) => operation.changes.map(({ path }) => pathKey(path)));
        expect(new Set(carried).size).toBe(carried.length);
        for (const key of carried) expect(pushes.has(key)).toBe(true);
        // A picture that is replaced goes to its place once it is there.
        const replaces = merged.decisions.some(
          ({ path, decision }) =>
            path.field.startsWith('media:') && decision.kind === 'push' && decision.before !== null,
        );
        for (const key of pushes) if (!(replaces && key === '|mediaOrder')) expect(carried).toContain(key);
      }),
      runs,
    );
  });

  it('names no field that was not decided', () => {
    fc.assert(
      fc.property(lived, (line) => {
        const { operations } = look(line);
        for (const operation of operations) {
          const named = new Set(operation.changes.map(({ path }) => pathKey(path)));
          if (operation.kind === 'product-update')
            for (const field of Object.keys(operation.fields))
              expect(named).toContain(pathKey({ variant: null, field }));
          if (operation.kind === 'variants-update')
            for (const row of operation.variants) {
              for (const field of Object.keys(row.fields))
                expect(named).toContain(pathKey({ variant: row.sourceId, field }));
              if (row.optionValues)
                expect(named).toContain(pathKey({ variant: row.sourceId, field: 'optionValues' }));
              if (row.mediaId)
                expect(named).toContain(pathKey({ variant: row.sourceId, field: 'variantMedia' }));
            }
        }
      }),
      runs,
    );
  });

  it('never drops a variant that only Shopify has', () => {
    fc.assert(
      fc.property(lived, (line) => {
        const { operations } = look(line);
        for (const operation of operations) {
          if (operation.kind !== 'options-set') continue;
          const kept = new Set(operation.variants.map(({ remoteId }) => remoteId));
          const deleted = operation.changes.filter(
            ({ path, after }) => path.field === 'existence' && after === null,
          );
          const dropped = line.remote?.variants.filter(({ id }) => !kept.has(id)) ?? [];
          expect(dropped.length).toBe(deleted.length);
        }
      }),
      runs,
    );
  });
});
