/**
 * How long work takes until its first write may be sent: the line of sync/sync-products.ts with its jobs, parts and reads,
 * one lane of calls and the points of the store, event by event; no clock.
 */
import { DOCUMENT_LIMITS } from '~/core/batch';
import type { DocumentCosts, ReadCost } from '~/core/forecast';
import { callSeconds } from '~/core/call-speed';
import type { CallSpeed } from '~/core/call-speed';
import { chunksOf } from '~/core/plan';
import { KEPT_SHARE, isBackgroundWork, reserve, waitFor } from '~/core/points';
import type { Bucket } from '~/core/points';
import { PRODUCTS_PER_JOB } from '~/sync/request-sync';
import { CHUNK, CHUNKS_UNDER_WAY } from '~/sync/parts';

/** What the cache holds of a product that work is about to write. */
export interface NeededProduct {
  variants: number;
  state: 'fresh' | 'old' | 'unread';
  /** Its own fields are written, too, not only those of its variants. */
  writesProduct: boolean;
}

export interface StoreTerms {
  bucket: { maximum: number; restoreRate: number };
  costs: DocumentCosts;
  speed: CallSpeed;
  /** Of the app itself, a row. */
  rowSeconds: number;
  concurrency: number;
  /** Jobs at a time. */
  jobs: number;
}

export interface StartDelay {
  /** Until the first write leaves. */
  firstWrite: number;
  /** Until a product has been read as far as it must be, on average. */
  ready: number;
  reads: { calls: number; points: number };
}

/** Calls of a part that must be answered before the next ones are sent: their points each. */
type Step = number[];

const cost = (count: number, { points, idsPerCall }: ReadCost): Step => {
  const calls = Math.ceil(count / idsPerCall);
  return Array.from({ length: calls }, () => (count * points) / calls);
};

/** What a part reads: unknown products whole, then the fields it is about to write over, as sync/confirm-remotes.ts does. */
function stepsOf(part: NeededProduct[], costs: DocumentCosts): Step[] {
  const of = (state: NeededProduct['state']) => part.filter((product) => product.state === state);
  const variantsOf = (products: NeededProduct[]) => products.reduce((sum, { variants }) => sum + variants, 0);
  const [unread, old] = [of('unread'), of('old')];
  const perProduct = unread.length > 0 ? Math.ceil(variantsOf(unread) / unread.length) : 1;
  return [
    cost(unread.length, costs.wholeProduct(perProduct)),
    cost(old.filter(({ writesProduct }) => writesProduct).length, costs.productFields),
    cost(variantsOf(old), costs.variantFields),
  ].filter((step) => step.length > 0);
}

interface Part {
  products: number;
  steps: Step[];
  writes: Step;
}

/** The delay of work on these products, in this order. */
export function startDelay(needed: readonly NeededProduct[], terms: StoreTerms): StartDelay {
  const { bucket, costs, speed } = terms;
  const keptShare = isBackgroundWork(needed.length) ? KEPT_SHARE : 0;
  let points: Bucket = { ...bucket, reservedAt: 0, level: bucket.maximum };
  const places: number[] = Array.from({ length: terms.concurrency }, () => 0);
  const reads = { calls: 0, points: 0 };
  let firstWrite = Infinity;
  let readySum = 0;
  let lastReserved = 0;
  const waiting: { at: number; order: number; send: () => void }[] = [];
  let order = 0;
  const post = (at: number, send: () => void) => waiting.push({ at, order: (order += 1), send });
  /** Sends a call that came at an instant; says when it leaves and when it is answered. The lane is first come, first served. */
  const call = (at: number, own: number) => {
    let ms = Math.max(at, lastReserved) * 1_000;
    ms += waitFor(points, own, ms, keptShare);
    points = reserve(points, own, ms, keptShare).state;
    lastReserved = ms / 1_000;
    const place = places.indexOf(Math.min(...places));
    const leaves = Math.max(lastReserved, places[place] ?? 0);
    const answered = leaves + callSeconds(speed, 1);
    places[place] = answered;
    return { leaves, answered };
  };
  /** Sends calls that came at an instant, side by side; goes on when all of them are answered. */
  const callAll = (
    at: number,
    step: Step,
    onCall: (own: number, leaves: number) => void,
    then: (at: number) => void,
  ) => {
    let [open, until] = [step.length, at];
    for (const own of step)
      post(at, () => {
        const { leaves, answered } = call(at, own);
        onCall(own, leaves);
        until = Math.max(until, answered);
        open -= 1;
        if (open > 0) return;
        const next = until;
        post(next, () => then(next));
      });
  };
  const runPart = (at: number, part: Part, ended: (at: number) => void) => {
    const [step, ...rest] = part.steps;
    if (step) {
      const onRead = (own: number) => {
        reads.calls += 1;
        reads.points += own;
      };
      return callAll(at, step, onRead, (next) => runPart(next, { ...part, steps: rest }, ended));
    }
    readySum += at * part.products;
    callAll(at, part.writes, (_, leaves) => (firstWrite = Math.min(firstWrite, leaves)), ended);
  };
  const jobs = chunksOf([...needed], PRODUCTS_PER_JOB).map((job) => chunksOf(job, CHUNK));
  const startJob = (at: number) => {
    const job = jobs.shift();
    if (!job) return;
    let loadedAt = at;
    let open = job.length;
    const startPart = (from: number) => {
      const chunk = job.shift();
      if (!chunk) return;
      const rows = chunk.reduce((sum, { variants }) => sum + variants + 1, 0);
      // Parts of a job are loaded one after the other.
      loadedAt = Math.max(loadedAt, from) + rows * terms.rowSeconds;
      const loaded = loadedAt;
      const writes = chunksOf(chunk, DOCUMENT_LIMITS.products).map((products) =>
        products.reduce((sum, { variants }) => sum + costs.operation('variants-update', variants).points, 0),
      );
      const part = { products: chunk.length, steps: stepsOf(chunk, costs), writes };
      const ended = (end: number) => {
        open -= 1;
        startPart(end);
        if (open === 0) startJob(end);
      };
      post(loaded, () => runPart(loaded, part, ended));
    };
    for (let part = 0; part < CHUNKS_UNDER_WAY; part += 1) startPart(at);
  };
  for (let job = 0; job < terms.jobs; job += 1) startJob(0);
  while (waiting.length > 0) {
    let next = 0;
    for (const [index, entry] of waiting.entries()) {
      const first = waiting[next];
      if (first && (entry.at < first.at || (entry.at === first.at && entry.order < first.order)))
        next = index;
    }
    waiting.splice(next, 1)[0]?.send();
  }
  return { firstWrite, ready: readySum / needed.length, reads };
}
