/** Systems that push changes of the catalog, and how new what each of them pushed was. */
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

/** A system that may push, and the shop it does so for. */
export interface UsablePushSource {
  id: string;
  name: string;
  /** Sealed. */
  secret: string;
  shop: { id: string; accountId: string };
}

/** Null where there is no such system, it was revoked, or the app was uninstalled from its shop. */
export async function findUsablePushSource(db: Queryable, id: string): Promise<UsablePushSource | null> {
  const [found] = await db.$queryRaw<
    { id: string; name: string; secret: string; shopId: string; accountId: string }[]
  >`
    SELECT source.id, source.name, source.secret, shop.id AS "shopId", shop.account_id AS "accountId"
    FROM app.push_source source JOIN app.shop shop ON shop.id = source.shop_id
    WHERE source.id = ${id}::uuid AND source.revoked_at IS NULL AND shop.uninstalled_at IS NULL`;
  if (found === undefined) return null;
  const { shopId, accountId, ...source } = found;
  return { ...source, shop: { id: shopId, accountId } };
}

/** Notes that a system pushed, unless that was noted since `before`. */
export async function notePush(
  db: Queryable,
  id: string,
  { now, before }: { now: Date; before: Date },
): Promise<void> {
  await db.pushSource.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] },
    data: { lastUsedAt: now },
  });
}

/**
 * Notes the versions of products that a system pushes; answers the handles of which it pushed a higher one before. The same
 * version may come again. Handles must differ.
 */
export async function takeVersions(
  tx: Queryable,
  source: { id: string; shopId: string },
  versions: { handle: string; version: number }[],
): Promise<Set<string>> {
  if (versions.length === 0) return new Set();
  const taken = await tx.$queryRaw<{ handle: string }[]>`
    INSERT INTO app.pushed_version AS known (source_id, shop_id, handle, version)
    SELECT ${source.id}::uuid, ${source.shopId}::uuid, row.handle, row.version
    FROM jsonb_to_recordset(${JSON.stringify(versions)}::jsonb) AS row(handle text, version bigint)
    ORDER BY row.handle
    ON CONFLICT (source_id, handle) DO UPDATE SET version = excluded.version WHERE known.version <= excluded.version
    RETURNING handle`;
  const isTaken = new Set(taken.map(({ handle }) => handle));
  return new Set(versions.flatMap(({ handle }) => (isTaken.has(handle) ? [] : [handle])));
}

/** Takes products out of the catalog; answers the id of each that was there, by its handle. */
export async function deleteByHandle(
  tx: Queryable,
  accountId: string,
  handles: string[],
): Promise<Map<string, SourceId>> {
  if (handles.length === 0) return new Map();
  const gone = await tx.$queryRaw<{ id: SourceId; handle: string }[]>`
    DELETE FROM catalog.product WHERE account_id = ${accountId}::uuid AND handle = ANY(${handles}::text[]) RETURNING id, handle`;
  return new Map(gone.map(({ id, handle }) => [handle, id]));
}
