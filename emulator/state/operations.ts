/** What a store holds besides its catalog: webhook subscriptions, bulk operations, uploads, orders, jobs. */
import type { Gid } from './gid';
import type { Instant, Money } from './product';

/** A subscription made through the Admin API (those of shopify.app.toml are in AppConfig). */
export interface WebhookSubscription {
  id: Gid;
  /** As GraphQL names it, e.g. "PRODUCTS_UPDATE". */
  topic: string;
  uri: string;
  format: 'JSON' | 'XML';
  filter: string | null;
  includeFields: string[];
  metafieldNamespaces: string[];
  metafields: { namespace: string; key: string }[];
  name: string | null;
  apiVersion: string;
  createdAt: Instant;
  updatedAt: Instant;
  /** Deliveries that failed all their retries in a row; kept by the webhook sender. */
  consecutiveFailures: number;
}

export type BulkStatus =
  'CREATED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELING' | 'CANCELED' | 'EXPIRED';

export interface BulkOperation {
  id: Gid;
  type: 'QUERY' | 'MUTATION';
  status: BulkStatus;
  errorCode: 'ACCESS_DENIED' | 'INTERNAL_SERVER_ERROR' | 'TIMEOUT' | null;
  query: string;
  createdAt: Instant;
  completedAt: Instant | null;
  objectCount: number;
  rootObjectCount: number;
  fileSize: number | null;
  hasResult: boolean;
  partial: boolean;
}

/** A place to upload to, made by stagedUploadsCreate; `content` is set once the client has posted the file. */
export interface StagedUpload {
  /** The "key" parameter: what bulkOperationRunMutation takes as stagedUploadPath. */
  key: string;
  resource: string;
  filename: string;
  mimeType: string;
  content: Buffer | null;
}

export interface OrderLine {
  id: Gid;
  variantId: Gid;
  title: string;
  /** As it was ordered: what is refunded stays counted. */
  quantity: number;
  price: Money;
  /** Of the whole line, all discounts together. */
  discount: Money;
}

export interface RefundLine {
  id: Gid;
  lineId: Gid;
  quantity: number;
  subtotal: Money;
}

export interface Refund {
  id: Gid;
  createdAt: Instant;
  lines: RefundLine[];
}

export interface Order {
  id: Gid;
  name: string;
  locationId: Gid;
  lines: OrderLine[];
  refunds: Refund[];
  createdAt: Instant;
  updatedAt: Instant;
  processedAt: Instant;
  cancelledAt: Instant | null;
  test: boolean;
}

export interface Publication {
  id: Gid;
  name: string;
}

export interface Redirect {
  id: Gid;
  path: string;
  target: string;
}

export interface Job {
  id: Gid;
  done: boolean;
}

/** A productSet or productDelete that was asked to run asynchronously. */
export interface ProductOperation {
  id: Gid;
  type: 'ProductSetOperation' | 'ProductDeleteOperation';
  status: 'CREATED' | 'ACTIVE' | 'COMPLETE';
  productId: Gid | null;
  deletedProductId: Gid | null;
  userErrors: { code: string | null; field: string[] | null; message: string }[];
}

/** One remembered @idempotent key. */
export interface IdempotencyRecord {
  mutation: string;
  /** Canonical text of the arguments the key was first used with. */
  fingerprint: string;
  /** Epoch milliseconds of the first request. */
  at: number;
  /** What the first request's payload was built from: enough to rebuild it from the current state. */
  replay: unknown;
}

/** The shop's bucket of points for this app. */
export interface Bucket {
  available: number;
  /** Epoch milliseconds the amount was true at. */
  at: number;
}
