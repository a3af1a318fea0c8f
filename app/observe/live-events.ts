/** Live events of a shop: what pages show while it happens. Delivery is best effort; pages can always read again. */
import { z } from 'zod';

export const MOST_PRODUCTS_TOLD = 150;

export const liveEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run-progress'), runId: z.string() }),
  z.object({ kind: z.literal('import-progress'), importId: z.string() }),
  z.object({ kind: z.literal('edit-progress'), editId: z.string() }),
  /** A job that belongs to no run began to look at products. */
  z.object({ kind: z.literal('look-began') }),
  /**
   * Something is on record of them. At most MOST_PRODUCTS_TOLD: PostgreSQL takes no notification of more than 8,000 bytes.
   */
  z.object({ kind: z.literal('products-changed'), productIds: z.array(z.string()) }),
  z.object({ kind: z.literal('conflicts-changed') }),
  /** The merchant's own database: a batch was taken over, or its state changed. */
  z.object({ kind: z.literal('source-progress') }),
  /** A promotion or an override. */
  z.object({ kind: z.literal('overlays-changed') }),
  /** Orders were read, or can no longer be. */
  z.object({ kind: z.literal('orders-changed') }),
]);

export type LiveEvent = z.infer<typeof liveEvent>;

export interface LiveEvents {
  publish(shopId: string, event: LiveEvent): Promise<void>;
  /** Calls `listener` for each event of the shop until the returned function is called. */
  subscribe(shopId: string, listener: (event: LiveEvent) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
