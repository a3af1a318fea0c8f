/** Keys of the REST API. */
import { z } from 'zod';
import { API_SCOPES } from '~/core/api-scopes';
import type { ApiScope } from '~/core/api-scopes';
import type { Queryable } from './client.server';

/** A key that may be used, and the shop it is of. */
export interface UsableKey {
  id: string;
  name: string;
  secretHash: string;
  scopes: ApiScope[];
  lastUsedAt: Date | null;
  shop: { id: string; accountId: string; domain: string; currencyCode: string };
}

// A scope that this version no longer knows allows nothing.
const scopes = z.array(z.string()).transform((held) => API_SCOPES.filter((scope) => held.includes(scope)));

const stored = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    secretHash: z.string(),
    scopes,
    lastUsedAt: z.date().nullable(),
    shopId: z.string(),
    accountId: z.string(),
    domain: z.string(),
    currencyCode: z.string(),
  }),
);

/** Null where there is no such key, it was revoked, or the app was uninstalled from its shop. */
export async function findUsableKey(db: Queryable, id: string): Promise<UsableKey | null> {
  const rows = await db.$queryRaw`
    SELECT key.id, key.name, key.secret_hash AS "secretHash", key.scopes, key.last_used_at AS "lastUsedAt",
      shop.id AS "shopId", shop.account_id AS "accountId", shop.domain, shop.currency_code AS "currencyCode"
    FROM app.api_key key JOIN app.shop shop ON shop.id = key.shop_id
    WHERE key.id = ${id}::uuid AND key.revoked_at IS NULL AND shop.uninstalled_at IS NULL`;
  const [row] = stored.parse(rows);
  if (row === undefined) return null;
  const { shopId, accountId, domain, currencyCode, ...key } = row;
  return { ...key, shop: { id: shopId, accountId, domain, currencyCode } };
}

/** Notes that a key was used, unless that was noted since `before`. */
export async function noteKeyUse(
  db: Queryable,
  id: string,
  { now, before }: { now: Date; before: Date },
): Promise<void> {
  await db.apiKey.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] },
    data: { lastUsedAt: now },
  });
}

/** How a key is told from others where its text is not shown: the text's beginning. */
export function keyPrefix(id: string): string {
  return `lsk_${id.slice(0, 8)}`;
}
