/**
 * Stock writes whose answer is not recorded (lost on the way, or the worker was killed) are sent again before their
 * products are merged: unchanged, under the same idempotency key, so that Shopify does them once and says whether it
 * did. Without that a write of ours would look like a movement of Shopify's, and would be added up (decision 006).
 */
import type { OperationOutcome } from '~/core/outcome';
import type { SourceId } from '~/core/product-state';
import { claimAnyVersion } from '~/db/claims.server';
import {
  addIntents,
  agreeOnQuantities,
  endIntents,
  findIntents,
  raiseVersions,
} from '~/db/inventory-intents.server';
import type { InventoryIntent, InventorySet } from '~/db/inventory-intents.server';
import { saveChanges } from '~/db/product-record.server';
import type { ChangeRecord } from '~/db/product-record.server';
import { invalidateRemotes } from '~/db/remote-cache.server';
import { reload } from './load-works';
import type { ProductWork } from './product-work';
import { countChanges } from './count-changes';
import { inTransaction, inventoryCalls } from './record-work';
import { recordingJob, spend } from './session';
import type { Session } from './session';

/** Shopify remembers idempotency keys for 24 hours; after that a write is told from others by what stands. */
const REMEMBERED_MS = 23 * 60 * 60_000;

type Applied = Pick<InventorySet, 'productId' | 'remoteId' | 'changes' | 'quantities'>;

/** Sends an intent again; null where Shopify keeps silent or is still at it. */
async function repeat(session: Session, { operations }: InventoryIntent): Promise<Applied[] | null> {
  const { resources, scope, context } = session;
  const outcomes: OperationOutcome[] = [];
  await scope.store.send(operations, {
    signal: context.signal,
    // A call that is taken apart is another one, with a key of its own.
    onSending: async (calls) =>
      addIntents(resources.db, scope.shopId, inventoryCalls(calls), resources.now()),
    onDocument: async (report) => {
      outcomes.push(...report.outcomes.map(({ outcome }) => outcome));
      await spend(session, report.spent);
    },
  });
  const isSilent = (outcome: OperationOutcome) =>
    outcome.kind === 'unknown' ||
    (outcome.kind === 'stale' &&
      outcome.errors.some(({ code }) => code === 'IDEMPOTENCY_CONCURRENT_REQUEST'));
  if (outcomes.some(isSilent)) return null;
  return outcomes.flatMap(({ kind, operation }) =>
    kind === 'applied' && operation.kind === 'inventory-set' ? [operation] : [],
  );
}

/** Too old to be asked for: what stands in Shopify as it was to be set counts as set. */
async function compareWithStore(session: Session, { operations }: InventoryIntent): Promise<Applied[]> {
  const { products, spent } = await session.scope.store.readProducts(
    operations.map(({ remoteId }) => remoteId),
    { signal: session.context.signal },
  );
  await spend(session, spent);
  return operations.map((operation) => {
    const held = new Map(products.get(operation.remoteId)?.variants.map((each) => [each.id, each]));
    const stands = operation.quantities.map(
      ({ variantRemoteId, locationId, quantity }) =>
        held.get(variantRemoteId)?.inventory[locationId] === quantity,
    );
    const standing = <T>(rows: T[]): T[] => rows.filter((_, index) => stands[index]);
    return { ...operation, changes: standing(operation.changes), quantities: standing(operation.quantities) };
  });
}

/** Returns whether this job settled it: another that carries one of its products may have come first. */
async function settle(
  session: Session,
  works: ProductWork[],
  intent: InventoryIntent,
  applied: Applied[],
): Promise<boolean> {
  const { resources, scope } = session;
  const records = await inTransaction(resources, async (tx): Promise<ChangeRecord[] | null> => {
    if ((await endIntents(tx, [intent.id])).size === 0) return null;
    const productIds = [...new Set(intent.operations.map(({ productId }) => productId))];
    const versions = await raiseVersions(tx, scope.shopId, productIds);
    await agreeOnQuantities(
      tx,
      scope.shopId,
      applied.flatMap(({ quantities }) => quantities),
    );
    await invalidateRemotes(
      tx,
      scope.shopId,
      intent.operations.map(({ remoteId }) => remoteId),
      { by: 'doubt', now: resources.now() },
    );
    const settled = applied.map(({ productId, remoteId, changes }): ChangeRecord => ({
      productId,
      version: versions.get(productId) ?? 0,
      link: { remoteId },
      skus: new Map(),
      since: works.find((work) => work.productId === productId)?.since ?? null,
      // An earlier attempt decided it, and did not say when.
      decidedAt: null,
      changes: changes.map((change) => ({
        ...change,
        sentAt: intent.sentAt,
        direction: 'push',
        state: 'applied',
        operation: 'inventory-set',
        code: 'answer-was-lost',
        message: 'The answer was lost; Shopify confirmed the write when it was asked again.',
      })),
    }));
    const { runId, causedBy } = recordingJob(session);
    await saveChanges(tx, { shopId: scope.shopId, runId, causedBy, now: resources.now() }, settled);
    return settled;
  });
  if (records === null) return false;
  countChanges(resources, records);
  return true;
}

/**
 * Settles what is open of these products; returns those that may be merged now. The others wait: another job has them,
 * or Shopify has not answered.
 */
export async function settleIntents(session: Session, works: ProductWork[]): Promise<ProductWork[]> {
  const { resources, scope, claimant } = session;
  const productIds = works.map(({ productId }) => productId);
  const intents = await findIntents(resources.db, scope.shopId, productIds);
  if (intents.length === 0) return works;
  const concerned = (intent: InventoryIntent) =>
    intent.operations.map(({ productId }) => productId).filter((id) => productIds.includes(id));
  const own = await claimAnyVersion(resources.db, {
    shopId: scope.shopId,
    claimant,
    productIds: [...new Set(intents.flatMap(concerned))],
    now: resources.now(),
  });
  for (const productId of own) session.claims.add(productId);
  const silent = new Set<SourceId>();
  for (const intent of intents) {
    const mine = concerned(intent).filter((id) => own.has(id));
    if (mine.length === 0) continue;
    const isRemembered = resources.now().getTime() - intent.sentAt.getTime() < REMEMBERED_MS;
    const applied = isRemembered ? await repeat(session, intent) : await compareWithStore(session, intent);
    if (!applied) for (const productId of mine) silent.add(productId);
    else if (await settle(session, works, intent, applied))
      for (const { productId, changes } of applied)
        for (const work of works) if (work.productId === productId) work.applied += changes.length;
  }
  const touched = new Set(intents.flatMap(concerned));
  const settled = works.filter(({ productId }) => own.has(productId) && !silent.has(productId));
  await reload(
    session,
    settled.filter(({ productId }) => touched.has(productId)),
  );
  for (const work of works) {
    if (!touched.has(work.productId)) continue;
    if (!own.has(work.productId)) work.isOvertaken = true;
  }
  return works.filter(
    ({ productId }) => !touched.has(productId) || (own.has(productId) && !silent.has(productId)),
  );
}
