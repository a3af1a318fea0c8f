/** Several stores of one account that sell from one catalog: orders in them, and what each of them showed, and when. */
import { startReconciliation } from '~/sync/start-reconciliation';
import { startRun } from '~/sync/start-run';
import type { Shop } from '../../emulator/state/shop';
import type { EmulatorOptions } from '../../emulator/server';
import { rawProduct } from './catalog-rows';
import { DEMO_SHOP, connectShop } from './connected-shop';
import { openStage } from './stage';
import type { Stage } from './stage';
import { waitFor } from './wait-for';
import { startWebhookReceiver } from './webhook-receiver';
import type { WebhookReceiver } from './webhook-receiver';

/** What a store showed of an article from an instant on. */
export interface Shown {
  at: number;
  available: number;
}

export interface Sale {
  at: number;
  store: number;
  sku: string;
  /** Units that were left in truth before it, all stores and the merchant's own movements counted. */
  left: number;
}

interface Store {
  domain: string;
  shopId: string;
}

export class SharedStores {
  readonly sales: Sale[] = [];
  /** Orders that a store did not take, because it showed nothing. */
  refused = 0;
  /** Units of each article at the beginning, and what the merchant put in and took out by the catalog. */
  private readonly start = new Map<string, number>();
  private readonly own = new Map<string, number>();
  private readonly sold = new Map<string, number>();
  /** By store and article. */
  private readonly shown = new Map<string, Shown[]>();
  private readonly skuOfItem = new Map<string, string>();
  private readonly variantOfSku = new Map<string, string>();

  private constructor(
    readonly stage: Stage,
    readonly stores: Store[],
    private readonly receiver: WebhookReceiver,
  ) {}

  /** Stores with an empty catalog between them, and no worker. Each is on a plan that lets it be the machine that limits. */
  static async open(options: {
    stores: number;
    env?: Record<string, string>;
    emulator?: Partial<EmulatorOptions>;
  }): Promise<SharedStores> {
    const receiver = await startWebhookReceiver();
    const domains = Array.from({ length: options.stores }, (_, at) =>
      at === 0 ? DEMO_SHOP : `lockstep-store-${at + 1}.myshopify.com`,
    );
    const stage = await openStage({
      worker: false,
      ...(options.env !== undefined && { env: options.env }),
      emulator: {
        appUrl: receiver.origin,
        shops: domains.map((domain, at) => ({
          domain,
          name: `Store ${at + 1}`,
          plan: 'enterprise' as const,
          currencyCode: 'EUR',
          timezone: 'Europe/Berlin',
          locations: ['Warehouse'],
        })),
        ...options.emulator,
      },
    });
    const stores: Store[] = [{ domain: DEMO_SHOP, shopId: stage.shopId }];
    for (const domain of domains.slice(1)) stores.push(await joinAccount(stage, domain));
    receiver.open(stage.resources);
    const shared = new SharedStores(stage, stores, receiver);
    stage.emulator.state.events.onEvent((event) => {
      if (event.topic !== 'inventory_levels/update') return;
      const sku = shared.skuOfItem.get(event.inventoryItemId);
      if (sku !== undefined) shared.note(event.shop, sku, event.available);
    });
    return shared;
  }

  async close(): Promise<void> {
    await this.stage.close();
    await this.receiver.close();
  }

  private get db() {
    return this.stage.resources.db;
  }

  /** Puts articles into the catalog, one product each. */
  async fill(articles: { sku: string; available: number }[]): Promise<void> {
    for (const { sku, available } of articles) {
      await rawProduct(this.db, this.stage.accountId, {
        handle: sku.toLowerCase(),
        product: { title: sku },
        variants: [{ sku, price: '10', tracked: true, stock: { '': available } }],
      });
      this.start.set(sku, available);
    }
  }

  /** First syncs of all stores; what they show is noted from then on. Needs a worker. */
  async sync(timeoutMs = 120_000): Promise<void> {
    for (const { shopId } of this.stores) {
      const { runId } = await startRun(this.stage.resources, {
        shopId,
        trigger: 'manual',
        causedBy: 'test',
      });
      const { state, error } = await this.stage.awaitRun(runId, timeoutMs);
      if (state !== 'finished') throw new Error(`The run of ${shopId} ended as ${state}: ${error ?? ''}`);
    }
    for (const { domain } of this.stores)
      for (const item of this.shop(domain).inventoryItems.values()) {
        if (item.sku === null) continue;
        this.skuOfItem.set(item.id, item.sku);
        this.variantOfSku.set(`${domain} ${item.sku}`, item.variantId);
        this.note(domain, item.sku, this.available(domain, item.sku));
      }
  }

  private shop(domain: string): Shop {
    const shop = this.stage.emulator.state.shops.get(domain);
    if (!shop) throw new Error(`The emulator has no shop ${domain}.`);
    return shop;
  }

  private note(domain: string, sku: string, available: number): void {
    const key = `${domain} ${sku}`;
    const shown = this.shown.get(key) ?? [];
    shown.push({ at: performance.now(), available });
    this.shown.set(key, shown);
  }

