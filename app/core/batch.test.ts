import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchOperations, halve } from './batch';
import type { Batch, Call } from './call';
import type { Operation } from './operation';

const limits = { products: 3, bytes: 400, points: 60 };
const measure = (call: Call) => ({
  points: 10,
  bytes: call.operations.reduce((sum, operation) => sum + 10 * operation.changes.length, 40),
});

const change = (field: string) => ({ path: { variant: null, field }, before: null, after: field });

function operation(
  productId: string,
  kind: 'tags' | 'metafields' | 'stock',
  size: number,
  tag: string,
): Operation {
  const names = Array.from({ length: size }, (_, index) => `${tag}-${index}`);
  const about = { productId, intent: tag, remoteId: `gid://${productId}`, changes: names.map(change) };
  if (kind === 'tags') return { kind: 'tags-add', ...about, tags: names };
  if (kind === 'metafields')
    return {
      kind: 'metafields-set',
      ...about,
      metafields: names.map((key) => ({
        ownerId: about.remoteId,
        namespace: 'n',
        key,
        type: 't',
        value: 'v',
      })),
    };
  return {
    kind: 'inventory-set',
    ...about,
    quantities: names.map((name) => ({
      variantId: name,
      variantRemoteId: name,
      inventoryItemId: name,
      locationId: 'l',
      quantity: 1,
      changeFromQuantity: null,
    })),
  };
}

const operations = fc
  .array(
    fc.array(
      fc.record({
        kind: fc.constantFrom('tags' as const, 'metafields' as const, 'stock' as const),
        size: fc.integer({ min: 1, max: 25 }),
      }),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    { maxLength: 8 },
  )
  .map((products) =>
    products.flatMap((own, p) =>
      own.map(({ kind, size }, index) => operation(`p${p}`, kind, size, `p${p}.${index}`)),
    ),
  );

const inBatch = (batch: Batch) => batch.calls.flatMap((call) => call.operations);
const isShared = ({ kind }: Operation) => kind === 'metafields-set' || kind === 'inventory-set';

describe('batchOperations', () => {
  it('puts every operation in exactly one place', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const placed = batchOperations(list, measure, limits).flat().flatMap(inBatch);
        expect(placed).toHaveLength(list.length);
        expect(new Set(placed)).toEqual(new Set(list));
      }),
    );
  });

  it('keeps a product in one chain, its documents in order, and what is not shared in order within a document', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const chains = batchOperations(list, measure, limits);
        for (const productId of new Set(list.map((each) => each.productId))) {
          const mine = list.filter((each) => each.productId === productId);
          const holding = chains.filter((chain) =>
            chain.some((batch) => inBatch(batch).some((each) => each.productId === productId)),
          );
          expect(holding).toHaveLength(1);
          const documents = (holding[0] ?? []).map((batch) =>
            inBatch(batch).filter((each) => each.productId === productId),
          );
          // Each document holds a run of the product's operations.
          let at = 0;
          for (const document of documents) {
            expect(new Set(document)).toEqual(new Set(mine.slice(at, at + document.length)));
            at += document.length;
            const own = document.filter((each) => !isShared(each));
            expect(own).toEqual(mine.filter((each) => own.includes(each)));
          }
        }
      }),
    );
  });

  it('keeps the limits unless a single operation exceeds them', () => {
    fc.assert(
      fc.property(operations, (list) => {
        for (const batch of batchOperations(list, measure, limits).flat()) {
          const held = inBatch(batch);
          if (held.length === 1) continue;
          expect(batch.points).toBeLessThanOrEqual(limits.points);
          expect(batch.bytes).toBeLessThanOrEqual(limits.bytes);
          expect(new Set(held.map((each) => each.productId)).size).toBeLessThanOrEqual(limits.products);
          expect(batch.points).toBe(batch.calls.length * 10);
        }
      }),
    );
  });

  it('shares calls only among operations of one kind, within what one list takes', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const wide = { products: 100, bytes: 1e9, points: 1e9 };
        for (const call of batchOperations(list, measure, wide)
          .flat()
          .flatMap((batch) => batch.calls)) {
          expect(call.operations.every(({ kind }) => kind === call.kind)).toBe(true);
          const rows = call.operations.reduce((sum, each) => sum + each.changes.length, 0);
          if (call.kind === 'metafields-set') expect(rows).toBeLessThanOrEqual(25);
          if (call.kind === 'inventory-set') expect(rows).toBeLessThanOrEqual(250);
          if (call.kind === 'tags-add') expect(call.operations).toHaveLength(1);
        }
      }),
    );
  });
});

describe('halve', () => {
  it('ends at single culprits and loses no change', () => {
    fc.assert(
      fc.property(operations, (list) => {
        for (const batch of batchOperations(list, measure, limits).flat()) {
          const pending = [batch];
          const single: Operation[] = [];
          for (let part = pending.shift(), steps = 0; part; part = pending.shift(), steps += 1) {
            expect(steps).toBeLessThan(2_000);
            const halves = halve(part, measure);
            if (halves) pending.unshift(...halves);
            else single.push(...inBatch(part));
          }
          const fields = (of: Operation[]) =>
            of.flatMap(({ changes }) => changes.map(({ path }) => path.field)).sort();
          expect(fields(single)).toEqual(fields(inBatch(batch)));
          for (const each of single)
            if (each.kind === 'metafields-set')
              expect(each.metafields.map(({ key }) => key)).toEqual(
                each.changes.map(({ path }) => path.field),
              );
        }
      }),
    );
  });
});
