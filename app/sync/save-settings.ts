import type { ConflictPolicy } from '~/core/decision';
import type { EditGuard } from '~/core/edit-guard';
import type { Resources } from './resources';

/** Stores what wins, what deleting means (both hold from the next look at a product on), how long the audit log is kept, and what a bulk edit may do unconfirmed. */
export async function saveSettings(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  {
    shopId,
    conflictPolicy,
    deletionPolicy,
    auditRetentionDays,
    editGuard,
    show30DayLowest,
  }: {
    shopId: string;
    conflictPolicy?: ConflictPolicy;
    deletionPolicy?: 'archive' | 'delete';
    auditRetentionDays?: number;
    editGuard?: EditGuard;
    /** Null: as the shop's currency says. */
    show30DayLowest?: boolean | null;
  },
): Promise<void> {
  await db.shop.update({
    where: { id: shopId },
    data: {
      ...(conflictPolicy && { conflictPolicy, policyChosenAt: now() }),
      ...(deletionPolicy && { deletionPolicy }),
      ...(auditRetentionDays !== undefined && { auditRetentionDays }),
      ...(show30DayLowest !== undefined && { show30DayLowest }),
      ...(editGuard && {
        guardCatalogPercent: editGuard.catalogPercent,
        guardChangePercent: editGuard.changePercent,
        guardZeroStock: editGuard.zeroStock,
        guardSecondPerson: editGuard.secondPerson,
        guardSource: editGuard.source,
      }),
    },
  });
}
