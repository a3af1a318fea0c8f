/** The job that brings a product CSV into the catalog, and then asks for a sync of what it changed. */
import { UnreadableCatalogFile } from '~/catalog/product-csv-columns';
import {
  type CatalogFileOutline,
  type FileProduct,
  outlineCatalogFile,
  readProductCsv,
} from '~/catalog/product-csv-parse';
import type { SourceId } from '~/core/product-state';
import {
  type ImportProgress,
  type ImportToRun,
  describeImport,
  endImport,
  readImportCounts,
  recordProgress,
  takeImport,
} from '~/db/catalog-import.server';
import { findProductIds } from '~/db/catalog-products.server';
import { markOwnWrites } from '~/db/own-writes.server';
import type { JobContext, JobFor } from './jobs';
import type { Resources } from './resources';
import { startRun } from './start-run';
import { refusedByDatabase, writeProductPatches, writeTogetherOrSingly } from './write-product-patches';

/** Products and rows of one transaction. */
const maxBatchProducts = 200;
const maxBatchRows = 4000;
const liveEveryMs = 250;
const handlesPerQuery = 5000;

type ImportJob = JobFor<'import-catalog'>;

/** A step of the import that is under way. */
interface Importing {
  resources: Resources;
  job: ImportJob;
  accountId: string;
  changed: Set<SourceId>;
}

/**
 * Imports the file. Each batch is written together with the record of its progress, so an import that was cut off goes
 * on where it was; importing a file twice changes nothing. Throws what `context.signal` is aborted with between batches.
 */
export async function importCatalog(
  resources: Resources,
  job: ImportJob,
  context: JobContext,
): Promise<void> {
  const { db, live } = resources;
  const { shopId, importId } = job;
  const taken = await takeImport(db, shopId, importId);
  if (taken === null) return;
  if (taken.cancelRequested)
    return end(resources, job, { state: 'cancelled', error: 'The import was cancelled.' });
  const { content } = taken;
  if (content === null) return failImport(resources, job, 'The file is no longer there. Import it again.');
  let outline: CatalogFileOutline;
  try {
    outline = await outlineCatalogFile(content);
  } catch (error) {
    if (error instanceof UnreadableCatalogFile) return failImport(resources, job, error.message);
    throw error;
  }
  await describeImport(db, importId, outline);
  await live.publish(shopId, { kind: 'import-progress', importId });
  await importProducts(resources, job, context, taken, content, outline);
}

/** Ends an import that cannot go on, with a reason for the merchant. */
export async function failImport(resources: Resources, job: ImportJob, error: string): Promise<void> {
  await end(resources, job, { state: 'failed', error });
}

async function end(
  resources: Resources,
  { shopId, importId }: ImportJob,
  how: Parameters<typeof endImport>[2],
): Promise<void> {
  await endImport(resources.db, importId, how, resources.now());
  await resources.live.publish(shopId, { kind: 'import-progress', importId });
}

async function importProducts(
  resources: Resources,
  job: ImportJob,
  context: JobContext,
  taken: ImportToRun,
  content: Uint8Array,
  outline: CatalogFileOutline,
): Promise<void> {
  const { shopId, importId } = job;
  const importing: Importing = { resources, job, accountId: taken.accountId, changed: new Set() };
  let batch: FileProduct[] = [];
  let batchRows = 0;
  let shown = resources.now().getTime();

  const write = async (): Promise<'go-on' | 'stop'> => {
    const stop = await writeBatch(importing, batch);
    batch = [];
    batchRows = 0;
    const now = resources.now().getTime();
    if (now - shown >= liveEveryMs) {
      shown = now;
      await resources.live.publish(shopId, { kind: 'import-progress', importId });
    }
    context.signal.throwIfAborted();
    return stop ? 'stop' : 'go-on';
  };

  context.signal.throwIfAborted();
  for await (const product of readProductCsv(content, outline)) {
    if (product.row <= taken.rowsDone) continue; // an earlier attempt has written it
    batch.push(product);
    batchRows += product.patch?.lines.length ?? 1;
    if (batch.length < maxBatchProducts && batchRows < maxBatchRows) continue;
    if ((await write()) === 'stop') return endCancelled(importing, outline);
  }
  if (batch.length > 0 && (await write()) === 'stop') return endCancelled(importing, outline);

  const productIds = await changedProducts(importing, taken, outline);
  const run =
    productIds.length === 0
      ? null
      : await startRun(resources, { shopId, trigger: 'import', causedBy: `import ${importId}`, productIds });
  await end(resources, job, { state: 'finished', rowsDone: outline.rows, syncRunId: run?.runId ?? null });
}

