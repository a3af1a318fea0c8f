/** Does what webhooks ask for. The request has only stored them: here is all the work, a burst of a shop at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Shop } from '#generated/prisma/client';
import { chunksOf } from '~/core/plan';
import type { Gid } from '~/core/product-state';
import { earlier } from '~/core/waiting-since';
import { noteOrdersTold } from '~/db/order-imports.server';
import { productsOwning } from '~/db/remote-owners.server';
import {
  markHandled,
  noteFailedDelivery,
  readWaitingShops,
  takeDeliveries,
} from '~/db/webhook-deliveries.server';
import type { TakenDelivery, WaitingShop } from '~/db/webhook-deliveries.server';
import { webhookFactsSchema } from '~/shopify/webhook-facts';
import type { WebhookFacts } from '~/shopify/webhook-facts';
import { bulkOperationFinished } from './bulk-operation-finished';
import { lookAtRemoteProducts } from './look-at-remote-products';
import { redactShop } from './redact-shop';
import type { Resources } from './resources';
import { uninstallShop } from './uninstall-shop';

/**
 * How long the deliveries of a shop are let gather before they are handled, so that a product that is named many times
 * in a burst is looked at once.
 */
export interface Patience {
  /** A burst is over when nothing came for this long. */
  quietMs: number;
  /** Deliveries that keep coming are handled this long after the first one at the latest ... */
  longestMs: number;
  /** ... unless so many wait already that more of them are to be expected: */
  floodFrom: number;
  /** then this long. */
  floodLongestMs: number;
}

export const PATIENCE: Patience = { quietMs: 500, longestMs: 2_000, floodFrom: 500, floodLongestMs: 60_000 };
/** Handles what is there without waiting for more. */
export const AT_ONCE: Patience = { quietMs: 0, longestMs: 0, floodFrom: Infinity, floodLongestMs: 0 };

/** These wait for nothing, and go before what else their shop tells. */
const URGENT = [
  'app/uninstalled',
  'shop/redact',
  'app/scopes_update',
  'customers/data_request',
  'customers/redact',
];
const LOOK_EVERY_MS = 250;
/** A worker that dies leaves what it took to the others after this time. */
const LEASE_MS = 60_000;
const MOST_AT_ONCE = 50_000;
/** Products or items of one statement. */
const CHUNK = 5_000;
const MOST_ATTEMPTS = 7;

/** Milliseconds until a shop's deliveries are to be handled; 0 or less: now. */
export function waitOf(shop: WaitingShop, now: Date, patience: Patience): number {
  const longest = shop.waiting >= patience.floodFrom ? patience.floodLongestMs : patience.longestMs;
  const untilQuiet = shop.newest.getTime() + patience.quietMs - now.getTime();
  const untilLongest = shop.oldest.getTime() + longest - now.getTime();
  return Math.min(untilQuiet, untilLongest);
}

/**
 * Handles deliveries until none waits. Safe among several workers, and repeatable: a delivery is marked when what it
 * asks for is done or safely queued, and asking twice changes nothing.
 */
export async function handleWebhooks(
  resources: Resources,
  { signal, patience = PATIENCE }: { signal: AbortSignal; patience?: Patience },
): Promise<void> {
  const { db, now } = resources;
  for (;;) {
    signal.throwIfAborted();
    const shops = await readWaitingShops(db, now(), URGENT);
    if (shops.length === 0) return;
    const waits = shops.map((shop) => waitOf(shop, now(), patience));
    for (const [index, shop] of shops.entries()) {
      const isDue = (waits[index] ?? 0) <= 0;
      if (isDue || shop.isUrgent) await handleShop(resources, shop.shop, isDue ? null : URGENT);
      signal.throwIfAborted();
    }
    const wait = Math.min(...waits);
    if (wait > 0) await sleep(Math.min(wait, LOOK_EVERY_MS), undefined, { signal });
  }
}

async function handleShop(
  resources: Resources,
  domain: string,
  topics: readonly string[] | null,
): Promise<void> {
  const { db, now } = resources;
  const until = new Date(now().getTime() + LEASE_MS);
  const taken = await takeDeliveries(db, { shop: domain, topics, now: now(), until, limit: MOST_AT_ONCE });
  const isUrgent = (delivery: TakenDelivery) => URGENT.includes(delivery.topic);
  for (const delivery of taken.filter(isUrgent))
    await settle(resources, domain, [delivery], () => handleUrgent(resources, domain, delivery));
  const others = taken.filter((delivery) => !isUrgent(delivery));
  // What failed in company is tried again alone: one bad delivery must not hold up the others.
  const together = others.filter((delivery) => delivery.attempts === 1);
  for (const deliveries of [together, ...others.filter((each) => each.attempts > 1).map((each) => [each])])
    if (deliveries.length > 0)
      await settle(resources, domain, deliveries, () => handleNews(resources, domain, deliveries));
}

/** Does the work of deliveries and notes how it ended. Throws only where that cannot be noted. */
async function settle(
  resources: Resources,
  domain: string,
  deliveries: TakenDelivery[],
  work: () => Promise<void>,
): Promise<void> {
  const { db, log, now } = resources;
  try {
    await work();
  } catch (error) {
    log.warn({ err: error, shop: domain, deliveries: deliveries.length }, 'Webhooks could not be handled');
    for (const delivery of deliveries) await noteFailure(resources, domain, delivery, error);
    return;
  }
  for (const some of chunksOf(deliveries, CHUNK))
    await markHandled(
      db,
      some.map(({ id }) => id),
      now(),
    );
}

