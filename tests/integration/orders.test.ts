/** Orders: read by when they were updated, whatever becomes of webhooks and workers, and counted by the store's days. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '~/catalog/seeded-random';
import { cancelOrderImport } from '~/sync/cancel-order-import';
import { importOrders } from '~/sync/import-orders';
import { startDueOrderImports } from '~/sync/start-due-order-imports';
import { startOrderImport } from '~/sync/start-order-import';
import { uninstallShop } from '~/sync/uninstall-shop';
import type { WantedOrder } from '../../emulator/orders/orders';
import { DEMO_SHOP } from '../support/connected-shop';
import { asMerchant, shopOf } from '../support/merchant';
import {
  changeOrder,
  sell,
  soldAsStored,
  soldByRights,
  storeDaysDiffer,
  storeOrder,
} from '../support/orders';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';
import { startWebhookReceiver } from '../support/webhook-receiver';
import type { WebhookReceiver } from '../support/webhook-receiver';

const DAY_MS = 86_400_000;
const ZONE = 'Europe/Berlin';
const SEED = Number(process.env['SEED'] ?? 20261129);

let receiver: WebhookReceiver;
let stage: Stage;
let variants: string[];
beforeEach(async () => {
  receiver = await startWebhookReceiver();
  // Jobs are carried out by the tests themselves, so that they can be killed where it hurts.
  stage = await openStage({ emulator: { appUrl: receiver.origin } });
  receiver.open(stage.resources);
  await fillCatalog(stage, 4);
  await stage.run();
  variants = [...shopOf(stage).variants.keys()];
});
afterEach(async () => {
  await stage?.close();
  await receiver?.close();
});

const db = () => stage.resources.db;
const daysAgo = (days: number, hour = 12) =>
  new Date(Math.floor(Date.now() / DAY_MS - days) * DAY_MS + hour * 3_600_000).toISOString();
const state = () => db().orderImport.findUniqueOrThrow({ where: { shopId: stage.shopId } });
const { signal } = new AbortController();
const read = () => importOrders(stage.resources, { name: 'import-orders', shopId: stage.shopId }, { signal });
const start = () => startOrderImport(stage.resources, { shopId: stage.shopId, causedBy: 'anna' });
/** Read to the end, the search for deleted orders included. */
const done = () =>
  waitFor(
    'the orders are read',
    async () => {
      const { finishedAt, checkedAt, walk, checkSince } = await state();
      return finishedAt !== null && checkedAt !== null && walk === null && checkSince === null;
    },
    { timeoutMs: 60_000 },
  );
const byRights = () => soldByRights(shopOf(stage).orders.values(), ZONE);
const expectAllCounted = async () => {
  expect(await soldAsStored(stage)).toEqual(byRights());
  expect(await storeDaysDiffer(stage)).toBe(0);
};

function randomOrder(random: SeededRandom, within: number): WantedOrder {
  return {
    at: new Date(Date.now() - Math.floor(random.next() * within)).toISOString(),
    lines: Array.from({ length: random.integer(1, 4) }, () => ({
      variantId: variants[random.integer(0, variants.length - 1)]!,
      quantity: random.integer(1, 5),
      price: `${random.integer(1, 90)}.${random.integer(10, 99)}`,
      discount: random.chance(0.3) ? '0.37' : '0.00',
    })),
    test: random.chance(0.05),
  };
}

