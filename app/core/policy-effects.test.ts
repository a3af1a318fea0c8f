import { describe, expect, it } from 'vitest';
import type { Decision, FieldDecision, MergePolicy } from './decision';
import { compareEffects } from './policy-effects';

const policy: MergePolicy = { conflict: 'source-wins', deletion: 'archive' };
const path = (field: string) => ({ variant: null, field });
const push: Decision = { kind: 'push', before: 'there', after: 'here' };
const pull: Decision = { kind: 'pull', before: 'here', after: 'there' };
const conflict: Decision = {
  kind: 'conflict',
  reason: 'both-changed',
  base: null,
  source: 'here',
  remote: 'there',
};
const under = (decisions: Record<string, Decision>, deletion: MergePolicy['deletion'] = 'archive') => ({
  decisions: Object.entries(decisions).map(([field, decision]): FieldDecision => ({
    path: path(field),
    decision,
  })),
  policy: { ...policy, deletion },
});
const sides = { source: 'here', remote: 'there' };

describe('compareEffects', () => {
  it('tells what is decided otherwise, with the values of both sides, and nothing else', () => {
    const skip: Decision = { kind: 'skip', reason: 'converged' };
    expect(
      compareEffects(
        under({ title: conflict, vendor: push, price: push, handle: skip, sku: pull }),
        under({ title: push, vendor: push, price: { ...conflict, reason: 'held' } }),
      ),
    ).toEqual([
      { path: path('title'), from: 'conflict', to: 'push', ...sides },
      { path: path('price'), from: 'push', to: 'held', ...sides },
      { path: path('sku'), from: 'pull', to: 'nothing', ...sides },
    ]);
  });

  it('sees another value of the same kind: stock that adds up against stock that one side wins', () => {
    expect(
      compareEffects(
        under({ 'inventory:x': { kind: 'push', before: 4, after: 7 } }),
        under({ 'inventory:x': { kind: 'push', before: 4, after: 5 } }),
      ),
    ).toEqual([{ path: path('inventory:x'), from: 'push', to: 'push', source: 5, remote: 4 }]);
  });

  it('tells archiving from deleting', () => {
    const gone: Decision = { kind: 'push', before: 'Tent', after: null };
    expect(compareEffects(under({ existence: gone }), under({ existence: gone }, 'delete'))).toEqual([
      { path: path('existence'), from: 'archive', to: 'delete', source: null, remote: 'Tent' },
    ]);
    expect(compareEffects(under({ existence: gone }), under({ existence: gone }))).toEqual([]);
  });
});
