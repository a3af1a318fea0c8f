/** Records what became of products: base, cache and audit in one transaction, from what Shopify returned. */
import { applyPatch } from '~/core/apply-patch';
import { rowsOf } from '~/core/batch';
import { pathKey } from '~/core/agree';
import { explainRefusal } from '~/core/explain';
import type { FieldPath, FieldValue } from '~/core/decision';
import type { IntendedChange, Operation } from '~/core/operation';
import type { OperationOutcome, WriteError } from '~/core/outcome';
import type { Call } from '~/core/call';
import type { Agreed, SourceId } from '~/core/product-state';
import { agreeOnQuantities, endIntents, intentId } from '~/db/inventory-intents.server';
import type { InventorySet } from '~/db/inventory-intents.server';
import { linkProduct } from '~/db/links.server';
import { recordProducts } from '~/db/product-record.server';
import type { ChangeEntry, ProductRecord } from '~/db/product-record.server';
import type { LinkState } from '~/db/product-states.server';
import { addFigures } from '~/db/runs.server';
import type { Queryable } from '~/db/client.server';
import type { SendReport } from '~/shopify/gateway';
import { conflictChanges, entry, foundEntries, skusOf } from './change-entries';
import { countChanges } from './count-changes';
import type { Look, ProductWork } from './product-work';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

export interface RecordingJob {
  runId: string | null;
  causedBy: string;
}

const TRANSACTION = { timeout: 60_000, maxWait: 30_000 };

/** Runs in one transaction what belongs together. */
export async function inTransaction<T>(
  resources: Resources,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  return resources.tracing.span('record', {}, () => resources.db.$transaction((tx) => work(tx), TRANSACTION));
}

export interface Settling {
  settled: Set<string>;
  created: Set<string>;
  mediaCreated: Map<string, string>;
  /** See AgreeInput. */
  agreedAs: Map<string, Agreed<FieldValue>>;
  changes: ChangeEntry[];
  linkState: LinkState;
  isUnread: boolean;
  isSilent: boolean;
  moved: boolean;
}

/** What Shopify holds of a plain field now. */
function valueIn(work: ProductWork, { variant, field }: FieldPath): FieldValue | undefined {
  const fields: Readonly<Record<string, FieldValue>> | undefined =
    variant === null
      ? work.remote?.fields
      : work.remote?.variants.find(({ id }) => id === work.base?.variants[variant]?.remoteId)?.fields;
  return fields?.[field];
}

/** Nothing is settled yet. */
export function newSettling(look: Look, fields: Pick<Settling, 'changes' | 'linkState' | 'moved'>): Settling {
  const landed = look.landed.map(({ path, agreed }) => [pathKey(path), agreed] as const);
  return {
    settled: new Set([...look.converged, ...landed.map(([key]) => key)]),
    created: new Set(),
    mediaCreated: new Map(),
    agreedAs: new Map(landed),
    isUnread: false,
    isSilent: false,
    ...fields,
  };
}

/** Rows of a partly taken operation that were refused, and why. */
function refusedRows(operation: Operation, errors: WriteError[]): Map<string, WriteError> {
  const rows = new Map<string, WriteError>();
  if (operation.kind !== 'variants-update') return rows;
  for (const error of errors) {
    const row = operation.variants[Number(error.field[1])];
    if (row) rows.set(row.sourceId, error);
  }
  return rows;
}

function fail(
  work: ProductWork,
  settling: Settling,
  operation: Operation,
  change: IntendedChange,
  error: WriteError,
): void {
  const message = explainRefusal(error, change.path);
  work.failures.push({ path: change.path, code: error.code, message });
  settling.changes.push({ ...entry(work, operation, change, 0), state: 'failed', code: error.code, message });
}

