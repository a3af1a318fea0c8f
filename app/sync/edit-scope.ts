import type { EditTerms } from '~/core/bulk-edit';
import type { EditGuard } from '~/core/edit-guard';
import { showsLowestPrice } from '~/core/lowest-price';
import type { EditTarget } from '~/core/promotion';
import { catalogCurrency } from '~/db/store-rules.server';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';
import type { Resources } from './resources';

/** What planning and applying an edit needs to know of the shop. */
export interface EditScope {
  sync: SyncScope;
  terms: Omit<EditTerms, 'newId'>;
  /** Of the catalog's prices; the terms have the store's. */
  catalogCurrencyCode: string;
  guard: EditGuard;
  /** Whether compare-at prices are held against the lowest price of 30 days. */
  showsLowestPrice: boolean;
}

/** The terms of an edit by where it goes: the catalog's prices may be of another currency than the store's. */
export function editTerms(
  { terms, catalogCurrencyCode }: EditScope,
  target: EditTarget['kind'],
): EditScope['terms'] {
  return target === 'catalog' ? { ...terms, currencyCode: catalogCurrencyCode } : terms;
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
  const catalogs = await catalogCurrency(resources.db, sync.accountId);
  return {
    sync,
    catalogCurrencyCode: catalogs ?? shop.currencyCode,
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
