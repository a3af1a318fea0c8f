/** What a promotion did, read from a year of sums: the right days, the right variants, and fast; by the API too. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayCount, daysBetween } from '~/core/calendar-day';
import { readPromotionEffect } from '~/db/pages/promotion-effect.server';
import { openApiStage } from '../support/rest-api';
import type { ApiStage } from '../support/rest-api';

const VARIANTS = 2_000;
const OWN = 500;
/** Generous: a loaded machine takes several times what a quiet one does. */
const FAST_MS = 3_000;
const TODAY = '2026-11-29';

let api: ApiStage;
const db = () => api.resources.db;
const gid = (at: number) => `gid://shopify/ProductVariant/${at}`;

/** A promotion of the first OWN variants; `first` and `last` are days of UTC. */
async function promotion(first: string, last: string | null, activated = true): Promise<string> {
  const id = randomUUID();
  const { shopId } = api.own;
  const startsAt = new Date(`${first}T00:00:00Z`);
  const endsAt = last === null ? null : new Date(`${addDays(last, 1)}T00:00:00Z`);
  await db().promotion.create({
    data: {
      ...{ id, shopId, name: first, state: activated ? 'ended' : 'scheduled', changes: [], startsAt, endsAt },
      ...{ activatedAt: activated ? startsAt : null, createdBy: 'anna', createdAt: startsAt },
      ...(activated && { endedAt: endsAt }),
    },
  });
  await db().$executeRaw`
    INSERT INTO app.promotion_variant (promotion_id, shop_id, product_id, variant_id)
    SELECT ${id}::uuid, shop_id, product_id, variant_id FROM app.base_variant
    WHERE shop_id = ${shopId}::uuid AND split_part(remote_id, '/', 5)::int <= ${OWN}`;
  return id;
}

const effectOf = (promotionId: string) =>
  readPromotionEffect(db(), { shopId: api.own.shopId, promotionId, now: new Date(`${TODAY}T09:00:00Z`) });

beforeAll(async () => {
  api = await openApiStage({ perMinute: 6_000, burst: 1_000 });
  const { shopId } = api.own;
  await db().shop.updateMany({ data: { timezone: 'UTC', currencyCode: 'EUR' } });
  api.clock.now = new Date(`${TODAY}T09:00:00Z`);
  await db().$executeRaw`
    INSERT INTO app.base_variant (shop_id, variant_id, product_id, remote_id, state, agreed_at)
    SELECT ${shopId}::uuid, gen_random_uuid(), gen_random_uuid(), 'gid://shopify/ProductVariant/' || at, '{}', now()
    FROM generate_series(1, ${VARIANTS}) at`;
  // A year; each variant sells a number of its own that moves with the day. What a second currency sold is not added.
  await db().$executeRaw`
    INSERT INTO app.variant_day
      (shop_id, variant_id, day, currency, orders, units, revenue, refunded_units, refunded)
    SELECT ${shopId}::uuid, 'gid://shopify/ProductVariant/' || at, ${TODAY}::date - ago, 'EUR', 1, 1 + (at + ago) % 3,
      (1 + (at + ago) % 3) * 2.5, 0, 0
    FROM generate_series(1, ${VARIANTS}) at, generate_series(0, 364) ago`;
  await db().$executeRaw`
    INSERT INTO app.variant_day
      (shop_id, variant_id, day, currency, orders, units, revenue, refunded_units, refunded)
    VALUES (${shopId}::uuid, ${gid(1)}, '2026-11-10', 'SEK', 1, 1000, 9000, 0, 0)`;
  await db().$executeRaw`
    INSERT INTO app.store_day (shop_id, day, currency, units, revenue)
    SELECT shop_id, day, currency, sum(units), sum(revenue) FROM app.variant_day GROUP BY shop_id, day, currency`;
  await db().$executeRaw`ANALYZE app.variant_day`;
  await db().orderImport.create({
    data: {
      ...{ shopId, wanted: true, readUntil: new Date(), finishedAt: new Date() },
      reachesFrom: new Date('2026-01-05T10:00:00Z'),
    },
  });
}, 240_000);
afterAll(async () => {
  await api?.close();
});

