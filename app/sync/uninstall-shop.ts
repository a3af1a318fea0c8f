import { endJoinings } from '~/db/account-joins.server';
import { noteStoreOfOwnStock } from '~/db/stock-sharing.server';
import type { Resources } from './resources';
import { restSource } from './rest-source';

const REASON = 'The app was uninstalled.';

/**
 * The app was removed from the shop: its tokens are void and go; all its work stops; its data stays until Shopify asks
 * for its erasure.
 */
export async function uninstallShop(resources: Resources, { domain }: { domain: string }): Promise<void> {
  const { db, now } = resources;
  const at = now();
  await db.$transaction(async (tx) => {
    const shop = await tx.shop.findUnique({ where: { domain } });
    await tx.session.deleteMany({ where: { shop: domain } });
    if (!shop) return;
    const shopId = shop.id;
    await tx.shop.update({ where: { domain }, data: { uninstalledAt: at } });
    await noteStoreOfOwnStock(tx, shop);
    await tx.syncRun.updateMany({
      where: { shopId, state: { in: ['queued', 'adopting', 'running'] } },
      data: { state: 'cancelled', error: REASON, cancelRequestedAt: at, finishedAt: at },
    });
    await tx.runProduct.updateMany({
      where: { shopId, state: 'pending' },
      data: { state: 'cancelled', code: 'uninstalled', message: REASON, endedAt: at },
    });
    await tx.syncRequest.deleteMany({ where: { shopId } });
    await tx.syncJob.deleteMany({ where: { shopId } });
    await tx.shopTurn.deleteMany({ where: { shopId } });
    await tx.warmedProduct.deleteMany({ where: { shopId } });
    // A page that is being read finds another step and is not stored.
    await tx.orderImport.updateMany({ where: { shopId }, data: { wanted: false, step: { increment: 1 } } });
    await tx.cacheWarmProduct.deleteMany({ where: { shopId } });
    await tx.cacheWarm.updateMany({
      where: { shopId, finishedAt: null },
      data: { error: REASON, finishedAt: at },
    });
    // What was sent and not answered can no longer be asked for.
    await tx.inventoryIntent.deleteMany({ where: { shopId } });
    await tx.reconciliation.updateMany({
      where: { shopId, state: 'running' },
      data: { state: 'cancelled', error: REASON, finishedAt: at },
    });
    await tx.bulkEdit.updateMany({
      where: { shopId, state: { in: ['planning', 'planned', 'applying'] } },
      data: { state: 'cancelled', error: REASON, cancelRequestedAt: at, finishedAt: at },
    });
    await tx.pictureFile.updateMany({
      where: { shopId, state: { notIn: ['ready', 'failed'] } },
      data: { state: 'failed', error: REASON, endedAt: at, content: null },
    });
    await tx.promotion.updateMany({
      where: { shopId, state: 'scheduled' },
      data: { state: 'cancelled', endedAt: at, endedBy: 'uninstallation' },
    });
    // Shopify keeps its prices: where the app comes back they are not taken for the merchant's own.
    await tx.promotion.updateMany({
      where: { shopId, state: 'active' },
      data: { state: 'ended', endedAt: at, endedBy: 'uninstallation', isCarried: false },
    });
    // For good: a key must not come back to life with an installation that nobody connects with it.
    await tx.apiKey.updateMany({
      where: { shopId, revokedAt: null },
      data: { revokedAt: at, revokedBy: 'uninstallation' },
    });
    await tx.csvWatch.deleteMany({ where: { shopId } });
    await endJoinings(tx, shopId, at);
    await tx.cacheListener.deleteMany({ where: { shopId } });
    await tx.cacheNews.deleteMany({ where: { shopId } });
    await tx.cacheMessage.deleteMany({ where: { shopId } });
    await tx.alertDelivery.updateMany({
      where: { shopId, state: 'waiting' },
      data: { state: 'failed', problem: REASON, endedAt: at },
    });
    await tx.alertEpisode.updateMany({
      where: { shopId, state: { not: 'recovered' } },
      data: { state: 'recovered', recoveredAt: at },
    });
    await tx.pushSource.updateMany({
      where: { shopId, revokedAt: null },
      data: { revokedAt: at, revokedBy: 'uninstallation' },
    });
    await tx.catalogImport.updateMany({
      where: { shopId, state: 'queued' },
      data: { state: 'cancelled', error: REASON, finishedAt: at, content: null },
    });
    await tx.catalogImport.updateMany({
      where: { shopId, state: 'running' },
      data: { cancelRequestedAt: at },
    });
  });
  const shop = await db.shop.findUnique({ where: { domain }, select: { accountId: true } });
  if (shop !== null) await restSource(resources, shop.accountId);
}