async function noteFailure(
  resources: Resources,
  domain: string,
  delivery: TakenDelivery,
  error: unknown,
): Promise<void> {
  const { db, log, now } = resources;
  const { id, topic, attempts } = delivery;
  const failure = error instanceof Error ? error.message : String(error);
  if (attempts < MOST_ATTEMPTS) {
    const notBefore = new Date(now().getTime() + 1_000 * 2 ** attempts);
    return noteFailedDelivery(db, id, { failure, notBefore });
  }
  const shop = await db.shop.findUnique({ where: { domain }, select: { id: true } });
  if (shop) {
    const letter = {
      shopId: shop.id,
      payload: { name: 'handle-webhooks' },
      reason: `${topic}: ${failure}`,
      attempts,
      failedAt: now(),
      retriedAt: null,
    };
    await db.deadLetter.upsert({
      where: { queue_jobId: { queue: 'handle-webhooks', jobId: id } },
      create: { queue: 'handle-webhooks', jobId: id, ...letter },
      update: letter,
    });
  }
  await noteFailedDelivery(db, id, { failure, gaveUpAt: now() });
  log.error({ webhookId: id, topic, shop: domain, failure }, 'A webhook was given up: see its dead letter');
}

async function handleUrgent(resources: Resources, domain: string, delivery: TakenDelivery): Promise<void> {
  const { db, log } = resources;
  const shop = await db.shop.findUnique({ where: { domain } });
  switch (delivery.topic) {
    case 'app/uninstalled':
      if (!shop || !cameBeforeInstallation(delivery, shop)) await uninstallShop(resources, { domain });
      return;
    case 'shop/redact':
      // A shop that came back within the 48 hours keeps what it has.
      if (shop?.uninstalledAt) await redactShop(resources, { domain });
      return;
    case 'app/scopes_update': {
      const { scopes } = webhookFactsSchema.parse(delivery.facts);
      if (scopes) await db.session.updateMany({ where: { shop: domain }, data: { scope: scopes.join(',') } });
      return;
    }
    default:
      log.info(
        { topic: delivery.topic, shop: domain },
        'A compliance request about a customer: the app keeps no data of customers',
      );
  }
}

/** A late app/uninstalled must not remove the installation that followed it. */
function cameBeforeInstallation({ triggeredAt }: TakenDelivery, shop: Shop): boolean {
  return triggeredAt !== null && triggeredAt < shop.installedAt;
}

/** Ids that deliveries name, each with when it was first told of; null: Shopify did not say. */
type Told = Map<Gid, Date | null>;

function tell(told: Told, id: Gid, at: Date | null): void {
  told.set(id, earlier(told.get(id) ?? null, at));
}

/** What happened in the store: each product that is named, however often, is looked at once. */
async function handleNews(resources: Resources, domain: string, deliveries: TakenDelivery[]): Promise<void> {
  const { db, log } = resources;
  const products: Told = new Map();
  const variants: Told = new Map();
  const items: Told = new Map();
  const bulkOperations = new Set<Gid>();
  const told = new Set<'moved' | 'gone'>();
  const idle = new Set<string>();
  for (const { facts, topic, triggeredAt } of deliveries) {
    const named = webhookFactsSchema.parse(facts);
    for (const id of named.products) tell(products, id, triggeredAt);
    for (const id of named.variants) tell(variants, id, triggeredAt);
    for (const id of named.inventoryItems) tell(items, id, triggeredAt);
    if (named.bulkOperation !== null) bulkOperations.add(named.bulkOperation);
    if (named.orders !== 'none') told.add(named.orders);
    if (isEmpty(named)) idle.add(topic);
  }
  if (idle.size > 0)
    log.info({ shop: domain, topics: [...idle] }, 'Webhooks that name nothing the app looks at');
  const shop = await db.shop.findUnique({ where: { domain } });
  if (!shop || shop.uninstalledAt) return;
  const shopId = shop.id;
  if (told.size > 0) await noteOrdersTold(db, shopId, { isGone: told.has('gone'), now: resources.now() });
  for (const some of chunksOf([...variants.keys()], CHUNK))
    for (const [part, id] of await productsOwning(db, shopId, { variants: some, inventoryItems: [] }))
      tell(products, id, variants.get(part) ?? null);
  for (const some of chunksOf([...items.keys()], CHUNK))
    for (const [part, id] of await productsOwning(db, shopId, { variants: [], inventoryItems: some }))
      tell(products, id, items.get(part) ?? null);
  for (const remoteIds of chunksOf([...products.keys()], CHUNK))
    await lookAtRemoteProducts(resources, { shopId, remoteIds, changedAt: products });
  for (const id of bulkOperations) await bulkOperationFinished(resources, { shopId, bulkOperationId: id });
  log.debug({ shop: domain, deliveries: deliveries.length, products: products.size }, 'Webhooks handled');
}

function isEmpty({ products, variants, inventoryItems, bulkOperation, orders }: WebhookFacts): boolean {
  const named = products.length + variants.length + inventoryItems.length;
  return named === 0 && bulkOperation === null && orders === 'none';
}
