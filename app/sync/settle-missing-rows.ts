/** What becomes of products whose rows are gone from the merchant's table. */
import { lockCatalog } from '~/db/catalog-import.server';
import { noteSourceProgress } from '~/db/source-connections.server';
import { countMissing, removeMissing } from '~/db/source-products.server';
import { markAsAsked } from './apply-source-rows';
import type { Feeding } from './feeding';
import type { Resources } from './resources';

const AT_A_TIME = 200;
/** Up to so many may be gone whatever their share is, as in a run over the whole catalog. */
const FEW = 10;

/**
 * Takes them out of the catalog, where the merchant wants that; each store then archives or deletes, as its policy says.
 * More than half of the table gone at once is more likely a table being filled anew: that waits for a person.
 */
export async function settleMissingRows(
  resources: Resources,
  feeding: Feeding,
): Promise<{ removed: number; held: number }> {
  const { db } = resources;
  const { sourceId, accountId } = feeding;
  const { missing, known } = await countMissing(db, sourceId);
  if (missing === 0) return { removed: 0, held: 0 };
  const source = await db.sourceConnection.findUnique({
    where: { id: sourceId },
    select: { missingRows: true, acceptsMissing: true },
  });
  if (source?.missingRows !== 'remove') return { removed: 0, held: 0 };
  if (missing > FEW && missing > known / 2 && !source.acceptsMissing) return { removed: 0, held: missing };
  for (let removed = 0; ;) {
    const now = await db.$transaction(
      async (tx) => {
        await markAsAsked(tx, accountId);
        await lockCatalog(tx, accountId);
        const count = await removeMissing(tx, { sourceId, accountId, limit: AT_A_TIME });
        // An acceptance is for what was seen, not for ever.
        await noteSourceProgress(tx, feeding, count < AT_A_TIME ? { acceptsMissing: false } : {});
        return count;
      },
      { timeout: 60_000, maxWait: 30_000 },
    );
    removed += now;
    if (now < AT_A_TIME) return { removed, held: 0 };
  }
}
