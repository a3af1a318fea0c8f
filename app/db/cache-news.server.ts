/** News of the cache, and the messages that tell listeners of them. */
import { reasonsByProduct } from '~/core/cache-message';
import type { CacheNews } from '~/core/cache-message';
import type { Queryable } from './client.server';

export interface ToldProduct {
  remoteId: string;
  productId: string | null;
  handle: string | null;
  reasons: string[];
}

/** News that are taken at a time: more of the same product are told in one. */
const TAKEN = 5_000;

/** Shops with news for their listener. */
export async function shopsWithNews(db: Queryable): Promise<{ shopId: string; domain: string }[]> {
  return db.$queryRaw`
    SELECT listener.shop_id AS "shopId", shop.domain FROM app.cache_listener listener
    JOIN app.shop shop ON shop.id = listener.shop_id
    WHERE listener.is_on AND EXISTS (SELECT 1 FROM app.cache_news news WHERE news.shop_id = listener.shop_id)`;
}

/** Takes the oldest news of a shop away, and tells the products they are about. */
export async function takeNews(tx: Queryable, shopId: string): Promise<ToldProduct[]> {
  const news = await tx.$queryRaw<(CacheNews & { id: bigint })[]>`
    DELETE FROM app.cache_news WHERE id IN (
      SELECT id FROM app.cache_news WHERE shop_id = ${shopId}::uuid ORDER BY id LIMIT ${TAKEN}::int FOR UPDATE SKIP LOCKED)
    RETURNING id, remote_id AS "remoteId", reason`;
  const reasons = reasonsByProduct(news.sort((a, b) => (a.id < b.id ? -1 : 1)));
  const known = await tx.$queryRaw<{ remoteId: string; productId: string | null; handle: string | null }[]>`
    SELECT told AS "remoteId", link.product_id AS "productId", COALESCE(remote.state->'fields'->>'handle', product.handle) AS handle
    FROM unnest(${[...reasons.keys()]}::text[]) AS told
    LEFT JOIN app.remote_product remote ON remote.shop_id = ${shopId}::uuid AND remote.remote_id = told
    LEFT JOIN app.product_link link ON link.shop_id = ${shopId}::uuid AND link.remote_id = told
    LEFT JOIN catalog.product product ON product.id = link.product_id`;
  return known.map((row) => ({ ...row, reasons: reasons.get(row.remoteId) ?? [] }));
}

export interface DueMessage {
  id: string;
  shopId: string;
  body: string;
  attempts: number;
  url: string;
  secret: string;
}

/** Messages that are due, for `leaseMs` in the hands of the caller. Of a listener that was switched off none is. */
export async function takeDueMessages(
  db: Queryable,
  { now, leaseMs, limit }: { now: Date; leaseMs: number; limit: number },
): Promise<DueMessage[]> {
  return db.$queryRaw`
    UPDATE app.cache_message message SET next_at = ${new Date(now.getTime() + leaseMs)}, attempts = message.attempts + 1
    FROM app.cache_listener listener
    WHERE listener.shop_id = message.shop_id AND listener.is_on AND message.id IN (
      SELECT due.id FROM app.cache_message due JOIN app.cache_listener own ON own.shop_id = due.shop_id AND own.is_on
      WHERE due.state = 'waiting' AND due.next_at <= ${now} ORDER BY due.next_at LIMIT ${limit}::int FOR UPDATE OF due SKIP LOCKED)
    RETURNING message.id, message.shop_id AS "shopId", message.body, message.attempts, listener.url, listener.secret`;
}

/** Forgets messages that are through, and those that nobody will be told any more. */
export async function forgetMessages(db: Queryable, before: Date): Promise<void> {
  await db.cacheMessage.deleteMany({ where: { createdAt: { lt: before } } });
}
