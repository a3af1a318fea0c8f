import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignProduct, fileStem } from './align';
import { lineOf, settle } from './loop.test-support';
import { matchProducts } from './match-products';
import { movesBetween } from './plan-media';
import { remoteProducts, sourceProducts, twins } from './products.test-support';
import { SPELLINGS } from './store.test-support';

const plain = {
  policy: { conflict: 'source-wins', deletion: 'archive' } as const,
  canPublish: true,
  takesPulls: true,
  documentSize: 20,
  spelling: SPELLINGS[0]!,
};

describe('alignProduct', () => {
  it('uses nothing twice, leaves nothing out, and keeps to the base', () => {
    fc.assert(
      fc.property(sourceProducts, sourceProducts, fc.option(remoteProducts), (first, source, held) => {
        const line = lineOf({ ...plain, source: first, held });
        settle(line);
        const { base, remote } = line;
        const { variants, media } = alignProduct(source, base, remote);
        for (const [items, ours, theirs] of [
          [variants, source.variants, remote?.variants ?? []],
          [media, source.media, remote?.media ?? []],
        ] as const) {
          const sources = items.flatMap((item) => item.source ?? []);
          const remotes = items.flatMap((item) => item.remote ?? []);
          expect(sources.map(({ id }) => id).sort()).toEqual(ours.map(({ id }) => id).sort());
          expect(remotes.map(({ id }) => id).sort()).toEqual(theirs.map(({ id }) => id).sort());
        }
        for (const item of variants) {
          const known = item.source && base?.variants[item.source.id];
          if (known && remote?.variants.some(({ id }) => id === known.remoteId))
            expect(item.remote?.id).toBe(known.remoteId);
        }
      }),
    );
  });

  it('knows an unknown variant by a SKU that is unique, else by its option values', () => {
    fc.assert(
      fc.property(twins, ({ source, remote }) => {
        for (const { source: mine, remote: theirs } of alignProduct(source, null, remote).variants)
          expect(theirs?.optionValues).toEqual(mine?.optionValues);
      }),
    );
  });

  it('takes a row written again under another id for the same variant', () => {
    fc.assert(
      fc.property(sourceProducts, (source) => {
        const line = lineOf({ ...plain, source, held: null });
        settle(line);
        const again = {
          ...source,
          variants: source.variants.map((variant) => ({ ...variant, id: `new ${variant.id}` })),
        };
        const { variants } = alignProduct(again, line.base, line.remote);
        expect(variants).toHaveLength(source.variants.length);
        expect(variants.every((item) => item.source && item.base && item.remote)).toBe(true);
      }),
    );
  });

  it('knows a file by its name', () => {
    expect(fileStem('https://x/a/Tent%20one.JPG?v=1')).toBe('tent_one');
    expect(fileStem('https://x/tent_9f1c0000-1111-2222-3333-444455556666.png')).toBe('tent');
    expect(fileStem('https://x/')).toBeNull();
  });
});

describe('movesBetween', () => {
  it('turns one order into the other', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(fc.string())
          .chain((held) =>
            fc.tuple(fc.constant(held), fc.shuffledSubarray(held, { minLength: held.length })),
          ),
        ([held, wanted]) => {
          const current = [...held];
          for (const { remoteId, newPosition } of movesBetween(held, wanted)) {
            current.splice(current.indexOf(remoteId), 1);
            current.splice(newPosition, 0, remoteId);
          }
          expect(current).toEqual(wanted);
        },
      ),
    );
  });
});

describe('matchProducts', () => {
  const outline = (prefix: string) =>
    fc
      .array(
        fc.record({
          handle: fc.constantFrom('tent', 'Tent', 'mug', 'shirt'),
          skus: fc.array(fc.constantFrom('A', 'a ', 'B', 'C', ''), { maxLength: 2 }),
        }),
        { maxLength: 5 },
      )
      .map((list) => list.map((each, index) => ({ ...each, id: `${prefix}${index}`, title: each.handle })));
  it('links no product twice, and sorts every product into one list at most', () => {
    fc.assert(
      fc.property(outline('s'), outline('r'), (sources, remotes) => {
        const { linked, ambiguous } = matchProducts(sources, remotes);
        const ids = [...linked, ...ambiguous].map(({ productId }) => productId);
        expect(new Set(ids).size).toBe(ids.length);
        const taken = linked.map(({ remoteId }) => remoteId);
        expect(new Set(taken).size).toBe(taken.length);
        for (const { candidates } of ambiguous)
          for (const { remoteId } of candidates) expect(taken).not.toContain(remoteId);
        const key = (text: string) => text.trim().toLowerCase();
        for (const { id, skus, handle } of sources) {
          const counterparts = remotes.filter(
            (remote) =>
              remote.skus.some((sku) => key(sku) !== '' && skus.map(key).includes(key(sku))) ||
              key(remote.handle) === key(handle),
          );
          expect(ids.includes(id)).toBe(counterparts.length > 0);
        }
      }),
    );
  });
});
