/** The bulk lane: Shopify writes the whole store into two files, which are compared while they are loaded. */
import { productDiffers, variantListsDiffer } from '~/core/remote-drift';
import type { VariantLists } from '~/core/remote-drift';
import type { Gid, RemoteProduct } from '~/core/product-state';
import { productsOfVariants, unseenSince } from '~/db/held-remotes.server';
import { lookAtOf, noteStride } from '~/db/reconciliations.server';
import type { Stride, WalkOperation } from '~/db/reconciliations.server';
import { BulkResultUnreadable } from '~/shopify/gateway';
import type { BulkItem, BulkPart } from '~/shopify/gateway';
import { compareWithStore, takeStride } from './walk-parts';
import type { Walking } from './walk-parts';

const PARTS: BulkPart[] = ['products', 'variants'];
/** Products or variants compared together. */
const BATCH = 200;
/** Shopify lets a bulk query run for ten days; a check that takes a day is none. */
const LONGEST_MS = 24 * 60 * 60_000;
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Looked at more and more seldom: after a quarter of the time it has taken so far. */
function waitAfter(elapsedMs: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, elapsedMs / 4));
}

/** The store must be read page by page instead. */
class LaneClosed extends Error {
  override name = 'LaneClosed';
}

class Stopped extends Error {
  override name = 'Stopped';
}

class BulkWalk {
  private operations: WalkOperation[];

  constructor(private readonly walking: Walking) {
    this.operations = walking.walk.operations;
  }

  private async note(stride: Stride): Promise<void> {
    const { resources, walk, claimant } = this.walking;
    if (!(await noteStride(resources.db, { id: walk.id, claimant }, stride, resources.now())))
      throw new Stopped();
  }

  /** False where Shopify runs as many operations as it may. */
  async start(): Promise<boolean> {
    const { resources, scope, signal } = this.walking;
    for (const part of PARTS) {
      if (this.operations.some((operation) => operation.part === part)) continue;
      const startedAt = resources.now();
      const answer = await scope.store.startBulkRead(part, { signal });
      const points = answer.spent.points;
      if (answer.kind === 'refused')
        throw new LaneClosed(`Shopify refused the bulk query: ${answer.message}`);
      if (answer.kind === 'busy') {
        await this.note({ points });
        return false;
      }
      this.operations = [...this.operations, { part, id: answer.id, startedAt, isRead: false }];
      try {
        await this.note({ operations: this.operations, points });
      } catch (error) {
        // Nobody else knows of it.
        if (error instanceof Stopped) await scope.store.cancelBulkRead(answer.id, { signal });
        throw error;
      }
    }
    return true;
  }

  /** Reads what is there to be read; false while something is still to come. */
  async read(): Promise<boolean> {
    const { resources, scope, signal } = this.walking;
    for (const operation of this.operations) {
      if (operation.isRead) continue;
      const answer = await scope.store.readBulkOperation(operation.id, { signal });
      await this.note({ points: answer.spent.points });
      if (!answer.operation) throw new LaneClosed('Shopify no longer knows the bulk operation.');
      const { status, reason, url, rootObjects } = answer.operation;
      if (status === 'failed')
        throw new LaneClosed(`Shopify’s bulk operation ended without a result (${reason}).`);
      if (status === 'under way') {
        if (resources.now().getTime() - operation.startedAt.getTime() > LONGEST_MS)
          throw new LaneClosed('Shopify’s bulk operation did not end within a day.');
        return false;
      }
      if (url === null && rootObjects > 0)
        throw new LaneClosed('The result of the bulk operation has expired.');
      await this.readResult(operation, url, rootObjects);
      this.operations = this.operations.map((each) =>
        each.id === operation.id ? { ...each, isRead: true } : each,
      );
      await this.note({ operations: this.operations, cursor: null });
    }
    return true;
  }

  private async readResult(operation: WalkOperation, url: string | null, rootObjects: number): Promise<void> {
    const { scope, signal } = this.walking;
    const skipLines = this.linesDone(operation.part);
    const options = { skipLines, rootObjects, signal };
    if (operation.part === 'products') {
      if (url !== null)
        await this.inBatches(scope.store.bulkProducts(url, options), (batch) =>
          this.products(batch, operation),
        );
      await this.unseen(operation);
    } else if (url !== null)
      await this.inBatches(scope.store.bulkVariants(url, options), (batch) =>
        this.variants(batch, operation),
      );
  }

  /** Lines of a part that an earlier job has compared. */
  private linesDone(part: BulkPart): number {
    const [done, lines] = (this.walking.walk.cursor ?? '').split(':');
    return done === part ? Number(lines) : 0;
  }