  private available(domain: string, sku: string): number {
    const shop = this.shop(domain);
    const variant = shop.variants.get(this.variantOfSku.get(`${domain} ${sku}`) ?? '');
    const [level] = shop.inventoryItems.get(variant?.inventoryItemId ?? '')?.levels.values() ?? [];
    if (!level) throw new Error(`${domain} does not stock ${sku}.`);
    return level.quantities.available;
  }

  /** What a store shows of an article now. */
  shows(store: number, sku: string): number {
    return this.available(this.stores[store]?.domain ?? '', sku);
  }

  /** What is there in truth: nobody but this test can know. */
  left(sku: string): number {
    return (this.start.get(sku) ?? 0) + (this.own.get(sku) ?? 0) - (this.sold.get(sku) ?? 0);
  }

  /** An order for one unit; false where the store shows none, and takes none. */
  async order(store: number, sku: string): Promise<boolean> {
    const { domain } = this.stores[store] ?? { domain: '' };
    if (this.available(domain, sku) <= 0) {
      this.refused += 1;
      return false;
    }
    const left = this.left(sku);
    // Counted first: the store's own figure moves while the answer is on its way.
    this.sold.set(sku, (this.sold.get(sku) ?? 0) + 1);
    this.sales.push({ at: performance.now(), store, sku, left });
    const variantId = this.variantOfSku.get(`${domain} ${sku}`);
    const response = await fetch(`${this.stage.emulator.origin}/_emulator/shops/${domain}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ variantId, quantity: 1 }),
    });
    if (!response.ok) throw new Error(`No order in ${domain}: ${response.status} ${await response.text()}`);
    return true;
  }

  /** A delivery, or units that are gone, in the merchant's own books: as any program of theirs writes it. */
  async move(sku: string, by: number): Promise<void> {
    this.own.set(sku, (this.own.get(sku) ?? 0) + by);
    await this.db.$executeRaw`
      UPDATE catalog.inventory_level SET available = available + ${by}
      WHERE variant_id = (SELECT id FROM catalog.variant WHERE sku = ${sku} AND account_id = ${this.stage.accountId}::uuid)`;
  }

  /** Looks through all stores for what no webhook told of. Needs a worker. */
  async reconcile(timeoutMs = 120_000): Promise<void> {
    for (const { shopId } of this.stores) {
      const started = await startReconciliation(this.stage.resources, {
        shopId,
        causedBy: 'test',
        lane: 'pages',
      });
      if (started.kind === 'refused') throw new Error(started.message);
      await waitFor(
        'the walk over the store ends',
        async () => {
          const { state } = await this.db.reconciliation.findUniqueOrThrow({
            where: { id: started.reconciliationId },
          });
          return state !== 'running';
        },
        { timeoutMs },
      );
    }
  }

  /** Stock of every article, in truth, in the catalog, and as the stores show it. */
  async figures(): Promise<{ sku: string; truth: number; catalog: number; stores: number[] }[]> {
    const levels = await this.db.catalogInventoryLevel.findMany({
      where: { accountId: this.stage.accountId },
      select: { available: true, variant: { select: { sku: true } } },
    });
    const catalog = new Map(levels.map(({ available, variant }) => [variant.sku, available]));
    return [...this.start.keys()].map((sku) => ({
      sku,
      truth: this.left(sku),
      catalog: catalog.get(sku) ?? Number.NaN,
      stores: this.stores.map((_, store) => this.shows(store, sku)),
    }));
  }

  /** Units that were sold although none was left. */
  get oversold(): Sale[] {
    return this.sales.filter(({ left }) => left <= 0);
  }

  /**
   * Milliseconds from each sale until each other store showed it; `never` are those that none showed to this day. The
   * merchant's own movements of such articles must be of whole thousands and fewer than a thousand units be sold: what a
   * store shows then tells how many sales it knows of. The n-th sale counts as shown with n known ones, so that a sale
   * nobody told of makes those behind it late as well.
   */
  windows(ofSale: (sale: Sale) => boolean = () => true): { ms: number[]; never: number } {
    const ms: number[] = [];
    let never = 0;
    for (const [sku, sales] of Map.groupBy(this.sales, (sale) => sale.sku)) {
      const start = this.start.get(sku) ?? 0;
      for (const [store, { domain }] of this.stores.entries()) {
        const shown = this.shown.get(`${domain} ${sku}`) ?? [];
        const known = shown.map(({ available }) => (((start - available) % 1_000) + 1_000) % 1_000);
        let first = 0;
        for (const [index, sale] of sales.entries()) {
          while (first < shown.length && (known[first] ?? 0) < index + 1) first += 1;
          if (sale.store === store || !ofSale(sale)) continue;
          const seen = shown[first];
          if (seen === undefined) never += 1;
          else ms.push(Math.max(0, seen.at - sale.at));
        }
      }
    }
    return { ms, never };
  }
}

/** Another store of the stage's account. */
async function joinAccount(stage: Stage, domain: string): Promise<Store> {
  const { shopId, accountId } = await connectShop(stage.resources, stage.env, domain);
  await stage.resources.db.shop.update({ where: { id: shopId }, data: { accountId: stage.accountId } });
  await stage.resources.db.account.delete({ where: { id: accountId } });
  return { domain, shopId };
}
