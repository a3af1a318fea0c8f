/** Writes what became of products: base, cache, audit and the run's figures, in the caller's transaction. */
import type { FieldPath, FieldValue } from '~/core/decision';
import type { BaseProduct, Gid, RemoteProduct, SourceId } from '~/core/product-state';
import { changedAt } from '~/core/waiting-since';
import type { WaitingSince } from '~/core/waiting-since';
import type { Queryable } from './client.server';
import { fingerprint } from './product-states.server';
import type { BaseRow, LinkState, SyncState } from './product-states.server';
import { changedRows, differs, dropRemotes, invalidateRemotes, saveRemotes } from './remote-cache.server';

/** One line of the audit log: an intended change and its end state. */
export interface ChangeEntry {
  path: FieldPath;
  direction: 'push' | 'pull';
  before: FieldValue;
  after: FieldValue;
  /** What Shopify returned, where it is not what was sent. */
  returned?: FieldValue;
  state: 'applied' | 'conflicted' | 'failed' | 'skipped';
  code?: string;
  message?: string;
  operation?: string;
  /** When the document or file that carried it left; null or absent: nothing left for it, or nobody knows when. */
  sentAt?: Date | null;
  points?: number;
  /** As in the audit log: see Change.overlay. */
  overlay?: 'held' | 'released';
  /** Who caused it, where that is not who caused the job: a person's answer to a conflict. */
  causedBy?: string;
}

export interface ProductRecord {
  productId: SourceId;
  /** False: nothing was written or agreed, only the audit log has something to say. */
  moved: boolean;
  /** Version the work started from. */
  version: number;
  link: {
    remoteId: Gid | null;
    state: LinkState;
    syncState: SyncState;
    title: string;
    decision: string;
    reason: string | null;
  };
  /** What the database holds of both now, to write only what differs. */
  held: { base: BaseProduct | null; remote: RemoteProduct | null };
  /** When the remote state that the work began with was last known to be true. */
  seenAt: Date | null;
  /** Null: there is none (any more). */
  base: BaseProduct | null;
  /** Null: Shopify does not have it. "unread": what we hold is no longer to be trusted. */
  remote: RemoteProduct | 'unread' | null;
  /** The states hold some variants only: what is written of the product as a whole stays as it is. */
  isPartial: boolean;
  changes: ChangeEntry[];
  /** SKU of each variant that the changes name. */
  skus: ReadonlyMap<SourceId, string>;
  /** Since when it waited to be looked at, and when the look was that decided; null: nobody knows. */
  since: WaitingSince | null;
  decidedAt: Date | null;
  /** Something that was sent got no answer: what it was stays noted. */
  isSilent: boolean;
}

export interface RecordScope {
  shopId: string;
  runId: string | null;
  causedBy: string;
  now: Date;
}

/** What of a product's record the audit log keeps. */
export type ChangeRecord = Pick<
  ProductRecord,
  'productId' | 'version' | 'changes' | 'skus' | 'since' | 'decidedAt'
> & {
  link: { remoteId: Gid | null };
};

/** What makes two intents the same: a retry cannot be recorded twice. */
function changeKey(record: ChangeRecord, change: ChangeEntry): string {
  const { variant, field } = change.path;
  // A conflict stands until one of its values changes, whatever else of the product moves meanwhile.
  if (change.state === 'conflicted')
    return fingerprint([record.productId, 'conflict', variant, field, change.before, change.after]);
  return fingerprint([
    record.productId,
    record.version,
    variant,
    field,
    change.direction,
    change.before,
    change.after,
  ]);
}

function baseRow({ variants: _variants, ...row }: BaseProduct): BaseRow {
  return row;
}

async function saveBases(
  tx: Queryable,
  { shopId, now }: RecordScope,
  records: ProductRecord[],
): Promise<void> {
  const products: object[] = [];
  const variants: object[] = [];
  const gone: string[] = [];
  for (const { productId, held, base } of records) {
    if (base && (!held.base || differs(baseRow(held.base), baseRow(base))))
      products.push({ id: productId, state: baseRow(base) });
    const rows = changedRows(
      new Map(Object.entries(held.base?.variants ?? {})),
      new Map(Object.entries(base?.variants ?? {})),
    );
    variants.push(
      ...rows.changed.map(([id, state]) => ({ id, product: productId, remote: state.remoteId, state })),
    );
    gone.push(...rows.gone);
  }
  const dropped = records
    .filter((record) => record.base === null && record.held.base !== null)
    .map((record) => record.productId);
  if (dropped.length > 0)
    await tx.$executeRaw`DELETE FROM app.base_product WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${dropped}::uuid[])`;
  if (gone.length > 0)
    await tx.$executeRaw`DELETE FROM app.base_variant WHERE shop_id = ${shopId}::uuid AND variant_id = ANY(${gone}::uuid[])`;
  if (products.length > 0)
    await tx.$executeRaw`
      INSERT INTO app.base_product (shop_id, product_id, state, agreed_at)
      SELECT ${shopId}::uuid, row.id, row.state, ${now} FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb) AS row(id uuid, state jsonb)
      ON CONFLICT (shop_id, product_id) DO UPDATE SET state = excluded.state, agreed_at = excluded.agreed_at`;
  if (variants.length > 0)
    await tx.$executeRaw`
      INSERT INTO app.base_variant (shop_id, variant_id, product_id, remote_id, state, agreed_at)
      SELECT ${shopId}::uuid, row.id, row.product, row.remote, row.state, ${now}
      FROM jsonb_to_recordset(${JSON.stringify(variants)}::jsonb) AS row(id uuid, product uuid, remote text, state jsonb)
      ON CONFLICT (shop_id, variant_id) DO UPDATE SET product_id = excluded.product_id, remote_id = excluded.remote_id,
        state = excluded.state, agreed_at = excluded.agreed_at`;
}

