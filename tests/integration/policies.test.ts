/** Policies: what a change of them would do, told before it is saved; modes; answers carried out by the line. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShopPolicies } from '~/core/policy-rules';
import { readConflictQuery } from '~/db/pages/conflict-query';
import { readConflicts } from '~/db/pages/conflicts.server';
import { loadPolicies } from '~/db/policies.server';
import { readShadowReport } from '~/db/pages/shadow.server';
import { previewPolicies } from '~/sync/preview-policies';
import { resolveConflicts } from '~/sync/resolve-conflicts';
import { savePolicies } from '~/sync/save-policies';
import { setSyncMode } from '~/sync/set-sync-mode';
import { putProduct } from '../support/catalog-rows';
import { asMerchant, mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

let stage: Stage;
let ids: string[];
const HANDLES = ['tent', 'mug', 'lamp'];
const MANUAL: ShopPolicies = {
  store: { conflict: 'manual', holdAbovePercent: null, deletion: 'archive' },
  rules: [],
};

beforeAll(async () => {
  stage = await openStage({});
  ids = [];
  for (const handle of HANDLES)
    ids.push(
      await putProduct(db(), stage.accountId, {
        handle,
        title: handle,
        variants: [{ sku: handle, price: '10', options: [] }],
      }),
    );
  await stage.run();
  await save(MANUAL);
  // Both sides give each product a title of their own; one price moves in the catalog alone, by much.
  for (const [index, handle] of HANDLES.entries()) {
    await asMerchant(
      stage,
      `mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }`,
      { product: { id: storeProduct(stage, handle).id, title: `${handle} in Shopify` } },
    );
    await db().catalogProduct.update({
      where: { id: ids[index]! },
      data: { title: `${handle} in the catalog` },
    });
    await db().remoteProductRow.updateMany({ data: { invalidatedAt: new Date() } });
  }
  await stage.run();
  await db().catalogVariant.updateMany({ where: { sku: 'mug' }, data: { price: '40' } });
});
afterAll(async () => {
  await stage?.close();
});

const db = () => stage.resources.db;
const save = (policies: ShopPolicies) =>
  savePolicies(stage.resources, { shopId: stage.shopId, policies, actor: 'user 7' });
const preview = (proposed: ShopPolicies, limits?: { merges: number; milliseconds: number }) =>
  previewPolicies(stage.resources, { shopId: stage.shopId, proposed, ...(limits && { limits }) });
const storeWins = (conflict: ShopPolicies['store']['conflict']): ShopPolicies => ({
  ...MANUAL,
  store: { ...MANUAL.store, conflict },
});

describe('a preview', () => {
  it('of the same policies finds nothing', async () => {
    expect(await preview(MANUAL)).toMatchObject({
      products: 3,
      lookedAt: 3,
      unread: 0,
      productsChanged: 0,
      fieldsChanged: 0,
      counts: [],
      examples: [],
    });
  });

  it('tells what would be decided otherwise, with both values, and writes nothing', async () => {
    const before = await db().catalogProduct.findMany({ orderBy: { id: 'asc' } });
    const seen = await mutationsDuring(stage, async () => {
      const found = await preview(storeWins('source-wins'));
      expect(found).toMatchObject({
        productsChanged: 3,
        fieldsChanged: 3,
        counts: [{ from: 'conflict', to: 'push', fields: 3 }],
      });
      expect(found!.examples.find(({ productId }) => productId === ids[0])).toMatchObject({
        path: { variant: null, field: 'title' },
        source: 'tent in the catalog',
        remote: 'tent in Shopify',
      });
      expect((await preview(storeWins('remote-wins')))?.counts).toEqual([
        { from: 'conflict', to: 'pull', fields: 3 },
      ]);
    });
    expect(seen).toEqual([]);
    expect(await db().catalogProduct.findMany({ orderBy: { id: 'asc' } })).toEqual(before);
    expect(await loadPolicies(db(), stage.shopId)).toEqual(MANUAL);
  });

  it('weighs rules of groups and products, and the limit on what only one side changed', async () => {
    const rules: ShopPolicies['rules'] = [
      { productId: null, fieldGroup: 'price', conflict: 'manual', holdAbovePercent: 50 },
      { productId: ids[0]!, fieldGroup: 'content', conflict: 'remote-wins', holdAbovePercent: null },
    ];
    const found = await preview({ ...MANUAL, rules });
    expect(found!.counts).toEqual(
      expect.arrayContaining([
        { from: 'push', to: 'held', fields: 1 },
        { from: 'conflict', to: 'pull', fields: 1 },
      ]),
    );
    expect(found!.fieldsChanged).toBe(2);
  });

  it('goes by the instants of both sides where the newest wins', async () => {
    const found = await preview(storeWins('newest-wins'));
    // The catalog was changed after Shopify.
    expect(found!.counts).toEqual([{ from: 'conflict', to: 'push', fields: 3 }]);
  });

  it('says how far it looked when it had to stop', async () => {
    expect(await preview(storeWins('source-wins'), { merges: 0, milliseconds: 60_000 })).toMatchObject({
      products: 3,
      lookedAt: 0,
      fieldsChanged: 0,
    });
  });

  it('does not guess about a product that must be read again', async () => {
    const { remoteId } = await db().productLink.findFirstOrThrow({ where: { productId: ids[0]! } });
    const where = { remoteId: remoteId! };
    await db().remoteProductRow.updateMany({ where, data: { invalidatedAt: new Date() } });
    expect(await preview(storeWins('source-wins'))).toMatchObject({ unread: 1, productsChanged: 2 });
    await db().remoteProductRow.updateMany({ where, data: { invalidatedAt: null } });
  });
});

describe('saving', () => {
  it('refuses two rules about the same, a rule for everything, and a product that is not ours', async () => {
    const rule = { conflict: 'manual', holdAbovePercent: null } as const;
    for (const rules of [
      [
        { ...rule, productId: ids[0]!, fieldGroup: null },
        { ...rule, productId: ids[0]!, fieldGroup: null },
      ],
      [{ ...rule, productId: null, fieldGroup: null }],
      [{ ...rule, productId: crypto.randomUUID(), fieldGroup: null }],
    ])
      expect(await save({ ...MANUAL, rules })).toMatchObject({ kind: 'refused' });
    expect(await loadPolicies(db(), stage.shopId)).toEqual(MANUAL);
  });

  it('keeps who made a rule that stays, and takes away what is no longer there', async () => {
    const price = { productId: null, fieldGroup: 'price', conflict: 'manual' } as const;
    await save({ ...MANUAL, rules: [{ ...price, holdAbovePercent: 50 }] });
    const [made] = await db().policyRule.findMany();
    const changed = [{ ...price, holdAbovePercent: 60 }];
    await savePolicies(stage.resources, {
      shopId: stage.shopId,
      policies: { ...MANUAL, rules: changed },
      actor: 'user 8',
    });
    expect(await db().policyRule.findMany()).toMatchObject([{ id: made!.id, createdBy: 'user 7' }]);
    expect((await loadPolicies(db(), stage.shopId)).rules).toEqual(changed);
    await save(MANUAL);
    expect(await db().policyRule.count()).toBe(0);
  });
});

describe('an answer', () => {
  it('from the inbox is carried out on both sides', async () => {
    const scope = { accountId: stage.accountId, shopId: stage.shopId };
    const query = (productId: string) =>
      readConflictQuery(new URLSearchParams({ product: productId, group: 'content' }));
    const open = async (productId: string) =>
      (await readConflicts(db(), scope, query(productId), new Date())).rows;
    const [kept] = await open(ids[0]!);
    const [written] = await open(ids[2]!);
    const answer = (input: Parameters<typeof resolveConflicts>[1]['answer']) =>
      resolveConflicts(stage.resources, { scope, answer: input, actor: 'user 7' });
    expect(
      await answer({
        choice: 'remote',
        selection: { kind: 'ids', conflicts: [{ id: kept!.id, seen: kept!.print }] },
      }),
    ).toMatchObject({ kind: 'answered' });
    expect(
      await answer({ choice: 'value', id: written!.id, seen: written!.print, typed: 'A third lamp' }),
    ).toMatchObject({ kind: 'answered' });
    await waitFor('both are carried out', async () => {
      const ended = await db().conflict.count({
        where: { id: { in: [kept!.id, written!.id] }, state: 'resolved' },
      });
      return ended === 2;
    });
    const titles = async (id: string) =>
      (await db().catalogProduct.findUniqueOrThrow({ where: { id } })).title;
    expect(await titles(ids[0]!)).toBe('tent in Shopify');
    expect(await titles(ids[2]!)).toBe('A third lamp');
    expect(storeProduct(stage, 'lamp').title).toBe('A third lamp');
  });

  it('of a policy settles what waited, without a further press', async () => {
    expect(await db().conflict.count({ where: { shopId: stage.shopId, state: 'open' } })).toBeGreaterThan(0);
    await save(storeWins('source-wins'));
    await waitFor('nothing waits', async () => {
      return (await db().conflict.count({ where: { shopId: stage.shopId, state: 'open' } })) === 0;
    });
    expect(storeProduct(stage, 'mug').title).toBe('mug in the catalog');
  });
});

describe('shadow mode', () => {
  it('reports and writes nothing; going live writes it and clears the report', async () => {
    const shop = () => db().shop.findUniqueOrThrow({ where: { id: stage.shopId } });
    const report = async () =>
      readShadowReport(db(), await shop(), { kind: null, products: 'shadowed', cursor: null });
    const shadow = await setSyncMode(stage.resources, {
      shopId: stage.shopId,
      mode: 'shadow',
      actor: 'user 7',
    });
    await stage.awaitRun(shadow.runId!);
    await db().catalogVariant.updateMany({ where: { sku: 'tent' }, data: { price: '77' } });
    expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
    expect(await report()).toMatchObject({
      decisions: 1,
      products: 1,
      summary: [{ field: 'price', push: 1, pull: 0, conflict: 0 }],
      rows: [{ productTitle: 'tent in Shopify', field: 'price', kind: 'push', after: '77.00' }],
      previous: null,
      next: null,
    });
    const again = await setSyncMode(stage.resources, {
      shopId: stage.shopId,
      mode: 'shadow',
      actor: 'user 7',
    });
    expect(again).toEqual({ runId: null });
    expect((await report()).decisions).toBe(1);
    const live = await setSyncMode(stage.resources, { shopId: stage.shopId, mode: 'live', actor: 'user 7' });
    await stage.awaitRun(live.runId!);
    expect(await report()).toMatchObject({ decisions: 0, since: null, summary: [], rows: [] });
    const tent = storeProduct(stage, 'tent');
    expect(shopOf(stage).variants.get(tent.variantIds[0]!)!.price).toBe('77.00');
  });

  it('turns the pages of its report forth and back', async () => {
    const shop = await db().shop.findUniqueOrThrow({ where: { id: stage.shopId } });
    await db().shadowDecision.createMany({
      data: Array.from({ length: 120 }, (_, index) => ({
        shopId: shop.id,
        productId: ids[index % 3]!,
        field: 'title',
        kind: index % 4 === 0 ? 'pull' : 'push',
        before: 'a',
        after: 'b',
        at: new Date(),
      })),
    });
    const page = (direction: 'after' | 'before', id: string | null, kind: 'push' | null = null) =>
      readShadowReport(db(), shop, {
        kind,
        products: 'shadowed',
        cursor: id === null ? null : { direction, id: BigInt(id) },
      });
    const first = await page('after', null);
    const second = await page('after', first.next);
    const third = await page('after', second.next);
    expect([first, second, third].map(({ rows }) => rows.length)).toEqual([50, 50, 20]);
    expect([first.previous, third.next]).toEqual([null, null]);
    const seen = [first, second, third].flatMap(({ rows }) => rows.map(({ id }) => id));
    expect(new Set(seen).size).toBe(120);
    const back = await page('before', third.previous);
    expect(back.rows).toEqual(second.rows);
    const front = await page('before', back.previous);
    expect([front.rows, front.previous]).toEqual([first.rows, null]);
    expect((await page('after', null, 'push')).rows.every(({ kind }) => kind === 'push')).toBe(true);
    await db().shadowDecision.deleteMany();
  });
});
