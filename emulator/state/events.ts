/**
 * What happened in a store, told after it was committed. The webhook sender listens here and is the only one who
 * knows about subscriptions; it must read what it needs of the state inside its listener, which runs synchronously,
 * because the payload of a webhook is the state at the moment of the event.
 */
import { EventEmitter } from 'node:events';
import type { Gid } from './gid';
import type { Instant } from './product';

interface EventBase {
  /** "something.myshopify.com" */
  shop: string;
  /** Shared by everything one mutation (or one act of the merchant) caused: X-Shopify-Event-Id. */
  eventId: string;
  /** When it was committed: X-Shopify-Triggered-At. */
  at: Instant;
}

/** Topics as webhooks spell them, with what a payload cannot read back from the state. */
export type EmulatorEvent = EventBase &
  (
    | { topic: 'products/create' | 'products/update'; productId: Gid; fieldsChanged: string[] }
    | { topic: 'products/delete'; productId: Gid }
    | {
        topic: 'inventory_levels/update' | 'inventory_levels/connect';
        inventoryItemId: Gid;
        locationId: Gid;
        available: number;
      }
    | { topic: 'inventory_levels/disconnect'; inventoryItemId: Gid; locationId: Gid }
    | { topic: 'inventory_items/create' | 'inventory_items/update'; inventoryItemId: Gid }
    | { topic: 'inventory_items/delete'; inventoryItemId: Gid }
    | { topic: 'orders/create' | 'orders/updated' | 'orders/cancelled' | 'orders/delete'; orderId: Gid }
    | { topic: 'refunds/create'; orderId: Gid; refundId: Gid }
    | { topic: 'bulk_operations/finish'; bulkOperationId: Gid }
    | { topic: 'app/uninstalled' }
    | { topic: 'app/scopes_update'; previous: string[]; current: string[] }
    | { topic: 'shop/update' }
    | { topic: 'shop/redact' | 'customers/redact' | 'customers/data_request' }
  );

export type EventTopic = EmulatorEvent['topic'];

/** Typed events of the whole emulator. */
export class StateEvents {
  readonly #emitter = new EventEmitter().setMaxListeners(100);

  /** Calls the listener synchronously for every event from now on; the answer takes it off again. */
  onEvent(listener: (event: EmulatorEvent) => void): () => void {
    this.#emitter.on('event', listener);
    return () => this.#emitter.off('event', listener);
  }

  emit(event: EmulatorEvent): void {
    this.#emitter.emit('event', event);
  }
}
