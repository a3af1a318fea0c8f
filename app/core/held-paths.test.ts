import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alignProduct } from './align';
import { pathKey } from './agree';
import type { FieldDecision } from './decision';
import { heldPathKey, holderOf } from './held-paths';
import type { HeldPaths } from './held-paths';
import { CONFLICT_POLICIES } from './decision';
import { remoteProducts, sourceProducts } from './products.test-support';
import { mergeProduct } from './three-way-merge';

const FIELDS = ['price', 'compareAtPrice', 'cost'];

it('the source wins every held path, whatever policy, limit or answer; all others are merged as ever', () => {
  fc.assert(
    fc.property(
      sourceProducts,
      remoteProducts,
      fc.constantFrom(...CONFLICT_POLICIES),
      fc.option(fc.constantFrom(0, 30), { nil: null }),
      fc.constantFrom('source', 'remote', 'value'),
      (source, remote, conflict, holdAbovePercent, choice) => {
        const alignment = alignProduct(source, null, remote);
        const paths = [
          { variant: null, field: 'tags' },
          { variant: null, field: 'vendor' },
          ...source.variants.flatMap(({ id }) => FIELDS.map((field) => ({ variant: id, field }))),
        ];
        const held: HeldPaths = new Map(
          paths.map((path) => [heldPathKey(path), { kind: 'override', id: 'o' }]),
        );
        const input = {
          ...{ source, base: null, remote, alignment, canPublish: true },
          policy: { conflict, holdAbovePercent, deletion: 'archive' as const },
          answers: new Map(
            paths.map((path) => [
              pathKey(path),
              { choice, value: '1.00', seen: { source: null, remote: null }, by: 'anna' } as const,
            ]),
          ),
        };
        const isHeld = ({ path }: FieldDecision) => holderOf(held, path) !== null;
        const [with_, without] = [mergeProduct({ ...input, held }).decisions, mergeProduct(input).decisions];
        for (const { path, decision } of with_.filter(isHeld))
          expect(['push', 'skip'], `${path.field} ${decision.kind}`).toContain(decision.kind);
        expect(with_.filter((each) => !isHeld(each))).toEqual(without.filter((each) => !isHeld(each)));
        // What differed before differs still: no held path is left as it is.
        const pushed = new Set(
          with_.filter(({ decision }) => decision.kind === 'push').map(({ path }) => pathKey(path)),
        );
        for (const { path, decision } of without.filter(isHeld))
          if (decision.kind !== 'skip') expect(pushed).toContain(pathKey(path));
      },
    ),
    { numRuns: 300 },
  );
});
