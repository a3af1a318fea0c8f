/** A store leaves the account it shares: with its data, without anything being written to Shopify, and alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOLDERS } from '~/db/copied-products.server';
import type { HeldBack } from '~/core/stock-sharing';
import { lookAtAllStock, replaceStockRules } from '~/db/stock-sharing.server';
import { askToLeave, carryLeavings, stayInAccount, leaveAccount } from '~/sync/leave-account';
import { redactShop } from '~/sync/redact-shop';
import { uninstallShop } from '~/sync/uninstall-shop';
import { rawProduct } from '../support/catalog-rows';
import { DEMO_SHOP } from '../support/connected-shop';
import { PERCENT, awaitEdit } from '../support/edits';
import { asMerchant, mutationsDuring, storeProduct } from '../support/merchant';
import type { EndedRun } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { putTents } from '../support/tent';
import { GROUP_SHOP, join, openTwoShops } from '../support/two-shops';
import type { TwoShops } from '../support/two-shops';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import { waitFor } from '../support/wait-for';

let two: TwoShops;
let groupIds: string[];
let adopted: EndedRun;
let linkedBefore: Map<string, string>;

const db = () => two.stage.resources.db;
const linksOf = async (shopId: string) =>
  new Map(
    (await db().productLink.findMany({ where: { shopId }, orderBy: { title: 'asc' } })).map((link) => [
      link.title,
      `${link.remoteId} ${link.state} ${link.syncState}`,
    ]),
  );
const accountOf = async (shopId: string) =>
  (await db().shop.findUniqueOrThrow({ where: { id: shopId } })).accountId;

/** An override of the demo store, and a rule for one product. */
async function sayWords(productId: string): Promise<void> {
  const { resources, shopId } = two.stage;
  const started = await startBulkEdit(resources, {
    ...{
      shopId,
      name: 'Dearer here',
      selection: { kind: 'skus', skus: ['T1-S-Red'] },
      changes: [PERCENT('10')],
    },
    ...{ target: { kind: 'store' }, causedBy: 'anna', via: 'app', appliesItself: true },
  });
  if (started.kind === 'refused') throw new Error(JSON.stringify(started.problems));
  await awaitEdit(two.stage, started.editId, ['finished']);
  await db().policyRule.create({ data: { shopId, productId, conflictPolicy: 'manual', createdBy: 'anna' } });
}

/** A rule for all stores, and units of its own for the other store. */
async function shareStock(everyone: HeldBack, ownUnits: number): Promise<void> {
  const { shopId, accountId } = two.group;
  const stores = ownUnits === 0 ? [] : [{ shopId, rule: { heldBack: everyone, ownUnits } }];
  await db().$transaction(async (tx) => {
    await replaceStockRules(tx, accountId, { everyone, stores }, { by: 'test', now: new Date() });
    await lookAtAllStock(tx, accountId);
  });
}

beforeAll(async () => {
  two = await openTwoShops();
  const { stage, group } = two;
  // What the demo store sold before, and still does: the group has one of the two.
  for (const handle of ['tent-1', 'lamp'])
    await rawProduct(db(), stage.accountId, {
      handle,
      product: { title: `Own ${handle}` },
      variants: [{ sku: handle === 'lamp' ? 'LAMP' : 'T1-S-Red', price: '7' }],
    });
  await stage.run();
  await putTents({ resources: stage.resources, accountId: group.accountId });
  groupIds = (await db().catalogProduct.findMany({ where: { accountId: group.accountId } })).map(
    ({ id }) => id,
  );
  await two.runGroup();
  await join(two);
  await db().shop.update({ where: { id: stage.shopId }, data: { conflictPolicy: 'source-wins' } });
  adopted = await stage.run();
});
afterAll(async () => {
  await two?.stage.close();
});

describe('a store that has joined', () => {
  it('adopts what it sells by SKU, once, under the shared catalog, and keeps the former one as it was', async () => {
    const { stage, group } = two;
    expect(adopted.state).toBe('finished');
    expect(await accountOf(stage.shopId)).toBe(group.accountId);
    const handles = [...two.stage.emulator.state.shops.get(DEMO_SHOP)!.products.values()].map(
      ({ handle }) => handle,
    );
    expect(handles.sort()).toEqual(['lamp', 'tent-0', 'tent-1', 'tent-2']);
    expect(storeProduct(stage, 'tent-1').title).toBe('Tent 1');
    await expectStoreToEqualCatalog({ ...stage, accountId: group.accountId }, { besides: ['lamp'] });
    expect(
      await db().catalogProduct.findMany({
        where: { accountId: stage.accountId },
        select: { title: true },
        orderBy: { title: 'asc' },
      }),
    ).toEqual([{ title: 'Own lamp' }, { title: 'Own tent-1' }]);
  });
});

