import type { Resources } from './resources';
import { steerSource } from './steer-source';

/** A catalog that no store sells any more is not fed: the merchant's database must not keep its log for nobody. */
export async function restSource(resources: Resources, accountId: string): Promise<void> {
  if ((await resources.db.shop.count({ where: { accountId, uninstalledAt: null } })) > 0) return;
  await steerSource(resources, { accountId, order: 'rest' });
}
