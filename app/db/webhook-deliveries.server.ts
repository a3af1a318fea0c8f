/** Webhooks as they were taken in: one row a delivery, first for deduplication, then as the work to do. */
import type { Queryable } from './client.server';

/** What the request knows of a delivery. */
export interface NewDelivery {
  /** Shopify's id of the delivery: the same when it comes again. */
  id: string;
  shop: string;
  topic: string;
  facts: object;
  triggeredAt: Date | null;
}

export interface TakenDelivery {
  id: string;
  topic: string;
  facts: unknown;
  triggeredAt: Date | null;
  /** This one included. */
  attempts: number;
}

/** Deliveries of a shop that may be taken now. */
export interface WaitingShop {
  shop: string;
  waiting: number;
  oldest: Date;
  newest: Date;
  /** Whether one of the urgent topics is among them. */
  isUrgent: boolean;
}

/** Stores deliveries in one statement; answers how many were new. A repetition changes nothing. */
export async function saveDeliveries(
  db: Queryable,
  deliveries: NewDelivery[],
  receivedAt: Date,
): Promise<number> {
  // In one order: two processes that are given the same repetitions must not wait for each other.
  return db.$executeRaw`
    INSERT INTO app.webhook_delivery (id, shop, topic, facts, triggered_at, received_at)
    SELECT id, shop, topic, facts, "triggeredAt", ${receivedAt}
    FROM jsonb_to_recordset(${JSON.stringify(deliveries)}::jsonb)
      AS row(id text, shop text, topic text, facts jsonb, "triggeredAt" timestamptz)
    ORDER BY id
    ON CONFLICT (id) DO NOTHING`;
}

/** The shops that have something to handle now. */
export async function readWaitingShops(
  db: Queryable,
  now: Date,
  urgentTopics: readonly string[],
): Promise<WaitingShop[]> {
  return db.$queryRaw<WaitingShop[]>`
    SELECT shop, count(*)::int AS waiting, min(received_at) AS oldest, max(received_at) AS newest,
      bool_or(topic = ANY(${urgentTopics})) AS "isUrgent"
    FROM app.webhook_delivery
    WHERE handled_at IS NULL AND (not_before IS NULL OR not_before <= ${now})
    GROUP BY shop ORDER BY min(received_at), shop`;
}

/** Whether any delivery may be taken now. */
export async function isDeliveryDue(db: Queryable, now: Date): Promise<boolean> {
  const due = await db.webhookDelivery.findFirst({
    where: { handledAt: null, OR: [{ notBefore: null }, { notBefore: { lte: now } }] },
    select: { id: true },
  });
  return due !== null;
}

/**
 * Takes deliveries of a shop, oldest first. Until `until` no other worker takes them: one that dies with them leaves
 * them to the others then. Null topics: all.
 */
export async function takeDeliveries(
  db: Queryable,
  asked: { shop: string; topics: readonly string[] | null; now: Date; until: Date; limit: number },
): Promise<TakenDelivery[]> {
  const { shop, topics, now, until, limit } = asked;
  return db.$queryRaw<TakenDelivery[]>`
    WITH taken AS (
      UPDATE app.webhook_delivery delivery SET not_before = ${until}, attempts = attempts + 1
      FROM (
        SELECT id FROM app.webhook_delivery
        WHERE shop = ${shop} AND handled_at IS NULL AND (not_before IS NULL OR not_before <= ${now})
          AND (${topics}::text[] IS NULL OR topic = ANY(${topics}::text[]))
        ORDER BY received_at, id LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ) AS due
      WHERE delivery.id = due.id
      RETURNING delivery.id, delivery.topic, delivery.facts, delivery.triggered_at, delivery.received_at, delivery.attempts
    )
    SELECT id, topic, facts, triggered_at AS "triggeredAt", attempts FROM taken ORDER BY received_at, id`;
}

export async function markHandled(db: Queryable, ids: string[], now: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE app.webhook_delivery SET handled_at = ${now}, failure = NULL WHERE id = ANY(${ids})`;
}

/** A delivery failed: it waits for its next attempt, or, where there shall be none, is over. */
export async function noteFailedDelivery(
  db: Queryable,
  id: string,
  outcome: { failure: string } & ({ notBefore: Date } | { gaveUpAt: Date }),
): Promise<void> {
  const end = 'gaveUpAt' in outcome ? { handledAt: outcome.gaveUpAt } : { notBefore: outcome.notBefore };
  await db.webhookDelivery.updateMany({ where: { id }, data: { failure: outcome.failure, ...end } });
}

/** A delivery that was given up is to be handled after all. */
export async function reopenDelivery(db: Queryable, id: string): Promise<void> {
  await db.webhookDelivery.updateMany({
    where: { id, failure: { not: null } },
    data: { handledAt: null, notBefore: null, attempts: 0 },
  });
}
