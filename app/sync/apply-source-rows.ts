/** Takes the rows of a merchant's own table over into the catalog: what did not move in them moves nothing there. */
import { createHash } from 'node:crypto';
import { applyMappedProduct } from '~/catalog/apply-mapped-product';
import type { SourceIds } from '~/catalog/apply-mapped-product';
import { mapSourceRows } from '~/catalog/map-source-rows';
import type { MappedProduct } from '~/catalog/map-source-rows';
import type { CatalogProductState } from '~/core/catalog-product';
import type { SourceId } from '~/core/product-state';
import type { SourceMapping, SourceRow, SourceRowProblem } from '~/core/source-mapping';
import { lockCatalog } from '~/db/catalog-import.server';
import { readCatalogStates } from '~/db/catalog-states.server';
import { saveCatalogChanges } from '~/db/catalog-write.server';
import type { Queryable } from '~/db/client.server';
import { markOwnWrites } from '~/db/own-writes.server';
import { noteSourceProgress } from '~/db/source-connections.server';
import {
  findAdoptable,
  noteMissing,
  noteRowProblems,
  noteSeen,
  noteTakenOver,
  readSourceProductEntries,
} from '~/db/source-products.server';
import type { SourceProductEntry, TakenOver } from '~/db/source-products.server';
import { askedShops } from './ask-for-source-changes';
import type { Resources } from './resources';
import { refusedByDatabase, writeTogetherOrSingly } from './write-product-patches';

/** A source that this process feeds. */
export interface Feeding {
  sourceId: string;
  accountId: string;
  holder: string;
  mapping: SourceMapping;
  mappingVersion: number;
  generation: number;
}

/** All rows of a product; none where it has none any more. */
export interface SourceRows {
  key: string;
  rows: SourceRow[];
}

interface Planned {
  key: string;
  rows: SourceRow[];
  product: MappedProduct;
  before: MappedProduct | null;
  current: CatalogProductState | null;
}

