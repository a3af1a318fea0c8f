/** Read model of the page about API keys. */
import type { Queryable } from '../client.server';
import { keyPrefix } from '../api-keys.server';

export interface ApiKeyRow {
  id: string;
  name: string;
  /** How its text begins. */
  prefix: string;
  scopes: string[];
  createdBy: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

/** Keys in use and the last that were revoked. */
const SHOWN = 200;

/** The shop's keys, newest first, those that are revoked last. */
export async function readApiKeys(db: Queryable, shopId: string): Promise<ApiKeyRow[]> {
  const keys = await db.apiKey.findMany({
    where: { shopId },
    orderBy: [{ revokedAt: { sort: 'desc', nulls: 'first' } }, { createdAt: 'desc' }],
    take: SHOWN,
  });
  return keys.map(({ id, name, scopes, createdBy, createdAt, lastUsedAt, revokedAt }) => ({
    id,
    name,
    prefix: keyPrefix(id),
    scopes,
    createdBy,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  }));
}