async function endCancelled({ resources, job }: Importing, { rows }: CatalogFileOutline): Promise<void> {
  const { rowsDone } = await resources.db.catalogImport.findUniqueOrThrow({
    where: { id: job.importId },
    select: { rowsDone: true },
  });
  const error = `The import was cancelled after ${rowsDone} of ${rows} rows. What was imported stays and goes to Shopify with the next sync.`;
  await end(resources, job, { state: 'cancelled', error });
}

/** What the import changed; where an earlier attempt did part of it, every product of the file. */
async function changedProducts(
  { resources, job, accountId, changed }: Importing,
  taken: ImportToRun,
  outline: CatalogFileOutline,
): Promise<SourceId[]> {
  if (taken.rowsDone === 0) return [...changed];
  const { created, updated } = await readImportCounts(resources.db, job.importId);
  if (created + updated === 0) return [];
  const handles = [...outline.lastRows.keys()];
  const ids: SourceId[] = [];
  for (let start = 0; start < handles.length; start += handlesPerQuery)
    ids.push(
      ...(await findProductIds(resources.db, accountId, handles.slice(start, start + handlesPerQuery))),
    );
  return ids;
}

/** Writes a batch; a value that PostgreSQL refuses costs only its own product. True where a person asked to stop. */
async function writeBatch(importing: Importing, batch: FileProduct[]): Promise<boolean> {
  const write = (products: FileProduct[]) => writeTogether(importing, products);
  const stops = await writeTogetherOrSingly(batch, write, (product, error) =>
    write([refusedProduct(product, error)]),
  );
  return stops.at(-1) ?? false;
}

function refusedProduct({ patch, problems, rowsRejected, row }: FileProduct, error: Error): FileProduct {
  const of = { line: patch?.lines[0] ?? 0, handle: patch?.handle ?? null };
  return {
    patch: null,
    problems: [...problems, refusedByDatabase(error, of)],
    rowsRejected: rowsRejected + (patch?.lines.length ?? 0),
    row,
  };
}

async function writeTogether(
  { resources, job, accountId, changed }: Importing,
  batch: FileProduct[],
): Promise<boolean> {
  const ids: SourceId[] = [];
  const stop = await resources.db.$transaction(
    async (tx) => {
      const patches = batch.flatMap(({ patch }) => patch ?? []);
      await markOwnWrites(tx, job.shopId);
      const written = (await writeProductPatches(tx, accountId, patches, { onlyWhole: false })).values();
      const progress: ImportProgress = {
        rowsDone: Math.max(0, ...batch.map(({ row }) => row)),
        created: 0,
        updated: 0,
        unchanged: 0,
        rowsRejected: 0,
        problems: [],
      };
      for (const { patch, problems, rowsRejected } of batch) {
        progress.rowsRejected += rowsRejected;
        progress.problems.push(...problems);
        const product = patch === null ? undefined : written.next().value;
        if (product === undefined) continue;
        progress.rowsRejected += product.rowsRejected;
        progress.problems.push(...product.problems);
        if (product.outcome === 'refused') continue;
        progress[product.outcome] += 1;
        if (product.outcome !== 'unchanged' && product.productId !== null) ids.push(product.productId);
      }
      return recordProgress(tx, job.importId, progress);
    },
    { timeout: 120_000, maxWait: 30_000 },
  );
  for (const id of ids) changed.add(id);
  return stop;
}
