/** From operations of many products to documents. */
import type { Batch, Call } from './call';
import type { Operation, OperationKind } from './operation';
import { MAX_LIST, MAX_METAFIELDS } from './lists';

export interface BatchLimits {
  products: number;
  bytes: number;
  points: number;
}

/** A query may cost 1,000 points (https://shopify.dev/docs/api/usage/limits); the rest is ours. */
export const DOCUMENT_LIMITS: BatchLimits = { products: 10, bytes: 50_000, points: 1_000 };

export type Measure = (call: Call) => { points: number; bytes: number };

/** How many rows of several products one call of this kind may carry; 0: a call belongs to one operation. */
export function sharedRows(kind: OperationKind): number {
  if (kind === 'inventory-set' || kind === 'metafields-delete') return MAX_LIST;
  return kind === 'metafields-set' ? MAX_METAFIELDS : 0;
}

/** How much an operation carries: variants, tags, pictures, metafields, stock levels or fields. */
export function rowsOf(operation: Operation): number {
  switch (operation.kind) {
    case 'inventory-set':
      return operation.quantities.length;
    case 'metafields-set':
    case 'metafields-delete':
      return operation.metafields.length;
    case 'variants-create':
    case 'variants-update':
    case 'variants-delete':
    case 'options-set':
    case 'variant-media-detach':
      return operation.variants.length;
    case 'product-create':
      return operation.product.variants.length;
    case 'product-update':
      return Object.keys(operation.fields).length;
    case 'tags-add':
    case 'tags-remove':
      return operation.tags.length;
    case 'media-add':
    case 'media-update':
    case 'media-remove':
      return operation.media.length;
    case 'media-reorder':
      return operation.moves.length;
    case 'variants-reorder':
      return operation.positions.length;
    case 'publish':
    case 'product-delete':
      return 1;
  }
}

/** A document while it is being filled. Shared calls stand behind the others. */
class Filling {
  private readonly own: Call[] = [];
  private readonly shared: Call[] = [];
  private readonly products = new Set<string>();
  private points = 0;
  private bytes = 0;
  constructor(
    private readonly measure: Measure,
    private readonly limits: BatchLimits,
  ) {}

  get isEmpty(): boolean {
    return this.products.size === 0;
  }

  /** Takes the operations if all of them fit (or if there is nothing else in it and `alone`). */
  take(operations: Operation[], alone: boolean): boolean {
    const products = new Set([...this.products, ...operations.map((operation) => operation.productId)]);
    let { points, bytes } = this;
    const joins: (() => void)[] = [];
    const rows = new Map(
      this.shared.map((call) => [
        call,
        call.operations.reduce((sum, operation) => sum + rowsOf(operation), 0),
      ]),
    );
    const opened: Call[] = [];
    for (const operation of operations) {
      const room = sharedRows(operation.kind);
      const host = [...this.shared, ...opened].find(
        (call) => call.kind === operation.kind && (rows.get(call) ?? 0) + rowsOf(operation) <= room,
      );
      const call: Call = { kind: operation.kind, operations: [operation] };
      const measured = this.measure(call);
      bytes += measured.bytes;
      if (host && room > 0) {
        rows.set(host, (rows.get(host) ?? 0) + rowsOf(operation));
        joins.push(() => host.operations.push(operation));
        continue;
      }
      points += measured.points;
      if (room > 0) {
        opened.push(call);
        rows.set(call, rowsOf(operation));
        joins.push(() => this.shared.push(call));
      } else joins.push(() => this.own.push(call));
    }
    const fits =
      products.size <= this.limits.products && bytes <= this.limits.bytes && points <= this.limits.points;
    if (!fits && !(alone && this.isEmpty)) return false;
    for (const join of joins) join();
    for (const product of products) this.products.add(product);
    this.points = points;
    this.bytes = bytes;
    return true;
  }

  batch(): Batch {
    return { calls: [...this.own, ...this.shared], points: this.points, bytes: this.bytes };
  }
}

/**
 * Fills documents within the limits. The operations of a product stay in their order: in one document where they fit,
 * else in a chain of documents to be sent one after the other. Chains are independent of each other. An operation that
 * exceeds the limits by itself gets a document of its own.
 */
export function batchOperations(
  operations: Operation[],
  measure: Measure,
  limits: BatchLimits = DOCUMENT_LIMITS,
): Batch[][] {
  const chains: Batch[][] = [];
  let filling = new Filling(measure, limits);
  const close = () => {
    if (!filling.isEmpty) chains.push([filling.batch()]);
    filling = new Filling(measure, limits);
  };
  for (const group of Map.groupBy(operations, (operation) => operation.productId).values()) {
    if (filling.take(group, group.length === 1)) continue;
    close();
    if (filling.take(group, group.length === 1)) continue;
    const chain: Batch[] = [];
    let part = new Filling(measure, limits);
    for (const operation of group) {
      if (part.take([operation], true)) continue;
      chain.push(part.batch());
      part = new Filling(measure, limits);
      part.take([operation], true);
    }
    chains.push([...chain, part.batch()]);
  }
  close();
  return chains;
}

/** One operation whose rows Shopify takes whole or not at all, as two of half the rows; null where it cannot be parted. */
function partedRows(operation: Operation): [Operation, Operation] | null {
  if (operation.kind !== 'metafields-set' && operation.kind !== 'metafields-delete') return null;
  // A row and the change it carries out stand at the same place in their lists.
  if (operation.metafields.length < 2 || operation.metafields.length !== operation.changes.length)
    return null;
  const middle = Math.ceil(operation.metafields.length / 2);
  const part = (from: number, to?: number): Operation => {
    const changes = operation.changes.slice(from, to);
    return operation.kind === 'metafields-set'
      ? { ...operation, changes, metafields: operation.metafields.slice(from, to) }
      : { ...operation, changes, metafields: operation.metafields.slice(from, to) };
  };
  return [part(0, middle), part(middle)];
}

/** Whether a call that was refused may hold something that Shopify would take. */
export function isDivisible({ operations }: Call): boolean {
  const [first] = operations;
  return operations.length > 1 || (first !== undefined && partedRows(first) !== null);
}

/**
 * Two halves of a document that was refused whole; null where it holds a single operation, which is the culprit then.
 * A call that carries several products or several metafields is taken apart too.
 */
export function halve(batch: Batch, measure: Measure): [Batch, Batch] | null {
  const of = (calls: Call[]): Batch => {
    const measured = calls.map(measure);
    return {
      calls,
      points: measured.reduce((sum, { points }) => sum + points, 0),
      bytes: measured.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  };
  const [first] = batch.calls;
  if (batch.calls.length > 1) {
    const middle = Math.ceil(batch.calls.length / 2);
    return [of(batch.calls.slice(0, middle)), of(batch.calls.slice(middle))];
  }
  if (!first) return null;
  const part = (operations: Operation[]) => of([{ kind: first.kind, operations }]);
  if (first.operations.length > 1) {
    const middle = Math.ceil(first.operations.length / 2);
    return [part(first.operations.slice(0, middle)), part(first.operations.slice(middle))];
  }
  const halves = first.operations[0] && partedRows(first.operations[0]);
  return halves ? [part([halves[0]]), part([halves[1]])] : null;
}
