import { readCategoryNames } from '~/db/catalog-products.server';
import { nothingSpent } from '~/shopify/gateway';
import type { Spent } from '~/shopify/gateway';
import type { JobContext } from './jobs';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

/** A name that Shopify did not know may be known after its next release. */
const UNKNOWN_FOR_MS = 24 * 60 * 60_000;

/** Looks up, in Shopify's taxonomy, the category names of the catalog that are not known yet. */
export async function lookUpCategories(
  resources: Resources,
  scope: SyncScope,
  { signal }: Pick<JobContext, 'signal'>,
): Promise<Spent> {
  const { db, now } = resources;
  const names = await readCategoryNames(db, scope.accountId);
  const known = await db.taxonomyCategory.findMany({ where: { fullName: { in: names } } });
  const oldest = now().getTime() - UNKNOWN_FOR_MS;
  const settled = new Set(
    known
      .filter(({ gid, lookedUpAt }) => gid !== null || lookedUpAt.getTime() > oldest)
      .map(({ fullName }) => fullName),
  );
  const missing = names.filter((name) => !settled.has(name));
  if (missing.length === 0) return nothingSpent();
  const { ids, spent } = await scope.store.findCategories(missing, { signal });
  for (const fullName of missing) {
    const found = { gid: ids.get(fullName) ?? null, lookedUpAt: now() };
    await db.taxonomyCategory.upsert({ where: { fullName }, create: { fullName, ...found }, update: found });
  }
  for (const [name, gid] of ids) scope.catalog.categories.set(name, gid);
  return spent;
}
