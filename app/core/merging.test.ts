/** Policies of field groups, what is held, and answers of people: on whole products. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathKey } from './agreement';
import { alignProduct } from './align';
import type { ConflictAnswer, FieldPath, MergePolicy } from './decision';
import { lineOf, look, settle } from './loop.test-support';
import type { Line } from './loop.test-support';
import { exceeds } from './merging';
import { twins } from './products.test-support';
import { SPELLINGS } from './store.test-support';
import type { ProductPlace } from './product-rules';
import { mergeProduct } from './three-way-merge';
import type { MergeInput } from './three-way-merge';

const [twin] = fc.sample(twins, { numRuns: 1, seed: 3 });
const manual: MergePolicy = { conflict: 'manual', deletion: 'archive' };
const TITLE: FieldPath = { variant: null, field: 'title' };

/** A product on which both sides agreed, and then changed the title and, of the first variant, the price. */
function conflicted(policy: MergePolicy, prices: { source: string; remote: string } | null = null): Line {
  const line = lineOf({
    policy,
    canPublish: true,
    takesPulls: true,
    documentSize: 20,
    spelling: SPELLINGS[0]!,
    source: twin!.source,
    held: twin!.remote,
  });
  settle(line);
  const { source } = line;
  const held = line.store.product!;
  const [first, ...others] = source!.variants;
  const [shown, ...shownOthers] = held.variants;
  line.source = {
    ...source!,
    fields: { ...source!.fields, title: 'Ours' },
    variants: [
      { ...first!, fields: { ...first!.fields, ...(prices && { price: prices.source }) } },
      ...others,
    ],
  };
  line.store.product = {
    ...held,
    fields: { ...held.fields, title: 'Theirs' },
    variants: [
      { ...shown!, fields: { ...shown!.fields, ...(prices && { price: prices.remote }) } },
      ...shownOthers,
    ],
  };
  line.remote = line.store.product;
  return line;
}

const decisionAt = (line: Line, field: string) =>
  look(line).merged.decisions.find(({ path }) => path.field === field)?.decision;

describe('a value that was sent and never answered', () => {
  it('is ours where Shopify holds it, and the record of it names what it was written over', () => {
    const line = conflicted(manual);
    const { base, source } = line;
    const remote = { ...line.remote!, fields: { ...line.remote!.fields, title: 'Sent' } };
    const sent = new Map([[pathKey(TITLE), { value: 'Sent', over: 'Theirs' }]]);
    const of = (held: typeof remote) =>
      mergeProduct({
        ...{ source, base, remote: held, alignment: alignProduct(source, base, held) },
        ...{ policy: manual, canPublish: true, sent },
      });
    const { landed, decisions } = of(remote);
    expect(landed).toEqual([{ path: TITLE, before: 'Theirs', agreed: { source: 'Sent', remote: 'Sent' } }]);
    expect(decisions).toContainEqual({
      path: TITLE,
      decision: { kind: 'push', before: 'Sent', after: 'Ours' },
    });
    // Where something else stands, it is an edit of somebody else's.
    const other = of({ ...remote, fields: { ...remote.fields, title: 'Theirs' } });
    expect(other.landed).toEqual([]);
    expect(other.decisions.find(({ path }) => path.field === 'title')?.decision.kind).toBe('conflict');
  });
});

describe('a product that a store does not get', () => {
  it('is neither made, written, pulled nor asked about', () => {
    const line = conflicted(manual, { source: '10', remote: '12' });
    const { base, source, remote } = line;
    const notChosen = [
      { path: { variant: null, field: 'existence' }, decision: { kind: 'skip', reason: 'not-chosen' } },
    ];
    const under = (place: ProductPlace, states: Pick<MergeInput, 'base' | 'remote'>) =>
      mergeProduct({
        ...{ source, ...states, alignment: alignProduct(source, states.base, states.remote), place },
        ...{ policy: manual, canPublish: true },
      }).decisions;
    for (const states of [
      { base, remote },
      { base: null, remote },
      { base: null, remote: null },
      // Deleted in Shopify.
      { base, remote: null },
    ]) {
      expect(under('left-alone', states)).toEqual(notChosen);
      // Off sale, what is there stays in step.
      expect(under('off-sale', states)).toEqual(states.remote ? under('chosen', states) : notChosen);
    }
    expect(under('chosen', { base: null, remote: null })).toMatchObject([{ decision: { kind: 'push' } }]);
  });
});

