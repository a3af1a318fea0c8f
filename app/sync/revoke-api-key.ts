import type { Resources } from './resources';

/** Ends a key at once; what it started goes on. False where the shop has no such key in use. */
export async function revokeApiKey(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  { shopId, keyId, revokedBy }: { shopId: string; keyId: string; revokedBy: string },
): Promise<boolean> {
  const { count } = await db.apiKey.updateMany({
    where: { id: keyId, shopId, revokedAt: null },
    data: { revokedAt: now(), revokedBy },
  });
  return count > 0;
}
