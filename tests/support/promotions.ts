/** Promotions in tests: planned, scheduled, and what the store shows. */
import { Decimal } from 'decimal.js';
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import type { PromotionTerms } from '~/core/promotion';
import { confirmBulkEdit } from '~/sync/confirm-bulk-edit';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import type { Resources } from '~/sync/resources';
import type { Variant } from '../../emulator/state/product';
import { awaitEdit } from './edits';
import type { Stage } from './stage';

type Staged = { resources: Resources & Stage['resources']; shopId: string };

/** Terms that begin `startsIn` milliseconds from now, and end `endsIn` from now (null: no end). */
export function termsIn(startsIn: number, endsIn: number | null, terms: Partial<PromotionTerms> = {}) {
  const now = Date.now();
  return {
    startsAt: new Date(now + startsIn),
    endsAt: endsIn === null ? null : new Date(now + endsIn),
    priority: 0,
    showsBaseAsCompareAt: false,
    ...terms,
  };
}

/** Plans a promotion; answers its id, which is that of its edit. */
export async function planPromotionEdit(
  stage: Staged,
  promotion: { name: string; selection: ProductSelection; changes: BulkChange[]; terms: PromotionTerms },
): Promise<string> {
  const { terms, ...edit } = promotion;
  const started = await startBulkEdit(stage.resources, {
    ...edit,
    shopId: stage.shopId,
    target: { kind: 'promotion', terms },
    causedBy: 'anna',
    via: 'app',
    appliesItself: false,
  });
  if (started.kind !== 'started') throw new Error(`Refused: ${JSON.stringify(started.problems)}`);
  await awaitEdit(stage, started.editId, ['planned', 'failed']);
  return started.editId;
}

/** Plans a promotion and puts it on the calendar. */
export async function schedule(
  stage: Staged,
  promotion: Parameters<typeof planPromotionEdit>[1],
): Promise<string> {
  const editId = await planPromotionEdit(stage, promotion);
  const confirmed = await confirmBulkEdit(stage.resources, {
    shopId: stage.shopId,
    editId,
    causedBy: 'anna',
    confirmation: null,
  });
  if (confirmed.kind !== 'scheduled') throw new Error(`Not scheduled: ${JSON.stringify(confirmed)}`);
  return confirmed.promotionId;
}

/** A variant of a store by its SKU. */
export function variantIn(stage: Pick<Stage, 'emulator'>, sku: string, domain: string): Variant {
  const shop = stage.emulator.state.shops.get(domain)!;
  const isIt = ({ inventoryItemId }: Variant) => shop.inventoryItems.get(inventoryItemId)?.sku === sku;
  const variant = [...shop.variants.values()].find(isIt);
  if (!variant) throw new Error(`The store has no ${sku}.`);
  return variant;
}

/** The store's price and compare-at price of a SKU. */
export function shownIn(
  stage: Pick<Stage, 'emulator'>,
  sku: string,
  domain: string,
): { price: string; compareAt: string | null } {
  const { price, compareAtPrice } = variantIn(stage, sku, domain);
  const text = (amount: string) => new Decimal(amount).toFixed(2);
  return { price: text(price), compareAt: compareAtPrice === null ? null : text(compareAtPrice) };
}