function settleApplied(
  work: ProductWork,
  settling: Settling,
  outcome: Extract<OperationOutcome, { kind: 'applied' | 'partial' }>,
  points: number,
): void {
  const { operation, patch } = outcome;
  work.remote = applyPatch(work.remote, patch);
  settling.moved = true;
  if (patch.stale) settling.isUnread = true;
  for (const { sourceId, remoteId } of patch.mediaCreatedFrom ?? [])
    settling.mediaCreated.set(sourceId, remoteId);
  if (operation.kind === 'product-create') settling.created.add('');
  for (const { sourceId } of patch.createdVariants ?? []) settling.created.add(sourceId);
  if (operation.kind === 'product-delete') settling.linkState = 'deleted';
  else if (work.source === null) settling.linkState = 'archived';
  else settling.linkState = 'linked';
  const refused =
    outcome.kind === 'partial' ? refusedRows(operation, outcome.errors) : new Map<string, WriteError>();
  const share = points / Math.max(1, operation.changes.length);
  for (const change of operation.changes) {
    const error = change.path.variant === null ? undefined : refused.get(change.path.variant);
    if (error) {
      fail(work, settling, operation, change, error);
      continue;
    }
    work.applied += 1;
    settling.settled.add(pathKey(change.path));
    // It is no longer what landed before.
    settling.agreedAs.delete(pathKey(change.path));
    const returned = valueIn(work, change.path);
    settling.changes.push({
      ...entry(work, operation, change, share),
      state: 'applied',
      ...(returned !== undefined &&
        JSON.stringify(returned) !== JSON.stringify(change.after) && { returned }),
    });
  }
}

function settle(work: ProductWork, settling: Settling, outcome: OperationOutcome, points: number): void {
  work.points += points;
  switch (outcome.kind) {
    case 'applied':
    case 'partial':
      return settleApplied(work, settling, outcome, points);
    case 'refused': {
      const [error] = outcome.errors;
      if (error)
        for (const change of outcome.operation.changes)
          fail(work, settling, outcome.operation, change, error);
      return;
    }
    case 'unknown':
      settling.isSilent = true;
      settling.isUnread = true;
      return;
    case 'stale':
      settling.isUnread = true;
  }
}

export function recordOf(work: ProductWork, settling: Settling): ProductRecord {
  const isGone = settling.linkState === 'deleted';
  const base = isGone
    ? null
    : work.agreed(settling.settled, settling.created, settling.mediaCreated, settling.agreedAs);
  return {
    productId: work.productId,
    isPartial: work.isPartial,
    moved: settling.moved || settling.isUnread,
    version: work.link.version,
    link: {
      remoteId: isGone ? null : (work.remote?.id ?? work.link.remoteId),
      state: settling.linkState,
      syncState: work.failures.length > 0 ? 'failed' : 'pending',
      title: work.title,
      ...work.decision,
    },
    held: { base: work.base, remote: work.cached },
    seenAt: work.seenAt,
    base,
    remote: settling.isUnread ? 'unread' : work.remote,
    changes: settling.changes,
    skus: skusOf(work),
    since: work.since,
    decidedAt: work.decidedAt,
    isSilent: settling.isSilent,
  };
}

/** Takes over into the work what the database now holds. */
export function adopt(work: ProductWork, record: ProductRecord, overtaken: ReadonlySet<SourceId>): void {
  if (overtaken.has(work.productId)) {
    work.isOvertaken = true;
    return;
  }
  if (!record.moved) return;
  work.base = record.base;
  work.link = {
    ...work.link,
    remoteId: record.link.remoteId,
    state: record.link.state,
    version: record.version + 1,
  };
  if (record.remote === 'unread') work.unread = true;
  else work.cached = record.remote;
}

/** The stock writes among calls, each call as it is sent. */
export function inventoryCalls(calls: Call[]): InventorySet[][] {
  return calls
    .map(({ operations }) => operations.flatMap((each) => (each.kind === 'inventory-set' ? [each] : [])))
    .filter((operations) => operations.length > 0);
}

/** Intents of the document's stock writes that were answered, one way or the other. */
function answeredIntents(shopId: string, { calls, outcomes }: SendReport): string[] {
  const silent = new Set(
    outcomes.flatMap(({ outcome }) => (outcome.kind === 'unknown' ? [outcome.operation] : [])),
  );
  return inventoryCalls(calls)
    .filter((operations) => !operations.some((operation) => silent.has(operation)))
    .map((operations) => intentId(shopId, operations));
}

