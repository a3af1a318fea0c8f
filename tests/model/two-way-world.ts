/** Products on both sides, a worker that may be killed, webhooks that go astray: where scripts are carried out. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorker } from '~/queue/worker';
import type { RunningWorker } from '~/queue/worker';
import { requestSync } from '~/sync/request-sync';
import { startRun } from '~/sync/start-run';
import { SeededRandom } from '~/catalog/seeded-random';
import { asMerchant, shopOf } from '../support/merchant';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { allDone } from '../support/all-done';
import { startWebhookReceiver } from '../support/webhook-receiver';
import type { WebhookReceiver } from '../support/webhook-receiver';
import { spawnWorker } from '../support/worker';
import type { Child } from '../support/child';
import { nothingDone } from './two-way-script';
import type { Done, Held, Side, Step } from './two-way-script';

const PATIENCE_MS = 300_000;
/** Tags of a document of the merchant. */
const TOGETHER = 20;
const BASE_TAGS = ['base-0', 'base-1', 'base-2'];

interface Row {
  productId: string;
  variantId: string;
  handle: string;
}

/** Faults that strike now and then while chaos reigns. */
const FAULTS = [
  { kind: 'timeout-after', match: { probability: 0.02 } },
  { kind: 'reset-after', match: { probability: 0.03 } },
  { kind: 'reset-before', match: { probability: 0.03 } },
  { kind: 'http-503', match: { probability: 0.03 } },
  { kind: 'malformed-json', match: { probability: 0.02 } },
] as const;
const ASTRAY = {
  lossProbability: 0.25,
  duplicateProbability: 0.3,
  reorderWindow: 15,
  reorderHoldMs: 100,
  delayMaxMs: 400,
  timeScale: 0.00001,
};
const IN_ORDER = { lossProbability: 0, duplicateProbability: 0, reorderWindow: 0, delayMaxMs: 0 };

export class World {
  rows: Row[] = [];
  private edits = 0;
  private child: Child | null = null;
  private inside: RunningWorker | null = null;
  private readonly random = new SeededRandom(20261124);

  private constructor(
    readonly stage: Stage,
    private readonly receiver: WebhookReceiver,
    private readonly workers: 'process' | 'inside',
  ) {}

  /** `workers`: in a process of its own, to be killed, or inside this one. */
  static async open(workers: 'process' | 'inside'): Promise<World> {
    const receiver = await startWebhookReceiver();
    const stage = await openStage({
      worker: false,
      emulator: { appUrl: receiver.origin },
      env: {
        CONFIRM_AFTER_SECONDS: '0',
        SHOPIFY_TIMEOUT_SECONDS: '1',
        JOB_LOCK_SECONDS: '2',
        JOB_ATTEMPTS: '20',
      },
    });
    receiver.open(stage.resources);
    return new World(stage, receiver, workers);
  }

  async close(): Promise<void> {
    await this.stopWorker();
    await this.stage.close();
    await this.receiver.close();
  }

  get db() {
    return this.stage.resources.db;
  }

  /** A number below `below`. */
  dice(below: number): number {
    return this.random.integer(0, below - 1);
  }

  async startWorker(): Promise<void> {
    const { stage } = this;
    if (this.workers === 'process') this.child = await spawnWorker({ ...stage.env, LOG_LEVEL: 'info' });
    else
      this.inside = await startWorker(stage.resources, {
        store: stage.resources.queueStore,
        concurrency: 4,
        lockMs: 2_000,
        syncIntervalMinutes: null,
        refreshTokens: () => stage.resources.tokens.refreshDue(),
      });
  }

  async stopWorker(): Promise<void> {
    await this.child?.stop();
    await this.inside?.close();
    this.child = null;
    this.inside = null;
  }

  /** kill -9, and another worker. */
  async killWorker(): Promise<void> {
    if (this.child === null) return;
    await this.child.kill();
    this.child = await spawnWorker({ ...this.stage.env, LOG_LEVEL: 'info' });
  }

  /** Products on which both sides agree. */
  async fill(count: number): Promise<void> {
    const { accountId } = this.stage;
    this.rows = Array.from({ length: count }, (_, at) => ({
      productId: randomUUID(),
      variantId: randomUUID(),
      handle: `model-${at}`,
    }));
    await this.db.catalogProduct.createMany({
      data: this.rows.map(({ productId, handle }) => ({
        accountId,
        id: productId,
        handle,
        title: `Title of ${handle}`,
        tags: BASE_TAGS,
      })),
    });
    await this.db.catalogVariant.createMany({
      data: this.rows.map(({ productId, variantId, handle }) => ({
        accountId,
        id: variantId,
        productId,
        sku: handle,
        price: '10.00',
        tracked: true,
      })),
    });
    await this.db.catalogInventoryLevel.createMany({
      data: this.rows.map(({ variantId }) => ({ accountId, variantId, location: '', available: 100 })),
    });
    await this.startWorker();
    await this.settle();
  }

