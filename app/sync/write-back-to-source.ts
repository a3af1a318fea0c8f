/** Tells the merchant's own table what Shopify's side has won, where the merchant wants that. */
import { planColumnWrite } from '~/catalog/column-write';
import type { ExternalConnection } from '~/catalog/external-database';
import type { RelationDescription, SourceRow } from '~/core/source-mapping';
import { readCatalogStates } from '~/db/catalog-states.server';
import type { StoredSource } from '~/db/source-connections.server';
import { noteRowsWritten, readEntryOfProduct } from '~/db/source-products.server';
import { dueWriteBacks, endWriteBack, postponeWriteBack } from '~/db/source-write-backs.server';
import type { WaitingWriteBack } from '~/db/source-write-backs.server';
import type { Feeding } from './feeding';
import type { Resources } from './resources';
import { sourceAdvice } from './source-database';
import { idsOf } from './source-ids';

const AT_A_TIME = 100;
const LONGEST_WAIT_MS = 300_000;

interface WritingBack {
  resources: Resources;
  source: StoredSource;
  feeding: Feeding;
  relation: RelationDescription;
  /** Nobody else uses it meanwhile. */
  connection: ExternalConnection;
}

async function writeOne(
  { resources, feeding, relation, connection }: WritingBack,
  one: WaitingWriteBack,
): Promise<void> {
  const { db, now } = resources;
  const { sourceId, accountId, mapping } = feeding;
  const end = (state: 'written' | 'moved' | 'refused', message: string | null = null) =>
    endWriteBack(db, one.id, { state, message, now: now() });
  const [state] = await readCatalogStates(db, accountId, { ids: [one.productId] });
  const entry = await readEntryOfProduct(db, sourceId, one.productId);
  if (state === undefined || entry?.rows == null) return end('refused', 'The product is no longer there.');
  const product = { key: entry.key, rows: entry.rows, state };
  const plan = planColumnWrite(
    mapping,
    product,
    { variant: one.variantId, field: one.field },
    idsOf(sourceId),
  );
  if (plan.kind === 'refused') return end('refused', plan.message);
  if (plan.kind === 'nothing') return end('written');
  const written = await connection.writeColumn(relation, plan);
  if (written.result === 'moved')
    return end('moved', `The column “${plan.column}” holds another value by now, which stays.`);
  const isOf = (row: SourceRow) =>
    Object.entries(plan.keys).every(([name, text]) => row[name] === text) &&
    (row[plan.column] ?? null) === plan.known;
  // The echo of our own write finds the rows as they are known, and does nothing.
  const rows = entry.rows.map((row) => (isOf(row) ? { ...row, [plan.column]: written.text } : row));
  await noteRowsWritten(db, { sourceId, key: entry.key, before: entry.rows, rows });
  await end('written');
}

/** Carries out what is due. Repeatable; what fails is tried again, ever later. */
export async function writeBackToSource(writing: WritingBack): Promise<void> {
  const { resources, source, feeding } = writing;
  const { db, log, now } = resources;
  const due = await dueWriteBacks(db, { sourceId: feeding.sourceId, now: now(), limit: AT_A_TIME });
  for (const one of due) {
    try {
      await writeOne(writing, one);
    } catch (error) {
      const { reason, remedy } = sourceAdvice(source, error);
      log.warn({ err: error, sourceId: source.id, field: one.field }, 'A field could not be written back');
      const wait = Math.min(LONGEST_WAIT_MS, 2_000 * 2 ** Math.min(one.attempts, 10));
      const retryAt = new Date(now().getTime() + wait);
      await postponeWriteBack(db, one.id, { message: `${reason} ${remedy}`, retryAt });
    }
  }
}