describe('the orders of a store', () => {
  it('are read when somebody wants it, and not before', async () => {
    await sell(stage, [{ lines: [{ variantId: variants[0]! }] }]);
    await startDueOrderImports(stage.resources);
    await read();
    expect(await db().shopOrder.count()).toBe(0);
    await start();
    await done();
    await expectAllCounted();
    expect(await db().shopOrder.count()).toBe(1);
    const row = await state();
    expect(row).toMatchObject({ ordersRead: 1, ordersExpected: 1, problem: null, askedBy: 'anna' });
    expect(row.points).toBeGreaterThan(0);
  });

  it('hold nothing of who bought, and no test orders', async () => {
    await sell(stage, [
      { lines: [{ variantId: variants[0]!, quantity: 2 }], test: true },
      { lines: [{ variantId: variants[1]!, quantity: 3, price: '10.00', discount: '1.50' }] },
    ]);
    await start();
    await done();
    const lines = await db().orderLine.findMany();
    expect(lines.map(({ quantity, units, revenue }) => [quantity, units, revenue.toFixed(2)])).toEqual([
      [3, 3, '28.50'],
    ]);
    const asked = stage.emulator.log
      .all()
      .filter(({ fields }) => fields.some((field) => field.startsWith('order')))
      .map(({ document }) => document ?? '');
    expect(asked.length).toBeGreaterThan(0);
    for (const document of asked)
      expect(document).not.toMatch(/customer|address|email|phone|note|name|attributes/i);
  });

  it('follow what becomes of them: refunded in parts, cancelled, changed twice, deleted', async () => {
    const [first, second, third, fourth] = await sell(
      stage,
      [0, 1, 2, 3].map((at) => ({
        at: daysAgo(at + 1),
        lines: [
          { variantId: variants[at]!, quantity: 3, price: '9.99', discount: '1.00' },
          { variantId: variants[4]!, quantity: 1 },
        ],
      })),
    );
    await start();
    await done();
    await expectAllCounted();
    const lineOf = (id: string) => storeOrder(stage, id).lines[0]!.id;
    await changeOrder(stage, { kind: 'refund', orderId: first!, lineId: lineOf(first!), quantity: 1 });
    await changeOrder(stage, { kind: 'cancel', orderId: second! });
    await changeOrder(stage, { kind: 'touch', orderId: third! });
    await read();
    await expectAllCounted();
    const refunded = await db().orderLine.findUniqueOrThrow({
      where: { shopId_lineId: { shopId: stage.shopId, lineId: lineOf(first!) } },
    });
    expect(refunded).toMatchObject({ quantity: 3, units: 2, refundedUnits: 1 });
    expect(refunded.refunded.toFixed(2)).toBe(storeOrder(stage, first!).refunds[0]!.lines[0]!.subtotal);
    await changeOrder(stage, { kind: 'refund', orderId: first!, lineId: lineOf(first!), quantity: 2 });
    await changeOrder(stage, { kind: 'refund', orderId: third!, lineId: lineOf(third!), quantity: 3 });
    // Nobody says anything of an order that is gone but the webhook.
    await changeOrder(stage, { kind: 'delete', orderId: fourth! });
    await waitFor('the app is told', async () => (await state()).checkDue);
    await read();
    await expectAllCounted();
    expect(await db().shopOrder.count({ where: { orderId: fourth! } })).toBe(0);
    expect((await state()).checkDue).toBe(false);
  });

  it('that were deleted without a word are found a day later', async () => {
    const [first] = await sell(
      stage,
      [1, 2, 3].map((days) => ({ at: daysAgo(days), lines: [{ variantId: variants[0]! }] })),
    );
    await start();
    await done();
    stage.emulator.webhooks.configure({ lossProbability: 1 });
    await changeOrder(stage, { kind: 'delete', orderId: first! });
    await read();
    expect(await db().shopOrder.count()).toBe(3);
    await db().orderImport.updateMany({ data: { checkedAt: new Date(Date.now() - 2 * DAY_MS) } });
    await read();
    await expectAllCounted();
    expect(await db().shopOrder.count()).toBe(2);
  });

  it('older than the app sees are not taken for deleted', async () => {
    await sell(stage, [
      { at: daysAgo(20), lines: [{ variantId: variants[0]! }] },
      { at: daysAgo(1), lines: [{ variantId: variants[0]! }] },
    ]);
    await start();
    await done();
    expect(await db().shopOrder.count()).toBe(2);
    // Forty-five days later the first one is beyond Shopify's reach.
    const [old] = shopOf(stage).orders.values();
    old!.createdAt = old!.updatedAt = daysAgo(65);
    await db().shopOrder.updateMany({ where: { orderId: old!.id }, data: { createdAt: daysAgo(65) } });
    await db().orderImport.updateMany({ data: { checkDue: true } });
    await read();
    expect(await db().shopOrder.count()).toBe(2);
    expect((await state()).checkDue).toBe(false);
  });

  it('are those of 60 days, and all of them where the app may read all', async () => {
    await sell(
      stage,
      [10, 59, 61, 400].map((days) => ({ at: daysAgo(days), lines: [{ variantId: variants[0]! }] })),
    );
    await start();
    await done();
    expect(await db().shopOrder.count()).toBe(2);
    const { scopes } = shopOf(stage).installation!;
    shopOf(stage).installation!.scopes = [...scopes, 'read_all_orders'];
    for (const token of stage.emulator.state.tokens.values()) token.scopes = [...scopes, 'read_all_orders'];
    await read();
    await expectAllCounted();
    expect(await db().shopOrder.count()).toBe(4);
  });

  it('are counted by the days of the store, clock changes included, and again where its time zone changes', async () => {
    // Clocks go back in the night to 25 October 2026 and forward in that to 28 March 2027: both sides of each midnight.
    const moments = [
      '2026-10-24T21:59:59Z',
      '2026-10-24T22:00:00Z',
      '2026-10-25T22:59:59Z',
      '2026-10-25T23:00:00Z',
    ];
    await sell(
      stage,
      moments.map((processedAt) => ({
        at: daysAgo(3),
        processedAt,
        lines: [{ variantId: variants[0]!, quantity: 1 }],
      })),
    );
    await start();
    await done();
    await expectAllCounted();
    const days = async () => (await soldAsStored(stage)).map((text) => text.slice(0, 10));
    expect(await days()).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
    await db().shop.updateMany({ data: { timezone: 'America/New_York' } });
    await read();
    expect(await soldAsStored(stage)).toEqual(
      soldByRights(shopOf(stage).orders.values(), 'America/New_York'),
    );
    expect(await days()).toEqual(['2026-10-24', '2026-10-25']);
    expect(await storeDaysDiffer(stage)).toBe(0);
  });

  it('keep their variant when that is deleted, whichever way they are read again', async () => {
    const product = [...shopOf(stage).products.values()][0]!;
    const [gone] = product.variantIds;
    const [id] = await sell(stage, [
      { at: daysAgo(1), lines: [{ variantId: gone! }, { variantId: variants[5]! }] },
    ]);
    await start();
    await done();
    const before = await soldAsStored(stage);
    await asMerchant(
      stage,
      'mutation($id: ID!, $ids: [ID!]!) { productVariantsBulkDelete(productId: $id, variantsIds: $ids) { userErrors { message } } }',
      { id: product.id, ids: [gone] },
    );
    await changeOrder(stage, { kind: 'touch', orderId: id! });
    await read();
    expect(await soldAsStored(stage)).toEqual(before);
  });

  it('with more lines and refunds than a page holds are read whole', async () => {
    const [id] = await sell(stage, [
      {
        at: daysAgo(1),
        lines: Array.from({ length: 300 }, (_, at) => ({
          variantId: variants[at % variants.length]!,
          quantity: 2,
          price: `${at + 1}.00`,
        })),
      },
    ]);
    const { lines } = storeOrder(stage, id!);
    for (const { id: lineId } of lines.slice(0, 14))
      await changeOrder(stage, { kind: 'refund', orderId: id!, lineId, quantity: 1 });
    await start();
    await done();
    await expectAllCounted();
    expect(await db().orderLine.count()).toBe(300);
    expect(await db().orderLine.count({ where: { refundedUnits: 1 } })).toBe(14);
  });

  it('that are read twice change nothing', async () => {
    const random = new SeededRandom(SEED);
    await sell(
      stage,
      Array.from({ length: 40 }, () => randomOrder(random, 20 * DAY_MS)),
    );
    await start();
    await done();
    await expectAllCounted();
    const whole = async () => [
      await db().shopOrder.findMany({ orderBy: { orderId: 'asc' } }),
      await db().orderLine.findMany({ orderBy: { lineId: 'asc' } }),
      await db().variantDay.findMany({ orderBy: [{ variantId: 'asc' }, { day: 'asc' }] }),
    ];
    const before = await whole();
    await db().orderImport.updateMany({
      data: { readUntil: new Date(Date.now() - 30 * DAY_MS), deepAt: new Date(0), checkedAt: new Date(0) },
    });
    await read();
    expect(await whole()).toEqual(before);
  });
});

