/** The remote side as the use cases see it: one shop's store, spoken to by GraphQL only. */
import type { Call } from '~/core/call';
import type { CallTimes } from '~/core/call-speed';
import type { DocumentCosts } from '~/core/forecast';
import type { OperationOutcome } from '~/core/outcome';
import type { Operation } from '~/core/operation';
import type { Gid, ProductFields, RemoteProduct, VariantFields } from '~/core/product-state';
import type { VariantLists } from '~/core/remote-drift';
import type { OrderAccess, StoreOrder } from '~/core/store-order';

/** Points, calls and bytes that some work took. */
export interface Spent {
  /** HTTP calls made, those that were repeated included. */
  calls: number;
  /** Top-level mutations sent. */
  mutations: number;
  /** Products read. */
  productReads: number;
  /** Points charged by Shopify (actualQueryCost). */
  points: number;
  /** Bytes of request bodies. */
  bytesSent: number;
  /** THROTTLED answers. */
  throttled: number;
}

export function nothingSpent(): Spent {
  return { calls: 0, mutations: 0, productReads: 0, points: 0, bytesSent: 0, throttled: 0 };
}

export function addSpent(a: Spent, b: Spent): Spent {
  return {
    calls: a.calls + b.calls,
    mutations: a.mutations + b.mutations,
    productReads: a.productReads + b.productReads,
    points: a.points + b.points,
    bytesSent: a.bytesSent + b.bytesSent,
    throttled: a.throttled + b.throttled,
  };
}

export interface ShopFacts {
  name: string;
  currencyCode: string;
  timezone: string;
  plan: string;
  locations: { gid: Gid; name: string; isActive: boolean }[];
  /** The Online Store publication, where there is one. */
  publicationId: Gid | null;
}

/** Enough of a product of the store to find which product of the catalog it is. */
export interface RemoteProductOutline {
  id: Gid;
  handle: string;
  title: string;
  variants: { id: Gid; sku: string | null }[];
}

export interface CallLimits {
  signal?: AbortSignal;
}

export interface SendReport {
  /** What the document carried, whatever became of it. */
  calls: Call[];
  /** One outcome per operation, in the order given. */
  outcomes: { outcome: OperationOutcome; points: number }[];
  spent: Spent;
}

/** What a bulk operation reads: products with the fields of their variants, or the lists of all variants. */
export type BulkPart = 'products' | 'variants';

export interface BulkOperation {
  status: 'under way' | 'completed' | 'failed';
  /** Shopify's word for how it ended. */
  reason: string;
  /** Objects that have no parent; of a mutation: lines that were carried out so far. */
  rootObjects: number;
  /** Where the result is; null where nothing was found, or where there is none (any more). */
  url: string | null;
  /** Where the result of an operation that did not come to its end is. */
  partialUrl: string | null;
  /** From its creation to its end, by Shopify's clock; null while it is under way. */
  seconds: number | null;
}

export interface BulkReading extends CallLimits {
  /** Lines that were read already; whole objects. */
  skipLines: number;
  /** As the operation counted them: a file that holds fewer is not all there. */
  rootObjects: number;
}

/** An object of a bulk result with all of its children; `lines`: lines of the result up to its end. */
export type BulkItem<T> = T & { lines: number };

/** Reading the whole store in the background of Shopify, outside the points budget. */
export interface BulkReads {
  startBulkRead(
    part: BulkPart,
    limits?: CallLimits,
  ): Promise<
    ({ kind: 'started'; id: Gid } | { kind: 'busy' } | { kind: 'refused'; message: string }) & {
      spent: Spent;
    }
  >;
  /** Null for one that Shopify does not know (any more). */
  readBulkOperation(id: Gid, limits?: CallLimits): Promise<{ operation: BulkOperation | null; spent: Spent }>;
  /** Asks Shopify to stop an operation; harmless where it has ended. */
  cancelBulkRead(id: Gid, limits?: CallLimits): Promise<Spent>;
  /**
   * Products of a result, one after another while it is being loaded, those of the first `skipLines` lines left out; their
   * variants have no lists. Throws BulkResultUnreadable where the result cannot be had or understood.
   */
  bulkProducts(url: string, options: BulkReading): AsyncIterable<BulkItem<{ product: RemoteProduct }>>;
  bulkVariants(url: string, options: BulkReading): AsyncIterable<BulkItem<{ variant: VariantLists }>>;
}

