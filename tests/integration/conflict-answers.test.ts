/** Answers, snoozes, notes and offered rules, up to the request that the sync line takes over. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Prisma } from '#generated/prisma/client';
import { readConflictQuery } from '~/db/pages/conflict-query';
import { countConflictsOf, readConflicts } from '~/db/pages/conflicts.server';
import { writeCursor } from '~/db/pages/product-query';
import { readLiveState } from '~/db/pages/live.server';
import { readRuleOffers } from '~/db/pages/rule-offers.server';
import { loadPolicies } from '~/db/policies.server';
import { answerRuleOffer } from '~/sync/answer-rule-offer';
import { noteConflict } from '~/sync/note-conflict';
import { resolveConflicts } from '~/sync/resolve-conflicts';
import { snoozeConflicts } from '~/sync/snooze-conflicts';
import { putProduct } from '../support/catalog-rows';
import { DEMO_SHOP } from '../support/connected-shop';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

let stage: Stage;
let productId = '';
/** A shop of another account, with a conflict of its own. */
let foreignId = '';
beforeAll(async () => {
  stage = await openStage({ worker: false });
  productId = await putProduct(db(), stage.accountId, {
    handle: 'tent',
    title: 'Tent',
    variants: [{ sku: 'TENT-1', price: '20', options: [] }],
  });
  const other = await db().account.create({ data: { name: 'Other' } });
  const shop = await db().shop.create({ data: { accountId: other.id, domain: 'other.myshopify.com' } });
  const foreign = await db().conflict.create({
    data: {
      ...sides('1', '2'),
      shopId: shop.id,
      productId: randomUUID(),
      field: 'title',
      fieldGroup: 'content',
    },
  });
  foreignId = foreign.id;
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(async () => {
  await db().conflict.deleteMany({ where: { shopId: stage.shopId } });
  await db().syncRequest.deleteMany();
  await db().policyRule.deleteMany();
  await db().declinedRule.deleteMany();
});

const db = () => stage.resources.db;
const scope = () => ({ accountId: stage.accountId, shopId: stage.shopId });
const sides = (source: string, remote: string) => ({ base: '0', source, remote, reason: 'both-changed' });
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
let made = 0;
const conflict = (data: Partial<Prisma.ConflictCreateInput> = {}) =>
  db().conflict.create({
    data: {
      ...sides('21.00', '22.00'),
      shopId: stage.shopId,
      productId,
      // One open conflict a field: each gets a product's metafield of its own unless it says otherwise.
      field: `metafield:custom.f${(made += 1)}`,
      fieldGroup: 'metafields',
      ...data,
    },
  });
const price = (data: Partial<Prisma.ConflictCreateInput> = {}) =>
  conflict({ field: 'price', fieldGroup: 'price', variantId: randomUUID(), ...data });
const ids = (...conflicts: { id: string }[]) => ({
  kind: 'ids' as const,
  conflicts: conflicts.map(({ id }) => ({ id })),
});
const inbox = (search = '') =>
  readConflicts(db(), scope(), readConflictQuery(new URLSearchParams(search)), new Date());
const keep = (choice: 'source' | 'remote', ...conflicts: { id: string }[]) =>
  resolveConflicts(stage.resources, {
    scope: scope(),
    answer: { choice, selection: ids(...conflicts) },
    actor: 'user 7',
  });
const write = (one: { id: string }, typed: string) =>
  resolveConflicts(stage.resources, {
    scope: scope(),
    answer: { choice: 'value', id: one.id, typed },
    actor: 'user 7',
  });
const stored = (one: { id: string }) => db().conflict.findUniqueOrThrow({ where: { id: one.id } });

describe('an answer', () => {
  it('is stored with who gave it, and the line is asked to carry it out', async () => {
    const one = await price({ snoozedUntil: ago(-60) });
    const events: string[] = [];
    const stop = await stage.resources.live.subscribe(stage.shopId, ({ kind }) => events.push(kind));
    expect(await keep('remote', one)).toEqual({ kind: 'answered', conflicts: 1, products: 1, left: 0 });
    expect(await stored(one)).toMatchObject({
      state: 'resolving',
      choice: 'remote',
      value: null,
      resolvedBy: 'user 7',
      snoozedUntil: null,
      source: '21.00',
      remote: '22.00',
    });
    expect(await db().syncRequest.findMany()).toMatchObject([
      { shopId: stage.shopId, productId, cause: 'resolve', runId: null },
    ]);
    await waitFor('the live event came', async () => events.includes('conflicts-changed'));
    await stop();
  });

  it('is not taken for values that were not seen, nor for a conflict that ended', async () => {
    const one = await price();
    const [shown] = (await inbox()).rows;
    await db().conflict.update({ where: { id: one.id }, data: { remote: '23.00' } });
    const answer = (seen: string) =>
      resolveConflicts(stage.resources, {
        scope: scope(),
        answer: { choice: 'source', selection: { kind: 'ids', conflicts: [{ id: one.id, seen }] } },
        actor: 'user 7',
      });
    expect(await answer(shown!.print)).toEqual({ kind: 'gone' });
    expect((await stored(one)).state).toBe('open');
    expect(await db().syncRequest.count()).toBe(0);
    const [again] = (await inbox()).rows;
    expect(await answer(again!.print)).toMatchObject({ kind: 'answered' });
    expect(await answer(again!.print)).toEqual({ kind: 'gone' });
    expect((await keep('remote', one)).kind).toBe('gone');
    expect((await stored(one)).choice).toBe('source');
  });

  it('reaches no conflict of another account', async () => {
    expect(await keep('source', { id: foreignId })).toEqual({ kind: 'gone' });
    expect(await write({ id: foreignId }, 'x')).toEqual({ kind: 'gone' });
    await snoozeConflicts(stage.resources, {
      scope: scope(),
      selection: ids({ id: foreignId }),
      until: ago(-5),
    });
    await noteConflict(stage.resources, { scope: scope(), id: foreignId, note: 'x', assignee: 'x' });
    expect(await stored({ id: foreignId })).toMatchObject({
      state: 'open',
      snoozedUntil: null,
      note: '',
      assignee: '',
    });
    for (const store of ['all', (await stored({ id: foreignId })).shopId])
      expect((await inbox(`store=${store}`)).rows).toEqual([]);
  });

  it('for all that a filter shows leaves out the rest, and what came after the page was made', async () => {
    const [first, second] = [await price({ openedAt: ago(10) }), await price({ openedAt: ago(9) })];
    const text = await conflict({ openedAt: ago(8) });
    const sleeping = await price({ openedAt: ago(8), snoozedUntil: ago(-60) });
    const late = await price({ openedAt: ago(1) });
    const outcome = await resolveConflicts(stage.resources, {
      scope: scope(),
      answer: {
        choice: 'source',
        selection: {
          kind: 'filter',
          filter: readConflictQuery(new URLSearchParams('group=price')).filter,
          openedUntil: ago(5),
        },
      },
      actor: 'user 7',
    });
    expect(outcome).toEqual({ kind: 'answered', conflicts: 2, products: 1, left: 0 });
    const states = await Promise.all([first, second, text, sleeping, late].map(stored));
    expect(states.map(({ state }) => state)).toEqual(['resolving', 'resolving', 'open', 'open', 'open']);
  });
});

describe('a third value', () => {
  it('is stored in the spelling of the field', async () => {
    const [one, two] = [await price(), await price({ field: 'compareAtPrice' })];
    const stock = await conflict({
      field: 'inventory:gid://shopify/Location/1',
      fieldGroup: 'inventory',
      source: 3,
      remote: 4,
    });
    const held = { namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'wash' };
    const care = await conflict({ source: held, remote: { ...held, value: 'wipe' } });
    for (const [row, typed] of [
      [one, ' 21.5 '],
      [two, ''],
      [stock, '12'],
      [care, 'dry'],
    ] as const)
      expect(await write(row, typed)).toMatchObject({ kind: 'answered', conflicts: 1 });
    expect((await stored(one)).value).toBe('21.50');
    expect((await stored(stock)).value).toBe(12);
    expect((await stored(care)).value).toEqual({ ...held, value: 'dry' });
    // "Empty" is an answer, told from "no answer" by the choice.
    expect(await stored(two)).toMatchObject({ choice: 'value', value: null, state: 'resolving' });
  });

  it('that the field cannot hold is refused with a remedy, and nothing is stored', async () => {
    const one = await price();
    expect(await write(one, '12,50 EUR')).toEqual({
      kind: 'bad-value',
      field: 'price',
      typed: '12,50 EUR',
      remedy: expect.stringContaining('12.50'),
    });
    const picture = await conflict({
      field: 'mediaOrder',
      fieldGroup: 'media',
      source: ['a'],
      remote: ['b'],
    });
    expect(await write(picture, 'b')).toMatchObject({ kind: 'bad-value', field: 'mediaOrder' });
    expect(await db().conflict.count({ where: { shopId: stage.shopId, state: 'open' } })).toBe(2);
    expect(await db().syncRequest.count()).toBe(0);
  });
});

describe('the inbox', () => {
  it('turns its pages forth and back without losing or doubling one, the oldest or the newest first', async () => {
    const at = ago(30);
    // Many of the same instant: the id decides among them.
    for (let index = 0; index < 60; index++)
      await price({ openedAt: index % 3 === 0 ? at : ago(30 + index) });
    for (const sort of ['', 'sort=oldest']) {
      const seen: string[] = [];
      const pages: string[][] = [];
      let search = sort;
      for (;;) {
        const page = await inbox(search);
        expect(page.total).toBe(60);
        pages.push(page.rows.map(({ id }) => id));
        seen.push(...page.rows.map(({ id }) => id));
        if (page.next === null) break;
        search = `${sort}&after=${writeCursor(page.next)}`;
      }
      expect(new Set(seen).size).toBe(60);
      expect(pages.map(({ length }) => length)).toEqual([25, 25, 10]);
      const last = await inbox(search);
      const back = await inbox(`${sort}&before=${writeCursor(last.previous!)}`);
      expect(back.rows.map(({ id }) => id)).toEqual(pages[1]);
      const front = await inbox(`${sort}&before=${writeCursor(back.previous!)}`);
      expect(front.rows.map(({ id }) => id)).toEqual(pages[0]);
      expect(front.previous).toBeNull();
    }
  });

  it('filters by group, age, reason, assignee, product, words and store', async () => {
    const variant = await db().catalogVariant.findFirstOrThrow({ where: { sku: 'TENT-1' } });
    const old = await price({ openedAt: ago(60 * 24 * 8), variantId: variant.id });
    const held = await price({ reason: 'held' });
    const mine = await conflict({ assignee: 'Ada' });
    const elsewhere = await conflict({ productId: randomUUID() });
    const second = await db().shop.create({
      data: { accountId: stage.accountId, domain: `second-${randomUUID()}.myshopify.com` },
    });
    const there = await price({ shopId: second.id });
    const found = async (search: string) => (await inbox(search)).rows.map(({ id }) => id).sort();
    const expected = (...rows: { id: string }[]) => rows.map(({ id }) => id).sort();
    expect(await found('')).toEqual(expected(old, held, mine, elsewhere));
    expect(await found('group=price')).toEqual(expected(old, held));
    expect(await found('group=price,nonsense&age=week')).toEqual(expected(old));
    expect(await found('age=month')).toEqual([]);
    expect(await found('reason=held')).toEqual(expected(held));
    expect(await found('assignee=Ada')).toEqual(expected(mine));
    expect(await found('assignee=')).toEqual(expected(old, held, elsewhere));
    expect(await found(`product=${productId}`)).toEqual(expected(old, held, mine));
    expect(await found('q=tent-1')).toEqual(expected(old));
    expect(await found('q=TENT')).toEqual(expected(old, held, mine));
    expect(await found('q=%25')).toEqual([]);
    expect(await found(`store=${second.id}`)).toEqual(expected(there));
    expect(await found('store=all')).toEqual(expected(old, held, mine, elsewhere, there));
    expect((await inbox('q=tent-1')).rows).toMatchObject([
      {
        productTitle: 'Tent',
        variant: 'TENT-1',
        field: 'price',
        base: '0',
        source: '21.00',
        remote: '22.00',
      },
    ]);
    await db().shop.delete({ where: { id: second.id } });
    await db().conflict.delete({ where: { id: there.id } });
  });

  it('tells whoever watches that something moved', async () => {
    const marks: string[] = [];
    const mark = async () => {
      const { conflicts } = await readLiveState(db(), stage.shopId, new Date());
      marks.push(conflicts.mark);
      return conflicts.open;
    };
    expect(await mark()).toBe(0);
    const one = await price();
    expect(await mark()).toBe(1);
    await db().conflict.update({ where: { id: one.id }, data: { remote: '30.00' } });
    expect(await mark()).toBe(1);
    await snoozeConflicts(stage.resources, { scope: scope(), selection: ids(one), until: ago(-5) });
    expect(await mark()).toBe(0);
    await db().conflict.update({ where: { id: one.id }, data: { state: 'gone' } });
    await mark();
    expect(new Set(marks.slice(0, 4)).size).toBe(4);
    expect(marks[4]).toBe(marks[0]);
  });
});

describe('a snooze', () => {
  it('takes a conflict out of sight until its instant, and back at once when asked', async () => {
    const one = await price();
    const until = (instant: Date | null) =>
      snoozeConflicts(stage.resources, { scope: scope(), selection: ids(one), until: instant });
    expect(await until(ago(-60))).toEqual({ kind: 'done', conflicts: 1 });
    expect((await inbox()).rows).toEqual([]);
    expect((await inbox('view=snoozed')).rows).toMatchObject([{ id: one.id }]);
    expect(await countConflictsOf(db(), DEMO_SHOP, new Date())).toBe(0);
    // Its instant came.
    expect(
      (await readConflicts(db(), scope(), readConflictQuery(new URLSearchParams()), ago(-61))).rows,
    ).toMatchObject([{ id: one.id }]);
    expect(await until(null)).toEqual({ kind: 'done', conflicts: 1 });
    expect(await countConflictsOf(db(), DEMO_SHOP, new Date())).toBe(1);
  });

  it('into the past, or for years, is refused', async () => {
    const one = await price();
    for (const minutes of [1, -60 * 24 * 400])
      expect(
        await snoozeConflicts(stage.resources, { scope: scope(), selection: ids(one), until: ago(minutes) }),
      ).toMatchObject({ kind: 'refused' });
    expect((await stored(one)).snoozedUntil).toBeNull();
  });
});

it('keeps a note and who sees to it', async () => {
  const one = await price();
  const outcome = await noteConflict(stage.resources, {
    scope: scope(),
    id: one.id,
    note: ' Ask the supplier ',
    assignee: ' Ada ',
  });
  expect(outcome).toEqual({ kind: 'saved' });
  expect((await inbox()).assignees).toEqual(['Ada']);
  expect(await stored(one)).toMatchObject({ note: 'Ask the supplier', assignee: 'Ada' });
});

describe('a rule', () => {
  /** Answers of the past, the newest last. */
  const past = async (choices: string, data: Partial<Prisma.ConflictCreateInput> = {}) => {
    for (const [index, letter] of [...choices].entries())
      await price({
        state: 'resolved',
        choice: { s: 'source', r: 'remote', v: 'value' }[letter]!,
        resolvedAt: ago(choices.length - index),
        ...data,
      });
  };
  const offers = () => readRuleOffers(db(), stage.shopId);
  const answer = (accepted: boolean, policy: 'source-wins' | 'remote-wins' = 'remote-wins') =>
    answerRuleOffer(stage.resources, {
      shopId: stage.shopId,
      fieldGroup: 'price',
      policy,
      accepted,
      actor: 'user 7',
    });

  it('is offered after five equal answers in a row, with what it would have done', async () => {
    await past('srvrrrr');
    expect(await offers()).toEqual([]);
    await past('r');
    await price();
    expect(await offers()).toMatchObject([
      {
        group: 'price',
        policy: 'remote-wins',
        streak: 5,
        considered: 8,
        same: 6,
        differing: [{ choice: 'value' }, { choice: 'source', source: '21.00', remote: '22.00' }],
        moreDiffering: 0,
        waiting: 1,
      },
    ]);
  });

  it('is not offered for answers of other groups, for held values, nor where it holds already', async () => {
    await past('rrrr');
    await past('r', { fieldGroup: 'content' });
    await past('rrrrr', { reason: 'held', fieldGroup: 'inventory' });
    expect(await offers()).toEqual([]);
    // The store's own policy is "source-wins".
    await past('sssss', { fieldGroup: 'status' });
    expect(await offers()).toEqual([]);
    await past('r');
    expect(await offers()).toHaveLength(1);
  });

  it('is never applied unasked, and once declined not offered again', async () => {
    await past('rrrrrr');
    await offers();
    expect(await db().policyRule.count()).toBe(0);
    expect(await answer(false)).toEqual({ kind: 'declined' });
    expect(await offers()).toEqual([]);
    expect(await answer(true)).toEqual({ kind: 'gone' });
    await past('r');
    expect(await offers()).toEqual([]);
    expect(await db().policyRule.count()).toBe(0);
  });

  it('holds for the group once it is accepted, keeps the limit, and asks for what waits', async () => {
    await db().shop.update({ where: { id: stage.shopId }, data: { holdAbovePercent: 30 } });
    await past('rrrrr');
    await price();
    expect(await answer(true, 'source-wins')).toEqual({ kind: 'gone' });
    expect(await answer(true)).toEqual({ kind: 'accepted', products: 1 });
    expect((await loadPolicies(db(), stage.shopId)).rules).toEqual([
      { productId: null, fieldGroup: 'price', conflict: 'remote-wins', holdAbovePercent: 30 },
    ]);
    expect(await db().syncRequest.findMany()).toMatchObject([{ productId, cause: 'policy' }]);
    expect(await offers()).toEqual([]);
    await db().shop.update({ where: { id: stage.shopId }, data: { holdAbovePercent: null } });
  });
});
