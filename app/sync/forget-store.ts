import type { Queryable } from '~/db/client.server';

/**
 * Forgets what is known of the products of a store under its catalog: links, bases and the cache, what waited to be done,
 * and open conflicts, which were about bases that are gone. The next run adopts the store as the first one did, by SKU and
 * handle. The merchant's own words stay: settings, rules, locations, overrides, the audit log; and which prices in Shopify
 * are those of a promotion.
 */
export async function forgetProducts(tx: Queryable, shopId: string): Promise<void> {
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
  await tx.overlayRevision.deleteMany({ where });
  await tx.inventoryIntent.deleteMany({ where });
  await tx.ownStockUse.deleteMany({ where });
  await tx.apiIdempotency.deleteMany({ where });
  await tx.bulkWrite.deleteMany({ where });
  // Weeks without the app are not weeks without work, and another catalog has other products.
  await tx.workStartRow.deleteMany({ where });
  await tx.workProduct.deleteMany({ where });
  await tx.workLearned.deleteMany({ where });
  await tx.warmedProduct.deleteMany({ where });
  await tx.cacheWarmProduct.deleteMany({ where });
  await tx.cacheWarm.deleteMany({ where });
  await tx.deadLetter.deleteMany({ where: { shopId, retriedAt: null } });
}

/**
 * What the former installation knew of the store is not trusted any more: while nobody told us, anything may have become
 * of it.
 */
export async function forgetStore(tx: Queryable, shopId: string): Promise<void> {
  const where = { shopId };
  await forgetProducts(tx, shopId);
  await tx.shopTurn.deleteMany({ where });
  await tx.storeCollection.deleteMany({ where });
  await tx.collectionProduct.deleteMany({ where });
  await tx.pointsBudget.deleteMany({ where });
  await tx.apiRateLimit.deleteMany({ where });
  await tx.storeSpeed.deleteMany({ where });
  await tx.warmingHour.deleteMany({ where });
  // Whoever grants the app its scopes anew is asked anew whether orders shall be read.
  await tx.orderLine.deleteMany({ where });
  await tx.shopOrder.deleteMany({ where });
  await tx.variantDay.deleteMany({ where });
  await tx.storeDay.deleteMany({ where });
  await tx.orderImport.deleteMany({ where });
  await tx.cacheHour.deleteMany({ where });
  await tx.skipHour.deleteMany({ where });
  // Channels and rules are the merchant's own words and stay.
  await tx.alertDelivery.deleteMany({ where });
  await tx.alertNotice.deleteMany({ where });
  await tx.alertEpisode.deleteMany({ where });
  // Whoever may install apps is its first owner.
  await tx.member.deleteMany({ where });
  await tx.accountJoin.deleteMany({ where });
}