/** By the rule the rows were made with. */
function unitsByRights(first: string, last: string, variants: number): number {
  let units = 0;
  for (const day of daysBetween(first, last)) {
    const ago = dayCount(day, TODAY) - 1;
    for (let at = 1; at <= variants; at += 1) units += 1 + ((at + ago) % 3);
  }
  return units;
}

describe('what a promotion did', () => {
  it('counts its own variants on its days and the same weekdays around them', async () => {
    const view = await effectOf(await promotion('2026-11-09', '2026-11-15'));
    if (view?.effect.kind !== 'effect') throw new Error(`It is known: ${JSON.stringify(view)}`);
    const { periods, before, during, after } = view.effect.effect;
    expect(periods).toMatchObject({
      before: { first: '2026-11-02', last: '2026-11-08' },
      during: { first: '2026-11-09', last: '2026-11-15' },
      after: { first: '2026-11-16', last: '2026-11-22' },
    });
    for (const [sums, first, last] of [
      [before, '2026-11-02', '2026-11-08'],
      [during, '2026-11-09', '2026-11-15'],
      [after!, '2026-11-16', '2026-11-22'],
    ] as const) {
      const own = unitsByRights(first, last, OWN);
      expect(sums.units).toBe(own);
      expect(sums.restUnits).toBe(unitsByRights(first, last, VARIANTS) - own);
      expect(Number(sums.revenue)).toBe(own * 2.5);
    }
    expect(view.effect.unknownVariants).toBe(0);
  });

  it('leaves out variants that the store has no more, and says how many', async () => {
    const id = await promotion('2026-11-09', '2026-11-15');
    await db().promotionVariant.create({
      data: {
        ...{ promotionId: id, shopId: api.own.shopId },
        ...{ productId: randomUUID(), variantId: randomUUID() },
      },
    });
    const view = await effectOf(id);
    expect(view?.effect).toMatchObject({ kind: 'effect', unknownVariants: 1 });
  });

  it('is not said of days whose orders are not read, nor of what was never on', async () => {
    expect((await effectOf(await promotion('2026-01-20', '2026-02-10')))?.effect).toEqual({
      ...{ kind: 'not-read', since: '2026-01-06', needed: '2025-12-23' },
    });
    expect((await effectOf(await promotion('2026-12-20', '2026-12-24', false)))?.effect).toEqual({
      kind: 'not-yet',
    });
    expect((await effectOf(await promotion(TODAY, null)))?.effect).toEqual({ kind: 'not-yet' });
    expect(await effectOf(randomUUID())).toBeNull();
  });

  it(`of a quarter in a year of ${VARIANTS} variants is read fast`, async () => {
    const id = await promotion('2026-06-01', '2026-08-30');
    await effectOf(id);
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const startedAt = performance.now();
      expect((await effectOf(id))?.effect.kind).toBe('effect');
      times.push(performance.now() - startedAt);
    }
    const median = times.sort((a, b) => a - b)[2]!;
    console.info(
      `three quarters of a year, ${OWN} of ${VARIANTS} variants: ${median.toFixed(0)} ms (median of 5)`,
    );
    expect(median).toBeLessThan(FAST_MS);
  });

  it('is answered by the API, for whoever may read jobs', async () => {
    const id = await promotion('2026-11-09', '2026-11-15');
    const { status, json } = await api.ask('GET', `/promotions/${id}/effect`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      currency: 'EUR',
      is_on: false,
      during: {
        first: '2026-11-09',
        last: '2026-11-15',
        days: 7,
        units: unitsByRights('2026-11-09', '2026-11-15', OWN),
      },
      units: {
        estimate: expect.any(Number),
        low: expect.any(Number),
        high: expect.any(Number),
        too_little: null,
      },
    });
    const early = await api.ask('GET', `/promotions/${await promotion('2026-01-20', '2026-02-10')}/effect`);
    expect(early.status).toBe(409);
    expect((await api.ask('GET', `/promotions/${randomUUID()}/effect`)).status).toBe(404);
    const { text: key } = await api.makeKey(api.own, ['catalog:read']);
    expect((await api.ask('GET', `/promotions/${id}/effect`, { key })).status).toBe(403);
    const { text: stranger } = await api.makeKey(api.other);
    expect((await api.ask('GET', `/promotions/${id}/effect`, { key: stranger })).status).toBe(404);
  });
});
