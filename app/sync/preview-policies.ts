import { alignProduct } from '~/core/align';
import { compareEffects } from '~/core/policy-effects';
import type { Effect, EffectChange } from '~/core/policy-effects';
import { policyOf } from '~/core/policy-rules';
import type { ShopPolicies } from '~/core/policy-rules';
import type { SourceId } from '~/core/product-state';
import { mergeProduct } from '~/core/three-way-merge';
import type { MergeInput } from '~/core/three-way-merge';
import { readChangedAt } from '~/db/changed-at.server';
import type { ProductChangedAt } from '~/db/changed-at.server';
import { readEffectiveProducts } from '~/db/effective-products.server';
import { planLoads } from '~/db/load-plan.server';
import { countPreviewProducts, listPreviewProducts } from '~/db/preview-products.server';
import type { PreviewProduct } from '~/db/preview-products.server';
import { loadProductStates } from '~/db/product-states.server';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';
import type { Resources } from './resources';

export interface PreviewExample extends EffectChange {
  productId: SourceId;
  title: string;
}

export interface PolicyPreview {
  /** Linked products, and how many of them were looked at before the time or the number of merges ran out. */
  products: number;
  lookedAt: number;
  /** Of those looked at, products of which Shopify's side must be read again first: not previewed. */
  unread: number;
  /** Products and fields that would be decided otherwise. */
  productsChanged: number;
  fieldsChanged: number;
  counts: { from: Effect; to: Effect; fields: number }[];
  examples: PreviewExample[];
}

/** Products whose states are held in memory at a time. */
const CHUNK = 100;
const MOST_EXAMPLES = 100;
const DEFAULT_LIMITS = { merges: 3_000, milliseconds: 15_000 };

/**
 * What other policies would change now, on real data: nothing is written, nothing is asked of Shopify. Products known to
 * be unchanged are passed over. Null where the app is not installed on the shop.
 */
export async function previewPolicies(
  resources: Resources,
  input: {
    shopId: string;
    proposed: ShopPolicies;
    /** Where to stop looking; a request should not take longer. */
    limits?: { merges: number; milliseconds: number };
  },
): Promise<PolicyPreview | null> {
  const { db, now } = resources;
  const { shopId, proposed, limits = DEFAULT_LIMITS } = input;
  const scope = await loadSyncScope(resources, shopId);
  if (!scope) return null;
  const today = scope.policies;
  const preview = new Preview(await countPreviewProducts(db, shopId));
  const until = now().getTime() + limits.milliseconds;
  let merges = 0;
  let after: PreviewProduct | null = null;
  while (merges < limits.merges && now().getTime() < until) {
    const chunk: PreviewProduct[] = await listPreviewProducts(db, shopId, after, CHUNK);
    after = chunk.at(-1) ?? null;
    if (after === null) break;
    merges += await previewChunk(resources, { scope, today, proposed, chunk, preview });
    preview.lookedAt += chunk.length;
  }
  return preview.result();
}

class Preview {
  lookedAt = 0;
  unread = 0;
  private productsChanged = 0;
  private fieldsChanged = 0;
  private readonly counts = new Map<string, { from: Effect; to: Effect; fields: number }>();
  private readonly examples: PreviewExample[] = [];
  constructor(private readonly products: number) {}

  add({ productId, title }: PreviewProduct, changes: EffectChange[]): void {
    if (changes.length === 0) return;
    this.productsChanged += 1;
    this.fieldsChanged += changes.length;
    for (const change of changes) {
      const { from, to } = change;
      const count = this.counts.get(`${from} ${to}`) ?? { from, to, fields: 0 };
      count.fields += 1;
      this.counts.set(`${from} ${to}`, count);
      if (this.examples.length < MOST_EXAMPLES) this.examples.push({ productId, title, ...change });
    }
  }

  result(): PolicyPreview {
    const { products, lookedAt, unread, productsChanged, fieldsChanged, examples } = this;
    const counts = [...this.counts.values()].sort((a, b) => b.fields - a.fields);
    return { products, lookedAt, unread, productsChanged, fieldsChanged, counts, examples };
  }
}

interface Work {
  scope: SyncScope;
  today: ShopPolicies;
  proposed: ShopPolicies;
  chunk: PreviewProduct[];
  preview: Preview;
}

const asksForInstants = ({ store, rules }: ShopPolicies) =>
  [store, ...rules].some(({ conflict }) => conflict === 'newest-wins');

/** Answers how many products were merged. */
async function previewChunk(resources: Resources, work: Work): Promise<number> {
  const { db, now } = resources;
  const { scope, today, proposed, chunk, preview } = work;
  const { shopId } = scope;
  const ids = chunk.map(({ productId }) => productId);
  const plans = await planLoads(db, shopId, ids, now());
  const moved = chunk.filter(({ productId }) => plans.get(productId)?.extent.kind !== 'unchanged');
  if (moved.length === 0) return 0;
  const movedIds = moved.map(({ productId }) => productId);
  const [sources, states, instants] = await Promise.all([
    readEffectiveProducts(db, scope, movedIds),
    loadProductStates(db, shopId, movedIds, now()),
    asksForInstants(today) || asksForInstants(proposed)
      ? readChangedAt(db, shopId, movedIds)
      : new Map<SourceId, ProductChangedAt>(),
  ]);
  for (const product of moved) {
    const { productId } = product;
    const known = states.get(productId);
    if (!known || known.remote.kind === 'unread') {
      preview.unread += 1;
      continue;
    }
    const effective = sources.get(productId);
    const source = effective?.product ?? null;
    const remote = known.remote.kind === 'read' ? known.remote.product : null;
    const alignment = alignProduct(source, known.base, remote);
    const changedAt = instants.get(productId);
    const under = (policies: ShopPolicies) => {
      const policy = policyOf(policies, productId);
      const merge: MergeInput = {
        source,
        base: known.base,
        remote,
        alignment,
        policy,
        canPublish: scope.publicationId !== null,
        ...(effective !== undefined && {
          held: effective.held,
          place: effective.place,
          sharesStock: effective.pools !== null,
        }),
        changedAt: (variant) => (variant === null ? changedAt?.product : changedAt?.variants.get(variant)),
      };
      return { decisions: mergeProduct(merge).decisions, policy };
    };
    preview.add(product, compareEffects(under(today), under(proposed)));
  }
  return moved.length;
}