describe('what stands in the way', () => {
  it('of a missing scope is said, and gone when it is granted', async () => {
    const scopes = shopOf(stage).installation!.scopes.filter((scope) => !scope.endsWith('orders'));
    const grant = (granted: string[]) => {
      shopOf(stage).installation!.scopes = granted;
      for (const token of stage.emulator.state.tokens.values()) token.scopes = granted;
    };
    grant(scopes);
    await sell(stage, [{ lines: [{ variantId: variants[0]! }] }]);
    await start();
    await waitFor('it is said', async () => (await state()).problem === 'scope-missing');
    // Everything else works.
    await db().$executeRaw`UPDATE catalog.variant SET price = price + 1`;
    expect((await stage.run()).state).toBe('finished');
    grant([...scopes, 'read_orders']);
    await read();
    expect((await state()).problem).toBeNull();
    await expectAllCounted();
  });

  it('of a refused order is said in words, and tried again', async () => {
    await sell(stage, [{ lines: [{ variantId: variants[0]! }] }]);
    const grant = (granted: string[]) => {
      for (const token of stage.emulator.state.tokens.values()) token.scopes = granted;
    };
    const { scopes } = shopOf(stage).installation!;
    // The installation has the scope, but orders are refused: a store that has not approved protected data.
    grant(scopes.filter((scope) => !scope.endsWith('orders')));
    await start();
    await waitFor('it is said', async () => (await state()).problem === 'not-approved');
    expect((await state()).problemText).toContain('read_orders');
    grant(scopes);
    await db().orderImport.updateMany({ data: { movedAt: new Date(Date.now() - DAY_MS) } });
    await startDueOrderImports(stage.resources);
    await done();
    await expectAllCounted();
  });

  it('ends with the installation, and with the wish', async () => {
    await sell(stage, [{ lines: [{ variantId: variants[0]! }] }]);
    await start();
    await done();
    await cancelOrderImport(stage.resources, { shopId: stage.shopId });
    await sell(stage, [{ lines: [{ variantId: variants[1]! }] }]);
    await read();
    expect(await db().shopOrder.count()).toBe(1);
    await start();
    await waitFor('it goes on', async () => (await db().shopOrder.count()) === 2);
    await uninstallShop(stage.resources, { domain: DEMO_SHOP });
    await sell(stage, [{ lines: [{ variantId: variants[1]! }] }]);
    await read();
    expect((await state()).wanted).toBe(false);
    expect(await db().shopOrder.count()).toBe(2);
  });
});

