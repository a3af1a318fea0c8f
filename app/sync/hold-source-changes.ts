/**
 * What came from the database or by the API is looked at as a whole before any of it is written: a script gone wrong
 * changes thousands of products as quietly as one. Beyond the limits of the shop nothing is sent until a person approves.
 */
import { sourceFindings } from '~/core/edit-guard';
import { noTotals, withProduct } from '~/core/edit-totals';
import type { EditTotals } from '~/core/edit-totals';
import { holderOf } from '~/core/held-paths';
import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { countProducts } from '~/db/catalog-products.server';
import { movedProducts, planLoads } from '~/db/load-plan.server';
import { endHold, openHold, putHold } from '~/db/source-holds.server';
import { loadEditScope } from './edit-scope';
import { loadWorks, readUnread, widen } from './load-works';
import type { Reading } from './session';

/** Products loaded and merged together, as the line does. */
const CHUNK = 30;

interface ChangedProduct {
  productId: SourceId;
  /** Of this product alone. */
  totals: EditTotals;
}

/** What a sync would write of these products, by the merge itself. What it must read for that stays in the cache. */
async function changedProducts(
  reading: Reading,
  productIds: SourceId[],
  limits: { changePercent: string | null },
): Promise<{ changed: ChangedProduct[]; totals: EditTotals }> {
  const { resources, scope, context } = reading;
  const changed: ChangedProduct[] = [];
  let totals = noTotals();
  for (const ids of chunksOf(productIds, CHUNK)) {
    context.signal.throwIfAborted();
    const plan = await planLoads(resources.db, scope.shopId, ids, resources.now());
    const works = await loadWorks(reading, ids, plan);
    await widen(
      reading,
      works.filter((work) => work.unread),
    );
    await readUnread(reading, works);
    for (const work of works) {
      // What a promotion or an override holds was seen by a person before it came to lie there.
      const pushes = work
        .look(resources.now())
        .pushes.filter(({ path }) => holderOf(work.held, path) === null);
      if (pushes.length === 0) continue;
      const fields = pushes.map(({ path, decision: { before, after } }) => ({
        path,
        before,
        after,
        outcome: 'change' as const,
        warnings: [],
      }));
      totals = withProduct(totals, fields, limits);
      changed.push({ productId: work.productId, totals: withProduct(noTotals(), fields, limits) });
    }
  }
  return { changed, totals };
}

/**
 * Holds the changes of the catalog that go beyond the limits of the shop, where it asks for that, and lifts what no longer
 * does. Repeatable; costs one query where nothing moved.
 */
export async function holdSourceChanges(reading: Reading): Promise<void> {
  const { resources, scope } = reading;
  const { db, now } = resources;
  const { shopId, accountId } = scope;
  const [edits, open] = await Promise.all([loadEditScope(resources, shopId), openHold(db, shopId)]);
  if (!edits || (!edits.guard.source && !open)) return;
  const moved = edits.guard.source ? await movedProducts(db, { shopId, accountId }) : [];
  const { changed, totals } = await changedProducts(reading, moved, edits.guard);
  const findings = sourceFindings(totals, await countProducts(db, accountId), edits.guard);
  if (findings.length > 0) {
    const isMany = findings.some(({ limit }) => limit === 'catalog-share');
    const limits = new Set(findings.map(({ limit }) => limit));
    const productIds = changed.flatMap(({ productId, totals: own }) =>
      isMany ||
      (limits.has('change') && own.fieldsAboveLimit > 0) ||
      (limits.has('zero-stock') && own.fieldsToZeroStock > 0)
        ? [productId]
        : [],
    );
    await putHold(db, { shopId, productIds, findings, now: now() });
  } else if (open)
    await endHold(db, { shopId, holdId: open.id, state: 'lifted', decidedBy: null, now: now() });
}
