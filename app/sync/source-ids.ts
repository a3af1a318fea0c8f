/** The ids of what a source makes in the catalog: the same for the same rows, whoever reads them. */
import { createHash } from 'node:crypto';
import type { SourceIds } from '~/catalog/apply-mapped-product';
import type { SourceId } from '~/core/product-state';

/** A uuid that is the same for the same words (RFC 9562, version 8). */
function uuidOf(...words: string[]): SourceId {
  const bytes = createHash('sha256').update(JSON.stringify(words)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The ids of what a source makes in the catalog. */
export function idsOf(sourceId: string): SourceIds {
  return {
    product: (key) => uuidOf(sourceId, 'product', key),
    variant: (productKey, key) => uuidOf(sourceId, 'variant', productKey, key),
    media: (productKey, url) => uuidOf(sourceId, 'media', productKey, url),
  };
}