  private async inBatches<T>(
    items: AsyncIterable<BulkItem<T>>,
    compare: (batch: BulkItem<T>[]) => Promise<void>,
  ): Promise<void> {
    let batch: BulkItem<T>[] = [];
    for await (const item of items) {
      batch.push(item);
      if (batch.length < BATCH) continue;
      await compare(batch);
      batch = [];
    }
    if (batch.length > 0) await compare(batch);
  }

  private async products(
    batch: BulkItem<{ product: RemoteProduct }>[],
    { part, startedAt }: WalkOperation,
  ): Promise<void> {
    const read = new Map(batch.map(({ product }) => [product.id, product]));
    const comparison = await compareWithStore(
      this.walking,
      [...read.keys()],
      startedAt,
      ({ remoteId, product }) => {
        const there = read.get(remoteId);
        return there !== undefined && productDiffers(product, there, 'without variant lists');
      },
      () => false,
    );
    const cursor = `${part}:${batch.at(-1)?.lines ?? 0}`;
    // Products that are none of ours are in the file too: only those count that the cache knows.
    const scanned = await this.countOwn([...read.keys()]);
    if (!(await takeStride(this.walking, { cursor, scanned }, comparison, startedAt))) throw new Stopped();
  }

  private async countOwn(remoteIds: Gid[]): Promise<number> {
    const { resources, scope } = this.walking;
    return resources.db.productLink.count({
      where: { shopId: scope.shopId, state: 'linked', remoteId: { in: remoteIds } },
    });
  }

  private async variants(
    batch: BulkItem<{ variant: VariantLists }>[],
    { part, startedAt }: WalkOperation,
  ): Promise<void> {
    const { resources, scope } = this.walking;
    const read = new Map(batch.map(({ variant }) => [variant.id, variant]));
    const owners = await productsOfVariants(resources.db, scope.shopId, [...read.keys()]);
    const comparison = await compareWithStore(
      this.walking,
      [...new Set(owners.values())],
      startedAt,
      ({ product }) =>
        product.variants.some((variant) => {
          const there = read.get(variant.id);
          return there !== undefined && variantListsDiffer(variant, there);
        }),
      () => false,
    );
    const cursor = `${part}:${batch.at(-1)?.lines ?? 0}`;
    if (!(await takeStride(this.walking, { cursor }, { ...comparison, verified: [] }, startedAt)))
      throw new Stopped();
  }

  /** What a complete file does not name is no longer in the store. */
  private async unseen({ startedAt }: WalkOperation): Promise<void> {
    const { resources, scope } = this.walking;
    const gone = await unseenSince(resources.db, scope.shopId, startedAt, resources.now());
    const comparison = { drifted: gone, found: gone.length, verified: [] };
    const stride = { scanned: gone.length };
    if (!(await takeStride(this.walking, stride, comparison, startedAt))) throw new Stopped();
  }

  /** Another job looks again later, or when Shopify says that the operation has ended. One is enough. */
  async lookLater(): Promise<void> {
    const { resources, walk, scope } = this.walking;
    const now = resources.now();
    const due = await lookAtOf(resources.db, walk.id);
    if (due !== null && due > now) return;
    const since = this.operations[0]?.startedAt ?? now;
    const delayMs = waitAfter(now.getTime() - since.getTime());
    await this.note({ lookAt: new Date(now.getTime() + delayMs) });
    await resources.queue.add(
      [{ name: 'reconcile-store', shopId: scope.shopId, reconciliationId: walk.id }],
      { delayMs },
    );
  }

  /** Stops what Shopify still does for this walk, and goes on page by page. */
  async leave(reason: string): Promise<void> {
    const { scope, signal } = this.walking;
    let points = 0;
    for (const { id, isRead } of this.operations)
      if (!isRead) points += (await scope.store.cancelBulkRead(id, { signal })).points;
    await this.note({
      lane: 'pages',
      cursor: null,
      operations: [],
      lookAt: null,
      points,
      note: `${reason} The store was read page by page instead.`,
    });
  }
}

/** 'waiting': a later job goes on. 'pages': the lane is closed, the walk goes on from its beginning in the other one. */
export async function reconcileBulk(walking: Walking): Promise<'walked' | 'stopped' | 'waiting' | 'pages'> {
  const bulk = new BulkWalk(walking);
  try {
    try {
      if ((await bulk.start()) && (await bulk.read())) return 'walked';
      await bulk.lookLater();
      return 'waiting';
    } catch (error) {
      if (!(error instanceof LaneClosed || error instanceof BulkResultUnreadable)) throw error;
      await bulk.leave(error.message);
      return 'pages';
    }
  } catch (error) {
    if (error instanceof Stopped) return 'stopped';
    throw error;
  }
}