  astray(isAstray: boolean): void {
    const { webhooks, faults } = this.stage.emulator;
    webhooks.configure(isAstray ? ASTRAY : IN_ORDER);
    faults.clear();
    if (isAstray) for (const fault of FAULTS) faults.add(fault);
  }

  /** Carries out one step of each product's script, and notes it. */
  async carryOut(steps: (Step | undefined)[], done: Done[]): Promise<void> {
    const catalog: (() => Promise<unknown>)[] = [];
    const merchant: { field: string; type: string; value: object }[] = [];
    const looks: string[] = [];
    for (const [at, step] of steps.entries()) {
      const [row, own] = [this.rows[at], done[at]];
      if (!step || !row || !own || step.kind === 'pause') continue;
      if (step.kind === 'look') looks.push(row.productId);
      else if (step.kind === 'same-title') {
        const title = `Same ${(this.edits += 1)} of ${row.handle}`;
        own.title.catalog.push(title);
        own.title.shopify.push(title);
        catalog.push(() => this.setTitle(row, title));
        merchant.push(this.titleInShopify(row, title));
      } else if (step.side === 'catalog') catalog.push(this.inCatalog(row, step, own));
      else merchant.push(this.inShopify(row, step, own));
    }
    await Promise.all([
      this.inTurns(catalog),
      this.asMerchant(merchant),
      looks.length > 0 &&
        requestSync(this.stage.resources, {
          shopId: this.stage.shopId,
          productIds: looks,
          cause: 'change',
          causedBy: 'model',
          runId: null,
        }),
    ]);
  }

  /** Whoever asks for a run while another is under way gets that one. */
  async run(): Promise<string> {
    const { runId } = await startRun(this.stage.resources, {
      shopId: this.stage.shopId,
      trigger: 'manual',
      causedBy: 'model',
    });
    return runId;
  }

  /** Until both sides have said all: what webhooks lost is read again, as a walk over the store does. */
  async settle(): Promise<void> {
    this.astray(false);
    await this.quiet();
    await this.forget();
    for (let turn = 0; turn < 8; turn += 1) if (await this.isAtRest()) return;
    throw new Error('The sides do not come to rest.');
  }

  /** Nothing that Shopify holds is trusted any more. */
  async forget(): Promise<void> {
    await this.db.remoteProductRow.updateMany({ data: { invalidatedAt: new Date() } });
  }

  /** Whether a run finds nothing to do. */
  async isAtRest(): Promise<boolean> {
    const { mutations, id } = await this.stage.awaitRun(await this.run(), PATIENCE_MS);
    await this.quiet();
    return mutations === 0 && (await this.db.change.count({ where: { runId: id, state: 'applied' } })) === 0;
  }

  private async quiet(): Promise<void> {
    await this.stage.emulator.webhooks.settle();
    await allDone(this.stage, PATIENCE_MS);
  }

  /** What each side holds of every product. */
  async held(): Promise<Record<Side, Held>[]> {
    const products = await this.db.catalogProduct.findMany({
      include: { variants: { include: { inventory: true } } },
    });
    const byHandle = new Map(products.map((product) => [product.handle, product]));
    const shop = shopOf(this.stage);
    const store = new Map([...shop.products.values()].map((product) => [product.handle, product]));
    return this.rows.map(({ handle }) => {
      const [mine, theirs] = [byHandle.get(handle)!, store.get(handle)!];
      const variant = shop.variants.get(theirs.variantIds[0]!)!;
      const [level] = shop.inventoryItems.get(variant.inventoryItemId)!.levels.values();
      return {
        catalog: {
          title: mine.title,
          price: mine.variants[0]!.price.toFixed(2),
          tags: [...mine.tags].sort(),
          stock: mine.variants[0]!.inventory[0]!.available,
        },
        shopify: {
          title: theirs.title,
          price: Number(variant.price).toFixed(2),
          tags: [...theirs.tags].sort(),
          stock: level?.quantities.available ?? Number.NaN,
        },
      };
    });
  }

  /** A fresh record of what is done, from what both sides hold. */
  async beginning(): Promise<Done[]> {
    return (await this.held()).map(({ catalog }) => nothingDone(catalog));
  }

  private setTitle({ productId }: Row, title: string) {
    return this.db.catalogProduct.update({ where: { id: productId }, data: { title } });
  }

