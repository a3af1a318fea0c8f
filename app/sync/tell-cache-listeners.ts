/** Tells listeners of what changed in the cache: in batches, signed, again where they do not answer, in no order. */
import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { Webhook } from 'standardwebhooks';
import { MOST_ATTEMPTS, MOST_TOLD, retryAfterMs } from '~/core/cache-message';
import { chunksOf } from '~/core/plan';
import { shopsWithNews, takeDueMessages, takeNews } from '~/db/cache-news.server';
import type { DueMessage } from '~/db/cache-news.server';
import { inTransaction } from './record-work';
import type { Resources } from './resources';
import { listenerSealOf } from './save-cache-listener';

const AT_A_TIME = 4;
const TIMEOUT_MS = 10_000;
/** Longer than an attempt takes: a message whose process died is tried again. */
const LEASE_MS = 60_000;
/** Messages of a shop that wait: what comes then is counted and not told. */
const MOST_WAITING = 100;

async function writeMessages(resources: Resources, shop: { shopId: string; domain: string }): Promise<void> {
  const { now } = resources;
  const { shopId, domain } = shop;
  await inTransaction(resources, async (tx) => {
    const products = await takeNews(tx, shopId);
    if (products.length === 0) return;
    const waiting = await tx.cacheMessage.count({ where: { shopId, state: 'waiting' } });
    if (waiting >= MOST_WAITING) {
      await tx.cacheListener.updateMany({
        where: { shopId },
        data: { dropped: { increment: products.length } },
      });
      return;
    }
    const at = now();
    await tx.cacheMessage.createMany({
      data: chunksOf(products, MOST_TOLD).map((told) => ({
        ...{ id: randomUUID(), shopId, products: told.length, nextAt: at, createdAt: at },
        body: JSON.stringify({
          type: 'cache.changed',
          shop: domain,
          at: at.toISOString(),
          products: told.map(({ remoteId, productId, handle, reasons }) => ({
            id: remoteId,
            product_id: productId,
            handle,
            reasons,
          })),
        }),
      })),
    });
  });
}

/** Null where it was taken; else what is the matter. */
async function deliver(
  { web, secrets, now }: Resources,
  message: DueMessage,
  signal: AbortSignal,
): Promise<{ status: number | null; problem: string | null }> {
  const { id, shopId, body } = message;
  const webhook = new Webhook(secrets.decrypt(message.secret, listenerSealOf(shopId, 'secret')));
  const at = now();
  const answer = await web.fetch(secrets.decrypt(message.url, listenerSealOf(shopId, 'url')), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': webhook.sign(id, at, body),
    },
    body,
    ...{ maxBytes: 1_024, timeoutMs: TIMEOUT_MS, signal },
  });
  if (answer.kind !== 'answered') return { status: null, problem: `${answer.reason} ${answer.remedy}` };
  const { status } = answer;
  const isTaken = status >= 200 && status < 300;
  return { status, problem: isTaken ? null : `The address answered ${status}: it must answer 200 to 299.` };
}

async function tryMessage(resources: Resources, message: DueMessage, signal: AbortSignal): Promise<void> {
  const { db, now, random } = resources;
  const { status, problem } = await deliver(resources, message, signal);
  const isOver = problem === null || message.attempts >= MOST_ATTEMPTS;
  await db.cacheMessage.updateMany({
    where: { id: message.id, state: 'waiting' },
    data: {
      ...{ status, problem },
      ...(isOver
        ? { state: problem === null ? 'delivered' : 'failed', endedAt: now() }
        : { nextAt: new Date(now().getTime() + retryAfterMs(message.attempts, random())) }),
    },
  });
}

/** Writes messages of what is new, and sends those that are due. One that fails holds up no other. */
export async function tellCacheListeners(resources: Resources, signal: AbortSignal): Promise<void> {
  const { db, log, now } = resources;
  for (const shop of await shopsWithNews(db)) {
    signal.throwIfAborted();
    await writeMessages(resources, shop);
  }
  const due = await takeDueMessages(db, { now: now(), leaseMs: LEASE_MS, limit: 5 * AT_A_TIME });
  const lane = pLimit(AT_A_TIME);
  await Promise.all(
    due.map((message) =>
      lane(async () => {
        try {
          await tryMessage(resources, message, signal);
        } catch (error) {
          // Its turn comes again when the lease ends.
          if (!signal.aborted)
            log.error({ err: error, shopId: message.shopId }, 'A message about the cache could not be sent');
        }
      }),
    ),
  );
}