/** What became of asking for a bulk operation. */
export type BulkStart =
  | { kind: 'started'; id: Gid }
  /** As many are running as may. */
  | { kind: 'busy' }
  | { kind: 'refused'; message: string }
  /** No answer came: it may or may not have been started. */
  | { kind: 'unknown'; message: string };

/** Writing many products in the background of Shopify, outside the points budget. */
export interface BulkWrites {
  /**
   * Has operations of one kind carried out, a line each, in any order. `token` (letters, digits and "_") names the bulk
   * operation, so that it is found where the answer was lost. The files are no larger than Shopify takes.
   */
  startBulkWrite(
    operations: Operation[],
    token: string,
    limits?: CallLimits,
  ): Promise<{ start: BulkStart; spent: Spent }>;
  /** The bulk operation that was started under a token; null where there is none. */
  findBulkWrite(token: string, limits?: CallLimits): Promise<{ id: Gid | null; spent: Spent }>;
  /**
   * What became of the operations that a result tells of, by their place in the list they were started with. What Shopify
   * refused, or kept silent about, is left out. Throws BulkResultUnreadable.
   */
  bulkOutcomes(
    url: string,
    operations: Operation[],
    limits?: CallLimits,
  ): AsyncIterable<{ index: number; outcome: OperationOutcome | null }>;
}

/** The result of a bulk operation cannot be had or understood: read page by page instead. */
export class BulkResultUnreadable extends Error {
  override name = 'BulkResultUnreadable';
}

/** What is about to be written over, as it is now. */
export interface FieldReads {
  /**
   * Plain fields of these products and variants (a few points a product, one a variant), and of `items` what is held
   * beside the variants (cost, weight; some points more). Null: gone.
   */
  readFields(
    ids: { products: Gid[]; variants: Gid[]; items: Gid[] },
    limits?: CallLimits,
  ): Promise<{
    products: Map<Gid, { fields: Partial<ProductFields>; tags: string[] } | null>;
    variants: Map<Gid, Partial<VariantFields> | null>;
    spent: Spent;
  }>;
}

/** Collections are the store's own: they choose products, and nothing of them is synced. */
export interface CollectionReads {
  listCollections(
    limits?: CallLimits,
  ): Promise<{ collections: { id: Gid; title: string; handle: string }[]; spent: Spent }>;
  /** The products in a collection; null where it is gone. */
  collectionProducts(id: Gid, limits?: CallLimits): Promise<{ productIds: Gid[] | null; spent: Spent }>;
}

/** What was sold. Only the last 60 days' orders where the app was granted no more. */
export interface OrderReads {
  /** As Shopify says now. */
  readOrderAccess(limits?: CallLimits): Promise<{ access: OrderAccess; spent: Spent }>;
  /** Orders that were updated since. */
  countOrders(updatedSince: Date, limits?: CallLimits): Promise<{ count: number; spent: Spent }>;
  /** A page of the orders updated since, the longest untouched first; `after` belongs to that search. */
  readOrders(
    page: { updatedSince: Date; after: string | null },
    limits?: CallLimits,
  ): Promise<{ orders: StoreOrder[]; next: string | null; spent: Spent }>;
  /** Ids of a page of the orders created since, by the number in their id. */
  listOrderIds(
    page: { createdSince: Date; after: string | null },
    limits?: CallLimits,
  ): Promise<{ ids: Gid[]; next: string | null; spent: Spent }>;
  /** Those of the orders that Shopify does not have (any more): not by its search, which lags. */
  findOrdersGone(ids: Gid[], limits?: CallLimits): Promise<{ gone: Gid[]; spent: Spent }>;
}

/** A picture in the files of a store. */
export interface StorePicture {
  id: Gid;
  status: 'processing' | 'ready' | 'failed';
  /** Its public address; null before it is ready. */
  image: { url: string; width: number | null; height: number | null } | null;
  /** Why it failed, in Shopify's words. */
  errors: { code: string; message: string }[];
}

