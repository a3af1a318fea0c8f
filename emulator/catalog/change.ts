/**
 * One act on a store: a mutation, or the merchant's hand. It gives the instant and new ids, keeps `updatedAt` true,
 * and tells each resource's event once when it is committed. Writers validate first and write only what is valid, so
 * an act is either told or never begun.
 */
import { instant } from '../clock';
import type { EmulatorContext } from '../context';
import { randomUuid } from '../random';
import type { EmulatorEvent } from '../state/events';
import type { Gid } from '../state/gid';
import type { InventoryItem, InventoryLevel } from '../state/inventory';
import type { Instant, Product, Variant } from '../state/product';
import type { Shop } from '../state/shop';
import { newGid } from '../state/state';

/** A refusal, as mutations report it in userErrors. */
export interface InputError {
  code: string | null;
  /** Path into the arguments, e.g. ["variants", "0", "price"]. */
  field: string[] | null;
  message: string;
}

/** What an event adds to the common part. */
type Told = EmulatorEvent extends infer Event
  ? Event extends EmulatorEvent
    ? Omit<Event, 'shop' | 'eventId' | 'at'>
    : never
  : never;

export class Change {
  readonly now: Instant;
  readonly nowMs: number;
  readonly eventId: string;
  readonly #events = new Map<string, Told>();
  readonly #created = new Set<Gid>();

  constructor(
    readonly emulator: EmulatorContext,
    readonly shop: Shop,
  ) {
    this.nowMs = emulator.clock.now();
    this.now = instant(this.nowMs);
    this.eventId = randomUuid(emulator.random);
  }

  newGid(type: string): Gid {
    return newGid(this.emulator.state, type);
  }

  productCreated(product: Product): void {
    this.#created.add(product.id);
    this.#events.set(`product ${product.id}`, {
      topic: 'products/create',
      productId: product.id,
      fieldsChanged: [],
    });
  }

  /** `field` as Events spell it, e.g. "product.title" or "product.variants.price". */
  productChanged(product: Product, field: string): void {
    product.updatedAt = this.now;
    const told = this.#events.get(`product ${product.id}`);
    if (told && 'fieldsChanged' in told) {
      if (!told.fieldsChanged.includes(field)) told.fieldsChanged.push(field);
      return;
    }
    this.#events.set(`product ${product.id}`, {
      topic: 'products/update',
      productId: product.id,
      fieldsChanged: [field],
    });
  }

  productDeleted(productId: Gid): void {
    this.#events.set(`product ${productId}`, { topic: 'products/delete', productId });
  }

  variantChanged(variant: Variant, field: string): void {
    variant.updatedAt = this.now;
    const product = this.shop.products.get(variant.productId);
    if (product) this.productChanged(product, `product.variants.${field}`);
  }

  itemCreated(item: InventoryItem): void {
    this.#created.add(item.id);
    this.#events.set(`item ${item.id}`, { topic: 'inventory_items/create', inventoryItemId: item.id });
  }

  itemChanged(item: InventoryItem): void {
    item.updatedAt = this.now;
    if (this.#created.has(item.id)) return;
    this.#events.set(`item ${item.id}`, { topic: 'inventory_items/update', inventoryItemId: item.id });
  }

  itemDeleted(inventoryItemId: Gid): void {
    this.#events.set(`item ${inventoryItemId}`, { topic: 'inventory_items/delete', inventoryItemId });
  }

  /** A quantity moved, or the item was connected to a location; the product counts as updated too. */
  levelChanged(item: InventoryItem, level: InventoryLevel, connected = false): void {
    level.updatedAt = this.now;
    const key = `level ${item.id} ${level.locationId}`;
    const topic = connected || this.#events.get(key)?.topic === 'inventory_levels/connect';
    this.#events.set(key, {
      topic: topic ? 'inventory_levels/connect' : 'inventory_levels/update',
      inventoryItemId: item.id,
      locationId: level.locationId,
      available: level.quantities.available,
    });
    const variant = this.shop.variants.get(item.variantId);
    if (variant) this.variantChanged(variant, 'inventoryQuantity');
  }

  /** The item is no longer stocked at the location; told instead of what its quantities did on the way. */
  levelRemoved(item: InventoryItem, level: InventoryLevel): void {
    this.#events.set(`level ${item.id} ${level.locationId}`, {
      topic: 'inventory_levels/disconnect',
      inventoryItemId: item.id,
      locationId: level.locationId,
    });
    const variant = this.shop.variants.get(item.variantId);
    if (variant) this.variantChanged(variant, 'inventoryQuantity');
  }

  /** Any other event of the act. */
  tell(key: string, event: Told): void {
    this.#events.set(key, event);
  }

  /** Tells everything that happened, in order. */
  commit(): void {
    const common = { shop: this.shop.domain, eventId: this.eventId, at: this.now };
    for (const event of this.#events.values()) this.emulator.state.events.emit({ ...event, ...common });
    this.#events.clear();
  }
}

/** Sets a property and says whether that changed it. */
export function assign<T, K extends keyof T>(target: T, key: K, value: T[K]): boolean {
  if (Object.is(target[key], value)) return false;
  target[key] = value;
  return true;
}
