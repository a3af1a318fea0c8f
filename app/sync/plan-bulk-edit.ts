/** The job that plans a bulk edit: what it would make of each selected product, field by field, for a person to see. */
import type { BulkEdit } from '#generated/prisma/client';
import { askedAgain } from '~/core/asked-again';
import { planUndo } from '~/core/bulk-edit-undo';
import { withProductDemand } from '~/core/edit-demand';
import { noDemand } from '~/core/forecast';
import { guardFindings } from '~/core/edit-guard';
import { noTotals, withProduct } from '~/core/edit-totals';
import { underRules } from '~/core/overlay';
import { overridesAmong, planOverrideUndo } from '~/core/override-edit';
import { chunksOf } from '~/core/plan';
import type { EditTarget } from '~/core/promotion';
import type { SourceId } from '~/core/product-state';
import {
  addPlanRows,
  clearPlan,
  endEdit,
  endPlanning,
  fieldsOfEdit,
  isEditCancelled,
  productsOfEdit,
} from '~/db/bulk-edits.server';
import type { PlanRow } from '~/db/bulk-edits.server';
import { countProducts } from '~/db/catalog-products.server';
import { countSelection, listSelection } from '~/db/product-selection.server';
import type { SelectedProduct } from '~/db/product-selection.server';
import { storedTerms } from '~/db/promotions.server';
import { readSeen } from '~/db/seen-products.server';
import { sortByTitle } from '~/db/product-titles.server';
import { bulkChangesSchema, productSelectionSchema } from './bulk-edit-schema';
import { addressesRefused, checkPictureAddresses, namedPictures } from './check-picture-addresses';
import { editTerms, loadEditScope } from './edit-scope';
import type { EditScope } from './edit-scope';
import { planRow } from './plan-row';
import { planForTarget, readLowestPrices, readTargetProducts } from './plan-target';
import type { TargetField, TargetProduct } from './plan-target';
import { forecastEdit } from './forecast-edit';
import type { JobContext, JobFor } from './jobs';
import { refreshCollections } from './refresh-collections';
import { queueApplying } from './queue-edit';
import type { Resources } from './resources';
import { schedulePromotion } from './schedule-promotion';

/** Products that are planned together. */
const CHUNK = 250;
/** Products of a page of the selection. */
const PAGE = 5_000;
const TELL_EVERY_MS = 250;

type Planned = [TargetProduct, TargetField[]];

/** The products of an edit in the order of the plan, and what is planned of some of them. */
interface Walk {
  productIds: SourceId[];
  products: number;
  variants: number;
  plan: (targets: Map<SourceId, TargetProduct>, productIds: SourceId[]) => Promise<Planned[]>;
}

/** What is planned is what the store's collections hold now, as nearly as can be said. */
const COLLECTIONS_MAX_AGE_MS = 60_000;

async function editWalk(
  resources: Resources,
  scope: EditScope,
  edit: BulkEdit,
  target: EditTarget,
  { signal }: JobContext,
): Promise<Walk> {
  const { db } = resources;
  const selection = productSelectionSchema.parse(edit.selection);
  await refreshCollections(resources, scope.sync, selection, { maxAgeMs: COLLECTIONS_MAX_AGE_MS, signal });
  const changes = bulkChangesSchema.parse(edit.changes);
  const { products, variants } = await countSelection(db, scope.sync, selection);
  const chosen = new Map<SourceId, ReadonlySet<SourceId> | 'all'>();
  for (let after: SourceId | null = null; ;) {
    const page: SelectedProduct[] = await listSelection(db, scope.sync, selection, { after, limit: PAGE });
    for (const { productId, variantIds, isWhole } of page)
      chosen.set(productId, isWhole ? 'all' : new Set(variantIds));
    after = page.at(-1)?.productId ?? null;
    if (page.length < PAGE) break;
  }
  const movedIn = selection.kind === 'products' ? selection.fieldsMovedIn : undefined;
  return {
    productIds: await sortByTitle(db, scope.sync.accountId, [...chosen.keys()]),
    products,
    variants,
    plan: async (targets, ids) => {
      const plans = [...targets].map(([id, found]): Planned => [
        found,
        planForTarget(found, chosen.get(id) ?? new Set(), changes, target, editTerms(scope, target.kind)),
      ]);
      return movedIn === undefined ? plans : onlyMoved(db, plans, movedIn, ids);
    },
  };
}

/** Of these plans, the fields that had moved in the edit whose changes they ask for again. */
async function onlyMoved(
  db: Resources['db'],
  plans: Planned[],
  editId: string,
  productIds: SourceId[],
): Promise<Planned[]> {
  const pathsOf = async (state: 'moved' | 'applied') => {
    const fields = await fieldsOfEdit(db, editId, state, productIds);
    const byProduct = Map.groupBy(fields, ({ productId }) => productId);
    return (id: SourceId) => (byProduct.get(id) ?? []).map(({ path }) => path);
  };
  const [moved, applied] = await Promise.all([pathsOf('moved'), pathsOf('applied')]);
  return plans.map(([found, planned]) => {
    const { id } = found.product;
    return [found, askedAgain(planned, { moved: moved(id), applied: applied(id) })];
  });
}

