/** From a committed row to the store, with nobody asking for a sync. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readCapture } from '~/db/change-capture.server';
import { startChangeCapture } from '~/sync/capture-changes';
import { startRun } from '~/sync/start-run';
import { captureSettings, followCatalog } from '../support/capture';
import type { FollowedStage } from '../support/capture';
import { rawProduct } from '../support/catalog-rows';
import { asMerchant, mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { CHANGES, Tent, putTents, tentHandle } from '../support/tent';
import { waitFor } from '../support/wait-for';

let stage: Stage;
let tent: Tent;
let capture: FollowedStage;
beforeAll(async () => {
  stage = await openStage({ locations: ['Warehouse', 'Shop Berlin'] });
  tent = new Tent(stage, await putTents(stage));
  capture = followCatalog(stage);
  await capture.streaming();
  await stage.run();
  await capture.followed();
});
afterAll(async () => {
  await capture?.close();
  await stage?.close();
});
beforeEach(() => {
  capture.jobs.length = 0;
});

const db = () => stage.resources.db;
const sql = (text: string) => db().$executeRawUnsafe(text);
const state = () => readCapture(db());
const productIds = () => capture.jobs.flatMap((job) => (job.name === 'sync-products' ? job.productIds : []));

/** As another program does: in one transaction of its own. */
async function inOneTransaction(statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: stage.env['DATABASE_URL'] });
  await client.connect();
  await client.query(`BEGIN; ${statements.join('; ')}; COMMIT`);
  await client.end();
}

describe('a committed change', () => {
  it.each(CHANGES)('of %s reaches the store by itself, in one job', async (_name, change, sends) => {
    const sent = await mutationsDuring(stage, async () => {
      await change(tent);
      await capture.followed();
    });
    expect(sent.toSorted()).toEqual([...sends].toSorted());
    await expectStoreToEqualCatalog(stage);
    expect(new Set(productIds())).toEqual(new Set([tent.productId]));
  });

  it('is one job however many rows of the product its transaction changes', async () => {
    await inOneTransaction([
      `UPDATE catalog.variant SET price = price + 1 WHERE product_id = '${tent.productId}'`,
      `UPDATE catalog.variant SET sku = sku || '-x' WHERE product_id = '${tent.productId}'`,
      `UPDATE catalog.inventory_level SET available = available + 1`,
      `UPDATE catalog.product SET title = title || '!' WHERE id = '${tent.productId}'`,
    ]);
    await capture.followed();
    expect(productIds().filter((id) => id === tent.productId)).toEqual([tent.productId]);
    expect(capture.jobs).toHaveLength(1);
    await expectStoreToEqualCatalog(stage);
  });

  it('of a new and of a deleted product, too', async () => {
    const id = await rawProduct(db(), stage.accountId, {
      handle: 'stove',
      product: { title: 'Stove' },
      variants: [{ sku: 'STOVE', price: '30' }],
    });
    await capture.followed();
    expect(storeProduct(stage, 'stove').status).toBe('ACTIVE');
    await sql(`DELETE FROM catalog.product WHERE id = '${id}'`);
    await capture.followed();
    expect(storeProduct(stage, 'stove').status).toBe('ARCHIVED');
  });

  it('moves a variant from one product to another', async () => {
    const [from, to] = [
      tent.productId,
      (await db().catalogProduct.findFirstOrThrow({ where: { handle: 'tent-2' } })).id,
    ];
    await sql(
      `UPDATE catalog.product_option SET "values" = "values" || '{XL}' WHERE product_id = '${to}' AND position = 1`,
    );
    await capture.followed();
    capture.jobs.length = 0;
    await sql(`UPDATE catalog.variant SET product_id = '${to}', option1 = 'XL', option2 = 'Red', option3 = NULL, media_id = NULL, position = 9
      WHERE id = (SELECT id FROM catalog.variant WHERE product_id = '${from}' ORDER BY position DESC LIMIT 1)`);
    await capture.followed();
    expect(new Set(productIds())).toEqual(new Set([from, to]));
    await expectStoreToEqualCatalog(stage);
  });
});

