/** What became of one operation after it was sent. */
import type { Operation } from './operation';
import type { RemotePatch } from './remote-patch';

/** One complaint of Shopify about an operation, in its own words and ours. */
export interface WriteError {
  /** Shopify's code where it gives one (e.g. NEGATIVE_PRICE_VALUE), else "USER_ERROR". */
  code: string;
  /** Path into the operation's input, as Shopify names it, e.g. ["variants", "0", "price"]. */
  field: string[];
  message: string;
}

export type OperationOutcome =
  /** Shopify took it whole. */
  | { kind: 'applied'; operation: Operation; patch: RemotePatch }
  /** Shopify took part of it (variants with allowPartialUpdates): errors name the refused rows. */
  | { kind: 'partial'; operation: Operation; patch: RemotePatch; errors: WriteError[] }
  /** Shopify refused it; nothing of it was written. */
  | { kind: 'refused'; operation: Operation; errors: WriteError[] }
  /** What we knew of Shopify's state was out of date (compare-and-set failed, an id is gone): read again and merge again. */
  | { kind: 'stale'; operation: Operation; errors: WriteError[] }
  /** No answer came: it may or may not have been written. Read again and merge again. */
  | { kind: 'unknown'; operation: Operation; message: string };