async function undoWalk({ db }: Resources, edit: BulkEdit, undone: string): Promise<Walk> {
  const applied = await productsOfEdit(db, undone, ['applied']);
  const wanted = new Set(edit.undoProductIds);
  const productIds = wanted.size === 0 ? applied : applied.filter((id) => wanted.has(id));
  return {
    productIds,
    products: productIds.length,
    variants: 0,
    plan: async (targets, ids) => {
      const fields = Map.groupBy(
        await fieldsOfEdit(db, undone, 'applied', ids),
        ({ productId }) => productId,
      );
      return [...targets].map(([id, found]) => {
        const applied = fields.get(id) ?? [];
        const { product, catalogs, overlays } = found;
        return [
          found,
          edit.target === 'store'
            ? planOverrideUndo(underRules(catalogs, overlays), applied, overridesAmong(overlays))
            : planUndo(product, applied),
        ];
      });
    },
  };
}

/** Carries out the job "plan-bulk-edit". Repeatable: an attempt that was cut off is begun anew. */
export async function planBulkEdit(
  resources: Resources,
  job: JobFor<'plan-bulk-edit'>,
  context: JobContext,
): Promise<void> {
  const { db, live, now } = resources;
  const { shopId, editId } = job;
  const edit = await db.bulkEdit.findUnique({ where: { id: editId, shopId } });
  if (edit?.state !== 'planning') return;
  const tell = () => live.publish(shopId, { kind: 'edit-progress', editId });
  const stop = async (state: 'cancelled' | 'failed', error: string | null) => {
    await endEdit(db, job, { state, error }, now());
    await tell();
  };
  const scope = await loadEditScope(resources, shopId);
  if (!scope) return stop('failed', 'The app is not installed on the store.');
  await clearPlan(db, editId);
  if (edit.undoOf === null) {
    const urls = namedPictures(bulkChangesSchema.parse(edit.changes)).map(({ url }) => url);
    const unusable = await checkPictureAddresses(resources, urls, context.signal);
    if (unusable.length > 0) return stop('failed', addressesRefused(unusable));
  }
  const target = targetOf(edit);
  const walk =
    edit.undoOf === null
      ? await editWalk(resources, scope, edit, target, context)
      : await undoWalk(resources, edit, edit.undoOf);
  await db.bulkEdit.update({
    where: { id: editId },
    data: { productsSelected: walk.products, variantsSelected: walk.variants, productsWalked: 0 },
  });
  let totals = noTotals();
  let demand = noDemand();
  const { cacheTtlSeconds } = scope.sync;
  const trustMs = cacheTtlSeconds === null ? resources.settings.confirmAfterMs : cacheTtlSeconds * 1_000;
  let [position, walked, toldAt] = [0, 0, now().getTime()];
  for (const productIds of chunksOf(walk.productIds, CHUNK)) {
    context.signal.throwIfAborted();
    if (await isEditCancelled(db, editId))
      return stop('cancelled', 'Cancelled while it was planned. Nothing was changed.');
    const targets = await readTargetProducts(resources, scope, target.kind, productIds);
    const seen = await readSeen(db, shopId, productIds, { trustMs, now: now() });
    const rows: PlanRow[] = [];
    const plans = await walk.plan(targets, productIds);
    const plansByProduct = plans.map(([{ product }, fields]) => ({ productId: product.id, fields }));
    const lowest = await readLowestPrices(resources, scope, plansByProduct, target);
    for (const [{ product }, fields] of plans) {
      const own = fields.map((field) => planRow(product, field, lowest));
      const planned = own.map((row) => row.planned);
      totals = withProduct(totals, planned, scope.guard);
      const known = seen.get(product.id);
      if (known !== undefined) demand = withProductDemand(demand, planned, known);
      rows.push(...own);
    }
    await addPlanRows(db, job, position, rows);
    position += rows.length;
    walked += productIds.length;
    await db.bulkEdit.update({
      where: { id: editId },
      data: { productsWalked: walked },
      select: { id: true },
    });
    if (now().getTime() - toldAt < TELL_EVERY_MS) continue;
    toldAt = now().getTime();
    await tell();
  }
  const { productsToChange, fieldsToChange, fieldsSkipped, warnings } = totals;
  const guard = guardFindings(totals, await countProducts(db, scope.sync.accountId), scope.guard);
  // Before the first sync nothing goes to Shopify yet.
  const forecast = scope.sync.adoptedAt === null ? null : await forecastEdit(resources, { shopId, demand });
  const goesOn = edit.appliesItself && guard.length === 0;
  const applyAs = goesOn && target.kind !== 'promotion' ? edit.causedBy : null;
  const isPlanned = await endPlanning(
    db,
    editId,
    { productsToChange, fieldsToChange, fieldsSkipped, warnings, guard, forecast },
    { applyAs, now: now() },
  );
  if (!isPlanned) return stop('cancelled', 'Cancelled while it was planned. Nothing was changed.');
  // Where it cannot be queued now, the sweep does it.
  if (applyAs !== null) await queueApplying(resources.queue, { shopId, editId });
  else if (goesOn) {
    if (fieldsToChange === 0) return stop('failed', 'The promotion would change nothing.');
    if ((await schedulePromotion(resources, edit, edit.causedBy))?.kind === 'too-late')
      return stop('failed', 'The promotion would be over already. Make it again with a later end.');
  }
  await tell();
}

function targetOf({ target, promotion }: BulkEdit): EditTarget {
  if (target === 'promotion') return { kind: 'promotion', terms: storedTerms(promotion) };
  return { kind: target === 'store' ? 'store' : 'catalog' };
}
