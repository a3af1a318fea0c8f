/** One price, set by hand in the price matrix: of one store as an override, or of the catalog. */
import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { isDecimal } from '~/core/canonical';
import { minorUnitDigits } from '~/core/currency';
import type { EditProblem } from '~/core/bulk-edit';
import { withOverrides } from '~/core/overlay';
import { sameOverridable } from '~/core/override-edit';
import { AMOUNT_LIMIT, amountText } from '~/core/price-change';
import type { DecimalString, SourceId } from '~/core/product-state';
import { recordCatalogChanges } from '~/db/catalog-changes.server';
import { writeFieldsIntoCatalog } from '~/db/catalog-write-back.server';
import { readSourceProducts } from '~/db/catalog-products.server';
import { readEffectiveProducts } from '~/db/effective-products.server';
import { isLockNotAvailable, waitBriefly } from '~/db/lock-wait.server';
import { raiseOverlayRevisions } from '~/db/overlays.server';
import { locationNames } from '~/db/shops.server';
import { lockOverrides, setOverrides } from '~/db/store-overrides.server';
import { catalogCurrency, readStandingRules } from '~/db/store-rules.server';
import { inTransaction } from './record-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';

export type SetPrice = { kind: 'set' } | { kind: 'refused'; problem: EditProblem };

export interface PriceToSet {
  /** The store whose price it is; of a price of the catalog, the store in which somebody sets it. */
  shopId: string;
  /** Whoever asks may see this account only. */
  accountId: string;
  productId: SourceId;
  variantId: SourceId;
  price: string;
  /** What was shown when it was typed; null: none. */
  seen: DecimalString | null;
  actor: string;
}

const refused = (value: string, reason: string, remedy: string): SetPrice => ({
  kind: 'refused',
  problem: { field: 'price', value, reason, remedy },
});
const gone = ({ price }: PriceToSet) =>
  refused(price, 'The variant or the store is no longer there.', 'Read the page again.');
const moved = ({ price }: PriceToSet, now: DecimalString | null) =>
  refused(
    price,
    `It changed meanwhile: it is ${now ?? 'empty'} now.`,
    'Look at it, and set the price again if you still want to.',
  );

/** What is wrong with an amount as it was typed; null: nothing. */
export function priceProblem(price: string, currencyCode: string): EditProblem | null {
  const problem = (reason: string, remedy: string): EditProblem => ({
    ...{ field: 'price', value: price.slice(0, 40), reason, remedy },
  });
  if (!isDecimal(price) || price.length > 40)
    return problem(
      'This is not a plain number.',
      'Write digits with a point before the decimals, for example 12.50.',
    );
  const amount = new Decimal(price);
  const digits = minorUnitDigits(currencyCode);
  if (amount.isNegative()) return problem('No price is below zero.', 'Write zero or more.');
  if (amount.greaterThanOrEqualTo(AMOUNT_LIMIT.toFixed()))
    return problem('The price is too large.', `Write an amount below ${AMOUNT_LIMIT.toFixed()}.`);
  return amount.decimalPlaces() > digits
    ? problem(`Prices in ${currencyCode} have ${digits} decimals.`, `Write at most ${digits} decimals.`)
    : null;
}

async function scopeOf(resources: Resources, { shopId, accountId }: PriceToSet): Promise<SyncScope | null> {
  const scope = await loadSyncScope(resources, shopId);
  return scope?.accountId === accountId ? scope : null;
}

