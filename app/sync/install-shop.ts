import { noteStoreOfOwnStock } from '~/db/stock-sharing.server';
import { forgetStore } from './forget-store';
import { readShopFacts } from './read-shop-facts';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';

/** A large store's rows take their time to go. */
const FORGET = { timeout: 300_000, maxWait: 10_000 };

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
    const shop = await tx.shop.create({ data: { domain, accountId: account.id, installedAt: now() } });
    await tx.account.update({ where: { id: account.id }, data: { homeOf: shop.id } });
    return shop;
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