/** Records the answer of one document. Products of which nothing moved (all refused) keep their version. */
export async function recordDocument(
  resources: Resources,
  scope: SyncScope,
  job: RecordingJob,
  works: ReadonlyMap<SourceId, { work: ProductWork; look: Look }>,
  report: SendReport,
): Promise<void> {
  const settlings = new Map<ProductWork, Settling>();
  for (const { outcome, points } of report.outcomes) {
    const entryOf = works.get(outcome.operation.productId);
    if (!entryOf) continue;
    const { work, look } = entryOf;
    const settling =
      settlings.get(work) ??
      newSettling(look, {
        changes: [...foundEntries(work, look), ...conflictChanges(look)],
        linkState: work.link.state,
        moved: look.converged.size + look.landed.length > 0,
      });
    settlings.set(work, settling);
    settle(work, settling, outcome, points);
  }
  resources.ownWork.add(
    report.outcomes.reduce((sum, { outcome }) => sum + rowsOf(outcome.operation), settlings.size),
  );
  const records = [...settlings].map(([work, settling]) => ({ work, record: recordOf(work, settling) }));
  await inTransaction(resources, async (tx) => {
    const created = records.filter(
      ({ work, record }) => work.link.remoteId === null && record.link.remoteId !== null,
    );
    for (const { record } of created) await releaseHolder(tx, scope.shopId, record);
    const overtaken = await recordProducts(
      tx,
      { ...scope, ...job, now: resources.now() },
      records.map(({ record }) => record),
    );
    // Overtaken or not, Shopify has these quantities of us: forgotten, they would look like its own movements.
    const stock = report.outcomes.flatMap(({ outcome: { kind, operation } }) =>
      kind === 'applied' && operation.kind === 'inventory-set' && overtaken.has(operation.productId)
        ? operation.quantities
        : [],
    );
    await agreeOnQuantities(tx, scope.shopId, stock);
    // Where no answer came, the intents stay: they are sent again before their products are merged.
    await endIntents(tx, answeredIntents(scope.shopId, report));
    if (job.runId !== null) await addFigures(tx, job.runId, report.spent);
    for (const { work, record } of records) adopt(work, record, overtaken);
  });
  countChanges(
    resources,
    records.map(({ record }) => record),
  );
}

/** A link of a catalog product that no longer exists gives way to the one that was just created under its handle. */
async function releaseHolder(tx: Queryable, shopId: string, record: ProductRecord): Promise<void> {
  if (record.link.remoteId === null) return;
  const holder = await tx.productLink.findFirst({
    where: { shopId, remoteId: record.link.remoteId, NOT: { productId: record.productId } },
  });
  if (!holder) return;
  await linkProduct(tx, shopId, record.productId, record.link.remoteId);
  record.version += 1;
}

/** Records what needs no write: sides that converged, and conflicts. */
export async function recordAgreements(
  resources: Resources,
  scope: SyncScope,
  job: RecordingJob,
  looks: { work: ProductWork; look: Look }[],
): Promise<void> {
  const records = looks.flatMap(({ work, look }) => {
    const isGone = work.source === null && work.remote === null && work.link.state !== 'deleted';
    const hasMoved = look.converged.size > 0 || look.found.length > 0 || isGone;
    if (!hasMoved && look.conflicts.length === 0) return [];
    const settling = newSettling(look, {
      changes: [...foundEntries(work, look), ...conflictChanges(look)],
      linkState: isGone ? 'deleted' : work.source === null ? 'archived' : 'linked',
      moved: hasMoved,
    });
    return [{ work, record: recordOf(work, settling) }];
  });
  if (records.length === 0) return;
  await inTransaction(resources, async (tx) => {
    const overtaken = await recordProducts(
      tx,
      { ...scope, ...job, now: resources.now() },
      records.map(({ record }) => record),
    );
    for (const { work, record } of records) adopt(work, record, overtaken);
  });
  countChanges(
    resources,
    records.map(({ record }) => record),
  );
}
