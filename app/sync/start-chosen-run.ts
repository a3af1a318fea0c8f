import type { Queryable } from '~/db/client.server';
import { keepOwnProductIds } from '~/db/pages/products.server';
import type { SourceId } from '~/core/product-state';
import type { Resources } from './resources';
import { startRun } from './start-run';

/** Products as another program names them. */
export type ChosenProducts = { by: 'all' } | { by: 'ids' | 'handles' | 'skus'; values: string[] };

export type ChosenRun =
  | { kind: 'started'; runId: string }
  /** What no product of the shop is called; nothing was started. */
  | { kind: 'unknown'; values: string[] };

async function findProducts(
  db: Queryable,
  shop: { id: string; accountId: string },
  by: 'ids' | 'handles' | 'skus',
  values: string[],
): Promise<{ productIds: SourceId[]; known: Set<string> }> {
  const { accountId } = shop;
  if (by === 'ids') {
    const productIds = await keepOwnProductIds(db, shop, values);
    return { productIds, known: new Set(productIds) };
  }
  if (by === 'handles') {
    const rows = await db.catalogProduct.findMany({
      where: { accountId, handle: { in: values } },
      select: { id: true, handle: true },
    });
    return { productIds: rows.map(({ id }) => id), known: new Set(rows.map(({ handle }) => handle)) };
  }
  const rows = await db.catalogVariant.findMany({
    where: { accountId, sku: { in: values } },
    select: { productId: true, sku: true },
  });
  return {
    productIds: [...new Set(rows.map(({ productId }) => productId))],
    known: new Set(rows.flatMap(({ sku }) => sku ?? [])),
  };
}

/** Starts a run of the whole catalog, or of the products that are named; a name that nothing has starts none. */
export async function startChosenRun(
  resources: Resources,
  input: { shop: { id: string; accountId: string }; products: ChosenProducts; causedBy: string },
): Promise<ChosenRun> {
  const { shop, products, causedBy } = input;
  const run = { shopId: shop.id, trigger: 'api', causedBy } as const;
  if (products.by === 'all') return { kind: 'started', ...(await startRun(resources, run)) };
  const values = [
    ...new Set(products.by === 'ids' ? products.values.map((id) => id.toLowerCase()) : products.values),
  ];
  const { productIds, known } = await findProducts(resources.db, shop, products.by, values);
  const unknown = values.filter((value) => !known.has(value));
  if (unknown.length > 0) return { kind: 'unknown', values: unknown };
  return { kind: 'started', ...(await startRun(resources, { ...run, productIds })) };
}
