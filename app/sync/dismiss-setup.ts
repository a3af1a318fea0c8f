import type { Resources } from './resources';

/** Hides the setup guide for good. */
export async function dismissSetup({ db, now }: Resources, { shopId }: { shopId: string }): Promise<void> {
  await db.shop.update({ where: { id: shopId }, data: { setupDismissedAt: now() } });
}
