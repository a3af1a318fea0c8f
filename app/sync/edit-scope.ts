import type { EditTerms } from '~/core/bulk-edit';
import type { EditGuard } from '~/core/edit-guard';
import { showsLowestPrice } from '~/core/lowest-price';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';
import type { Resources } from './resources';

/** What planning and applying an edit needs to know of the shop. */
export interface EditScope {
  sync: SyncScope;
  terms: Omit<EditTerms, 'newId'>;
  guard: EditGuard;
  /** Whether compare-at prices are held against the lowest price of 30 days. */
  showsLowestPrice: boolean;
}

/** Warn of changes larger than this where the merchant has set no limit of their own. */
const WARN_ABOVE_PERCENT = 50;

/** Null where the shop is unknown or the app was uninstalled. */
export async function loadEditScope(resources: Resources, shopId: string): Promise<EditScope | null> {
  const sync = await loadSyncScope(resources, shopId);
  if (!sync) return null;
  const shop = await resources.db.shop.findUniqueOrThrow({
    where: { id: shopId },
    select: {
      currencyCode: true,
      guardCatalogPercent: true,
      guardChangePercent: true,
      guardZeroStock: true,
      guardSecondPerson: true,
      guardSource: true,
      show30DayLowest: true,
    },
  });
  return {
    sync,
    terms: {
      currencyCode: shop.currencyCode,
      warnAbovePercent: shop.guardChangePercent?.toNumber() ?? WARN_ABOVE_PERCENT,
    },
    guard: {
      catalogPercent: shop.guardCatalogPercent?.toString() ?? null,
      changePercent: shop.guardChangePercent?.toString() ?? null,
      zeroStock: shop.guardZeroStock,
      secondPerson: shop.guardSecondPerson,
      source: shop.guardSource,
    },
    showsLowestPrice: showsLowestPrice(shop),
  };
}
