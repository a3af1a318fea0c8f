/** One emulated store. */
import type { Gid } from './gid';
import type { InventoryItem, Location } from './inventory';
import type {
  Bucket,
  BulkOperation,
  IdempotencyRecord,
  Job,
  Order,
  ProductOperation,
  Publication,
  Redirect,
  StagedUpload,
  WebhookSubscription,
} from './operations';
import type { Instant, Metafields, Product, StoredFile, Variant } from './product';

/** Shopify's plans as the rate limits name them: the restore rate of the bucket follows from it. */
export type Plan = 'standard' | 'advanced' | 'plus' | 'enterprise';

/** What it takes to open a store. */
export interface ShopSettings {
  /** "something.myshopify.com" */
  domain: string;
  name: string;
  plan: Plan;
  /** ISO 4217, e.g. "EUR". */
  currencyCode: string;
  /** IANA name, e.g. "Europe/Berlin". */
  timezone: string;
  /** Names of the locations; the first is the shop's primary one. Never empty. */
  locations: string[];
}

/** A collection by hand: its products are chosen, not found by rules. */
export interface Collection {
  id: Gid;
  title: string;
  handle: string;
  productIds: Gid[];
  updatedAt: Instant;
}

/** The app as installed on one shop. */
export interface AppInstallation {
  id: Gid;
  /** Granted scopes, e.g. ["write_products", "read_locations"]. */
  scopes: string[];
  installedAt: Instant;
}

export interface Shop {
  id: Gid;
  domain: string;
  name: string;
  email: string;
  plan: Plan;
  currencyCode: string;
  timezone: string;
  createdAt: Instant;
  /** Null before installation and after uninstalling. */
  installation: AppInstallation | null;
  locations: Map<Gid, Location>;
  publications: Map<Gid, Publication>;
  products: Map<Gid, Product>;
  /** lower-cased handle -> product gid */
  productsByHandle: Map<string, Gid>;
  variants: Map<Gid, Variant>;
  inventoryItems: Map<Gid, InventoryItem>;
  collections: Map<Gid, Collection>;
  files: Map<Gid, StoredFile>;
  /** filename -> file gid; file names are unique in a store */
  filenames: Map<string, Gid>;
  metafields: Metafields;
  orders: Map<Gid, Order>;
  redirects: Map<Gid, Redirect>;
  webhookSubscriptions: Map<Gid, WebhookSubscription>;
  bulkOperations: Map<Gid, BulkOperation>;
  /** bulk operation gid -> its result as JSONL; not kept across restarts. */
  bulkResults: Map<Gid, string>;
  /** by key; not kept across restarts. */
  stagedUploads: Map<string, StagedUpload>;
  productOperations: Map<Gid, ProductOperation>;
  jobs: Map<Gid, Job>;
  idempotency: Map<string, IdempotencyRecord>;
  bucket: Bucket;
}