  private titleInShopify({ handle }: Row, title: string) {
    const { id } = this.remote(handle);
    return {
      field: 'productUpdate(product: $VALUE) { userErrors { message } }',
      type: 'ProductUpdateInput!',
      value: { id, title },
    };
  }

  private remote(handle: string) {
    const shop = shopOf(this.stage);
    return shop.products.get(shop.productsByHandle.get(handle)!)!;
  }

  private inCatalog(row: Row, step: Extract<Step, { side: Side }>, done: Done): () => Promise<unknown> {
    const { productId, variantId } = row;
    this.edits += 1;
    switch (step.kind) {
      case 'title': {
        const title = `Ours ${this.edits} of ${row.handle}`;
        done.title.catalog.push(title);
        return () => this.setTitle(row, title);
      }
      case 'price': {
        const price = `${this.edits}.11`;
        done.price.catalog.push(price);
        return () => this.db.catalogVariant.update({ where: { id: variantId }, data: { price } });
      }
      case 'tag-add': {
        const tag = `ours-${this.edits}`;
        done.added.push(tag);
        return () =>
          this.db
            .$executeRaw`UPDATE catalog.product SET tags = array_append(tags, ${tag}::text) WHERE id = ${productId}::uuid`;
      }
      case 'tag-remove': {
        const tag = BASE_TAGS[step.nth] ?? '';
        done.removed.add(tag);
        return () =>
          this.db
            .$executeRaw`UPDATE catalog.product SET tags = array_remove(tags, ${tag}::text) WHERE id = ${productId}::uuid`;
      }
      case 'stock':
        done.moved += step.by;
        return () =>
          this.db.$executeRaw`
            UPDATE catalog.inventory_level SET available = available + ${step.by} WHERE variant_id = ${variantId}::uuid`;
    }
  }

  private inShopify(row: Row, step: Extract<Step, { side: Side }>, done: Done) {
    const product = this.remote(row.handle);
    this.edits += 1;
    switch (step.kind) {
      case 'title': {
        const title = `Theirs ${this.edits} of ${row.handle}`;
        done.title.shopify.push(title);
        return this.titleInShopify(row, title);
      }
      case 'price': {
        const price = `${this.edits}.22`;
        done.price.shopify.push(price);
        return {
          field: `productVariantsBulkUpdate(productId: "${product.id}", variants: $VALUE) { userErrors { message } }`,
          type: '[ProductVariantsBulkInput!]!',
          value: [{ id: product.variantIds[0], price }],
        };
      }
      case 'tag-add': {
        const tag = `theirs-${this.edits}`;
        done.added.push(tag);
        return {
          field: `tagsAdd(id: "${product.id}", tags: $VALUE) { userErrors { message } }`,
          type: '[String!]!',
          value: [tag],
        };
      }
      case 'tag-remove': {
        const tag = BASE_TAGS[step.nth] ?? '';
        done.removed.add(tag);
        return {
          field: `tagsRemove(id: "${product.id}", tags: $VALUE) { userErrors { message } }`,
          type: '[String!]!',
          value: [tag],
        };
      }
      case 'stock': {
        done.moved += step.by;
        const shop = shopOf(this.stage);
        const { inventoryItemId } = shop.variants.get(product.variantIds[0]!)!;
        const [locationId] = shop.locations.keys();
        return {
          field: `inventoryAdjustQuantities(input: $VALUE) @idempotent(key: "${randomUUID()}") { userErrors { message } }`,
          type: 'InventoryAdjustQuantitiesInput!',
          value: {
            name: 'available',
            reason: 'correction',
            changes: [{ inventoryItemId, locationId, delta: step.by, changeFromQuantity: null }],
          },
        };
      }
    }
  }

  /** Many edits of the merchant in one document each. */
  private async asMerchant(edits: { field: string; type: string; value: object }[]): Promise<void> {
    for (let at = 0; at < edits.length; at += TOGETHER) {
      const chunk = edits.slice(at, at + TOGETHER);
      const types = chunk.map(({ type }, index) => `$v${index}: ${type}`).join(', ');
      const fields = chunk.map(({ field }, index) => `f${index}: ${field.replace('$VALUE', `$v${index}`)}`);
      await asMerchant(
        this.stage,
        `mutation(${types}) { ${fields.join('\n')} }`,
        Object.fromEntries(chunk.map(({ value }, index) => [`v${index}`, value])),
      );
      await sleep(this.dice(4));
    }
  }

  private async inTurns(edits: (() => Promise<unknown>)[]): Promise<void> {
    for (let at = 0; at < edits.length; at += 8)
      await Promise.all(edits.slice(at, at + 8).map((edit) => edit()));
  }
}
