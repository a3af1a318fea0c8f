/** A store joins another one's account: only by a code, approved on both sides, while nothing is under way. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approveJoining } from '~/sync/approve-joining';
import { confirmJoining, endJoining } from '~/sync/answer-joining';
import { enterJoinCode } from '~/sync/enter-join-code';
import { makeJoinCode } from '~/sync/make-join-code';
import { loadSyncScope } from '~/sync/sync-scope';
import { syncProducts } from '~/sync/sync-products';
import { claimProducts } from '~/db/claims.server';
import { putProduct } from '../support/catalog-rows';
import { DEMO_SHOP } from '../support/connected-shop';
import { mutationsDuring } from '../support/merchant';
import { enterAndConfirm, enterNewCode, openTwoShops } from '../support/two-shops';
import type { TwoShops } from '../support/two-shops';
import { waitFor } from '../support/wait-for';

const MINUTE = 60_000;

let two: TwoShops;
beforeAll(async () => {
  two = await openTwoShops({ worker: false });
  const { stage, group } = two;
  for (const accountId of [stage.accountId, group.accountId])
    await putProduct(stage.resources.db, accountId, {
      handle: 'tent',
      variants: [{ sku: 'TENT', price: '9', options: [] }],
    });
});
afterAll(async () => {
  await two?.stage.close();
});
beforeEach(async () => {
  two.clock.now = new Date(two.clock.now.getTime() + 30 * MINUTE);
  await db().accountJoin.deleteMany();
});

const db = () => two.stage.resources.db;
const accountOf = async (shopId: string) =>
  (await db().shop.findUniqueOrThrow({ where: { id: shopId } })).accountId;
const isApart = async () => (await accountOf(two.stage.shopId)) === two.stage.accountId;
const pass = (minutes: number) => {
  two.clock.now = new Date(two.clock.now.getTime() + minutes * MINUTE);
};

describe('a code', () => {
  const refused = async (typed: string) => {
    const entered = await enterJoinCode(two.clocked, two.joiner, typed);
    return entered.kind === 'refused' ? entered.problem : entered;
  };

  it('is refused with its field, its value and what to do, where it is none or nobody made it', async () => {
    expect(await refused('ABC')).toEqual({
      field: 'code',
      value: 'ABC',
      reason: 'It has 3 characters, and a code has 10.',
      remedy: 'Enter the whole code that the other store shows.',
    });
    expect(await refused('ABCDE-FGHJK')).toMatchObject({
      value: 'ABCDE-FGHJK',
      reason: 'No store has made this code.',
    });
  });

  it('is not kept, is shown once, and the newest one of an account counts', async () => {
    const { code: first } = await makeJoinCode(two.clocked, two.approver);
    const { code: second } = await makeJoinCode(two.clocked, two.approver);
    const kept = JSON.stringify(await db().accountJoin.findMany());
    for (const code of [first, second, first.replace('-', '')]) expect(kept).not.toContain(code);
    expect(await refused(first)).toMatchObject({
      reason: 'It was used already, or another code took its place.',
    });
    expect(await refused(second.toLowerCase())).toMatchObject({ kind: 'entered' });
  });

  it('is good for a quarter of an hour and for one store', async () => {
    const late = await makeJoinCode(two.clocked, two.approver);
    pass(15);
    expect(await refused(late.code)).toMatchObject({ reason: expect.stringContaining('15 minutes') });
    const used = await makeJoinCode(two.clocked, two.approver);
    expect(await refused(used.code)).toMatchObject({ kind: 'entered' });
    const third = await db().shop.create({
      data: { domain: `${randomUUID()}.myshopify.com`, account: { create: { name: 'third' } } },
    });
    const by = { shopId: third.id, actor: 'user 9', address: '' };
    expect(await enterJoinCode(two.clocked, by, used.code)).toMatchObject({
      problem: { reason: 'It was used already, or another code took its place.' },
    });
  });

  it('of the own account is for other stores', async () => {
    const { code } = await makeJoinCode(two.clocked, two.joiner);
    expect(await refused(code)).toMatchObject({ reason: 'It was made by a store of the same account.' });
  });

  it('cannot be found by trying: after five wrong ones the right one is refused, too, until it has expired', async () => {
    const { code } = await makeJoinCode(two.clocked, two.approver);
    // At the same time: none slips through.
    const tries = await Promise.all(
      Array.from({ length: 8 }, (_none, at) => refused(`22222-2222${'23456789'[at]}`)),
    );
    const reasons = tries.map((each) => ('reason' in each ? each.reason : each.kind));
    expect(reasons.filter((reason) => reason.startsWith('No store'))).toHaveLength(5);
    expect(await refused(code)).toMatchObject({
      reason: 'This store entered 5 wrong codes within 15 minutes.',
    });
    pass(16);
    expect(await refused(code)).toMatchObject({ reason: expect.stringContaining('are over') });
  });
});

describe('both sides', () => {
  it('must agree: nothing moves before the store has confirmed and the account has approved', async () => {
    const joinId = await enterNewCode(two);
    expect(await approveJoining(two.clocked, two.approver, joinId)).toMatchObject({
      reason: 'The store that wants to join has not confirmed yet.',
    });
    // Neither side can do the other's part.
    expect(await confirmJoining(two.clocked, two.approver, joinId)).toMatchObject({ kind: 'refused' });
    expect(await confirmJoining(two.clocked, two.joiner, joinId)).toEqual({ kind: 'done' });
    expect(await approveJoining(two.clocked, two.joiner, joinId)).toMatchObject({ kind: 'refused' });
    expect(await isApart()).toBe(true);
    pass(24 * 60);
    expect(await approveJoining(two.clocked, two.approver, joinId)).toMatchObject({ kind: 'refused' });
    expect(await isApart()).toBe(true);
  });

  it.each([
    ['the account refuses', 'approver'],
    ['the store calls it off', 'joiner'],
  ] as const)('may end it: %s', async (_what, who) => {
    const joinId = await enterAndConfirm(two);
    expect(await endJoining(two.clocked, two[who], joinId)).toEqual({ kind: 'done' });
    expect(await approveJoining(two.clocked, two.approver, joinId)).toMatchObject({ kind: 'refused' });
    expect(await isApart()).toBe(true);
  });

  it('are the only ones that may', async () => {
    const joinId = await enterAndConfirm(two);
    const third = await db().shop.create({
      data: { domain: `${randomUUID()}.myshopify.com`, account: { create: { name: 'third' } } },
    });
    const by = { shopId: third.id, actor: 'user 9', address: '' };
    expect(await endJoining(two.clocked, by, joinId)).toMatchObject({ kind: 'refused' });
    expect(await approveJoining(two.clocked, by, joinId)).toMatchObject({ kind: 'refused' });
    expect((await db().accountJoin.findUniqueOrThrow({ where: { id: joinId } })).state).toBe('confirmed');
  });
});

/** Something that is under way in the joining store; answers how to end it. */
const UNDER_WAY: [string, RegExp, () => Promise<() => Promise<unknown>>][] = [
  [
    'a run',
    /is syncing\. .*cancel it/,
    async () => {
      const { id } = await db().syncRun.create({
        data: { shopId: two.stage.shopId, trigger: 'manual', causedBy: 'test', state: 'running' },
      });
      return () => db().syncRun.delete({ where: { id } });
    },
  ],
  [
    'a bulk edit that waits to be confirmed',
    /bulk edits under way: “Spring”\. Apply or cancel/,
    async () => {
      const { id } = await db().bulkEdit.create({
        data: {
          ...{ shopId: two.stage.shopId, name: 'Spring', selection: {}, changes: [] },
          ...{ state: 'planned', causedBy: 'test' },
        },
      });
      return () => db().bulkEdit.delete({ where: { id } });
    },
  ],
  [
    'an import',
    /is importing “a\.csv”/,
    async () => {
      const { id } = await db().catalogImport.create({
        data: {
          ...{ shopId: two.stage.shopId, accountId: two.stage.accountId },
          ...{ filename: 'a.csv', causedBy: 'test' },
        },
      });
      return () => db().catalogImport.delete({ where: { id } });
    },
  ],
  [
    'a promotion',
    /promotions: “Sale”/,
    async () => {
      const id = randomUUID();
      await db().promotion.create({
        data: {
          ...{ id, shopId: two.stage.shopId, name: 'Sale', changes: [], startsAt: new Date() },
          ...{ createdBy: 'test', createdAt: new Date() },
        },
      });
      return () => db().promotion.delete({ where: { id } });
    },
  ],
  [
    'a watched file',
    /watches a product CSV\. Stop watching/,
    async () => {
      const { shopId } = two.stage;
      await db().csvWatch.create({
        data: { shopId, url: '', shownUrl: '', everyMinutes: 5, createdBy: '', nextAt: new Date() },
      });
      return () => db().csvWatch.delete({ where: { shopId } });
    },
  ],
  [
    'a database that feeds its catalog',
    /database of its own feeds.*Pause or disconnect/,
    async () => {
      const { accountId } = two.stage;
      await db().sourceConnection.create({
        data: { accountId, host: 'h', database: 'd', username: 'u', password: '', wanted: 'running' },
      });
      return () => db().sourceConnection.delete({ where: { accountId } });
    },
  ],
  [
    'a product that a job writes now',
    /is writing 1 product now\. Try again/,
    async () => {
      const { shopId } = two.stage;
      await db().productLink.create({
        data: {
          ...{ shopId, productId: randomUUID(), claimedBy: 'job' },
          claimedUntil: new Date(two.clock.now.getTime() + MINUTE),
        },
      });
      return () => db().productLink.deleteMany({ where: { shopId, claimedBy: 'job' } });
    },
  ],
];

