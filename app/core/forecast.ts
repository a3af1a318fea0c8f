/**
 * What it takes to carry a bulk edit to Shopify, reckoned from sums: how many operations of each kind, and what they carry
 * together. The costs of an operation are those of the documents themselves (app/shopify/document-costs.ts).
 */
import { DOCUMENT_LIMITS, sharedRows } from './batch';
import type { BatchLimits } from './batch';
import { callSeconds } from './call-speed';
import type { CallSpeed } from './call-speed';
import type { OperationKind } from './operation';
import { KEPT_SHARE, SAFETY_POINTS, isBackgroundWork, wholePoints } from './points';

export type Lane = 'documents' | 'bulk';

export interface Forecast {
  lane: Lane;
  /** Calls to Shopify, reading included. */
  calls: number;
  points: number;
  /** Of the run, on this store's plan with nothing else running. */
  seconds: number;
}

/** Operations that change products Shopify has, without their options: all that a bulk edit comes to. */
export const EDIT_KINDS = [
  'product-update',
  'tags-add',
  'tags-remove',
  'variants-update',
  'media-remove',
  'media-add',
  'media-update',
  'media-reorder',
  'metafields-set',
  'metafields-delete',
  'inventory-set',
  'publish',
] as const satisfies readonly OperationKind[];
export type EditKind = (typeof EDIT_KINDS)[number];

export interface OperationSum {
  /** How many operations: at most one a product, more where a list is longer than one mutation may carry. */
  count: number;
  /** What they carry together: fields, tags, variants, pictures, metafields, or stock levels. */
  rows: number;
}

/** What is to be carried out, in sums. */
export interface ForecastDemand {
  /** Products of which something is to be written. */
  products: number;
  operations: Partial<Record<EditKind, OperationSum>>;
  /** UTF-8 bytes of long texts (descriptions, metafields) that are written: short values are reckoned with as it is. */
  textBytes: number;
  /** Of the products, those that must be read whole first because the cache does not hold them, and their variants. */
  unread: { products: number; variants: number };
  /**
   * What was last seen so long ago that it is looked at once more before it is written over: products whose own fields are
   * written, variants whose own fields are, and variants of which what is held beside them (cost, weight) is.
   */
  unconfirmed: { products: number; variants: number; items: number };
}

/** Nothing to be carried out yet. */
export function noDemand(): ForecastDemand {
  return {
    products: 0,
    operations: {},
    textBytes: 0,
    unread: { products: 0, variants: 0 },
    unconfirmed: { products: 0, variants: 0, items: 0 },
  };
}

/** Points of an id that is read, and how many ids a call may name. */
export interface ReadCost {
  points: number;
  idsPerCall: number;
}

/** What the documents of a store cost. */
export interface DocumentCosts {
  /** Of one operation that carries so many rows, alone in its call; the points are not rounded. */
  operation(kind: EditKind, rows: number): { points: number; bytes: number };
  /** Of products that have so many variants on average. */
  wholeProduct(variants: number): ReadCost;
  productFields: ReadCost;
  variantFields: ReadCost;
  itemFields: ReadCost;
}

/** What holds for a store and for the app that writes to it. */
export interface ForecastTerms {
  /** `restoreRate`: points a second. */
  bucket: { maximum: number; restoreRate: number; available: number };
  costs: DocumentCosts;
  speed: CallSpeed;
  /** Seconds that the app itself takes to load, merge and record a row; products count as one more row each. */
  rowSeconds: number;
  /** Calls that may be under way at a time. */
  callsUnderWay: number;
  /** Products of a job, those that are loaded and sent together, and how many such parts of a job are under way. */
  productsPerJob: number;
  productsPerPart: number;
  partsUnderWay: number;
}

/** Documents of so many products each: `times` lists of documents that are alike. */
interface Part {
  times: number;
  /** Products of the part. */
  products: number;
}

/** How a run's products are parted: into jobs, and these into what is sent together. */
function partsOf(products: number, { productsPerJob, productsPerPart }: ForecastTerms): Part[] {
  const jobs = Math.floor(products / productsPerJob);
  const split = (count: number, times: number): Part[] => [
    { times: times * Math.floor(count / productsPerPart), products: productsPerPart },
    { times, products: count % productsPerPart },
  ];
  return [...split(productsPerJob, jobs), ...split(products % productsPerJob, 1)].filter(
    (part) => part.times > 0 && part.products > 0,
  );
}