describe('a play of orders', () => {
  it(
    'with lost, doubled and late webhooks, a lagging search, faults and readings that are cut off, equals the store',
    { timeout: 240_000 },
    async () => {
      const random = new SeededRandom(SEED);
      const { emulator } = stage;
      emulator.webhooks.configure({
        ...{ lossProbability: 0.3, duplicateProbability: 0.3, reorderWindow: 5, reorderHoldMs: 50 },
        seed: SEED,
      });
      const fault = async (body: unknown) => {
        const response = await fetch(`${emulator.origin}/_emulator/faults`, {
          method: 'POST',
          body: JSON.stringify(body),
        });
        expect(response.status).toBe(201);
      };
      emulator.switches.searchLagMs = 400;
      await fault({ kind: 'http-503', match: { field: 'orders', probability: 0.1 } });
      await fault({ kind: 'reset-after', match: { field: 'orders', probability: 0.1 } });
      await sell(
        stage,
        Array.from({ length: 600 }, () => randomOrder(random, 40 * DAY_MS)),
      );
      await start();
      let cutOff = 0;
      for (let round = 0; round < 12; round += 1) {
        const ids = [...shopOf(stage).orders.keys()];
        for (let act = 0; act < 12; act += 1) {
          const orderId = ids[random.integer(0, ids.length - 1)]!;
          const order = shopOf(stage).orders.get(orderId);
          const chance = random.next();
          if (chance < 0.3 || !order)
            await sell(stage, [
              // Whatever day it is counted on, it is made now.
              {
                ...randomOrder(random, 0),
                processedAt: new Date(Date.now() - random.integer(0, 30) * DAY_MS).toISOString(),
              },
            ]);
          else if (chance < 0.6) {
            const line = order.lines[random.integer(0, order.lines.length - 1)]!;
            const refunded = order.refunds
              .flatMap(({ lines }) => lines)
              .filter(({ lineId }) => lineId === line.id)
              .reduce((sum, { quantity }) => sum + quantity, 0);
            if (refunded < line.quantity)
              await changeOrder(stage, {
                kind: 'refund',
                orderId,
                lineId: line.id,
                quantity: random.integer(1, line.quantity - refunded),
              });
          } else if (chance < 0.7 && order.cancelledAt === null)
            await changeOrder(stage, { kind: 'cancel', orderId });
          else if (chance < 0.8) await changeOrder(stage, { kind: 'delete', orderId });
          else await changeOrder(stage, { kind: 'touch', orderId });
        }
        // Two readings at a time, beside the worker's own, each cut off somewhere.
        await Promise.all(
          [0, 1].map(async () => {
            const stop = new AbortController();
            const reading = importOrders(
              stage.resources,
              { name: 'import-orders', shopId: stage.shopId },
              { signal: stop.signal },
            ).catch((error: unknown) => {
              cutOff += 1;
              if (!stop.signal.aborted && !(error instanceof Error)) throw error;
            });
            await sleep(random.integer(1, 120));
            stop.abort(new Error('The reading is cut off.'));
            await reading;
          }),
        );
        await startDueOrderImports(stage.resources);
      }
      expect(cutOff).toBeGreaterThan(0);
      // The day after: nobody said what was lost, and all of it is found.
      emulator.webhooks.configure({ lossProbability: 0, duplicateProbability: 0, reorderWindow: 0 });
      await fetch(`${emulator.origin}/_emulator/faults`, { method: 'DELETE' });
      await waitFor('what is on its way has arrived', async () => {
        await read();
        const { walk, checkSince } = await state();
        return walk === null && checkSince === null;
      });
      await sleep(emulator.switches.searchLagMs);
      await read();
      // All that is there has been found, without reading days once more; only what is gone is not told.
      const units = new Map(
        (await db().orderLine.groupBy({ by: ['orderId'], _sum: { units: true } })).map(
          ({ orderId, _sum }) => [orderId, _sum.units],
        ),
      );
      for (const order of shopOf(stage).orders.values()) {
        const refunded = order.refunds.flatMap(({ lines }) => lines);
        const left =
          order.lines.reduce((sum, { quantity }) => sum + quantity, 0) -
          refunded.reduce((sum, { quantity }) => sum + quantity, 0);
        expect(units.get(order.id)).toBe(order.test ? undefined : left);
      }
      await db().orderImport.updateMany({ data: { deepAt: new Date(0), checkedAt: new Date(0) } });
      await read();
      await expectAllCounted();
      expect(await db().shopOrder.count()).toBe(
        [...shopOf(stage).orders.values()].filter(({ test }) => !test).length,
      );
    },
  );
});