describe('policies of field groups', () => {
  it('decide their own fields and no others', () => {
    const line = conflicted(
      { ...manual, groups: { price: { conflict: 'remote-wins', holdAbovePercent: null } } },
      { source: '10', remote: '12' },
    );
    expect(decisionAt(line, 'title')?.kind).toBe('conflict');
    expect(decisionAt(line, 'price')).toMatchObject({ kind: 'pull', after: '12' });
  });

  it('"newest wins" goes by the instants, and asks where they do not tell', () => {
    const at = (text: string) => new Date(`2026-11-24T${text}Z`);
    const line = conflicted({ conflict: 'newest-wins', deletion: 'archive' });
    const { source, base, remote } = line;
    const decide = (times: { source: Date | null; remote: Date | null } | undefined) =>
      mergeProduct({
        source,
        base,
        remote,
        alignment: alignProduct(source, base, remote),
        policy: line.policy,
        canPublish: true,
        changedAt: () => times,
      }).decisions.find(({ path }) => path.field === 'title')?.decision.kind;
    expect(decide({ source: at('10:00:01'), remote: at('10:00:00') })).toBe('push');
    expect(decide({ source: at('10:00:00'), remote: at('10:00:01') })).toBe('pull');
    expect(decide({ source: at('10:00:00'), remote: at('10:00:00') })).toBe('conflict');
    expect(decide({ source: null, remote: at('10:00:00') })).toBe('conflict');
    expect(decide(undefined)).toBe('conflict');
  });
});

describe('a limit', () => {
  it('lets through what moves less, holds what moves more, and always asks from zero', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (percent, before, after) => {
          const cents = (amount: number) => (amount / 100).toFixed(2);
          // In whole numbers: |after - before| * 100 > before * percent.
          expect(exceeds(percent, cents(before), cents(after))).toBe(
            BigInt(Math.abs(after - before)) * 100n > BigInt(before) * BigInt(percent),
          );
        },
      ),
    );
    expect(exceeds(10, null, '5')).toBe(false);
    expect(exceeds(10, '0', '0.01')).toBe(true);
  });

  it('holds a price that the policy would push, and texts never', () => {
    const line = conflicted(
      { conflict: 'source-wins', holdAbovePercent: 20, deletion: 'archive' },
      { source: '10', remote: '20' },
    );
    expect(decisionAt(line, 'price')).toMatchObject({
      kind: 'conflict',
      reason: 'held',
      source: '10',
      remote: '20',
    });
    expect(decisionAt(line, 'title')?.kind).toBe('push');
    expect(look(line).operations.flatMap(({ changes }) => changes.map(({ path }) => path.field))).toEqual([
      'title',
    ]);
  });
});

describe('an answer', () => {
  const answer = (choice: ConflictAnswer['choice'], value: string | null = null): ConflictAnswer => ({
    choice,
    value,
    seen: { source: 'Ours', remote: 'Theirs' },
    by: 'user 1',
  });
  /** The line with this answer to its conflict of titles, settled. */
  function answered(given: ConflictAnswer): Line {
    const line = conflicted(manual);
    line.answers = new Map([[pathKey(TITLE), given]]);
    settle(line);
    return line;
  }
  const titles = (line: Line) => [line.source?.fields.title, line.store.product?.fields.title];

  it('for a side, or for a third value, is what both sides then hold', () => {
    expect(titles(answered(answer('source')))).toEqual(['Ours', 'Ours']);
    expect(titles(answered(answer('remote')))).toEqual(['Theirs', 'Theirs']);
    expect(titles(answered(answer('value', 'A third')))).toEqual(['A third', 'A third']);
    expect(titles(answered(answer('value', 'Ours')))).toEqual(['Ours', 'Ours']);
    expect(titles(answered(answer('value', 'Theirs')))).toEqual(['Theirs', 'Theirs']);
  });

  it('holds only for the values that were seen', () => {
    const line = answered({ ...answer('source'), seen: { source: 'Ours', remote: 'Something else' } });
    expect(titles(line)).toEqual(['Ours', 'Theirs']);
    expect(decisionAt(line, 'title')?.kind).toBe('conflict');
  });

  it('lets a held number through, or takes it back', () => {
    const policy: MergePolicy = { conflict: 'source-wins', holdAbovePercent: 20, deletion: 'archive' };
    for (const [choice, price] of [
      ['source', '10'],
      ['remote', '20'],
      ['value', '15'],
    ] as const) {
      const line = conflicted(policy, { source: '10', remote: '20' });
      const [variant] = line.source!.variants;
      line.answers = new Map([
        [
          pathKey({ variant: variant!.id, field: 'price' }),
          { choice, value: '15', seen: { source: '10', remote: '20' }, by: 'user 1' },
        ],
      ]);
      settle(line);
      // 20 to 15 is more than 20 % too: who wrote it has answered for it.
      expect([line.source!.variants[0]!.fields.price, line.store.product!.variants[0]!.fields.price]).toEqual(
        [price, price],
      );
    }
  });
});
