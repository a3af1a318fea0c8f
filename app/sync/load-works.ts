/** Loads what is to be merged: as little of each product as moved, and more where that is not enough. */
import { isLive } from '~/core/canary';
import { policyOf } from '~/core/policy-rules';
import type { Gid, SourceId } from '~/core/product-state';
import { readChangedAt } from '~/db/changed-at.server';
import { readAnswers } from '~/db/conflicts.server';
import { readEffectiveProducts } from '~/db/effective-products.server';
import { readRevisions } from '~/db/load-plan.server';
import type { Revisions, planLoads } from '~/db/load-plan.server';
import { loadProductStates } from '~/db/product-states.server';
import { saveReadRemotes } from '~/db/remote-cache.server';
import { readStandingRules } from '~/db/store-rules.server';
import type { ReadRemote } from '~/db/remote-cache.server';
import { heldAmong } from '~/db/source-holds.server';
import { ProductWork } from './product-work';
import type { WorkTerms } from './product-work';
import { inTransaction } from './record-work';
import { spend } from './session';
import type { Reading, Session } from './session';

type LoadPlan = Awaited<ReturnType<typeof planLoads>>;

/**
 * Reads the rules of the store again where they changed since the job began: whatever is noted beside these revisions must not
 * come of older ones.
 */
async function keepRulesFresh({ resources, scope }: Reading, seen: Iterable<Revisions>): Promise<void> {
  for (const { rules } of seen)
    if (rules > scope.rules.revision) scope.rules = await readStandingRules(resources.db, scope.shopId);
}

/** Loads what the plan says of each product: all of it, or only the variants that moved. */
export async function loadWorks(
  session: Reading,
  productIds: SourceId[],
  plan: LoadPlan,
): Promise<ProductWork[]> {
  const { resources, scope } = session;
  const { db } = resources;
  await keepRulesFresh(
    session,
    [...plan.values()].map(({ revisions }) => revisions),
  );
  const partial = productIds.filter((productId) => plan.get(productId)?.extent.kind === 'variants');
  const whole = productIds.filter((productId) => plan.get(productId)?.extent.kind === 'whole');
  const moved = partial.flatMap((productId) => {
    const extent = plan.get(productId)?.extent;
    return extent?.kind === 'variants' ? extent.variants : [];
  });
  const [answers, held] = await Promise.all([
    readAnswers(db, scope.shopId, [...whole, ...partial]),
    heldAmong(db, scope.shopId, [...whole, ...partial]),
  ]);
  const termsOf = (productId: SourceId): WorkTerms => ({
    policy: policyOf(scope.policies, productId),
    canPublish: scope.publicationId !== null,
    writing: !isLive(scope.mode, scope.canaryPercent, productId)
      ? 'shadow'
      : held.has(productId)
        ? 'held'
        : 'live',
    answers: answers.get(productId) ?? new Map(),
  });
  const loadOf = async (
    ids: SourceId[],
    variants: { sourceId: SourceId; remoteId: Gid }[] | null,
  ): Promise<ProductWork[]> => {
    if (ids.length === 0) return [];
    const [states, sources] = await Promise.all([
      loadProductStates(db, scope.shopId, ids, resources.now(), variants),
      readEffectiveProducts(db, scope, ids, variants && variants.map(({ sourceId }) => sourceId)),
    ]);
    return ids.flatMap((productId) => {
      const [known, planned] = [states.get(productId), plan.get(productId)];
      if (!known || !planned) return [];
      const source = sources.get(productId) ?? null;
      return [
        new ProductWork(productId, termsOf(productId), {
          states: known,
          source,
          isPartial: variants !== null,
          revisions: planned.revisions,
        }),
      ];
    });
  };
  return [...(await loadOf(whole, null)), ...(await loadOf(partial, moved))];
}

/** Loads products whole of which only some variants were loaded, where more than these turns out to matter. */
export async function widen(session: Reading, works: ProductWork[]): Promise<void> {
  return reload(
    session,
    works.filter((work) => work.isPartial),
  );
}

/** Loads products anew, whole. What became of changes so far stays. */
export async function reload(session: Reading, works: ProductWork[]): Promise<void> {
  const { resources, scope } = session;
  if (works.length === 0) return;
  const ids = works.map((work) => work.productId);
  const revisions = await readRevisions(resources.db, scope.shopId, ids);
  await keepRulesFresh(session, revisions.values());
  const [states, sources] = await Promise.all([
    loadProductStates(resources.db, scope.shopId, ids, resources.now()),
    readEffectiveProducts(resources.db, scope, ids),
  ]);
  for (const work of works) {
    const known = states.get(work.productId);
    if (!known) continue;
    work.widen({
      states: known,
      source: sources.get(work.productId) ?? null,
      isPartial: false,
      revisions: revisions.get(work.productId) ?? { product: null, rules: 0, variants: new Map() },
    });
  }
}

/**
 * Reads from Shopify what the cache does not know, and puts it there. A product that somebody else recorded meanwhile is
 * overtaken: what was read of it may be older than what is known.
 */
export async function readUnread(session: Reading, works: ProductWork[]): Promise<void> {
  const { cacheLooks } = session;
  const { resources, scope, context } = session;
  const unread = works.flatMap((work) =>
    work.unread && work.link.remoteId !== null ? [{ work, remoteId: work.link.remoteId }] : [],
  );
  if (unread.length === 0) return;
  // What is told while the answer is on its way may not be in it.
  const seenAt = resources.now();
  const { products, changedAt, spent } = await scope.store.readProducts(
    unread.map(({ remoteId }) => remoteId),
    { signal: context.signal },
  );
  const read = unread.map(({ work, remoteId }): ReadRemote => {
    const { productId, link, cached } = work;
    const remote = products.get(remoteId) ?? null;
    return { productId, version: link.version, remoteId, held: cached, remote, seenAt };
  });
  const saved = await inTransaction(resources, (tx) =>
    saveReadRemotes(tx, { shopId: scope.shopId, now: resources.now() }, read, changedAt),
  );
  for (const [index, { work }] of unread.entries()) {
    cacheLooks?.missed(work.productId, work.missCause, spent.points / unread.length);
    work.remote = read[index]?.remote ?? null;
    work.unread = false;
    work.seenAt = seenAt;
    if (saved.has(work.productId)) work.cached = work.remote;
    else work.isOvertaken = true;
  }
  await spend(session, spent);
}

function goesByInstants({ terms: { policy } }: ProductWork): boolean {
  return [policy, ...Object.values(policy.groups ?? {})].some(({ conflict }) => conflict === 'newest-wins');
}

/** When each side last changed, for the products whose policy asks for it. */
export async function loadInstants({ resources, scope }: Session, works: ProductWork[]): Promise<void> {
  const asking = works.filter(goesByInstants);
  if (asking.length === 0) return;
  const ids = asking.map((work) => work.productId);
  const changedAt = await readChangedAt(resources.db, scope.shopId, ids);
  for (const work of asking) work.changedAt = changedAt.get(work.productId);
}
