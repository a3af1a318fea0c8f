/** Operations and calls as a plan makes them, for property tests. */
import fc from 'fast-check';
import type { Call } from '~/core/call';
import type { Operation } from '~/core/operation';
import { lineOf, look, settle } from '~/core/loop.test-support';
import { remoteProducts, sourceProducts } from '~/core/products.test-support';
import { SPELLINGS } from '~/core/store.test-support';

const policy = { conflict: 'source-wins', deletion: 'archive' } as const;
const settings = { policy, canPublish: true, takesPulls: true, documentSize: 20 };

/** The operations of one product: it is made, or changed after it was made, or deleted. */
export const productOperations: fc.Arbitrary<Operation[]> = fc
  .record({
    source: sourceProducts,
    next: fc.option(sourceProducts),
    held: fc.option(remoteProducts),
    deletion: fc.constantFrom('archive' as const, 'delete' as const),
    fate: fc.constantFrom('changed', 'changed', 'changed', 'deleted'),
  })
  .map(({ source, next, held, deletion, fate }) => {
    const line = lineOf({
      ...settings,
      policy: { ...policy, deletion },
      source,
      held,
      spelling: SPELLINGS[0] ?? { html: String, text: String },
    });
    if (next) {
      settle(line);
      line.source = fate === 'deleted' ? null : next;
    }
    return look(line).operations;
  });

const ofProduct = (operation: Operation, index: number): Operation => ({
  ...operation,
  productId: `p${index}`,
  intent: `p${index}@1`,
});

/** Operations of several products, those of a product in their order. */
export const operations: fc.Arbitrary<Operation[]> = fc
  .array(productOperations, { minLength: 1, maxLength: 14 })
  .map((products) => products.flatMap((list, index) => list.map((operation) => ofProduct(operation, index))));

/** Calls of one operation each. */
export const calls: fc.Arbitrary<Call[]> = operations
  .filter((list) => list.length > 0)
  .map((list) => list.slice(0, 20).map((operation) => ({ kind: operation.kind, operations: [operation] })));