describe('a store that leaves', () => {
  let left: Awaited<ReturnType<typeof leaveAccount>>;
  let own: string;
  beforeAll(async () => {
    const { stage } = two;
    const tent = await db().catalogProduct.findFirstOrThrow({
      where: { accountId: two.group.accountId, handle: 'tent-1' },
    });
    await sayWords(tent.id);
    await shareStock({ by: 'units', units: 1 }, 0);
    await stage.run();
    linkedBefore = await linksOf(stage.shopId);
    expect([...linkedBefore].filter(([, told]) => !told.endsWith('linked in-sync'))).toEqual([]);
    // What the other store keeps for itself would be shown here, too.
    await shareStock({ by: 'units', units: 1 }, 2);
    expect(await leaveAccount(two.clocked, two.joiner)).toMatchObject({
      reason: 'Other stores of the account keep units of the stock for themselves.',
    });
    await shareStock({ by: 'units', units: 1 }, 0);
    left = await leaveAccount(two.clocked, two.joiner);
    own = await accountOf(stage.shopId);
  });

  it('takes copies of the products it sells into an account of its own, everything as it was', async () => {
    expect(left).toMatchObject({ kind: 'left', products: 3, accountId: own });
    // The former catalog is not mixed with what it sells now.
    expect([two.stage.accountId, two.group.accountId]).not.toContain(own);
    const shape = async (accountId: string) =>
      db().catalogProduct.findMany({
        where: { accountId },
        orderBy: { handle: 'asc' },
        omit: { id: true, accountId: true, updatedAt: true, revision: true },
        include: {
          options: { omit: { accountId: true, productId: true }, orderBy: { position: 'asc' } },
          media: { omit: { accountId: true, productId: true, id: true }, orderBy: { position: 'asc' } },
          metafields: { omit: { accountId: true, productId: true, id: true } },
          variants: {
            orderBy: { position: 'asc' },
            omit: {
              accountId: true,
              productId: true,
              id: true,
              mediaId: true,
              updatedAt: true,
              revision: true,
            },
            include: {
              media: { select: { url: true } },
              inventory: { omit: { accountId: true, variantId: true }, orderBy: { location: 'asc' } },
              metafields: { omit: { accountId: true, productId: true, variantId: true, id: true } },
            },
          },
        },
      });
    const copies = await shape(own);
    expect(copies).toHaveLength(3);
    expect(copies[0]?.variants).toHaveLength(4);
    expect(copies).toEqual(await shape(two.group.accountId));
  });

  it('knows of the copies what it knew of the originals', async () => {
    const { shopId } = two.stage;
    expect(await linksOf(shopId)).toEqual(linkedBefore);
    const [override] = await db().storeOverride.findMany({ where: { shopId } });
    const variant = await db().catalogVariant.findFirstOrThrow({ where: { id: override?.variantId ?? '' } });
    expect(variant).toMatchObject({ accountId: own, sku: 'T1-S-Red' });
    const [rule] = await db().policyRule.findMany({ where: { shopId } });
    expect(rule?.productId).toBe(variant.productId);
    // The history of the product goes on.
    const changes = await db().change.findMany({ where: { shopId, productId: variant.productId } });
    expect(changes.length).toBeGreaterThan(5);
  });

  it('has nothing written to Shopify and adopts nothing anew', async () => {
    const { stage } = two;
    let run: EndedRun | undefined;
    expect(await mutationsDuring(stage, async () => (run = await stage.run()))).toEqual([]);
    expect(run!.products.map(({ state }) => state)).toEqual(['skipped', 'skipped', 'skipped']);
    expect(await db().syncRun.findUniqueOrThrow({ where: { id: run!.id } })).toMatchObject({
      adoptedScanned: 0,
      productReads: 0,
    });
    expect(await linksOf(stage.shopId)).toEqual(linkedBefore);
  });

  it('leaves no id of the shared catalog in anything that is known for it', async () => {
    const { shopId } = two.stage;
    const old = await db().$queryRaw<{ id: string }[]>`
      SELECT id::text FROM catalog.product WHERE account_id = ${two.group.accountId}::uuid
      UNION ALL SELECT id::text FROM catalog.variant WHERE account_id = ${two.group.accountId}::uuid
      UNION ALL SELECT id::text FROM catalog.media WHERE account_id = ${two.group.accountId}::uuid`;
    for (const table of await tablesOfProducts()) {
      if (['activity_delta', 'activity_product'].includes(table)) continue;
      const rows = await db().$queryRawUnsafe<{ told: string }[]>(
        `SELECT row_to_json(t)::text AS told FROM app."${table}" t WHERE shop_id = '${shopId}'`,
      );
      const told = rows.map((row) => row.told).join();
      expect(
        old.filter(({ id }) => told.includes(id)),
        table,
      ).toEqual([]);
    }
  });

  it('goes its own way: a change of either catalog reaches only the stores of that one', async () => {
    const { stage, group } = two;
    await db().catalogProduct.updateMany({
      where: { accountId: group.accountId, handle: 'tent-0' },
      data: { title: 'Group tent' },
    });
    await db().catalogProduct.updateMany({
      where: { accountId: own, handle: 'tent-2' },
      data: { title: 'Own tent' },
    });
    await stage.run();
    await two.runGroup();
    const titles = (domain: string) =>
      [...stage.emulator.state.shops.get(domain)!.products.values()].map(({ title }) => title).sort();
    expect(titles(DEMO_SHOP)).toEqual(['Own lamp', 'Own tent', 'Tent 0', 'Tent 1']);
    expect(titles(GROUP_SHOP)).toEqual(['Group tent', 'Tent 1', 'Tent 2']);
    // And back: an edit in the store is pulled into its own copy.
    const { id } = storeProduct(stage, 'tent-0');
    await asMerchant(
      stage,
      'mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }',
      { product: { id, vendor: 'Edited' } },
    );
    await db().remoteProductRow.updateMany({
      where: { shopId: stage.shopId },
      data: { invalidatedAt: new Date() },
    });
    await stage.run();
    await waitFor(
      'the edit is in the own catalog',
      async () =>
        (await db().catalogProduct.findFirstOrThrow({ where: { accountId: own, handle: 'tent-0' } }))
          .vendor === 'Edited',
    );
    expect(await db().catalogProduct.count({ where: { accountId: group.accountId, vendor: 'Edited' } })).toBe(
      0,
    );
  });

  it('is noted in both accounts, and leaves nothing to leave', async () => {
    for (const accountId of [own, two.group.accountId])
      expect(await db().accountEvent.findFirst({ where: { accountId, kind: 'left' } })).toMatchObject({
        actor: 'user 1',
        address: '192.0.2.1',
        detail: DEMO_SHOP,
      });
    expect(await leaveAccount(two.clocked, two.joiner)).toMatchObject({
      kind: 'refused',
      reason: `${DEMO_SHOP} has its account for itself.`,
    });
  });

  it('may join again, and leave again into another account, by a worker that says what stands in its way', async () => {
    const { resources, shopId } = two.stage;
    const carry = () => carryLeavings(resources, new AbortController().signal);
    const asked = () => db().shop.findUniqueOrThrow({ where: { id: shopId } });
    expect(await askToLeave(resources, two.joiner)).toMatchObject({ kind: 'refused' });
    await join(two);
    await two.stage.run();
    expect(await askToLeave(resources, two.joiner)).toEqual({ kind: 'asked' });
    await shareStock({ by: 'units', units: 1 }, 2);
    await carry();
    expect(await asked()).toMatchObject({
      ...{ accountId: two.group.accountId, leavingAt: null },
      leavingProblem: expect.stringContaining('Take their own units away'),
    });
    await shareStock({ by: 'units', units: 1 }, 0);
    expect(await askToLeave(resources, two.joiner)).toEqual({ kind: 'asked' });
    await stayInAccount(resources, shopId);
    await carry();
    expect(await asked()).toMatchObject({
      accountId: two.group.accountId,
      leavingAt: null,
      leavingProblem: null,
    });
    expect(await askToLeave(resources, two.joiner)).toEqual({ kind: 'asked' });
    await Promise.all([carry(), carry()]);
    const { accountId, ...left } = await asked();
    expect(left).toMatchObject({ leavingAt: null, leavingProblem: null });
    expect([own, two.group.accountId]).not.toContain(accountId);
    expect(await db().catalogProduct.count({ where: { accountId } })).toBe(3);
    expect(await mutationsDuring(two.stage, () => two.stage.run())).toEqual([]);
  });
});

