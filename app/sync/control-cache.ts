/** What people and programs may do to the cache: the outcome of a sync never depends on it, only what is read for it. */
import type { EditProblem, ProductSelection } from '~/core/bulk-edit';
import { TTL_SECONDS } from '~/core/cache-entry';
import { changeControls, remotesOfProducts } from '~/db/cache-controls.server';
import type { ControlChange } from '~/db/cache-controls.server';
import { invalidateRemotes } from '~/db/remote-cache.server';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { selectedProducts } from './selected-products';
import { NOT_INSTALLED, queryProblems } from './start-bulk-edit';
import { loadSyncScope } from './sync-scope';

/** What is done to the entries that are chosen. */
export type CacheOrder =
  /** The next look reads them. */
  | { kind: 'invalidate'; by: 'person' | 'api' }
  /** They are read now, and merged as ever. */
  | { kind: 'refresh' }
  | { kind: 'control'; change: ControlChange };

export type CacheOrderOutcome =
  { kind: 'done'; products: number } | { kind: 'refused'; problems: EditProblem[] };

/** What is wrong with a time to live; empty: nothing. */
export function ttlProblems(seconds: number | null): EditProblem[] {
  const { least, most } = TTL_SECONDS;
  if (seconds === null || (Number.isInteger(seconds) && seconds >= least && seconds <= most)) return [];
  return [
    {
      field: 'ttl_seconds',
      value: String(seconds),
      reason: 'An entry cannot be trusted for this long.',
      remedy: `Send a whole number of seconds from ${least} to ${most}; pin the product to trust it for good.`,
    },
  ];
}

async function carryOut(
  resources: Resources,
  { shopId, causedBy }: { shopId: string; causedBy: string },
  order: CacheOrder,
  productIds: string[],
): Promise<number> {
  const { db, now } = resources;
  if (order.kind === 'control')
    return changeControls(db, shopId, productIds, order.change, { by: causedBy, now: now() });
  const linked = await remotesOfProducts(db, shopId, productIds);
  const by = order.kind === 'invalidate' ? order.by : 'person';
  const marked = await invalidateRemotes(
    db,
    shopId,
    linked.map(({ remoteId }) => remoteId),
    { by, now: now() },
  );
  if (order.kind === 'invalidate') return marked;
  await requestSync(resources, {
    ...{ shopId, causedBy, cause: 'refresh', runId: null, areLinked: true },
    productIds: linked.map(({ productId }) => productId),
  });
  return linked.length;
}

/** Does the same to the cache of all products of a selection; answers how many there were. Repeatable. */
export async function controlCache(
  resources: Resources,
  asked: { shopId: string; selection: ProductSelection; order: CacheOrder; causedBy: string },
  signal: AbortSignal = new AbortController().signal,
): Promise<CacheOrderOutcome> {
  const { shopId, selection, order } = asked;
  const scope = await loadSyncScope(resources, shopId);
  if (scope === null) return { kind: 'refused', problems: [NOT_INSTALLED] };
  const problems = [
    ...(selection.kind === 'query' ? queryProblems(selection.query) : []),
    ...(order.kind === 'control' ? ttlProblems(order.change.ttlSeconds ?? null) : []),
  ];
  if (problems.length > 0) return { kind: 'refused', problems };
  let products = 0;
  for await (const page of selectedProducts(resources, scope, selection, signal))
    products += await carryOut(resources, asked, order, page);
  return { kind: 'done', products };
}

/** How long what was last seen is trusted in a store; null: as whoever runs the app chose. */
export async function setStoreTtl(
  { db }: Pick<Resources, 'db'>,
  { shopId, seconds }: { shopId: string; seconds: number | null },
): Promise<EditProblem[]> {
  const problems = ttlProblems(seconds);
  if (problems.length === 0)
    await db.shop.update({ where: { id: shopId }, data: { cacheTtlSeconds: seconds } });
  return problems;
}