describe('while something is under way', () => {
  it.each(UNDER_WAY)('%s stands in the way, with what to do', async (_what, message, begin) => {
    const joinId = await enterAndConfirm(two);
    const end = await begin();
    const told = async (work: Promise<object>) => {
      const outcome = await work;
      return 'reason' in outcome && 'remedy' in outcome ? `${outcome.reason} ${outcome.remedy}` : outcome;
    };
    expect(await told(approveJoining(two.clocked, two.approver, joinId))).toMatch(message);
    expect(await isApart()).toBe(true);
    expect((await db().accountJoin.findUniqueOrThrow({ where: { id: joinId } })).state).toBe('confirmed');
    await endJoining(two.clocked, two.joiner, joinId);
    // Said before it is confirmed, too.
    const another = await enterNewCode(two);
    expect(await told(confirmJoining(two.clocked, two.joiner, another))).toMatch(message);
    await end();
    expect(await confirmJoining(two.clocked, two.joiner, another)).toEqual({ kind: 'done' });
  });
});

describe('a job that looked under the former catalog', () => {
  it('writes nothing any more once the store has joined', async () => {
    const { stage, group } = two;
    const { shopId } = stage;
    const product = await db().catalogProduct.findFirstOrThrow({ where: { accountId: stage.accountId } });
    // As after a first sync of which the cache was lost: the job must read it in Shopify before it writes.
    const made = await fetch(`${stage.emulator.origin}/_emulator/shops/${DEMO_SHOP}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `mutation { productSet(synchronous: true, input: { title: "Old", handle: "tent",
          productOptions: [{ name: "Title", values: [{ name: "Default Title" }] }],
          variants: [{ optionValues: [{ optionName: "Title", name: "Default Title" }], price: "5" }] }) { product { id } userErrors { message } } }`,
      }),
    });
    const remoteId = /gid:\/\/shopify\/Product\/\d+/.exec(await made.text())?.[0] ?? '';
    expect(remoteId).not.toBe('');
    await db().productLink.create({ data: { shopId, productId: product.id, remoteId, state: 'linked' } });
    const slow = stage.emulator.faults.add({
      kind: 'slow',
      ms: 8_000,
      match: { shop: DEMO_SHOP, field: 'nodes', times: 1 },
    });
    const isReading = () => stage.emulator.faults.list().some(({ id, struck }) => id === slow && struck > 0);
    const stale = await loadSyncScope(stage.resources, shopId);
    const joinId = await enterAndConfirm(two);
    const sent = await mutationsDuring(stage, async () => {
      const job = syncProducts(
        stage.resources,
        { name: 'sync-products', shopId, runId: null, productIds: [product.id], causedBy: 'test' },
        { jobId: 'stale', interrupted: false, signal: new AbortController().signal },
      );
      await waitFor('the job reads in Shopify', isReading);
      expect(await approveJoining(two.clocked, two.approver, joinId)).toEqual({ kind: 'done' });
      await job;
    });
    expect(sent).toEqual([]);
    expect(await accountOf(shopId)).toBe(group.accountId);
    expect(await db().syncJob.count({ where: { shopId } })).toBe(0);
    expect(await db().productLink.count({ where: { shopId } })).toBe(0);
    expect(await db().baseProductRow.count({ where: { shopId } })).toBe(0);
    expect(await db().remoteProductRow.count({ where: { shopId } })).toBe(0);
    // Nor can one that comes to its claim only now.
    const products = [{ productId: product.id, version: 0 }];
    expect(stale?.accountId).toBe(stage.accountId);
    expect(await claimProducts(db(), { shopId, claimant: 'stale', products, now: new Date() })).toEqual(
      new Set(),
    );
  });

  it('is kept on record with who, where and when, and the former catalog stays', async () => {
    const { stage, group } = two;
    const events = await db().accountEvent.findMany({
      where: { accountId: group.accountId },
      orderBy: { id: 'desc' },
      take: 4,
    });
    expect(events.map(({ kind, shopId, actor, address }) => [kind, shopId, actor, address])).toEqual([
      ['joined', group.shopId, 'user 2', '192.0.2.2'],
      ['join-confirmed', stage.shopId, 'user 1', '192.0.2.1'],
      ['code-entered', stage.shopId, 'user 1', '192.0.2.1'],
      ['code-made', group.shopId, 'user 2', '192.0.2.2'],
    ]);
    expect(await db().account.findUniqueOrThrow({ where: { id: stage.accountId } })).toMatchObject({
      homeOf: stage.shopId,
    });
    expect(await db().catalogProduct.count({ where: { accountId: stage.accountId } })).toBe(1);
  });
});
