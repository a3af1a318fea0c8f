import { countProducts } from '~/db/catalog-products.server';
import type { Resources } from './resources';

/** Why so many products may not follow the catalog out of the store until a person has looked; null: they may. */
export async function massDeletion(
  { db }: Resources,
  { shopId, accountId }: { shopId: string; accountId: string },
  orphans: number,
): Promise<string | null> {
  if (orphans === 0) return null;
  const products = await countProducts(db, accountId);
  const linked = await db.productLink.count({ where: { shopId, state: 'linked' } });
  if (products === 0)
    return `The catalog is empty, but ${linked} products of the store are linked to it. Nothing was archived. If the catalog was emptied by mistake, restore it; if all products shall go, archive them in Shopify.`;
  if (orphans > linked / 2 && orphans > 10)
    return `${orphans} of ${linked} linked products are gone from the catalog. Nothing was archived. If that was a mistake, restore them; if not, delete them in smaller steps.`;
  return null;
}
