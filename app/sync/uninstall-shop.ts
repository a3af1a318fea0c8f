import type { Resources } from './resources';

/** The app was removed from the shop: its tokens are void and go; its runs stop; its data stays until Shopify asks for its erasure. */
export async function uninstallShop({ db, now }: Resources, { domain }: { domain: string }): Promise<void> {
  await db.$transaction(async (tx) => {
    const shop = await tx.shop.findUnique({ where: { domain } });
    await tx.session.deleteMany({ where: { shop: domain } });
    if (!shop) return;
    await tx.shop.update({ where: { domain }, data: { uninstalledAt: now() } });
    await tx.syncRun.updateMany({
      where: { shopId: shop.id, state: { in: ['queued', 'adopting', 'running'] } },
      data: {
        state: 'cancelled',
        error: 'The app was uninstalled.',
        cancelRequestedAt: now(),
        finishedAt: now(),
      },
    });
    await tx.runProduct.updateMany({
      where: { shopId: shop.id, state: 'pending' },
      data: { state: 'cancelled', code: 'uninstalled', message: 'The app was uninstalled.', endedAt: now() },
    });
    await tx.syncRequest.deleteMany({ where: { shopId: shop.id } });
  });
}
