/** Writes products of the catalog: only the rows and columns that differ, so that what did not change keeps its date. */
import type { CatalogMediaState, CatalogProductState, CatalogVariantState } from '~/core/catalog-product';
import type { MetafieldState, SourceId } from '~/core/product-state';
import { catalogColumns, insertRows, updateRows } from './catalog-insert.server';
import type { RowUpdate } from './catalog-insert.server';
import type { Queryable } from './client.server';

export interface CatalogChange {
  /** What the tables hold now, as `readCatalogStates` gave it; null for a new product. */
  before: CatalogProductState | null;
  after: CatalogProductState;
}

export type CatalogChangeOutcome = 'created' | 'updated' | 'unchanged';

/** Ids of one DELETE. */
const idsPerDelete = 1000;

function productColumns({ fields, extra }: CatalogProductState) {
  return { ...fields, extra };
}

function variantColumns({ fields, optionValues, mediaId, extra }: CatalogVariantState) {
  const { unitPriceMeasurement: unitPrice, ...columns } = fields;
  return {
    ...columns,
    option1: optionValues[0] ?? null,
    option2: optionValues[1] ?? null,
    option3: optionValues[2] ?? null,
    unitPriceQuantity: unitPrice?.quantityValue ?? null,
    unitPriceUnit: unitPrice?.quantityUnit ?? null,
    unitPriceReference: unitPrice?.referenceValue ?? null,
    unitPriceReferenceUnit: unitPrice?.referenceUnit ?? null,
    mediaId,
    extra,
  };
}

function mediaColumns({ url, alt, kind }: CatalogMediaState) {
  return { url, alt, kind };
}

/** The columns of `after` that differ from `before`; null where none does. */
function difference<T extends object>(before: T, after: T): Partial<T> | null {
  const stored = new Map<string, unknown>(Object.entries(before));
  const changed = Object.entries(after).filter(([name, value]) => {
    const old = stored.get(name);
    return old !== value && canonicalJson(old) !== canonicalJson(value);
  });
  return changed.length === 0
    ? null
    : Object.assign({}, ...changed.map(([name, value]) => ({ [name]: value })));
}

/** JSON with object keys in order: PostgreSQL's jsonb keeps its own. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Positions to store: those of the rows that stay in their order are left alone. */
function positionsOf<R extends { id: SourceId; position: number }>(
  before: R[],
  after: R[],
): Map<SourceId, number> {
  const known = new Map(before.map(({ id, position }) => [id, position]));
  const keptIds = new Set(after.map(({ id }) => id));
  const stayed = before.filter(({ id }) => keptIds.has(id)).every(({ id }, index) => after[index]?.id === id);
  const last = Math.max(0, ...known.values());
  const kept = before.filter(({ id }) => keptIds.has(id)).length;
  return new Map(
    after.map(({ id }, index) => [id, stayed ? (known.get(id) ?? last + 1 + index - kept) : index + 1]),
  );
}

interface OfAccount {
  accountId: string;
}
interface OfProduct extends OfAccount {
  productId: SourceId;
  position: number;
}
type NewProduct = OfAccount & { id: SourceId } & ReturnType<typeof productColumns>;
type NewOption = OfProduct & { name: string; values: string[] };
type NewVariant = OfProduct & { id: SourceId } & ReturnType<typeof variantColumns>;
type NewMedia = OfProduct & { id: SourceId } & ReturnType<typeof mediaColumns>;
type NewMetafield = OfAccount & MetafieldState & { productId: SourceId | null; variantId: SourceId | null };
type NewLevel = OfAccount & { variantId: SourceId; location: string; available: number };

/** Everything a set of changes asks of the tables, gathered so that rows go in together. */
class Writes {
  private readonly newProducts: NewProduct[] = [];
  private readonly newOptions: NewOption[] = [];
  private readonly newVariants: NewVariant[] = [];
  private readonly newMedia: NewMedia[] = [];
  private readonly newMetafields: NewMetafield[] = [];
  private readonly newLevels: NewLevel[] = [];
  private readonly goneVariants: SourceId[] = [];
  private readonly goneMedia: SourceId[] = [];
  private readonly replacedOptions: SourceId[] = [];
  private readonly products: RowUpdate<NewProduct>[] = [];
  private readonly pictures: RowUpdate<NewMedia>[] = [];
  private readonly changedVariants: RowUpdate<NewVariant>[] = [];
  private readonly levels: RowUpdate<NewLevel>[] = [];
  /** What there is little of goes one statement each. */
  private readonly updates: ((db: Queryable) => Promise<unknown>)[] = [];

