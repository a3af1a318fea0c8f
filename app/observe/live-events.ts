/** Live events of a shop: what pages show while it happens. Delivery is best effort; pages can always read again. */

export const MOST_PRODUCTS_TOLD = 150;

export type LiveEvent =
  | { kind: 'run-progress'; runId: string }
  | { kind: 'import-progress'; importId: string }
  | { kind: 'edit-progress'; editId: string }
  /** At most MOST_PRODUCTS_TOLD of them: PostgreSQL takes no notification of more than 8,000 bytes. */
  | { kind: 'products-changed'; productIds: string[] }
  | { kind: 'conflicts-changed' }
  /** The merchant's own database: a batch was taken over, or its state changed. */
  | { kind: 'source-progress' }
  /** A promotion or an override. */
  | { kind: 'overlays-changed' };

export interface LiveEvents {
  publish(shopId: string, event: LiveEvent): Promise<void>;
  /** Calls `listener` for each event of the shop until the returned function is called. */
  subscribe(shopId: string, listener: (event: LiveEvent) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