/** What one product of the demand comes to on average. */
class AverageProduct {
  /** Points of operations that have a call of their own; not rounded. */
  private readonly ownPoints: number;
  private readonly bytes: number;
  /** Operations a product that share their calls, and how many of them one call takes. */
  private readonly shared: { perProduct: number; fit: number; points: number }[] = [];
  private readonly ownCalls: number;
  /** How many products a document takes; below 1: a product takes several. */
  readonly perDocument: number;

  constructor(demand: ForecastDemand, costs: DocumentCosts, limits: BatchLimits) {
    let [points, calls, bytes] = [0, 0, demand.textBytes];
    for (const kind of EDIT_KINDS) {
      const sum = demand.operations[kind];
      if (!sum || sum.count === 0) continue;
      const rows = sum.rows / sum.count;
      const cost = between(costs, kind, rows);
      bytes += sum.count * cost.bytes;
      const room = sharedRows(kind);
      if (room > 0) {
        const fit = Math.max(1, Math.floor(room / Math.max(1, rows)));
        this.shared.push({ perProduct: sum.count / demand.products, fit, points: cost.points });
      } else {
        points += sum.count * cost.points;
        calls += sum.count;
      }
    }
    this.ownPoints = points / demand.products;
    this.ownCalls = calls / demand.products;
    this.bytes = bytes / demand.products;
    this.perDocument = this.room(limits);
  }

  /** Calls that so many products share in one document. */
  private sharedCalls(products: number): { calls: number; points: number } {
    let [calls, points] = [0, 0];
    for (const { perProduct, fit, points: each } of this.shared) {
      // Where few products have such an operation, not every document does.
      const own = Math.min(products * perProduct, Math.ceil((products * perProduct) / fit));
      calls += own;
      points += own * each;
    }
    return { calls, points };
  }

  private room(limits: BatchLimits): number {
    for (let products = limits.products; products >= 1; products -= 1) {
      const points = products * this.ownPoints + this.sharedCalls(products).points;
      if (points <= limits.points && products * this.bytes <= limits.bytes) return products;
    }
    const alone = this.ownPoints + this.sharedCalls(1).points;
    return 1 / Math.max(Math.ceil(alone / limits.points), Math.ceil(this.bytes / limits.bytes));
  }

  /** The mutations and points of a document of so many products. */
  document(products: number): { mutations: number; points: number } {
    const shared = this.sharedCalls(products);
    const points = products * this.ownPoints + shared.points;
    return {
      mutations: products * this.ownCalls + shared.calls,
      points: wholePoints(points),
    };
  }
}

/** Costs of an operation that carries a broken number of rows: between the whole numbers around it. */
function between(costs: DocumentCosts, kind: EditKind, rows: number): { points: number; bytes: number } {
  const below = Math.max(1, Math.floor(rows));
  const low = costs.operation(kind, below);
  const share = Math.max(0, rows - below);
  if (share === 0) return low;
  const high = costs.operation(kind, below + 1);
  return {
    points: low.points + share * (high.points - low.points),
    bytes: low.bytes + share * (high.bytes - low.bytes),
  };
}

interface Calls {
  calls: number;
  points: number;
  /** Seconds that the calls take one after the other, and that the longest of them takes. */
  seconds: number;
  longest: number;
}

const noCalls: Calls = { calls: 0, points: 0, seconds: 0, longest: 0 };

const sumOf = (all: readonly Calls[]): Calls =>
  all.reduce(
    (sum, own) => ({
      calls: sum.calls + own.calls,
      points: sum.points + own.points,
      seconds: sum.seconds + own.seconds,
      longest: Math.max(sum.longest, own.longest),
    }),
    noCalls,
  );

const repeated = (own: Calls, times: number): Calls => ({
  calls: times * own.calls,
  points: times * own.points,
  seconds: times * own.seconds,
  longest: own.longest,
});

/** Reading `ids` of a part's products. Fewer than one id: some parts have none. */
function readsOf(ids: number, { points, idsPerCall }: ReadCost, speed: CallSpeed): Calls {
  if (ids <= 0) return noCalls;
  const calls = Math.min(1, ids) * Math.ceil(Math.max(1, ids) / idsPerCall);
  const longest = callSeconds(speed, 1);
  return { calls, points: ids * points, seconds: calls * longest, longest };
}

