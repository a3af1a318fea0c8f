/** What rules that are still being made would make of a few products: nothing is stored. */
import type { EditProblem } from '~/core/bulk-edit';
import { explainPrices } from '~/core/price-explanation';
import type { PriceStep, StoreRules } from '~/core/store-rules';
import { storeRulesProblems } from '~/core/store-rules-check';
import { readEffectiveProducts } from '~/db/effective-products.server';
import { countFound } from '~/db/store-rules.server';
import { rateByRules, todayIn } from './rate-in-force';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';

/** Products that are shown. */
const SHOWN = 6;

export interface PreviewedPrice {
  productId: string;
  title: string;
  sku: string | null;
  catalogs: string | null;
  /** What the store shall have today, and what it would have. */
  before: { price: string | null; compareAt: string | null };
  after: { price: string | null; compareAt: string | null };
  /** From the catalog's price to the one after. */
  steps: PriceStep[];
  problem: string | null;
  /** Whether the rules choose the product. */
  isChosen: boolean;
}

export type StoreRulesPreview =
  /** `products`: of the catalog; `found`: of those, how many the rules choose. */
  | { kind: 'preview'; rows: PreviewedPrice[]; products: number; found: number }
  | { kind: 'refused'; problems: EditProblem[] };

/** The first products of the catalog, each with its first variant, before and after. */
export async function previewStoreRules(
  resources: Resources,
  { shopId, rules }: { shopId: string; rules: StoreRules },
): Promise<StoreRulesPreview> {
  const { db, now } = resources;
  const scope = await loadSyncScope(resources, shopId);
  if (scope === null) return { kind: 'preview', rows: [], products: 0, found: 0 };
  const { currencyCode, timeZone, accountId } = scope;
  const problems = storeRulesProblems(rules, { currencyCode, today: todayIn(timeZone, now()) });
  if (problems.length > 0) return { kind: 'refused', problems };
  const { conversion } = rules;
  const rate =
    conversion.by === 'feed'
      ? // A new feed is asked when its rules are saved.
        (scope.rules.inForce?.rate ?? null)
      : rateByRules(conversion, { timeZone, now: now() }).rate;
  const chosen =
    rules.products.by === 'all' ? null : await countFound(db, { accountId, shopId }, rules.products.search);
  const [first, products] = await Promise.all([
    db.catalogProduct.findMany({
      where: { accountId, variants: { some: {} } },
      orderBy: [{ updatedAt: 'desc' }, { id: 'asc' }],
      take: SHOWN,
      select: { id: true },
    }),
    db.catalogProduct.count({ where: { accountId } }),
  ]);
  const ids = first.map(({ id }) => id);
  const proposed = { ...scope, rules: { revision: 0, inForce: { rules, rate }, leaving: [] } };
  const [today, then] = await Promise.all([
    readEffectiveProducts(db, scope, ids),
    readEffectiveProducts(db, proposed, ids),
  ]);
  const rows = ids.flatMap((id): PreviewedPrice[] => {
    const [before, after] = [today.get(id), then.get(id)];
    const [variant] = after?.catalogs.variants ?? [];
    if (before === undefined || after === undefined || variant === undefined) return [];
    const [was] = explainPrices(before.catalogs, before.overlays, scope);
    const [would] = explainPrices(after.catalogs, after.overlays, scope);
    if (was === undefined || would === undefined) return [];
    return [
      {
        ...{ productId: id, title: after.product.fields.title ?? '', sku: variant.fields.sku ?? null },
        catalogs: would.price.catalogs,
        before: { price: was.price.effective, compareAt: was.compareAtPrice.effective },
        after: { price: would.price.effective, compareAt: would.compareAtPrice.effective },
        ...{ steps: would.price.steps, problem: would.price.problem },
        isChosen: after.place === 'chosen',
      },
    ];
  });
  return { kind: 'preview', rows, products, found: chosen ?? products };
}
