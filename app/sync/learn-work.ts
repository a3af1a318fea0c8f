/** Learns from what was written to Shopify when shops work, and on what. */
import { slotOf } from '~/core/work-habits';
import { burstsOf } from '~/core/work-bursts';
import {
  addWork,
  forgetOldWork,
  kindOfWork,
  learnedUntil,
  noteLearned,
  writtenSlices,
} from '~/db/work-history.server';
import { inTransaction } from './record-work';
import type { Resources } from './resources';

/** What was written in so much time is looked at together. */
const STRIDE_MS = 24 * 3_600_000;

async function learnShop(
  resources: Resources,
  shop: { id: string; timezone: string; installedAt: Date },
  signal: AbortSignal,
): Promise<void> {
  const { db, now } = resources;
  const { id: shopId } = shop;
  const end = now();
  let from = await learnedUntil(db, { shopId, installedAt: shop.installedAt }, end);
  while (from < end) {
    signal.throwIfAborted();
    const until = new Date(Math.min(end.getTime(), from.getTime() + STRIDE_MS));
    const slices = await writtenSlices(db, shopId, { from, until });
    const { bursts, openSince } = burstsOf(slices, until);
    // Work that goes on for longer than a stride is work of its own in each.
    const open = openSince !== null && openSince > from ? openSince : null;
    const learned = open === null ? until : new Date(open.getTime() - 1);
    const kinds = await Promise.all(bursts.map(({ at }) => kindOfWork(db, shopId, at)));
    await inTransaction(resources, async (tx) => {
      for (const [index, { at, productIds }] of bursts.entries()) {
        const kind = kinds[index] ?? 'run';
        const slot = kind === 'promotion' ? null : slotOf(at, shop.timezone);
        await addWork(tx, shopId, { at, kind, productIds, slot });
      }
      await noteLearned(tx, shopId, learned);
    });
    if (open !== null) break;
    from = learned;
  }
  await forgetOldWork(db, shopId, end);
}

/** Learns from the work of every shop since the last time. Repeatable: what was learned from is noted with it. */
export async function learnWork(resources: Resources, signal: AbortSignal): Promise<void> {
  const { db, log } = resources;
  const shops = await db.shop.findMany({
    where: { uninstalledAt: null, adoptedAt: { not: null } },
    select: { id: true, timezone: true, installedAt: true },
  });
  for (const shop of shops) {
    signal.throwIfAborted();
    try {
      await learnShop(resources, shop, signal);
    } catch (error) {
      log.error({ err: error, shopId: shop.id }, 'The work of a shop could not be learned from');
    }
  }
}
