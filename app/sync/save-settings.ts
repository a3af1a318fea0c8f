import type { ConflictPolicy } from '~/core/decision';
import type { Resources } from './resources';

/** Stores what wins and what deleting means. Both hold from the next look at a product on. */
export async function saveSettings(
  { db, now }: Resources,
  {
    shopId,
    conflictPolicy,
    deletionPolicy,
  }: { shopId: string; conflictPolicy: ConflictPolicy; deletionPolicy?: 'archive' | 'delete' },
): Promise<void> {
  await db.shop.update({
    where: { id: shopId },
    data: { conflictPolicy, policyChosenAt: now(), ...(deletionPolicy && { deletionPolicy }) },
  });
}
