/** Chooses what of each shop's cache is refreshed for work that is expected within minutes. */
import { trustOf, trustedUntil } from '~/core/cache-entry';
import {
  chooseWarming,
  habitualStart,
  habitualUpcoming,
  knownUpcoming,
  warmingAllowance,
} from '~/core/warming';
import type { Upcoming } from '~/core/warming';
import { learnHabits, tellingSlots } from '~/core/work-habits';
import { shopsWithWarms } from '~/db/cache-warms.server';
import {
  cachedFreshness,
  dropUnread,
  noteChosen,
  promotionsToTurn,
  settleWarmed,
  warmingRecord,
} from '~/db/warmed-products.server';
import { readWorkHistory } from '~/db/work-history.server';
import { queueWarming } from './queue-warming';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';

/** Promotions further ahead are none of warming's. */
const AHEAD_MS = 15 * 60_000;
/** Until when what is pinned is fresh. */
const FOR_GOOD = new Date('9999-12-31T00:00:00Z');

/** Work of a shop that is expected soon, by its habits and its promotions. */
async function upcomingWork(
  { db }: Resources,
  shop: { id: string; timezone: string },
  now: Date,
  trustMs: number,
): Promise<Upcoming[]> {
  const scope = { shopId: shop.id, timeZone: shop.timezone };
  const known = await promotionsToTurn(db, shop.id, {
    from: now,
    until: new Date(now.getTime() + AHEAD_MS),
  });
  const upcoming = knownUpcoming(known, now, trustMs);
  const starts = await readWorkHistory(db, scope);
  const start = starts && habitualStart(learnHabits(starts), now, trustMs);
  if (!start) return upcoming;
  // Only now are the products of those hours of the week worth loading.
  const history = await readWorkHistory(db, scope, tellingSlots(shop.timezone, start.from, start.until));
  return history ? [...upcoming, habitualUpcoming(learnHabits(history), start)] : upcoming;
}

/** What reading a product's fields costs, by its variants. */
export function fieldPoints({ store }: SyncScope): (variants: number) => number {
  const { productFields, variantFields } = store.documentCosts();
  return (variants) => productFields.points + variants * variantFields.points;
}

async function planShop(
  resources: Resources,
  shop: { id: string; timezone: string; cacheTtlSeconds: number | null },
): Promise<void> {
  const { db, settings, queue } = resources;
  const now = resources.now();
  const { cacheTtlSeconds } = shop;
  const trustMs = cacheTtlSeconds === null ? settings.confirmAfterMs : cacheTtlSeconds * 1_000;
  const terms = { now, trustMs };
  await settleWarmed(db, shop.id, { ...terms, productIds: [] });
  await dropUnread(db, shop.id, { expectedBefore: now });
  const upcoming = await upcomingWork(resources, shop, now, trustMs);
  if (upcoming.length === 0) return;
  const scope = await loadSyncScope(resources, shop.id, { isBackground: true });
  const bucket = scope && (await scope.store.pointsLeft());
  if (!scope || !bucket) return;
  const ids = [...new Set(upcoming.flatMap(({ products }) => [...products.keys()]))];
  const cached = await cachedFreshness(db, shop.id, ids, now);
  const variants = new Map(cached.map((product) => [product.productId, product.variants]));
  const pointsOf = fieldPoints(scope);
  const expectedAt = new Date(Math.min(...upcoming.map(({ startsAt }) => startsAt.getTime())));
  const chosen = chooseWarming(
    // What is linked to nothing in the store has nothing to be read.
    upcoming.map((work) => ({
      ...work,
      products: new Map([...work.products].filter(([productId]) => variants.has(productId))),
    })),
    {
      freshUntil: new Map(
        cached.flatMap(({ productId, seenAt, control }): [string, Date][] => {
          if (seenAt === null) return [];
          const until = trustedUntil(seenAt, trustOf(control, cacheTtlSeconds, settings.confirmAfterMs));
          return [[productId, until ?? FOR_GOOD]];
        }),
      ),
      pointsOf: (productId) => pointsOf(variants.get(productId) ?? 1),
      allowance: warmingAllowance(bucket, expectedAt.getTime() - now.getTime()),
      record: await warmingRecord(db, shop.id, now),
    },
  );
  if (chosen.length === 0) return;
  await settleWarmed(db, shop.id, {
    ...terms,
    productIds: chosen.map(({ productId }) => productId),
  });
  await noteChosen(db, shop.id, chosen, { expectedAt, now });
  await queueWarming(queue, shop.id);
}

/** Plans the warming of every shop. Repeatable: what was chosen is a row, and is chosen once. */
export async function planWarming(resources: Resources, signal: AbortSignal): Promise<void> {
  const { db, log } = resources;
  const shops = await db.shop.findMany({
    where: { uninstalledAt: null, adoptedAt: { not: null } },
    select: { id: true, timezone: true, cacheTtlSeconds: true },
  });
  // A selection that somebody has read goes on where its job was lost.
  for (const shopId of await shopsWithWarms(db)) await queueWarming(resources.queue, shopId);
  for (const shop of shops) {
    signal.throwIfAborted();
    try {
      await planShop(resources, shop);
    } catch (error) {
      log.error({ err: error, shopId: shop.id }, 'The warming of a shop could not be planned');
    }
  }
}
