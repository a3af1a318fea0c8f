import type { Resources } from './resources';

/** Shuts a system out at once. False where the shop has no such system in use. */
export async function revokePushSource(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  { shopId, sourceId, revokedBy }: { shopId: string; sourceId: string; revokedBy: string },
): Promise<boolean> {
  const { count } = await db.pushSource.updateMany({
    where: { id: sourceId, shopId, revokedAt: null },
    data: { revokedAt: now(), revokedBy },
  });
  return count > 0;
}