/** Sets a price of one store, over its rules and under its promotions, until it is revoked. */
export async function setStorePrice(resources: Resources, asked: PriceToSet): Promise<SetPrice> {
  const { live, now } = resources;
  const { shopId, productId, variantId, actor } = asked;
  const scope = await scopeOf(resources, asked);
  if (scope === null) return gone(asked);
  const problem = priceProblem(asked.price, scope.currencyCode);
  if (problem !== null) return { kind: 'refused', problem };
  const price = amountText(new Decimal(asked.price));
  const path = { variant: variantId, field: 'price' };
  const outcome = await inTransaction(resources, async (tx): Promise<SetPrice> => {
    await lockOverrides(tx, shopId);
    const rules = await readStandingRules(tx, shopId);
    const found = (await readEffectiveProducts(tx, { ...scope, rules }, [productId])).get(productId);
    const variant = found?.product.variants.find(({ id }) => id === variantId);
    if (found === undefined || variant === undefined) return gone(asked);
    const shown = variant.fields.price ?? null;
    if (!sameOverridable(path, shown, asked.seen)) return moved(asked, shown);
    const beneath = withOverrides(found.catalogs, found.overlays).product.variants;
    const before = beneath.find(({ id }) => id === variantId)?.fields.price ?? null;
    const cause = { shopId, editId: null, setBy: actor, now: now() };
    await setOverrides(tx, cause, [{ productId, variantId, field: 'price', value: price }]);
    await raiseOverlayRevisions(tx, shopId, [productId]);
    await recordCatalogChanges(
      tx,
      { shopId, direction: 'override', causeId: randomUUID(), causedBy: actor, now: now() },
      [
        {
          ...{ productId, path, before, after: price, state: 'applied', code: null },
          message: 'Set for this store in the price matrix.',
          sku: variant.fields.sku ?? null,
        },
      ],
    );
    return { kind: 'set' };
  });
  if (outcome.kind !== 'set') return outcome;
  const request = { shopId, productIds: [productId], cause: 'override', causedBy: actor, runId: null };
  await requestSync(resources, request);
  await live.publish(shopId, { kind: 'overlays-changed' });
  return outcome;
}

/** Sets a price of the catalog; every store of the account follows by its own rules. */
export async function setCatalogPrice(resources: Resources, asked: PriceToSet): Promise<SetPrice> {
  const { db, now } = resources;
  const { shopId, accountId, productId, variantId, actor } = asked;
  const scope = await scopeOf(resources, asked);
  if (scope === null) return gone(asked);
  const currencyCode = (await catalogCurrency(db, accountId)) ?? scope.currencyCode;
  const problem = priceProblem(asked.price, currencyCode);
  if (problem !== null) return { kind: 'refused', problem };
  const price = amountText(new Decimal(asked.price));
  const path = { variant: variantId, field: 'price' };
  const writing = inTransaction(resources, async (tx): Promise<SetPrice> => {
    await waitBriefly(tx);
    const source = (await readSourceProducts(tx, scope.catalog, [productId])).get(productId)?.product;
    const variant = source?.variants.find(({ id }) => id === variantId);
    if (variant === undefined) return gone(asked);
    const before = variant.fields.price ?? null;
    if (!sameOverridable(path, before, asked.seen)) return moved(asked, before);
    const results = await writeFieldsIntoCatalog(
      tx,
      { accountId, locationNames: locationNames(scope.locations), categories: scope.catalog.categories },
      new Map([[productId, [{ path, before, after: price }]]]),
    );
    const result = results.get(productId)?.[0];
    if (result?.result !== 'written')
      return result?.message === undefined
        ? moved(asked, before)
        : refused(asked.price, result.message, 'Write another price.');
    await recordCatalogChanges(
      tx,
      { shopId, direction: 'edit', causeId: randomUUID(), causedBy: actor, now: now() },
      [
        {
          ...{ productId, path, before, after: price, state: 'applied', code: null },
          message: 'Set in the catalog, in the price matrix.',
          sku: variant.fields.sku ?? null,
        },
      ],
    );
    return { kind: 'set' };
  });
  let outcome: SetPrice;
  try {
    outcome = await writing;
  } catch (error) {
    if (!isLockNotAvailable(error)) throw error;
    return refused(
      asked.price,
      'Another program is writing the product.',
      'Set the price again in a moment.',
    );
  }
  if (outcome.kind === 'set') await askEveryStore(resources, accountId, productId, actor);
  return outcome;
}

async function askEveryStore(
  resources: Resources,
  accountId: string,
  productId: SourceId,
  causedBy: string,
): Promise<void> {
  const shops = await resources.db.shop.findMany({
    // Before the first sync nothing goes to Shopify.
    where: { accountId, uninstalledAt: null, adoptedAt: { not: null } },
    select: { id: true },
  });
  for (const { id: shopId } of shops)
    await requestSync(resources, { shopId, productIds: [productId], cause: 'edit', causedBy, runId: null });
}