  constructor(private readonly accountId: string) {}

  product(before: CatalogProductState | null, after: CatalogProductState): void {
    const { accountId } = this;
    const { id } = after;
    const columns = productColumns(after);
    if (before === null) this.newProducts.push({ accountId, id, ...columns });
    else {
      const data = difference(productColumns(before), columns);
      if (data !== null) this.products.push({ key: { id }, data });
    }
    if (canonicalJson(before?.options ?? []) !== canonicalJson(after.options)) {
      if (before !== null) this.replacedOptions.push(id);
      const rows = after.options.map(({ name, values }, index) => ({
        accountId,
        productId: id,
        position: index + 1,
        name,
        values,
      }));
      this.newOptions.push(...rows);
    }
    this.media(id, before?.media ?? [], after.media);
    this.variants(id, before?.variants ?? [], after.variants);
    this.metafields({ productId: id }, before?.metafields ?? [], after.metafields);
  }

  private media(productId: SourceId, before: CatalogMediaState[], after: CatalogMediaState[]): void {
    const stored = new Map(before.map((media) => [media.id, media]));
    const positions = positionsOf(before, after);
    for (const media of after) {
      const { id } = media;
      const position = positions.get(id) ?? 1;
      const old = stored.get(id);
      stored.delete(id);
      if (old === undefined) {
        this.newMedia.push({ accountId: this.accountId, id, productId, position, ...mediaColumns(media) });
        continue;
      }
      const data = difference(
        { ...mediaColumns(old), position: old.position },
        { ...mediaColumns(media), position },
      );
      if (data !== null) this.pictures.push({ key: { id }, data });
    }
    this.goneMedia.push(...stored.keys());
  }

  private variants(productId: SourceId, before: CatalogVariantState[], after: CatalogVariantState[]): void {
    const stored = new Map(before.map((variant) => [variant.id, variant]));
    const positions = positionsOf(before, after);
    for (const variant of after) {
      const { id } = variant;
      const position = positions.get(id) ?? 1;
      const old = stored.get(id);
      stored.delete(id);
      if (old === undefined) {
        this.newVariants.push({
          accountId: this.accountId,
          id,
          productId,
          position,
          ...variantColumns(variant),
        });
      } else {
        const data = difference(
          { ...variantColumns(old), position: old.position },
          { ...variantColumns(variant), position },
        );
        if (data !== null) this.changedVariants.push({ key: { id }, data });
      }
      this.stock(id, old?.stock ?? {}, variant.stock);
      this.metafields({ variantId: id }, old?.metafields ?? [], variant.metafields);
    }
    this.goneVariants.push(...stored.keys());
  }

  private stock(variantId: SourceId, before: Record<string, number>, after: Record<string, number>): void {
    for (const [location, available] of Object.entries(after)) {
      if (before[location] === undefined)
        this.newLevels.push({ accountId: this.accountId, variantId, location, available });
      else if (before[location] !== available)
        this.levels.push({ key: { variantId, location }, data: { available } });
    }
    const gone = Object.keys(before).filter((location) => after[location] === undefined);
    if (gone.length > 0)
      this.updates.push((db) =>
        db.catalogInventoryLevel.deleteMany({ where: { variantId, location: { in: gone } } }),
      );
  }

