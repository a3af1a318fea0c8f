/** Takes all rows of a merchant's table over, as of the moment from which its changes are followed. */
import type { ExternalDatabase, Snapshot } from '~/catalog/external-database';
import { keyText } from '~/core/source-mapping';
import type { RelationDescription, SourceRow } from '~/core/source-mapping';
import { modeOf } from '~/core/source-mode';
import { noProblem, noteSourceProgress } from '~/db/source-connections.server';
import type { StoredSource } from '~/db/source-connections.server';
import { noteRowProblems, noteUnseen } from '~/db/source-products.server';
import { applySourceRows } from './apply-source-rows';
import type { Feeding, SourceRows } from './feeding';
import { askForSourceChanges } from './ask-for-source-changes';
import type { Resources } from './resources';
import { settleMissingRows } from './settle-missing-rows';
import { tellShops } from './tell-shops';

const ROWS_PER_FETCH = 1_000;
/** Of one transaction. */
const MOST_PRODUCTS = 200;
const MOST_ROWS = 2_000;

/** Where rows without a product key are reported. */
export const NO_KEY = '';

/** Puts rows that follow each other into products. */
class Grouping {
  private open: SourceRows | null = null;
  whole: SourceRows[] = [];
  rows = 0;
  withoutKey = 0;

  constructor(private readonly columns: string[]) {}

  add(row: SourceRow): void {
    const key = keyText(this.columns, row);
    this.rows += 1;
    if (key === null) {
      this.withoutKey += 1;
      return;
    }
    if (this.open?.key === key) {
      this.open.rows.push(row);
      return;
    }
    this.close();
    this.open = { key, rows: [row] };
  }

  /** No row of the open product follows. */
  close(): void {
    if (this.open !== null) this.whole.push(this.open);
    this.open = null;
  }

  get isFull(): boolean {
    return this.whole.length >= MOST_PRODUCTS || this.rows >= MOST_ROWS;
  }

  take(): { batch: SourceRows[]; rows: number } {
    const taken = { batch: this.whole, rows: this.rows };
    this.whole = [];
    this.rows = 0;
    return taken;
  }
}

interface Walk {
  resources: Resources;
  source: StoredSource;
  feeding: Feeding;
  signal: AbortSignal;
}

async function walkRows({ resources, source, feeding, signal }: Walk, snapshot: Snapshot): Promise<void> {
  const { db, now } = resources;
  const { mapping } = feeding;
  const grouping = new Grouping(mapping.productKey);
  const write = async () => {
    const { batch, rows } = grouping.take();
    await applySourceRows(resources, feeding, batch, rows);
    await tellShops(resources, source.accountId, { kind: 'source-progress' });
  };
  // The next rows are on their way while these are written.
  let coming = snapshot.next();
  for (;;) {
    const rows = await coming;
    if (rows.length === 0) break;
    coming = snapshot.next();
    // Awaited in any case below: this keeps a failure in between from ending the process.
    coming.catch(() => undefined);
    for (const row of rows) grouping.add(row);
    signal.throwIfAborted();
    if (grouping.isFull) await write();
  }
  grouping.close();
  await write();
  if (grouping.withoutKey > 0) {
    const problem = {
      row: NO_KEY,
      column: mapping.productKey.join(', '),
      value: null,
      reason: `${grouping.withoutKey} rows have no product key and were left out.`,
      remedy: 'Fill the column in, or choose another one as product key.',
    };
    await noteRowProblems(db, { ...feeding, now: now() }, [{ key: NO_KEY, problems: [problem] }]);
  }
}

/** Repeatable: a snapshot that was cut off is taken anew, and writes only what the first had not. */
export async function readSourceSnapshot(
  resources: Resources,
  source: StoredSource,
  database: ExternalDatabase,
  terms: { feeding: Feeding; relation: RelationDescription; signal: AbortSignal },
): Promise<Feeding> {
  const { db, now } = resources;
  const { relation, signal } = terms;
  const feeding = { ...terms.feeding, generation: terms.feeding.generation + 1 };
  const snapshot = await database.beginSnapshot({
    sourceId: source.id,
    mapping: feeding.mapping,
    relation,
    mode: modeOf(source.mode),
    batch: ROWS_PER_FETCH,
    signal,
  });
  try {
    await noteSourceProgress(db, feeding, {
      generation: feeding.generation,
      phase: 'snapshot',
      cursor: snapshot.position,
      rowsRead: 0,
      rowsExpected: 0,
      productsWritten: 0,
      productsUnchanged: 0,
      snapshotStartedAt: now(),
      snapshotEndedAt: null,
    });
    await noteSourceProgress(db, feeding, { rowsExpected: await snapshot.count() });
    await walkRows({ resources, source, feeding, signal }, snapshot);
  } finally {
    await snapshot.end();
  }
  await db.$transaction(async (tx) => {
    await noteUnseen(tx, source.id, feeding.generation);
    await noteSourceProgress(tx, feeding, {
      phase: 'following',
      snapshotEndedAt: now(),
      ...noProblem,
    });
  });
  await settleMissingRows(resources, feeding);
  await askForSourceChanges(resources, feeding, signal);
  return feeding;
}
