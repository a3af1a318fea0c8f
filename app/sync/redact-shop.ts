import { eraseActivity } from '~/db/activity.server';
import type { Queryable } from '~/db/client.server';
import type { Resources } from './resources';

/**
 * Catalogs that no store sells any more go with the shop: that of its account, where it was the last one there, and those
 * it had of its own before it joined that account. A catalog that others share stays whole.
 */
async function eraseCatalogs(tx: Queryable, shop: { id: string; accountId: string }): Promise<void> {
  const own = await tx.account.findMany({
    where: { OR: [{ id: shop.accountId }, { homeOf: shop.id }], shops: { none: {} } },
    select: { id: true },
  });
  const ids = own.map(({ id }) => id);
  await tx.stockRule.deleteMany({ where: { accountId: { in: ids } } });
  await tx.catalogProduct.deleteMany({ where: { accountId: { in: ids } } });
  await tx.account.deleteMany({ where: { id: { in: ids } } });
  await tx.account.updateMany({ where: { homeOf: shop.id }, data: { homeOf: null } });
}

/** Erases everything that is known of a shop, and its catalog where no other shop shares it. */
export async function redactShop({ db }: Resources, { domain }: { domain: string }): Promise<void> {
  await db.$transaction(
    async (tx) => {
      await tx.session.deleteMany({ where: { shop: domain } });
      await tx.webhookDelivery.deleteMany({ where: { shop: domain } });
      const shop = await tx.shop.findUnique({ where: { domain } });
      if (!shop) return;
      const where = { shopId: shop.id };
      // Before the cache: nobody is to be told of its end.
      await tx.cacheListener.deleteMany({ where });
      await tx.change.deleteMany({ where });
      await tx.runProduct.deleteMany({ where });
      await tx.syncRun.deleteMany({ where });
      await tx.syncRequest.deleteMany({ where });
      await tx.syncJob.deleteMany({ where });
      await tx.shopTurn.deleteMany({ where });
      await tx.deadLetter.deleteMany({ where });
      await tx.catalogImport.deleteMany({ where });
      await tx.ambiguousMatch.deleteMany({ where });
      await tx.baseVariantRow.deleteMany({ where });
      await tx.baseProductRow.deleteMany({ where });
      await tx.remoteVariantRow.deleteMany({ where });
      await tx.remoteProductRow.deleteMany({ where });
      await tx.productLink.deleteMany({ where });
      await tx.policyRule.deleteMany({ where });
      await tx.conflict.deleteMany({ where });
      await tx.declinedRule.deleteMany({ where });
      await tx.shadowDecision.deleteMany({ where });
      await tx.sourceHold.deleteMany({ where });
      await tx.heldProduct.deleteMany({ where });
      await tx.storeCollection.deleteMany({ where });
      await tx.collectionProduct.deleteMany({ where });
      await tx.inventoryIntent.deleteMany({ where });
      await tx.reconciliation.deleteMany({ where });
      await tx.bulkEditField.deleteMany({ where });
      await tx.bulkEdit.deleteMany({ where });
      await tx.promotionVariant.deleteMany({ where });
      await tx.promotion.deleteMany({ where });
      await tx.storeOverride.deleteMany({ where });
      await tx.releasedPath.deleteMany({ where });
      await tx.stockRule.deleteMany({ where });
      await tx.ownStockUse.deleteMany({ where });
      await tx.overlayRevision.deleteMany({ where });
      await tx.savedEdit.deleteMany({ where });
      await tx.pictureFile.deleteMany({ where });
      await tx.apiIdempotency.deleteMany({ where });
      await tx.apiRateLimit.deleteMany({ where });
      await tx.apiKey.deleteMany({ where });
      await tx.pushedVersion.deleteMany({ where });
      await tx.pushSource.deleteMany({ where });
      await tx.csvWatch.deleteMany({ where });
      await tx.alertDelivery.deleteMany({ where });
      await tx.alertNotice.deleteMany({ where });
      await tx.alertEpisode.deleteMany({ where });
      await tx.alertChannel.deleteMany({ where });
      await tx.alertSettings.deleteMany({ where });
      await tx.errorSummary.deleteMany({ where });
      await tx.shopLocation.deleteMany({ where });
      await tx.pointsBudget.deleteMany({ where });
      await tx.storeSpeed.deleteMany({ where });
      await tx.bulkWrite.deleteMany({ where });
      await tx.workStartRow.deleteMany({ where });
      await tx.workProduct.deleteMany({ where });
      await tx.workLearned.deleteMany({ where });
      await tx.warmedProduct.deleteMany({ where });
      await tx.warmingHour.deleteMany({ where });
      await tx.orderLine.deleteMany({ where });
      await tx.shopOrder.deleteMany({ where });
      await tx.variantDay.deleteMany({ where });
      await tx.storeDay.deleteMany({ where });
      await tx.orderImport.deleteMany({ where });
      await tx.cacheNews.deleteMany({ where });
      await tx.cacheMessage.deleteMany({ where });
      await tx.cacheHour.deleteMany({ where });
      await tx.skipHour.deleteMany({ where });
      await tx.cacheControl.deleteMany({ where });
      await tx.cacheWarmProduct.deleteMany({ where });
      await tx.cacheWarm.deleteMany({ where });
      await eraseActivity(tx, shop.id);
      await tx.member.deleteMany({ where });
      await tx.accountEvent.deleteMany({ where: { OR: [where, { detail: domain }] } });
      await tx.accountJoin.deleteMany({ where: { OR: [where, { madeIn: shop.id }] } });
      await tx.shop.delete({ where: { id: shop.id } });
      await eraseCatalogs(tx, shop);
    },
    { timeout: 300_000 },
  );
}
