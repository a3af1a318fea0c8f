import type { Queryable } from '~/db/client.server';
import { noteStoreOfOwnStock } from '~/db/stock-sharing.server';
import { readShopFacts } from './read-shop-facts';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';

/** A large store's rows take their time to go. */
const FORGET = { timeout: 300_000, maxWait: 10_000 };

/**
 * What the former installation knew of the store is not trusted any more: while nobody told us, anything may have become
 * of it. Links, bases and the cache go, and the next run adopts the store as the first one did, by SKU and handle; the
 * open conflicts were about bases that are gone. The merchant's own words stay: settings, rules, locations, overrides, the
 * audit log; and which prices in Shopify are those of a promotion.
 */
async function forgetStore(tx: Queryable, shopId: string): Promise<void> {
  const where = { shopId };
  await tx.syncRequest.deleteMany({ where });
  await tx.syncJob.deleteMany({ where });
  await tx.shopTurn.deleteMany({ where });
  await tx.productLink.deleteMany({ where });
  await tx.ambiguousMatch.deleteMany({ where });
  await tx.baseVariantRow.deleteMany({ where });
  await tx.baseProductRow.deleteMany({ where });
  await tx.remoteVariantRow.deleteMany({ where });
  await tx.remoteProductRow.deleteMany({ where });
  await tx.conflict.deleteMany({ where: { shopId, state: { in: ['open', 'resolving'] } } });
  await tx.shadowDecision.deleteMany({ where });
  await tx.heldProduct.deleteMany({ where });
  await tx.sourceHold.updateMany({ where: { shopId, state: 'held' }, data: { state: 'lifted' } });
  await tx.storeCollection.deleteMany({ where });
  await tx.collectionProduct.deleteMany({ where });
  await tx.overlayRevision.deleteMany({ where });
  await tx.inventoryIntent.deleteMany({ where });
  await tx.ownStockUse.deleteMany({ where });
  await tx.pointsBudget.deleteMany({ where });
  await tx.apiIdempotency.deleteMany({ where });
  await tx.apiRateLimit.deleteMany({ where });
  await tx.storeSpeed.deleteMany({ where });
  await tx.bulkWrite.deleteMany({ where });
  // Weeks without the app are not weeks without work.
  await tx.workStartRow.deleteMany({ where });
  await tx.workProduct.deleteMany({ where });
  await tx.workLearned.deleteMany({ where });
  await tx.warmedProduct.deleteMany({ where });
  await tx.warmingHour.deleteMany({ where });
  // Whoever grants the app its scopes anew is asked anew whether orders shall be read.
  await tx.orderLine.deleteMany({ where });
  await tx.shopOrder.deleteMany({ where });
  await tx.variantDay.deleteMany({ where });
  await tx.storeDay.deleteMany({ where });
  await tx.orderImport.deleteMany({ where });
  await tx.cacheWarmProduct.deleteMany({ where });
  await tx.cacheWarm.deleteMany({ where });
  await tx.cacheHour.deleteMany({ where });
  await tx.skipHour.deleteMany({ where });
  // Channels and rules are the merchant's own words and stay.
  await tx.alertDelivery.deleteMany({ where });
  await tx.alertNotice.deleteMany({ where });
  await tx.alertEpisode.deleteMany({ where });
  await tx.deadLetter.deleteMany({ where: { shopId, retriedAt: null } });
}

/**
 * Makes the shop known, with an account of its own at its first installation. Repeatable and safe at the same time from
 * many processes: each token exchange calls it. An installation after an uninstallation starts anew.
 */
export async function installShop(
  resources: Resources,
  { domain }: { domain: string },
): Promise<{ shopId: string; accountId: string }> {
  const { db, log, now } = resources;
  const { id: shopId, accountId } = await db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`install ${domain}`}, 0))`;
    const known = await tx.shop.findUnique({ where: { domain } });
    if (known && known.uninstalledAt === null) return known;
    if (known) {
      await forgetStore(tx, known.id);
      await noteStoreOfOwnStock(tx, known);
      return tx.shop.update({
        where: { domain },
        data: {
          uninstalledAt: null,
          installedAt: now(),
          factsReadAt: null,
          adoptedAt: null,
          // Who wins where both sides differ matters most in the run that comes: the guide asks again.
          policyChosenAt: null,
          setupDismissedAt: null,
        },
      });
    }
    const account = await tx.account.create({ data: { name: domain } });
    return tx.shop.create({ data: { domain, accountId: account.id, installedAt: now() } });
  }, FORGET);
  try {
    const scope = await loadSyncScope(resources, shopId);
    if (scope) await readShopFacts(resources, scope);
  } catch (error) {
    // The pages work without the shop's name, and the first run asks again.
    log.warn({ err: error, shop: domain }, 'The facts of a shop could not be read at its installation');
  }
  return { shopId, accountId };
}