/** A uuid that is the same for the same words (RFC 9562, version 8). */
function uuidOf(...words: string[]): SourceId {
  const bytes = createHash('sha256').update(JSON.stringify(words)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The ids of what a source makes in the catalog. */
export function idsOf(sourceId: string): SourceIds {
  return {
    product: (key) => uuidOf(sourceId, 'product', key),
    variant: (productKey, key) => uuidOf(sourceId, 'variant', productKey, key),
    media: (productKey, url) => uuidOf(sourceId, 'media', productKey, url),
  };
}

/** jsonb keeps keys in an order of its own. */
function isSameRows(one: SourceRow[], other: SourceRow[]): boolean {
  return (
    one.length === other.length &&
    one.every((row, index) => {
      const names = Object.keys(row);
      const stored = other[index];
      return (
        stored !== undefined &&
        names.length === Object.keys(stored).length &&
        names.every((name) => row[name] === stored[name])
      );
    })
  );
}

/** Which products of the catalog rows are that come for the first time: by handle, else by SKUs. */
async function adopt(
  tx: Queryable,
  feeding: Feeding,
  fresh: MappedProduct[],
): Promise<{ adopted: Map<string, SourceId>; taken: Map<string, SourceId> }> {
  const adopted = new Map<string, SourceId>();
  const taken = new Map<string, SourceId>();
  if (fresh.length === 0) return { adopted, taken };
  const skusOf = (product: MappedProduct) => product.variants.flatMap(({ fields }) => fields.sku ?? []);
  const found = await findAdoptable(tx, feeding, {
    handles: fresh.flatMap(({ fields }) => fields.handle ?? []),
    skus: fresh.flatMap(skusOf),
  });
  const used = new Set<SourceId>();
  for (const { handle, productId } of found) taken.set(handle, productId);
  for (const product of fresh) {
    const { handle } = product.fields;
    const skus = new Set(skusOf(product));
    const isFree = (one: (typeof found)[number]) =>
      (one.key === null || one.key === product.key) && !used.has(one.productId);
    const byHandle = found.find((one) => handle !== undefined && one.handle === handle && isFree(one));
    const bySku = found.filter((one) => one.skus.some((sku) => skus.has(sku)));
    // SKUs of two products of the catalog under one key: which one it is nobody can say.
    const match =
      byHandle ?? (bySku.length === 1 && bySku[0] !== undefined && isFree(bySku[0]) ? bySku[0] : undefined);
    if (match === undefined) continue;
    used.add(match.productId);
    adopted.set(product.key, match.productId);
  }
  return { adopted, taken };
}

/** Handles that another product has, or two rows of this batch want: each may be there once. */
function clashes(planned: { after: CatalogProductState }[], taken: Map<string, SourceId>): Set<SourceId> {
  const owners = new Map(taken);
  const losing = new Set<SourceId>();
  for (const { after } of planned) {
    const owner = owners.get(after.fields.handle);
    if (owner === undefined) owners.set(after.fields.handle, after.id);
    else if (owner !== after.id) losing.add(after.id);
  }
  return losing;
}

export interface AppliedRows {
  written: number;
  unchanged: number;
  refused: number;
  missing: number;
}

interface Sorted {
  seen: string[];
  missing: string[];
  broken: { key: string; problems: SourceRowProblem[] }[];
  mapped: { rows: SourceRow[]; product: MappedProduct; entry: SourceProductEntry | undefined }[];
}

function sortRows(feeding: Feeding, batch: SourceRows[], known: Map<string, SourceProductEntry>): Sorted {
  const sorted: Sorted = { seen: [], missing: [], broken: [], mapped: [] };
  for (const { key, rows } of batch) {
    const entry = known.get(key);
    if (rows.length === 0) {
      if (entry !== undefined) sorted.missing.push(key);
      continue;
    }
    if (
      entry?.rows != null &&
      entry.mappingVersion === feeding.mappingVersion &&
      entry.state !== 'removed' &&
      isSameRows(rows, entry.rows)
    ) {
      sorted.seen.push(key);
      continue;
    }
    const { product, problems } = mapSourceRows(feeding.mapping, key, rows);
    if (product === null) sorted.broken.push({ key, problems: problems.slice(0, 20) });
    else sorted.mapped.push({ rows, product, entry });
  }
  return sorted;
}

async function planWrites(
  tx: Queryable,
  feeding: Feeding,
  mapped: Sorted['mapped'],
): Promise<{ planned: (Planned & { after: CatalogProductState })[]; clashing: Set<SourceId> }> {
  const ids = idsOf(feeding.sourceId);
  const fresh = mapped.filter(({ entry }) => entry?.productId == null || entry.state === 'removed');
  const { adopted, taken } = await adopt(
    tx,
    feeding,
    fresh.map(({ product }) => product),
  );
  const idOf = (one: Sorted['mapped'][number]) =>
    adopted.get(one.product.key) ?? one.entry?.productId ?? ids.product(one.product.key);
  const states = await readCatalogStates(tx, feeding.accountId, { ids: mapped.map(idOf) });
  const byId = new Map(states.map((state) => [state.id, state]));
  const planned = mapped.map((one) => {
    const { rows, product, entry } = one;
    const current = byId.get(idOf(one)) ?? null;
    const before =
      current === null || entry?.rows == null || entry.mappingVersion !== feeding.mappingVersion
        ? null
        : mapSourceRows(feeding.mapping, product.key, entry.rows).product;
    return {
      key: product.key,
      rows,
      product,
      before,
      current,
      after: applyMappedProduct(current, product, before, ids),
    };
  });
  const made = planned.filter(({ current, after }) => current?.fields.handle !== after.fields.handle);
  const owners = new Map(taken);
  const wanted = made.map(({ after }) => after.fields.handle).filter((handle) => !owners.has(handle));
  const found =
    wanted.length === 0
      ? []
      : await tx.catalogProduct.findMany({
          where: { accountId: feeding.accountId, handle: { in: wanted } },
          select: { id: true, handle: true },
        });
  for (const { id, handle } of found) owners.set(handle, id);
  for (const one of made) {
    // A handle that was made of title and key is made unlike the others; one that is mapped is the merchant's word.
    const owner = owners.get(one.after.fields.handle);
    if (one.product.fields.handle !== undefined || owner === undefined || owner === one.after.id) continue;
    const handle = `${one.after.fields.handle.slice(0, 240)}-${one.after.id.slice(0, 8)}`;
    one.after = { ...one.after, fields: { ...one.after.fields, handle } };
  }
  return { planned, clashing: clashes(made, owners) };
}

/** The stores that are asked by ourselves need not be told by the capture of changes, too. */
export async function markAsAsked(tx: Queryable, accountId: string): Promise<void> {
  for (const { id } of await tx.shop.findMany({ where: askedShops(accountId), select: { id: true } }))
    await markOwnWrites(tx, id);
}

async function writeBatch(
  tx: Queryable,
  feeding: Feeding,
  batch: SourceRows[],
  now: Date,
): Promise<AppliedRows> {
  const { sourceId, accountId, generation, mappingVersion } = feeding;
  const terms = { sourceId, generation, mappingVersion, now };
  const known = await readSourceProductEntries(
    tx,
    sourceId,
    batch.map(({ key }) => key),
  );
  const { seen, missing, broken, mapped } = sortRows(feeding, batch, known);
  let written = 0;
  const takenOver: TakenOver[] = [];
  if (mapped.length > 0) {
    await markAsAsked(tx, accountId);
    await lockCatalog(tx, accountId);
    const { planned, clashing } = await planWrites(tx, feeding, mapped);
    const writes = planned.filter(({ after }) => !clashing.has(after.id));
    const outcomes = await saveCatalogChanges(
      tx,
      accountId,
      writes.map(({ current, after }) => ({ before: current, after })),
    );
    for (const [index, { key, rows, after }] of writes.entries()) {
      const changed = outcomes[index] !== 'unchanged';
      if (changed) written += 1;
      takenOver.push({ key, productId: after.id, rows, changed });
    }
    for (const { key, after } of planned)
      if (clashing.has(after.id))
        broken.push({
          key,
          problems: [
            {
              row: key,
              column: feeding.mapping.product.handle?.column ?? null,
              value: after.fields.handle,
              reason: 'Another product of the catalog has this handle.',
              remedy:
                'Give each product a handle of its own, or map none: one is made of title and key then.',
            },
          ],
        });
  }
  await noteTakenOver(tx, terms, takenOver);
  await noteRowProblems(tx, terms, broken);
  await noteSeen(tx, terms, seen);
  await noteMissing(tx, sourceId, missing);
  return {
    written,
    unchanged: seen.length + takenOver.length - written,
    refused: broken.length,
    missing: missing.length,
  };
}

/**
 * Takes rows over, whole products at a time, in one transaction with the record of them; where PostgreSQL refuses a value it
 * costs only its own product. Throws SourceLeaseLost where another process has taken the source.
 */
export async function applySourceRows(
  resources: Resources,
  feeding: Feeding,
  batch: SourceRows[],
  /** Rows that count as progress of a snapshot. */
  rowsRead: number,
): Promise<AppliedRows> {
  const { db, now } = resources;
  const write = (part: SourceRows[]) =>
    db.$transaction(
      async (tx) => {
        const applied = await writeBatch(tx, feeding, part, now());
        await noteSourceProgress(tx, feeding, {
          productsWritten: { increment: applied.written },
          productsUnchanged: { increment: applied.unchanged },
          ...(applied.written > 0 ? { changedAt: now() } : {}),
        });
        return applied;
      },
      { timeout: 120_000, maxWait: 30_000 },
    );
  const parts = await writeTogetherOrSingly(batch, write, async ({ key }, error) => {
    const { reason, remedy } = refusedByDatabase(error, { line: 0, handle: key });
    const problem = { row: key, column: null, value: null, reason, remedy };
    await noteRowProblems(db, { ...feeding, now: now() }, [{ key, problems: [problem] }]);
    return { written: 0, unchanged: 0, refused: 1, missing: 0 };
  });
  if (rowsRead > 0) await noteSourceProgress(db, feeding, { rowsRead: { increment: rowsRead } });
  return parts.reduce(
    (sum, part) => ({
      written: sum.written + part.written,
      unchanged: sum.unchanged + part.unchanged,
      refused: sum.refused + part.refused,
      missing: sum.missing + part.missing,
    }),
    { written: 0, unchanged: 0, refused: 0, missing: 0 },
  );
}