/** Tables of rows of a shop and a product. */
async function tablesOfProducts(): Promise<string[]> {
  const rows = await db().$queryRaw<{ name: string }[]>`
    SELECT table_name::text AS name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'app' AND table_type = 'BASE TABLE' AND column_name IN ('shop_id', 'product_id')
    GROUP BY 1 HAVING count(*) = 2 ORDER BY 1`;
  return rows.map(({ name }) => name);
}

describe('every table of rows of a store and a product', () => {
  it('is thought of where a store leaves with its data', async () => {
    const others = [
      // Added up from the audit log, whose triggers tell what moved.
      'activity_delta',
      'activity_product',
      // Of products that the store has not: they are not taken along.
      'ambiguous_match',
      // By Shopify's ids.
      'order_line',
    ];
    expect([...HOLDERS.map(({ table }) => table), ...others].sort()).toEqual(await tablesOfProducts());
  });
});

describe('a store of several that is uninstalled and erased', () => {
  it('takes nothing from the catalog of the others, but every catalog that was its own', async () => {
    const { stage, group } = two;
    await join(two);
    const before = await db().catalogProduct.count({ where: { accountId: group.accountId } });
    await uninstallShop(stage.resources, { domain: DEMO_SHOP });
    expect(await db().catalogProduct.count({ where: { accountId: group.accountId } })).toBe(before);
    await redactShop(stage.resources, { domain: DEMO_SHOP });
    expect(await db().catalogProduct.count({ where: { accountId: { not: group.accountId } } })).toBe(0);
    expect(await db().account.findMany({ select: { id: true } })).toEqual([{ id: group.accountId }]);
    expect(await db().catalogProduct.count({ where: { id: { in: groupIds } } })).toBe(3);
    expect(await mutationsDuring(stage, () => two.runGroup())).toEqual([]);
    expect(await db().accountEvent.count({ where: { detail: DEMO_SHOP } })).toBe(0);
  });
});
