import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { obstaclesToJoining, obstaclesToLeaving } from './work-under-way';
import type { WorkUnderWay } from './work-under-way';

const names = fc.array(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 6 });
const work: fc.Arbitrary<WorkUnderWay> = fc.record({
  runs: fc.nat(2),
  edits: names,
  imports: names,
  claims: fc.nat(2),
  promotions: names,
  watchesCsv: fc.boolean(),
  isFed: fc.boolean(),
});

describe('what stands in the way of joining and leaving', () => {
  it('is one obstacle for each kind of work, with a remedy, and none where nothing is under way', () => {
    fc.assert(
      fc.property(work, (under) => {
        const kinds = [
          under.runs > 0,
          under.edits.length > 0,
          under.imports.length > 0,
          under.claims > 0,
          under.promotions.length > 0,
          under.watchesCsv,
          under.isFed,
        ];
        const joining = obstaclesToJoining('Shop', under);
        expect(joining).toHaveLength(kinds.filter(Boolean).length);
        for (const { reason, remedy } of joining) {
          expect(reason).toContain('Shop');
          expect(remedy).toMatch(/\.$/);
        }
        const leaving = obstaclesToLeaving('Shop', under);
        expect(leaving).toEqual(joining.slice(0, leaving.length));
        expect(leaving).toHaveLength(kinds.slice(0, 4).filter(Boolean).length);
      }),
    );
  });

  it('names three of many, and how many more there are', () => {
    const none = { runs: 0, imports: [], claims: 0, promotions: [], watchesCsv: false, isFed: false };
    const [obstacle] = obstaclesToJoining('Shop', { ...none, edits: ['a', 'b', 'c', 'd', 'e'] });
    expect(obstacle?.reason).toBe('Shop has bulk edits under way: “a”, “b”, “c” and 2 more.');
  });
});