describe('no job comes of', () => {
  const seen = async (work: () => Promise<unknown>) => {
    const sent = await mutationsDuring(stage, async () => {
      await work();
      await capture.followed();
    });
    return { sent, jobs: capture.jobs };
  };
  const nothing = { sent: [], jobs: [] };

  it('a column that nothing maps', async () => {
    expect(await seen(() => sql(`UPDATE catalog.product SET extra = '{"note": "kept"}'`))).toEqual(nothing);
    expect(
      await seen(() => sql(`UPDATE catalog.variant SET extra = '{"bin": "A7"}', price = price`)),
    ).toEqual(nothing);
  });

  it('a change that is taken back within the window', async () => {
    const titles = async () => {
      await sql(`UPDATE catalog.product SET title = 'Meanwhile'`);
      await sql(`UPDATE catalog.product SET title = handle || ' again'`);
    };
    await sql(`UPDATE catalog.product SET title = handle || ' again'`);
    await capture.followed();
    capture.jobs.length = 0;
    expect(await seen(titles)).toEqual(nothing);
  });

  it('what Shopify wins and Lockstep writes into the catalog', async () => {
    const { id } = storeProduct(stage, tentHandle(stage));
    await db().shop.update({ where: { id: stage.shopId }, data: { conflictPolicy: 'remote-wins' } });
    await asMerchant(
      stage,
      `mutation($id: ID!) { productUpdate(product: {id: $id, vendor: "Their own"}) { userErrors { message } } }`,
      { id },
    );
    await db().remoteProductRow.updateMany({ data: { invalidatedAt: new Date() } });
    const before = (await state()).lastChangeAt;
    await stage.run();
    expect(await seen(async () => undefined)).toEqual(nothing);
    expect((await db().catalogProduct.findUniqueOrThrow({ where: { id: tent.productId } })).vendor).toBe(
      'Their own',
    );
    // It came by, and was known.
    expect((await state()).lastChangeAt).not.toEqual(before);
    await db().shop.update({ where: { id: stage.shopId }, data: { conflictPolicy: 'source-wins' } });
  });
});

describe('changes beyond the limits of the shop', () => {
  it('wait for a person, and are let go when they are put right', async () => {
    const guard = (isOn: boolean) =>
      db().shop.update({ where: { id: stage.shopId }, data: { guardSource: isOn, guardChangePercent: 50 } });
    await guard(true);
    const prices = (factor: string) => sql(`UPDATE catalog.variant SET price = price ${factor}`);
    const held = () => db().sourceHold.findFirst({ where: { shopId: stage.shopId, state: 'held' } });
    const sent = await mutationsDuring(stage, async () => {
      await prices('* 4');
      await capture.followed();
      expect(await held()).toMatchObject({ products: 3 });
      await prices('/ 4');
      await capture.followed();
    });
    expect(sent).toEqual([]);
    expect(await held()).toBeNull();
    await guard(false);
    await expectStoreToEqualCatalog(stage);
  });
});

describe('a slot that is gone', () => {
  it.each(['dropped', 'lost with its publication'])(
    'when %s is made anew, and what passed meanwhile is found',
    async (how) => {
      const { slot } = await state();
      await capture.close();
      await waitFor('the slot is free and dropped', async () => {
        await sql(
          `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '${slot}' AND NOT active`,
        );
        const [row] = await db().$queryRaw<{ slots: number }[]>`
        SELECT count(*)::int AS slots FROM pg_replication_slots WHERE slot_name = ${slot}`;
        return row?.slots === 0;
      });
      if (how !== 'dropped') await sql('DROP PUBLICATION lockstep_catalog');
      await sql(`UPDATE catalog.product SET vendor = 'While nobody looked: ${how}'`);
      capture = followCatalog(stage);
      await capture.streaming();
      await capture.followed();
      expect(await state()).toMatchObject({
        needsComparison: false,
        comparisonReason: expect.stringContaining('slot is new'),
      });
      await expectStoreToEqualCatalog(stage);
    },
  );

  it('or a publication that lacks a table: it is set up anew', async () => {
    await sql('ALTER PUBLICATION lockstep_catalog DROP TABLE catalog.product');
    await sql(`UPDATE catalog.product SET vendor = 'Not published'`);
    await waitFor('everything is compared', async () =>
      (await state()).comparisonReason?.includes('set up anew'),
    );
    await capture.followed();
    await expectStoreToEqualCatalog(stage);
  });

  it('while it is read: the next one goes on', async () => {
    await sql(
      `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND slot_name = '${(await state()).slot}'`,
    );
    await sql(`UPDATE catalog.product SET vendor = 'After the connection broke'`);
    await capture.followed();
    await expectStoreToEqualCatalog(stage);
  });
});