  private metafields(
    owner: { productId: SourceId } | { variantId: SourceId },
    before: MetafieldState[],
    after: MetafieldState[],
  ): void {
    const name = ({ namespace, key }: MetafieldState) => JSON.stringify([namespace, key]);
    const stored = new Map(before.map((metafield) => [name(metafield), metafield]));
    for (const metafield of after) {
      const { namespace, key, type, value } = metafield;
      const old = stored.get(name(metafield));
      stored.delete(name(metafield));
      if (old === undefined)
        this.newMetafields.push({
          accountId: this.accountId,
          productId: null,
          variantId: null,
          ...owner,
          namespace,
          key,
          type,
          value,
        });
      else if (old.type !== type || old.value !== value)
        this.updates.push((db) =>
          db.catalogMetafield.updateMany({ where: { ...owner, namespace, key }, data: { type, value } }),
        );
    }
    for (const { namespace, key } of stored.values())
      this.updates.push((db) => db.catalogMetafield.deleteMany({ where: { ...owner, namespace, key } }));
  }

  /** Parents before children; pictures before the variants that show them. */
  async send(db: Queryable): Promise<void> {
    await insertRows(db, { name: 'product', columns: catalogColumns.product }, this.newProducts);
    await insertRows(db, { name: 'media', columns: catalogColumns.media }, this.newMedia);
    await updateRows(db, { name: 'product', columns: catalogColumns.product }, this.products);
    await updateRows(db, { name: 'media', columns: catalogColumns.media }, this.pictures);
    await updateRows(db, { name: 'variant', columns: catalogColumns.variant }, this.changedVariants);
    await updateRows(db, { name: 'inventory_level', columns: catalogColumns.level }, this.levels);
    for (const update of this.updates) await update(db);
    await inChunks(this.replacedOptions, (ids) =>
      db.catalogOption.deleteMany({ where: { productId: { in: ids } } }),
    );
    await insertRows(db, { name: 'product_option', columns: catalogColumns.option }, this.newOptions);
    await insertRows(db, { name: 'variant', columns: catalogColumns.variant }, this.newVariants);
    await insertRows(db, { name: 'inventory_level', columns: catalogColumns.level }, this.newLevels);
    await insertRows(db, { name: 'metafield', columns: catalogColumns.metafield }, this.newMetafields);
    await inChunks(this.goneVariants, (ids) => db.catalogVariant.deleteMany({ where: { id: { in: ids } } }));
    await inChunks(this.goneMedia, (ids) => db.catalogMedia.deleteMany({ where: { id: { in: ids } } }));
  }

  isEmpty(): boolean {
    return (
      [this.updates, this.products, this.pictures, this.changedVariants, this.levels].every(
        (updates) => updates.length === 0,
      ) &&
      [
        this.newProducts,
        this.newOptions,
        this.newVariants,
        this.newMedia,
        this.newMetafields,
        this.newLevels,
      ].every((rows) => rows.length === 0) &&
      [this.goneVariants, this.goneMedia, this.replacedOptions].every((ids) => ids.length === 0)
    );
  }

  /** Takes over what another set of changes asks. */
  take(other: Writes): void {
    this.newProducts.push(...other.newProducts);
    this.newOptions.push(...other.newOptions);
    this.newVariants.push(...other.newVariants);
    this.newMedia.push(...other.newMedia);
    this.newMetafields.push(...other.newMetafields);
    this.newLevels.push(...other.newLevels);
    this.goneVariants.push(...other.goneVariants);
    this.goneMedia.push(...other.goneMedia);
    this.replacedOptions.push(...other.replacedOptions);
    this.updates.push(...other.updates);
    this.products.push(...other.products);
    this.pictures.push(...other.pictures);
    this.changedVariants.push(...other.changedVariants);
    this.levels.push(...other.levels);
  }
}

async function inChunks(rows: SourceId[], write: (chunk: SourceId[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < rows.length; start += idsPerDelete)
    await write(rows.slice(start, start + idsPerDelete));
}

/**
 * Brings the account's tables from `before` to `after`, in the transaction it is called in. The answer has one outcome
 * a change, in order; an unchanged product is not touched.
 */
export async function saveCatalogChanges(
  tx: Queryable,
  accountId: string,
  changes: CatalogChange[],
): Promise<CatalogChangeOutcome[]> {
  const all = new Writes(accountId);
  const outcomes = changes.map(({ before, after }): CatalogChangeOutcome => {
    const writes = new Writes(accountId);
    writes.product(before, after);
    if (writes.isEmpty()) return 'unchanged';
    all.take(writes);
    return before === null ? 'created' : 'updated';
  });
  await all.send(tx);
  return outcomes;
}