/** The documents of so many products that are sent together. */
function documentsOf(products: number, average: AverageProduct, speed: CallSpeed): Calls {
  const { perDocument } = average;
  if (perDocument < 1) {
    const whole = average.document(1);
    const perProduct = 1 / perDocument;
    const longest = callSeconds(speed, whole.mutations / perProduct);
    const points = whole.points / perProduct;
    return repeated({ calls: 1, points, seconds: longest, longest }, products * perProduct);
  }
  const of = (size: number, times: number): Calls => {
    if (size === 0 || times === 0) return noCalls;
    const { mutations, points } = average.document(size);
    const longest = callSeconds(speed, mutations);
    return repeated({ calls: 1, points, seconds: longest, longest }, times);
  };
  return sumOf([of(perDocument, Math.floor(products / perDocument)), of(products % perDocument, 1)]);
}

/** Rows of the demand, and one for each product. */
function rowsIn({ products, operations }: ForecastDemand): number {
  return EDIT_KINDS.reduce((sum, kind) => sum + (operations[kind]?.rows ?? 0), products);
}

function readsOfPart(share: number, { unread, unconfirmed }: ForecastDemand, terms: ForecastTerms): Calls {
  const { costs, speed } = terms;
  const perProduct = unread.products > 0 ? unread.variants / unread.products : 0;
  return sumOf([
    readsOf(share * unread.products, costs.wholeProduct(Math.ceil(perProduct)), speed),
    readsOf(share * unconfirmed.products, costs.productFields, speed),
    readsOf(share * unconfirmed.variants, costs.variantFields, speed),
    readsOf(share * unconfirmed.items, costs.itemFields, speed),
  ]);
}

/** What work in the background may not take. */
function keptPoints({ products }: ForecastDemand, { maximum }: ForecastTerms['bucket']): number {
  return isBackgroundWork(products) ? KEPT_SHARE * maximum : 0;
}

/** What is read before anything is written, whichever lane the writes take; seconds with as many calls as may be under way. */
export function forecastReads(demand: ForecastDemand, terms: ForecastTerms) {
  const { bucket, callsUnderWay } = terms;
  const reads = sumOf(
    partsOf(demand.products, terms).map(({ times, products }) =>
      repeated(readsOfPart(products / demand.products, demand, terms), times),
    ),
  );
  if (reads.calls === 0) return { calls: 0, points: 0, seconds: 0 };
  const missing = reads.points + keptPoints(demand, bucket) - Math.min(bucket.available, bucket.maximum);
  const seconds = Math.max(reads.longest, reads.seconds / callsUnderWay, missing / bucket.restoreRate);
  return { calls: Math.ceil(reads.calls), points: wholePoints(reads.points), seconds };
}

/**
 * What it takes to carry a demand out by batched documents, with nothing else running. The duration is the longest of: until
 * the bucket has held all points; until all calls had their turn; until the parts of the last job went one after the other;
 * until the app itself has loaded and recorded all products.
 */
export function forecastDocuments(demand: ForecastDemand, terms: ForecastTerms): Forecast {
  const { bucket, costs, speed, callsUnderWay, partsUnderWay } = terms;
  if (demand.products <= 0) return { lane: 'documents', calls: 0, points: 0, seconds: 0 };
  const average = new AverageProduct(demand, costs, DOCUMENT_LIMITS);
  const parts = partsOf(demand.products, terms).map(({ times, products }) => ({
    times,
    reads: readsOfPart(products / demand.products, demand, terms),
    documents: documentsOf(products, average, speed),
  }));
  const all = sumOf(
    parts.flatMap(({ times, reads, documents }) => [repeated(reads, times), repeated(documents, times)]),
  );
  const lastCall = Math.max(...parts.map(({ documents }) => documents.longest));
  // The reads of a part come one after the other, its documents all at once.
  const partSeconds = Math.max(...parts.map(({ reads, documents }) => reads.seconds + documents.longest));
  const partsOfJob = Math.ceil(Math.min(demand.products, terms.productsPerJob) / terms.productsPerPart);
  const missing =
    all.points + SAFETY_POINTS + keptPoints(demand, bucket) - Math.min(bucket.available, bucket.maximum);
  const byPoints = missing > 0 ? missing / bucket.restoreRate + lastCall : 0;
  const byCalls = Math.max(lastCall, all.seconds / callsUnderWay);
  const byParts = Math.ceil(partsOfJob / partsUnderWay) * partSeconds;
  const byOwnWork = rowsIn(demand) * terms.rowSeconds + lastCall;
  return {
    lane: 'documents',
    calls: Math.ceil(all.calls),
    points: wholePoints(all.points),
    seconds: Math.max(byPoints, byCalls, byParts, byOwnWork),
  };
}
