/** Read model of the page of a store's rules. */
import type { Shop } from '#generated/prisma/client';
import type { StoreRules } from '~/core/store-rules';
import type { Queryable } from '../client.server';
import { catalogCurrency, refusedRate, standingRules } from '../store-rules.server';
import type { RefusedRate } from '../store-rules.server';

export interface StoreRulesModel {
  /** Null: none. A feed's address is left out: it may hold a token. */
  rules: StoreRules | null;
  /** In force; null: nothing is converted. */
  rate: string | null;
  currencyCode: string;
  /** Of the catalog's prices. */
  catalogCurrencyCode: string;
  changedBy: string | null;
  changedAt: string | null;
  /** A rate that a feed told and that was not taken. */
  refused: RefusedRate | null;
  feedProblem: string | null;
  /** The products were not all asked for yet. */
  isCarrying: boolean;
}

export async function readStoreRules(db: Queryable, shop: Shop): Promise<StoreRulesModel> {
  const { inForce } = standingRules(shop);
  const rules = inForce?.rules ?? null;
  return {
    rules:
      rules?.conversion.by === 'feed'
        ? { ...rules, conversion: { ...rules.conversion, address: '' } }
        : rules,
    rate: inForce?.rate ?? null,
    currencyCode: shop.currencyCode,
    catalogCurrencyCode: (await catalogCurrency(db, shop.accountId)) ?? shop.currencyCode,
    changedBy: shop.rulesChangedBy,
    changedAt: shop.rulesChangedAt?.toISOString() ?? null,
    refused: refusedRate.safeParse(shop.rulesRateRefused).data ?? null,
    feedProblem: shop.rulesFeedProblem,
    isCarrying: !shop.rulesCarried,
  };
}
