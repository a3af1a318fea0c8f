/** Read model of the page about who else may work with the shop: API keys, and systems that push changes. */
import type { Prisma } from '#generated/prisma/client';
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

export type PushSourceRow = Omit<ApiKeyRow, 'prefix' | 'scopes'>;

const ORDER = [
  { revokedAt: { sort: 'desc', nulls: 'first' } },
  { createdAt: 'desc' },
] satisfies Prisma.ApiKeyOrderByWithRelationInput[];

interface Instants {
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}
const texts = ({ createdAt, lastUsedAt, revokedAt }: Instants) => ({
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  revokedAt: revokedAt?.toISOString() ?? null,
});

/** The systems that push changes, in the same order. */
export async function readPushSources(db: Queryable, shopId: string): Promise<PushSourceRow[]> {
  const sources = await db.pushSource.findMany({ where: { shopId }, orderBy: ORDER, take: SHOWN });
  return sources.map(({ id, name, createdBy, ...at }) => ({ id, name, createdBy, ...texts(at) }));
}

/** The shop's keys, newest first, those that are revoked last. */
export async function readApiKeys(db: Queryable, shopId: string): Promise<ApiKeyRow[]> {
  const keys = await db.apiKey.findMany({ where: { shopId }, orderBy: ORDER, take: SHOWN });
  return keys.map(({ id, name, scopes, createdBy, ...at }) => ({
    ...{ id, name, prefix: keyPrefix(id), scopes, createdBy },
    ...texts(at),
  }));
}