describe('several workers', () => {
  it('read one at a time, and the next takes over where the first stopped', async () => {
    const second = startChangeCapture(stage.resources, captureSettings(stage));
    await sql(`UPDATE catalog.product SET vendor = 'Read by the first'`);
    await capture.followed();
    expect(productIds()).toHaveLength(new Set(productIds()).size);
    await capture.close();
    await sql(`UPDATE catalog.product SET vendor = 'Between the two'`);
    await waitFor('the second has read it', async () => {
      const products = await db().productLink.count({ where: { syncState: 'in-sync' } });
      return products > 0 && storeProduct(stage, 'tent-0').vendor === 'Between the two';
    });
    await second.close();
    capture = followCatalog(stage);
    await capture.followed();
    await expectStoreToEqualCatalog(stage);
  });
});

describe('where the database does not let it', () => {
  it('a role without REPLICATION is told what to grant, and goes on when it has it', async () => {
    await capture.close();
    const address = new URL(stage.env['DATABASE_URL'] ?? '');
    const role = `plain_${stage.shopId.slice(0, 8)}`;
    await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'`);
    address.username = role;
    address.password = 'plain';
    capture = followCatalog(stage, { databaseUrl: address.href });
    await waitFor('it says so', async () => (await state()).state === 'refused');
    expect(await state()).toMatchObject({
      problemCode: 'role',
      remedy: expect.stringContaining(`ALTER ROLE "${role}" REPLICATION`),
    });
    // The app itself goes on.
    const { runId } = await startRun(stage.resources, {
      shopId: stage.shopId,
      trigger: 'manual',
      causedBy: 'test',
    });
    expect((await stage.awaitRun(runId)).state).toBe('finished');
    await sql(`UPDATE catalog.product SET vendor = 'Before it was granted'`);
    await sql(`ALTER ROLE ${role} REPLICATION`);
    await capture.streaming();
    await capture.followed();
    await expectStoreToEqualCatalog(stage);
    await capture.close();
    await sql(`DROP ROLE ${role}`);
    capture = followCatalog(stage);
    await capture.followed();
  });

  it('a column that it needs and that is gone is named, and everything is compared when it is back', async () => {
    await sql('ALTER TABLE catalog.variant RENAME COLUMN product_id TO product');
    await sql(`UPDATE catalog.variant SET price = price + 1`).catch(() => undefined); // the triggers miss it, too
    await sql('ALTER TABLE catalog.variant DISABLE TRIGGER USER');
    await sql(`UPDATE catalog.variant SET price = price + 1`);
    // By the stream, or where the publication is looked at: whichever is first.
    await waitFor('it is named', async () =>
      ['column-missing', 'publication'].includes((await state()).problemCode ?? ''),
    );
    expect((await state()).problem).toContain('product_id');
    await sql('ALTER TABLE catalog.variant RENAME COLUMN product TO product_id');
    await sql('ALTER TABLE catalog.variant ENABLE TRIGGER USER');
    await sql(`UPDATE catalog.variant SET revision = 0`);
    await capture.streaming();
    await capture.followed();
    await expectStoreToEqualCatalog(stage);
  });
});

describe('a catalog that is emptied', () => {
  it('empties no store: a run asks', async () => {
    const active = () =>
      [...shopOf(stage).products.values()].filter(({ status }) => status === 'ACTIVE').length;
    const before = active();
    await sql('TRUNCATE catalog.product CASCADE');
    await capture.followed();
    const run = await waitFor('a run asks', () =>
      db().syncRun.findFirst({ where: { shopId: stage.shopId, state: 'failed' } }),
    );
    expect(run.error).toContain('The catalog is empty');
    expect(active()).toBe(before);
    expect(before).toBeGreaterThan(0);
  });
});
