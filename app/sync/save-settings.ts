import type { ConflictPolicy } from '~/core/decision';
import type { Resources } from './resources';

/** Stores what wins, what deleting means (both hold from the next look at a product on) and how long the audit log is kept. */
export async function saveSettings(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  {
    shopId,
    conflictPolicy,
    deletionPolicy,
    auditRetentionDays,
  }: {
    shopId: string;
    conflictPolicy?: ConflictPolicy;
    deletionPolicy?: 'archive' | 'delete';
    auditRetentionDays?: number;
  },
): Promise<void> {
  await db.shop.update({
    where: { id: shopId },
    data: {
      ...(conflictPolicy && { conflictPolicy, policyChosenAt: now() }),
      ...(deletionPolicy && { deletionPolicy }),
      ...(auditRetentionDays !== undefined && { auditRetentionDays }),
    },
  });
}
