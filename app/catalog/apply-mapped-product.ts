/** A product of the catalog after what the rows of a merchant's own table say about it. Pure. */
import type {
  CatalogMediaState,
  CatalogProductState,
  CatalogVariantState,
  MetafieldPatch,
} from '~/core/catalog-product';
import type { SourceId } from '~/core/product-state';
import { mergedMetafields, newProductFields, newVariantFields } from './apply-patch';
import type { MappedProduct, MappedVariant } from './map-source-rows';
import { slugOf } from './source-cells';

/** The ids of rows that are made: the same for the same keys, so that a row is known again whatever else of it changes. */
export interface SourceIds {
  product(key: string): SourceId;
  variant(productKey: string, key: string): SourceId;
  media(productKey: string, url: string): SourceId;
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The members of `now` that differ from `before`: what did not move in the table moves nothing in the catalog. */
function moved<T extends object>(before: Partial<T> | undefined, now: Partial<T>): Partial<T> {
  if (before === undefined) return now;
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.assign(
    {},
    ...Object.entries(now)
      .filter(([name, value]) => !old.has(name) || !same(old.get(name), value))
      .map(([name, value]) => ({ [name]: value })),
  );
}

function movedLevels(
  before: Record<string, number | null> | undefined,
  now: Record<string, number | null>,
): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(now).filter(([location, level]) => before === undefined || before[location] !== level),
  );
}

function movedMetafields(before: MetafieldPatch[] | undefined, now: MetafieldPatch[]): MetafieldPatch[] {
  if (before === undefined) return now;
  const old = new Set(before.map((metafield) => JSON.stringify(metafield)));
  return now.filter((metafield) => !old.has(JSON.stringify(metafield)));
}

/** Pairs each row with the variant it is: by its own id, by its options, by its SKU. */
export function pairVariants(
  current: CatalogVariantState[],
  product: MappedProduct,
  ids: SourceIds,
): Map<MappedVariant, CatalogVariantState> {
  const free = new Map(current.map((variant) => [variant.id, variant]));
  const pairs = new Map<MappedVariant, CatalogVariantState>();
  const take = (find: (variant: MappedVariant) => CatalogVariantState | undefined) => {
    for (const variant of product.variants) {
      if (pairs.has(variant)) continue;
      const found = find(variant);
      if (found === undefined || !free.delete(found.id)) continue;
      pairs.set(variant, found);
    }
  };
  take((variant) => free.get(ids.variant(product.key, variant.key)));
  const own = new Set([...pairs.values()].map(({ id }) => id));
  const byOptions = new Map(
    current
      .filter(({ id }) => !own.has(id))
      .map((variant) => [JSON.stringify(variant.optionValues), variant]),
  );
  take(({ optionValues }) => byOptions.get(JSON.stringify(optionValues)));
  take(({ fields: { sku } }) => {
    const found = sku == null ? [] : [...free.values()].filter((variant) => variant.fields.sku === sku);
    return found.length === 1 ? found[0] : undefined;
  });
  return pairs;
}

function mergedMedia(
  current: CatalogMediaState[],
  product: MappedProduct,
  before: MappedProduct | null,
  ids: SourceIds,
): CatalogMediaState[] {
  const isListMoved = product.media !== undefined && !same(before?.media, product.media);
  const ofVariants = product.variants.flatMap(({ mediaUrl }) => mediaUrl ?? []);
  const wanted = isListMoved
    ? [...(product.media ?? []), ...ofVariants]
    : [...current.flatMap(({ url, kind }) => (kind === 'IMAGE' ? [url] : [])), ...ofVariants];
  const known = new Map(current.map((media) => [media.url, media]));
  const images = [...new Set(wanted)].map(
    (url): CatalogMediaState =>
      known.get(url) ?? { id: ids.media(product.key, url), url, alt: '', kind: 'IMAGE', position: 0 },
  );
  return [...images, ...current.filter(({ kind }) => kind !== 'IMAGE')];
}

function mergedStock(
  current: Record<string, number>,
  levels: Record<string, number | null>,
): Record<string, number> {
  const stock = new Map(Object.entries(current));
  for (const [location, level] of Object.entries(levels)) {
    if (level === null) stock.delete(location);
    else stock.set(location, level);
  }
  return Object.fromEntries(stock);
}

/**
 * The product after its rows. `before`: what the rows said when they were last taken over; what they still say is not written
 * again, so that what was changed in the catalog since then stays. Null: everything they say is taken over. What no column
 * feeds is kept; variants and pictures that the rows do not name are gone.
 */
export function applyMappedProduct(
  current: CatalogProductState | null,
  product: MappedProduct,
  before: MappedProduct | null,
  ids: SourceIds,
): CatalogProductState {
  const pairs = pairVariants(current?.variants ?? [], product, ids);
  const media = mergedMedia(current?.media ?? [], product, before, ids);
  const mediaId = new Map(media.map(({ url, id }) => [url, id]));
  const known = new Set(media.map(({ id }) => id));
  const last = new Map(before?.variants.map((variant) => [variant.key, variant]));
  const variants = product.variants.map((variant): CatalogVariantState => {
    const existing = pairs.get(variant);
    const old = existing === undefined ? undefined : last.get(variant.key);
    const fields = existing?.fields ?? newVariantFields;
    const kept = existing?.mediaId ?? null;
    const isPictureMoved =
      variant.mediaUrl !== undefined && (old === undefined || old.mediaUrl !== variant.mediaUrl);
    const picture = isPictureMoved ? (mediaId.get(variant.mediaUrl ?? '') ?? null) : kept;
    return {
      id: existing?.id ?? ids.variant(product.key, variant.key),
      position: existing?.position ?? 0,
      fields: { ...fields, ...moved(old?.fields, variant.fields) },
      optionValues:
        old !== undefined && same(old.optionValues, variant.optionValues) && existing !== undefined
          ? existing.optionValues
          : variant.optionValues,
      mediaId: picture !== null && known.has(picture) ? picture : null,
      metafields: mergedMetafields(
        existing?.metafields ?? [],
        movedMetafields(old?.metafields, variant.metafields),
      ),
      stock: mergedStock(existing?.stock ?? {}, movedLevels(old?.stock, variant.stock)),
      extra: existing?.extra ?? {},
    };
  });
  const title = product.fields.title ?? product.key;
  const made = slugOf(`${title} ${product.key}`).slice(0, 255);
  const base = current?.fields ?? { ...newProductFields, title, handle: made === '' ? 'product' : made };
  return {
    id: current?.id ?? ids.product(product.key),
    fields: { ...base, ...moved(before?.fields, product.fields) },
    options: optionsOf(current, product, before, variants),
    variants,
    media,
    metafields: mergedMetafields(
      current?.metafields ?? [],
      movedMetafields(before?.metafields, product.metafields),
    ),
    extra: current?.extra ?? {},
  };
}

/** The options with the values that variants use, those that were there before in their order. */
function optionsOf(
  current: CatalogProductState | null,
  product: MappedProduct,
  before: MappedProduct | null,
  variants: CatalogVariantState[],
): CatalogProductState['options'] {
  const keepsNames =
    current !== null &&
    before !== null &&
    same(before.optionNames, product.optionNames) &&
    current.options.length === product.optionNames.length;
  return product.optionNames.map((name, index) => {
    const used = variants.flatMap(({ optionValues }) => optionValues[index] ?? []);
    const stored = (current?.options[index]?.values ?? []).filter((value) => used.includes(value));
    const kept = keepsNames ? (current.options[index]?.name ?? name) : name;
    return { name: kept, values: [...new Set([...stored, ...used])] };
  });
}
