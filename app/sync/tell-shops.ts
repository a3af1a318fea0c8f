import type { LiveEvent } from '~/observe/live-events';
import type { Resources } from './resources';

/** Tells the pages of every store of an account. */
export async function tellShops({ db, live }: Resources, accountId: string, event: LiveEvent): Promise<void> {
  const shops = await db.shop.findMany({ where: { accountId, uninstalledAt: null }, select: { id: true } });
  for (const { id } of shops) await live.publish(id, event);
}
