/** Writes what became of products: base, cache, audit and the run's figures, in the caller's transaction. */
import { identical } from '~/core/canonical';
import type { FieldPath, FieldValue } from '~/core/decision';
import type { BaseProduct, Gid, RemoteProduct, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { fingerprint, productPrint } from './product-states.server';
import type { BaseRow, LinkState, RemoteRow, SyncState } from './product-states.server';

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
export type ChangeRecord = Pick<ProductRecord, 'productId' | 'version' | 'changes' | 'skus'> & {
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

function remoteRow({ variants: _variants, ...row }: RemoteProduct): RemoteRow {
  return row;
}

const plain = (value: unknown): FieldValue => JSON.parse(JSON.stringify(value ?? null));
const differs = (a: unknown, b: unknown) => !identical(plain(a), plain(b));

/** Rows of a base or a cache that are new or changed, and keys that are gone. */
function changedRows<T>(
  held: Map<string, T>,
  next: Map<string, T>,
): { changed: [string, T][]; gone: string[] } {
  return {
    changed: [...next].filter(([key, row]) => {
      const before = held.get(key);
      return before === undefined || (before !== row && differs(before, row));
    }),
    gone: [...held.keys()].filter((key) => !next.has(key)),
  };
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

/** Notes when products and variants last changed by Shopify's clock, where that is not what is noted. */
async function saveChangedAt(
  tx: Queryable,
  shopId: string,
  changedAt: ReadonlyMap<Gid, Date>,
): Promise<void> {
  if (changedAt.size === 0) return;
  const rows = JSON.stringify([...changedAt].map(([id, at]) => ({ id, at })));
  await tx.$executeRaw`
    UPDATE app.remote_product remote SET changed_at = row.at
    FROM jsonb_to_recordset(${rows}::jsonb) AS row(id text, at timestamptz)
    WHERE remote.shop_id = ${shopId}::uuid AND remote.remote_id = row.id AND remote.changed_at IS DISTINCT FROM row.at`;
  await tx.$executeRaw`
    UPDATE app.remote_variant remote SET changed_at = row.at
    FROM jsonb_to_recordset(${rows}::jsonb) AS row(id text, at timestamptz)
    WHERE remote.shop_id = ${shopId}::uuid AND remote.remote_id = row.id AND remote.changed_at IS DISTINCT FROM row.at`;
}

/**
 * Writes remote products into the cache. `held` is what it holds of each now; `changedAt` where they were read. What was
 * marked as changed after `seenAt` stays so: the news may be of something that this state does not know.
 */
export async function saveRemotes(
  tx: Queryable,
  shopId: string,
  now: Date,
  remotes: {
    held: RemoteProduct | null;
    remote: RemoteProduct;
    seenAt: Date | null;
    isPartial?: boolean;
  }[],
  changedAt: ReadonlyMap<Gid, Date> = new Map(),
): Promise<void> {
  const products: object[] = [];
  const variants: object[] = [];
  const gone: string[] = [];
  for (const { held, remote, seenAt, isPartial = false } of remotes) {
    const order = remote.variants.map((variant) => variant.id);
    if (!isPartial)
      products.push({ id: remote.id, state: remoteRow(remote), order, print: productPrint(remote), seenAt });
    const byId = (product: RemoteProduct | null) =>
      new Map((product?.variants ?? []).map((variant) => [variant.id, variant]));
    const rows = changedRows(byId(held), byId(remote));
    gone.push(...rows.gone);
    for (const [id, state] of rows.changed)
      variants.push({
        id,
        product: remote.id,
        item: state.inventoryItemId,
        sku: state.fields.sku,
        state,
        print: fingerprint(state),
      });
  }
  if (gone.length > 0)
    await tx.$executeRaw`DELETE FROM app.remote_variant WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${gone})`;
  if (products.length > 0)
    await tx.$executeRaw`
      WITH row AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb)
          AS row(id text, state jsonb, "order" jsonb, print text, "seenAt" timestamptz)
      )
      INSERT INTO app.remote_product AS held (shop_id, remote_id, state, variant_order, fingerprint, fetched_at, invalidated_at)
      SELECT ${shopId}::uuid, row.id, row.state, ARRAY(SELECT jsonb_array_elements_text(row.order)), row.print, ${now}, NULL FROM row
      ON CONFLICT (shop_id, remote_id) DO UPDATE SET state = excluded.state, variant_order = excluded.variant_order,
        fingerprint = excluded.fingerprint, fetched_at = excluded.fetched_at,
        invalidated_at = CASE WHEN held.invalidated_at > (SELECT "seenAt" FROM row WHERE row.id = excluded.remote_id)
          THEN held.invalidated_at END`;
  if (variants.length > 0)
    await tx.$executeRaw`
      INSERT INTO app.remote_variant (shop_id, remote_id, remote_product_id, inventory_item_id, sku, state, fingerprint, fetched_at)
      SELECT ${shopId}::uuid, row.id, row.product, row.item, row.sku, row.state, row.print, ${now}
      FROM jsonb_to_recordset(${JSON.stringify(variants)}::jsonb)
        AS row(id text, product text, item text, sku text, state jsonb, print text)
      ON CONFLICT (shop_id, remote_id) DO UPDATE SET remote_product_id = excluded.remote_product_id,
        inventory_item_id = excluded.inventory_item_id, sku = excluded.sku, state = excluded.state,
        fingerprint = excluded.fingerprint, fetched_at = excluded.fetched_at`;
  await saveChangedAt(tx, shopId, changedAt);
}

/** Forgets what the cache holds of products that Shopify no longer has. */
export async function dropRemotes(tx: Queryable, shopId: string, remoteIds: Gid[]): Promise<void> {
  if (remoteIds.length === 0) return;
  await tx.$executeRaw`DELETE FROM app.remote_variant WHERE shop_id = ${shopId}::uuid AND remote_product_id = ANY(${remoteIds})`;
  await tx.$executeRaw`DELETE FROM app.remote_product WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${remoteIds})`;
}

/** Marks cached products as possibly untrue: they are read again before they are merged. */
export async function invalidateRemotes(
  tx: Queryable,
  shopId: string,
  remoteIds: Gid[],
  now: Date,
): Promise<void> {
  if (remoteIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE app.remote_product SET invalidated_at = ${now}
    WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${remoteIds})`;
}

/** Writes into the audit log; what is there already under the same key is brought up to date. */
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
      });
    }
  if (rows.size === 0) return;
  await tx.$executeRaw`
    INSERT INTO app.change (change_key, shop_id, run_id, product_id, remote_product_id, variant_id, sku, field, direction,
      before, after, returned, state, code, message, caused_by, operation, points, at, overlay)
    SELECT row.key, ${shopId}::uuid, ${runId}::uuid, row.product, row.remote, row.variant, row.sku, row.field, row.direction,
      row.before, row.after, row.returned, row.state, row.code, row.message, row."causedBy", row.operation, row.points, ${now},
      row.overlay
    FROM jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb)
      AS row(key text, product uuid, remote text, variant text, sku text, "causedBy" text, field text, direction text, before jsonb, after jsonb,
        returned jsonb, state text, code text, message text, operation text, points float8, overlay text)
    ON CONFLICT (shop_id, change_key) DO UPDATE SET run_id = excluded.run_id, state = excluded.state, code = excluded.code,
      message = excluded.message, returned = excluded.returned, operation = excluded.operation,
      points = excluded.points, at = excluded.at`;
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
    now,
  );
  await saveChanges(tx, scope, records);
  return new Set(overtaken.map((record) => record.productId));
}
