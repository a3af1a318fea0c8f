/** What the cache page shows, without a store or a run. */
import { randomUUID } from 'node:crypto';
import type { Database } from '~/db/client.server';

const HOUR_MS = 3_600_000;
const hoursAgo = (hours: number) => new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - hours * HOUR_MS);

/** A month of looks, warming and skips, and a listener with messages of every kind. */
export async function seedCache(db: Database, shopId: string, productId: string): Promise<void> {
  const hours = Array.from({ length: 30 * 24 }, (_, hour) => hour);
  const outcomes = {
    hit: 90,
    cold: 2,
    expired: 6,
    webhook: 8,
    reconciliation: 1,
    person: 1,
    api: 1,
    doubt: 1,
  };
  await db.cacheHour.createMany({
    data: hours.flatMap((hour) =>
      Object.entries(outcomes).map(([outcome, usual], index) => {
        const looks = Math.max(0, Math.round(usual * (1 + Math.sin(hour / 4 + index))));
        const bytes = BigInt(outcome === 'hit' ? looks * 3_000 : 0);
        return { shopId, hour: hoursAgo(hour), outcome, looks, points: looks * 40, bytes };
      }),
    ),
  });
  await db.skipHour.createMany({
    data: [
      ['unchanged', 52_110],
      ['unchanged-products', 812],
      ['unmanaged', 431],
      ['only-in-shopify', 12],
    ].map(([reason, fields]) => ({
      shopId,
      hour: hoursAgo(2),
      reason: String(reason),
      fields: Number(fields),
    })),
  });
  await db.warmingHour.createMany({
    data: hours
      .filter((hour) => hour % 24 < 2)
      .map((hour) => ({
        ...{ shopId, hour: hoursAgo(hour), reason: 'habit', warmed: 400, used: 372, unused: 28 },
        ...{ expectedUnused: 30, points: 2_000 },
      })),
  });
  await db.warmedProduct.create({
    data: {
      ...{ shopId, productId, reason: 'promotion', probability: 0.99, chosenAt: new Date() },
      ...{ expectedAt: new Date(Date.now() + 5 * 60_000), warmedAt: new Date() },
    },
  });
  await db.workStartRow.createMany({
    data: [
      { shopId, at: hoursAgo(3), kind: 'run', products: 400 },
      { shopId, at: hoursAgo(27), kind: 'edit', products: 37 },
    ],
  });
  const warm = { shopId, causedBy: 'user 1', selection: { kind: 'query', query: '' }, allowance: 10_000 };
  await db.cacheWarm.createMany({
    data: [
      {
        ...{ ...warm, id: randomUUID(), createdAt: hoursAgo(1), selectedAt: hoursAgo(1) },
        ...{
          productsSelected: 90,
          productsTotal: 60,
          productsDone: 24,
          productsFresh: 20,
          productsLeftOut: 10,
        },
      },
      {
        ...{
          ...warm,
          id: randomUUID(),
          createdAt: hoursAgo(5),
          selectedAt: hoursAgo(5),
          finishedAt: hoursAgo(5),
        },
        ...{ productsSelected: 60, productsTotal: 40, productsDone: 40, productsFresh: 20, points: 212 },
      },
    ],
  });
  await db.cacheListener.create({
    data: {
      ...{ shopId, url: 'sealed', secret: 'sealed', shownUrl: 'https://pim.example.com/shopify/told?…' },
      ...{ createdBy: 'user 1', createdAt: hoursAgo(40), dropped: 3 },
    },
  });
  const message = { shopId, body: '{}', createdAt: hoursAgo(1), nextAt: hoursAgo(0) };
  const problem = 'The address answered 503: it must answer 200 to 299.';
  await db.cacheMessage.createMany({
    data: [
      { ...message, id: randomUUID(), products: 250, state: 'delivered', attempts: 1, endedAt: hoursAgo(1) },
      { ...message, id: randomUUID(), products: 12, attempts: 4, status: 503, problem },
      { ...message, id: randomUUID(), products: 1, state: 'failed', attempts: 15, status: 503, problem },
    ],
  });
}