/**
 * Writes into the audit log; what is there already under the same key is brought up to date, and keeps the first instants of
 * its change.
 */
export async function saveChanges(
  tx: Queryable,
  { shopId, runId, causedBy, now }: RecordScope,
  records: ChangeRecord[],
): Promise<void> {
  const rows = new Map<string, object>();
  for (const record of records)
    for (const change of record.changes) {
      const key = changeKey(record, change);
      rows.set(key, {
        key,
        product: record.productId,
        remote: record.link.remoteId,
        variant: change.path.variant,
        sku: change.path.variant === null ? null : (record.skus.get(change.path.variant) ?? null),
        causedBy: change.causedBy ?? causedBy,
        field: change.path.field,
        direction: change.direction,
        before: change.before,
        after: change.after,
        returned: change.returned ?? null,
        state: change.state,
        code: change.code ?? null,
        message: change.message ?? null,
        operation: change.operation ?? null,
        points: change.points ?? 0,
        overlay: change.overlay ?? null,
        changedAt: record.since && changedAt(change.direction, record.since),
        askedAt: record.since?.askedAt ?? null,
        decidedAt: record.decidedAt,
        sentAt: change.sentAt ?? null,
      });
    }
  if (rows.size === 0) return;
  await tx.$executeRaw`
    INSERT INTO app.change (change_key, shop_id, run_id, product_id, remote_product_id, variant_id, sku, field, direction,
      before, after, returned, state, code, message, caused_by, operation, points, at, overlay, changed_at, asked_at, decided_at, sent_at)
    SELECT row.key, ${shopId}::uuid, ${runId}::uuid, row.product, row.remote, row.variant, row.sku, row.field, row.direction,
      row.before, row.after, row.returned, row.state, row.code, row.message, row."causedBy", row.operation, row.points, ${now},
      row.overlay, row."changedAt", row."askedAt", row."decidedAt", row."sentAt"
    FROM jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb)
      AS row(key text, product uuid, remote text, variant text, sku text, "causedBy" text, field text, direction text, before jsonb, after jsonb,
        returned jsonb, state text, code text, message text, operation text, points float8, overlay text,
        "changedAt" timestamptz, "askedAt" timestamptz, "decidedAt" timestamptz, "sentAt" timestamptz)
    ON CONFLICT (shop_id, change_key) DO UPDATE SET run_id = excluded.run_id, state = excluded.state, code = excluded.code,
      message = excluded.message, returned = excluded.returned, operation = excluded.operation,
      points = excluded.points, at = excluded.at, decided_at = excluded.decided_at, sent_at = excluded.sent_at,
      changed_at = LEAST(change.changed_at, excluded.changed_at), asked_at = LEAST(change.asked_at, excluded.asked_at)`;
}

/**
 * Records products whose states moved. Returns those that somebody else recorded meanwhile: of these nothing is written
 * but the audit log, and what is cached of them is marked as unread, so that they are looked at anew.
 */
export async function recordProducts(
  tx: Queryable,
  scope: RecordScope,
  records: ProductRecord[],
): Promise<Set<SourceId>> {
  if (records.length === 0) return new Set();
  const { shopId, runId, now } = scope;
  const moved = records.filter((record) => record.moved);
  const links = moved.map(({ productId, version, link, isSilent }) => ({
    productId,
    version,
    isSilent,
    ...link,
  }));
  const taken = await tx.$queryRaw<{ id: SourceId }[]>`
    UPDATE app.product_link link SET remote_id = row."remoteId", state = row.state, sync_state = row."syncState", title = row.title,
      last_decision = row.decision, last_reason = row.reason, last_run_id = COALESCE(${runId}::uuid, last_run_id),
      last_synced_at = ${now}, create_sent_at = CASE WHEN row."remoteId" IS NULL THEN create_sent_at END,
      sent = CASE WHEN row."isSilent" THEN sent END, version = link.version + 1
    FROM jsonb_to_recordset(${JSON.stringify(links)}::jsonb)
      AS row("productId" uuid, version int, "isSilent" boolean, "remoteId" text, state text, "syncState" text, title text, decision text, reason text)
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = row."productId" AND link.version = row.version
    RETURNING link.product_id AS id`;
  const current = new Set(taken.map((row) => row.id));
  const kept = moved.filter((record) => current.has(record.productId));
  await saveBases(tx, scope, kept);
  await saveRemotes(
    tx,
    shopId,
    now,
    kept.flatMap(({ held, remote, seenAt, isPartial }) =>
      remote && remote !== 'unread' ? [{ held: held.remote, remote, seenAt, isPartial }] : [],
    ),
  );
  await dropRemotes(
    tx,
    shopId,
    kept.flatMap(({ held, remote }) => (remote === null && held.remote ? [held.remote.id] : [])),
  );
  const overtaken = moved.filter((record) => !current.has(record.productId));
  const untrusted = [...overtaken, ...kept.filter((record) => record.remote === 'unread')];
  await invalidateRemotes(
    tx,
    shopId,
    untrusted.flatMap(({ link }) => link.remoteId ?? []),
    { by: 'doubt', now },
  );
  await saveChanges(tx, scope, records);
  return new Set(overtaken.map((record) => record.productId));
}
