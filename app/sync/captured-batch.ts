/** What the stream told since it was last stored: which products changed, never more than a few thousand of them. */
import type { ReplicatedRow, ReplicatedTable, ReplicationEvent } from '~/catalog/replication-reader';
import { PROBLEMS } from '~/catalog/replication-problem';
import type { ReplicationProblem } from '~/catalog/replication-problem';
import type { CommittedChange } from '~/db/captured-changes.server';
import { OWN_WRITES } from '~/db/own-writes.server';

/**
 * What is streamed of the catalog. Options, pictures, metafields and stock need not be: triggers raise the revision of the
 * product or variant that they are of, in the same transaction.
 */
export const CAPTURED_TABLES = [
  { schema: 'catalog', name: 'product', columns: ['id'] },
  { schema: 'catalog', name: 'variant', columns: ['id', 'product_id'] },
];

/** Columns that tell the product, by table. */
const PRODUCT_COLUMNS: Record<string, string> = { product: 'id', variant: 'product_id' };

/** So many products are stored before more is read. */
const MOST_PRODUCTS = 5_000;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class CapturedBatch {
  private readonly products = new Map<string, Omit<CommittedChange, 'productId'>>();
  /** Of the transaction that is being read. */
  private ownOf: string | null = null;
  private xid = 0;
  private committedAt = new Date(0);
  /** Transactions of what the batch holds. */
  private readonly xids = new Set<number>();
  private readonly missing = new Map<string, ReplicationProblem>();
  /** Changes that cannot be told by product came by: everything is to be compared. */
  comparison: string | null = null;
  /** The tables that are streamed, or what they lack, changed. */
  hasNewTables = false;

  get isFull(): boolean {
    return this.products.size >= MOST_PRODUCTS;
  }

  get isEmpty(): boolean {
    return this.products.size === 0;
  }

  /** What the stream lacks now; null: nothing. */
  get problem(): ReplicationProblem | null {
    return this.missing.values().next().value ?? null;
  }

  take(event: ReplicationEvent): void {
    switch (event.kind) {
      case 'begin':
        this.ownOf = null;
        this.xid = event.xid;
        this.committedAt = event.committedAt;
        return;
      case 'message':
        if (event.prefix === OWN_WRITES && event.isTransactional && uuid.test(event.content))
          this.ownOf = event.content;
        return;
      case 'table':
        return this.examine(event.table);
      case 'insert':
        return this.note(event.table, event.row);
      case 'update':
        this.note(event.table, event.row);
        // Another key, or a replica identity that tells the former row: both products changed.
        if (event.before) this.note(event.table, event.before, true);
        return;
      case 'delete':
        // A deleted variant raises the revision of its product: its own key does not tell which.
        return this.note(event.table, event.before, event.table.name !== 'product');
      case 'truncate':
        this.comparison = 'A table of the catalog was emptied at once.';
        return;
      case 'commit':
      case 'idle':
        return;
    }
  }

  private examine(table: ReplicatedTable): void {
    const wanted = CAPTURED_TABLES.find(({ schema, name }) => schema === table.schema && name === table.name);
    if (!wanted) return;
    const lacking = wanted.columns.filter((column) => !table.columns.some(({ name }) => name === column));
    const name = `${table.schema}.${table.name}`;
    this.hasNewTables = true;
    if (lacking.length > 0) this.missing.set(name, PROBLEMS.columnMissing(name, lacking));
    else this.missing.delete(name);
  }

  private note(table: ReplicatedTable, row: ReplicatedRow, isPartial = false): void {
    const column = PRODUCT_COLUMNS[table.name];
    if (column === undefined || table.schema !== 'catalog') return;
    const productId = row[column];
    if (typeof productId === 'string') {
      this.xids.add(this.xid);
      const known = this.products.get(productId);
      this.products.set(productId, {
        ownOf: known === undefined || known.ownOf === this.ownOf ? this.ownOf : null,
        // Transactions come in the order of their commits, which their clock need not keep.
        changedAt:
          known !== undefined && known.changedAt <= this.committedAt ? known.changedAt : this.committedAt,
        lastChangedAt: this.committedAt,
      });
    } else if (!isPartial) this.comparison = `Rows of ${table.schema}.${table.name} came without ${column}.`;
  }

  /** Empties the batch. */
  drain(): { products: CommittedChange[]; xids: number[]; committedAt: Date } {
    // In one order, so that two writers of the table cannot block each other.
    const products = [...this.products]
      .map(([productId, change]) => ({ productId, ...change }))
      .toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
    const xids = [...this.xids];
    this.products.clear();
    this.xids.clear();
    return { products, xids, committedAt: this.committedAt };
  }
}
