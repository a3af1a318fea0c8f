/** Which products of the catalog a merchant's rows are, and what these become. */
import { applyMappedProduct } from '~/catalog/apply-mapped-product';
import { mapSourceRows } from '~/catalog/map-source-rows';
import type { MappedProduct } from '~/catalog/map-source-rows';
import type { CatalogProductState } from '~/core/catalog-product';
import type { SourceId } from '~/core/product-state';
import type { SourceRow } from '~/core/source-mapping';
import { readCatalogStates } from '~/db/catalog-states.server';
import type { Queryable } from '~/db/client.server';
import { findAdoptable } from '~/db/source-products.server';
import type { SourceProductEntry } from '~/db/source-products.server';
import type { Feeding } from './feeding';
import { idsOf } from './source-ids';

/** Rows that could be read, and what was known of their product. */
export interface MappedRowsOf {
  rows: SourceRow[];
  product: MappedProduct;
  entry: SourceProductEntry | undefined;
}

export interface PlannedProduct {
  key: string;
  rows: SourceRow[];
  product: MappedProduct;
  before: MappedProduct | null;
  current: CatalogProductState | null;
  after: CatalogProductState;
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

/** `clashing`: those whose handle another product has, which are not written. */
export async function planSourceWrites(
  tx: Queryable,
  feeding: Feeding,
  mapped: MappedRowsOf[],
): Promise<{ planned: PlannedProduct[]; clashing: Set<SourceId> }> {
  const ids = idsOf(feeding.sourceId);
  const fresh = mapped.filter(({ entry }) => entry?.productId == null || entry.state === 'removed');
  const { adopted, taken } = await adopt(
    tx,
    feeding,
    fresh.map(({ product }) => product),
  );
  const idOf = (one: MappedRowsOf) =>
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
