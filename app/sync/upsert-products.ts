import type { ProductPatch } from '~/core/catalog-product';
import type { Database } from '~/db/client.server';
import { markOwnWrites } from '~/db/own-writes.server';
import type { Resources } from './resources';
import { startRun } from './start-run';
import { refusedByDatabase, writeProductPatches, writeTogetherOrSingly } from './write-product-patches';
import type { WrittenPatch } from './write-product-patches';

/** Ends a transaction whose outcome is wanted, and nothing else of it. */
class OnlyTried extends Error {
  constructor(readonly outcome: WrittenPatch[]) {
    super('A dry run is rolled back.');
  }
}

// Shorter than an Idempotency-Key's lease: nobody may take over what is still being written.
const TERMS = { timeout: 60_000, maxWait: 20_000 };

async function write(
  db: Database,
  shop: { id: string; accountId: string },
  patches: ProductPatch[],
  dryRun: boolean,
): Promise<WrittenPatch[]> {
  try {
    return await db.$transaction(async (tx) => {
      await markOwnWrites(tx, shop.id);
      const written = await writeProductPatches(tx, shop.accountId, patches, { onlyWhole: true });
      if (dryRun) throw new OnlyTried(written);
      return written;
    }, TERMS);
  } catch (error) {
    if (error instanceof OnlyTried) return error.outcome;
    throw error;
  }
}

/**
 * Writes products into the catalog by handle, each as a whole or not at all, and asks for a sync of those that changed.
 * A dry run writes and rolls back: it finds what the database would refuse, too. Answers one outcome a patch, in order.
 */
export async function upsertProducts(
  resources: Resources,
  input: {
    shop: { id: string; accountId: string };
    patches: ProductPatch[];
    dryRun: boolean;
    causedBy: string;
  },
): Promise<{ products: WrittenPatch[]; runId: string | null }> {
  const { shop, patches, dryRun, causedBy } = input;
  const parts = await writeTogetherOrSingly(
    patches,
    (batch) => write(resources.db, shop, batch, dryRun),
    async ({ handle, lines }, error): Promise<WrittenPatch[]> => [
      {
        handle,
        productId: null,
        outcome: 'refused',
        problems: [refusedByDatabase(error, { line: 0, handle })],
        rowsRejected: lines.length,
      },
    ],
  );
  const products = parts.flat();
  const changed = products.flatMap(({ outcome, productId }) =>
    (outcome === 'created' || outcome === 'updated') && productId !== null ? [productId] : [],
  );
  if (dryRun || changed.length === 0) return { products, runId: null };
  const run = { shopId: shop.id, trigger: 'api', causedBy, productIds: changed } as const;
  return { products, runId: (await startRun(resources, run)).runId };
}