/**
 * Pictures in the files of a store. A call that was not answered throws ShopifyUnreadable: it may have been carried out.
 * `refused`: trying again cannot help.
 */
export interface PictureFiles {
  /** Puts the content where Shopify takes it from. */
  uploadPicture(
    file: { filename: string; mimeType: string; content: Uint8Array },
    limits?: CallLimits,
  ): Promise<{ kind: 'uploaded'; source: string } | { kind: 'refused'; message: string }>;
  /** Makes a file of what was uploaded, unless the store has one of this name. */
  createPicture(
    file: { source: string; filename: string },
    limits?: CallLimits,
  ): Promise<
    { kind: 'created'; picture: StorePicture } | { kind: 'name-taken' } | { kind: 'refused'; message: string }
  >;
  /** Null where it is gone. */
  readPicture(id: Gid, limits?: CallLimits): Promise<StorePicture | null>;
  /** Pictures whose name begins like this one, the newest first; through the search index, which may lag. */
  findPictures(filename: string, limits?: CallLimits): Promise<StorePicture[]>;
}

export interface ShopifyStore
  extends BulkReads, BulkWrites, FieldReads, CollectionReads, OrderReads, PictureFiles {
  /** The points that are believed to be there now; null where the shop was never asked. */
  pointsLeft(): Promise<{ available: number; maximum: number; restoreRate: number } | null>;
  /** What documents of this store cost. */
  documentCosts(): DocumentCosts;
  /** Calls that may be under way at a time. */
  callsUnderWay: number;
  /** How long answered calls of this process took since it was last asked for. */
  takeCallTimes(): CallTimes;
  readShop(limits?: CallLimits): Promise<{ facts: ShopFacts; spent: Spent }>;
  /**
   * Whole products by id, all variants included; null for one that is gone. One nodes() query for many. `changedAt`:
   * updatedAt of products and variants, by Shopify's clock; it moves for other reasons too, and proves nothing.
   */
  readProducts(
    ids: Gid[],
    limits?: CallLimits,
  ): Promise<{ products: Map<Gid, RemoteProduct | null>; changedAt: Map<Gid, Date>; spent: Spent }>;
  /** Ids of the products that hold these handles now (not through the search index, which lags). */
  findByHandle(handles: string[], limits?: CallLimits): Promise<{ ids: Map<string, Gid>; spent: Spent }>;
  /** Walks every product of the store in pages; `cursor` null starts. */
  outline(
    cursor: string | null,
    limits?: CallLimits,
  ): Promise<{ products: RemoteProductOutline[]; next: string | null; spent: Spent }>;
  /** Gids of taxonomy categories by full name; a name Shopify does not know is absent. */
  findCategories(fullNames: string[], limits?: CallLimits): Promise<{ ids: Map<string, Gid>; spent: Spent }>;
  /**
   * Sends operations (of many products) in the fewest documents the limits allow (10 products, 50 KB, 1,000 points),
   * several at a time, within the shop's points budget. A document refused whole is split in halves, down to single
   * operations. `onDocument` is awaited with the outcomes of each document as it is answered, so that the caller
   * records them at once; operations of a product are sent in order, and those after a failed one of the same product
   * are still sent. Never throws for a fault of Shopify: that is an outcome. `onSending` is awaited before each document
   * leaves, with what it carries.
   */
  send(
    operations: Operation[],
    options: CallLimits & {
      onSending?: (calls: Call[]) => Promise<void>;
      onDocument?: (report: SendReport) => Promise<void>;
    },
  ): Promise<SendReport>;
}

/** The shop has no usable token (uninstalled, or the app must be opened once by a user of the shop). */
export class ShopNotConnected extends Error {
  constructor(readonly shop: string) {
    super(`${shop} has no valid access token: open the app in the Shopify admin of this shop once.`);
    this.name = 'ShopNotConnected';
  }
}

export interface ShopifyGateway {
  /**
   * `id` scopes the budget; `domain` is something.myshopify.com; `locations`: how many the shop has. Calls of background work
   * leave points and places to those that somebody waits for.
   */
  store(shop: {
    id: string;
    domain: string;
    publicationId: Gid | null;
    locations: number;
    isBackground?: boolean;
  }): ShopifyStore;
}
