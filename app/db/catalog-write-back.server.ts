/** Writes into the catalog what Shopify's side wins, only where the catalog still holds what the merge saw. */
import type { FieldPath } from '~/core/decision';
import type { Gid, SourceId } from '~/core/product-state';
import { sourceProduct } from './catalog-products.server';
import { applyPull } from './catalog-pull.server';
import type { Pull } from './catalog-pull-terms.server';
import { readCatalogStates } from './catalog-states.server';
import { saveCatalogChanges } from './catalog-write.server';
import type { CatalogChange } from './catalog-write.server';
import type { Queryable } from './client.server';

export interface WriteBackScope {
  accountId: string;
  /** The catalog's name for each of the shop's locations; '' for the default one. */
  locationNames: Map<Gid, string>;
  /** Taxonomy categories by full name, where the catalog writes names; without it such a category counts as changed. */
  categories?: Map<string, Gid>;
}

export interface WriteBackResult {
  path: FieldPath;
  /** 'moved': the catalog holds a newer value, which stays. 'refused': it cannot take this one; see the message. */
  result: 'written' | 'moved' | 'refused';
  message?: string;
}

/**
 * Holds the products' rows until the transaction ends, so that no other write comes between look and write. In the order in
 * which a write of the merchant's takes them: the row itself, then, by trigger, the variant and the product it is of.
 */
async function lockProducts(tx: Queryable, accountId: string, productIds: SourceId[]): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM "catalog"."inventory_level" l JOIN "catalog"."variant" v ON v."id" = l."variant_id"
     WHERE v."product_id" = ANY(${productIds}::uuid[]) ORDER BY l."variant_id", l."location" FOR UPDATE OF l`;
  await tx.$queryRaw`
    SELECT 1 FROM "catalog"."metafield" m
     WHERE m."product_id" = ANY(${productIds}::uuid[])
        OR m."variant_id" IN (SELECT "id" FROM "catalog"."variant" WHERE "product_id" = ANY(${productIds}::uuid[]))
     ORDER BY m."id" FOR UPDATE`;
  await tx.$queryRaw`
    SELECT 1 FROM "catalog"."media" WHERE "product_id" = ANY(${productIds}::uuid[]) ORDER BY "id" FOR UPDATE`;
  await tx.$queryRaw`
    SELECT 1 FROM "catalog"."variant" WHERE "product_id" = ANY(${productIds}::uuid[]) ORDER BY "id" FOR UPDATE`;
  await tx.$queryRaw`
    SELECT 1 FROM "catalog"."product"
     WHERE "account_id" = ${accountId}::uuid AND "id" = ANY(${productIds}::uuid[]) ORDER BY "id" FOR UPDATE`;
}

/** True where another product of the account has the handle: writing it would break the whole transaction. */
async function handleIsTaken(
  tx: Queryable,
  accountId: string,
  productId: SourceId,
  handle: unknown,
): Promise<boolean> {
  if (typeof handle !== 'string') return false;
  const other = await tx.catalogProduct.findUnique({
    where: { accountId_handle: { accountId, handle } },
    select: { id: true },
  });
  return other !== null && other.id !== productId;
}

/**
 * Writes fields of products, in the caller's transaction; one result a write, in order. The `before` of each is what the
 * product held before all of them. A product that is no longer in the catalog answers 'moved' to all.
 */
export async function writeFieldsIntoCatalog(
  tx: Queryable,
  scope: WriteBackScope,
  writes: Map<SourceId, Pull[]>,
): Promise<Map<SourceId, WriteBackResult[]>> {
  const { accountId, locationNames } = scope;
  const productIds = [...writes.keys()].sort();
  await lockProducts(tx, accountId, productIds);
  const states = await readCatalogStates(tx, accountId, { ids: productIds });
  const stateOf = new Map(states.map((state) => [state.id, state]));
  const locations = new Map([...locationNames].map(([gid, name]) => [name, gid]));
  const sourceScope = { accountId, locations, categories: scope.categories ?? new Map() };
  const all = new Map<SourceId, WriteBackResult[]>();
  const changes: CatalogChange[] = [];
  for (const [productId, pulls] of writes) {
    const before = stateOf.get(productId);
    if (before === undefined) {
      all.set(
        productId,
        pulls.map(({ path }) => ({ path, result: 'moved' })),
      );
      continue;
    }
    const { product: source } = sourceProduct(before, sourceScope);
    let state = before;
    const results: WriteBackResult[] = [];
    for (const pull of pulls) {
      const { path, after } = pull;
      const outcome = applyPull({ state, source, locationName: (gid) => locationNames.get(gid) }, pull);
      if (outcome.result !== 'written') {
        results.push({ path, ...outcome });
        continue;
      }
      if (
        path.variant === null &&
        path.field === 'handle' &&
        (await handleIsTaken(tx, accountId, productId, after))
      ) {
        const message = `Another product of the catalog has the handle "${String(after)}".`;
        results.push({ path, result: 'refused', message });
        continue;
      }
      state = outcome.state;
      results.push({ path, result: 'written' });
    }
    all.set(productId, results);
    changes.push({ before, after: state });
  }
  await saveCatalogChanges(tx, accountId, changes);
  return all;
}

/** `writeFieldsIntoCatalog` for one product. */
export async function pullIntoCatalog(
  tx: Queryable,
  scope: WriteBackScope,
  productId: SourceId,
  pulls: Pull[],
): Promise<WriteBackResult[]> {
  const results = await writeFieldsIntoCatalog(tx, scope, new Map([[productId, pulls]]));
  return results.get(productId) ?? [];
}
