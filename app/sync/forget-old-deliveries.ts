import type { Resources } from './resources';

/** Deliveries are kept longer than Shopify repeats them (4 hours). */
const KEEP_MS = 2 * 24 * 60 * 60_000;

/** Removes webhook deliveries that can no longer come again; those that still wait stay. */
export async function forgetOldDeliveries({ db, now }: Resources): Promise<void> {
  const receivedAt = { lt: new Date(now().getTime() - KEEP_MS) };
  await db.webhookDelivery.deleteMany({ where: { receivedAt, handledAt: { not: null } } });
}
