/** Puts many new products into a catalog at once: for generated catalogs and benches. */
import type { CatalogProductState } from '~/core/catalog-product';
import { type CatalogChange, saveCatalogChanges } from './catalog-write.server';
import type { Database } from './client.server';

const productsPerTransaction = 250;
/** Transactions under way at a time: one builds its rows while PostgreSQL stores those of the others. */
const transactions = 3;

/** Inserts products that the account does not have yet, in transactions of 250; answers how many. */
export async function loadGenerated(
  db: Database,
  accountId: string,
  products: Iterable<CatalogProductState>,
): Promise<number> {
  const rest = products[Symbol.iterator]();
  const lane = async (): Promise<number> => {
    let loaded = 0;
    for (;;) {
      const changes: CatalogChange[] = [];
      while (changes.length < productsPerTransaction) {
        const next = rest.next();
        if (next.done === true) break;
        changes.push({ before: null, after: next.value });
      }
      if (changes.length === 0) return loaded;
      await db.$transaction((tx) => saveCatalogChanges(tx, accountId, changes), {
        timeout: 120_000,
        maxWait: 30_000,
      });
      loaded += changes.length;
    }
  };
  const counts = await Promise.all(Array.from({ length: transactions }, lane));
  return counts.reduce((sum, count) => sum + count, 0);
}
