import type { ApiScope } from '~/core/api-scopes';
import { makeApiKey } from './api-key-text';
import type { Resources } from './resources';

/** Keys in use a shop: more than anybody can keep apart. */
const MOST_KEYS = 50;

export type CreatedApiKey =
  /** `text` is the key itself: it is nowhere else. */
  { kind: 'created'; id: string; text: string } | { kind: 'name-taken' } | { kind: 'too-many'; most: number };

/** Makes a key of the shop for the REST API. The audit log names what a key did by the key's name, so names differ. */
export async function createApiKey(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  input: { shopId: string; name: string; scopes: ApiScope[]; createdBy: string },
): Promise<CreatedApiKey> {
  const { shopId, name, scopes, createdBy } = input;
  return db.$transaction(async (tx): Promise<CreatedApiKey> => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`api keys ${shopId}`}, 0))`;
    const held = await tx.apiKey.findMany({ where: { shopId, revokedAt: null }, select: { name: true } });
    if (held.some((key) => key.name.toLowerCase() === name.toLowerCase())) return { kind: 'name-taken' };
    if (held.length >= MOST_KEYS) return { kind: 'too-many', most: MOST_KEYS };
    const { id, text, secretHash } = makeApiKey();
    await tx.apiKey.create({
      data: { id, shopId, name, secretHash, scopes: [...new Set(scopes)], createdBy, createdAt: now() },
    });
    return { kind: 'created', id, text };
  });
}
