/** Which products a sync may write while a store is tried out. */
import type { SourceId } from './product-state';

/** "live" writes all products; "shadow" none, it compares and reports; "canary" writes a share of them. */
export const SYNC_MODES = ['live', 'shadow', 'canary'] as const;
export type SyncMode = (typeof SYNC_MODES)[number];

/** Shares are told apart down to a hundredth of a percent. */
const BUCKETS = 10_000;

/** FNV-1a over the id's characters, mixed once more: ids that differ in their last character only must spread too. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether the product may be written. A product that is live at some percent stays so at every larger one. */
export function isLive(mode: SyncMode, percent: number, productId: SourceId): boolean {
  if (mode !== 'canary') return mode === 'live';
  return (hashOf(productId.toLowerCase()) % BUCKETS) * 100 < percent * BUCKETS;
}
