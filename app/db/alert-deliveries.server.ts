/** Messages on their way to channels: app.alert_delivery. */
import { randomUUID } from 'node:crypto';
import type { AlertMessage } from '~/core/alert-message';
import type { Queryable } from './client.server';

export interface NewDelivery {
  shopId: string;
  channelId: string;
  message: AlertMessage;
}

/**
 * Puts messages on their way; each channel gets them in this order. Answers their ids. `heldMs`: whoever adds them sends them, and
 * nobody else for so long.
 */
export async function addDeliveries(
  db: Queryable,
  deliveries: NewDelivery[],
  { now, heldMs = 0 }: { now: Date; heldMs?: number },
): Promise<string[]> {
  const rows = deliveries.map(({ message, ...of }) => ({
    ...{ id: randomUUID(), ...of, createdAt: now, nextAt: new Date(now.getTime() + heldMs) },
    attempts: heldMs > 0 ? 1 : 0,
    message: JSON.parse(JSON.stringify(message)),
  }));
  for (const row of rows) await db.alertDelivery.create({ data: row });
  return rows.map(({ id }) => id);
}

export interface TakenDelivery {
  id: string;
  shopId: string;
  channelId: string;
  attempts: number;
  message: unknown;
  createdAt: Date;
  /** Of the channel; sealed. */
  target: string;
}

/**
 * Takes what is due, and puts its time off by `leaseMs` so that nobody else sends it; what its sender did not live to note is
 * sent again after that. Of a channel only the first that waits: told that something is over before it was told of it, nobody
 * understands either.
 */
export async function takeDeliveries(
  db: Queryable,
  { now, leaseMs, limit }: { now: Date; leaseMs: number; limit: number },
): Promise<TakenDelivery[]> {
  return db.$queryRaw<TakenDelivery[]>`
    WITH taken AS (
      UPDATE app.alert_delivery SET attempts = attempts + 1, next_at = ${new Date(now.getTime() + leaseMs)}
      WHERE id IN (
        SELECT due.id FROM app.alert_delivery due
        JOIN app.alert_channel channel ON channel.id = due.channel_id AND channel.is_on
        JOIN app.shop shop ON shop.id = due.shop_id AND shop.uninstalled_at IS NULL
        WHERE due.state = 'waiting' AND due.next_at <= ${now} AND NOT EXISTS (
          SELECT 1 FROM app.alert_delivery before
          WHERE before.channel_id = due.channel_id AND before.state = 'waiting' AND before.position < due.position)
        ORDER BY due.next_at LIMIT ${limit} FOR UPDATE OF due SKIP LOCKED)
      RETURNING id, shop_id, channel_id, attempts, message, created_at)
    SELECT taken.id, taken.shop_id AS "shopId", taken.channel_id AS "channelId", taken.attempts, taken.message,
      taken.created_at AS "createdAt", channel.target
    FROM taken JOIN app.alert_channel channel ON channel.id = taken.channel_id`;
}

/** What became of an attempt. `nextAt`: it is tried again then. */
export type AttemptEnd =
  | { state: 'sent'; endedAt: Date }
  | { state: 'failed'; problem: string; endedAt: Date }
  | { state: 'waiting'; problem: string; nextAt: Date };

export async function noteAttempt(db: Queryable, id: string, end: AttemptEnd): Promise<void> {
  await db.alertDelivery.updateMany({
    where: { id, state: 'waiting' },
    data: end.state === 'sent' ? { ...end, problem: null } : end,
  });
}
