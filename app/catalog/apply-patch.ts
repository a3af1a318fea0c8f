/** A product of the catalog after what a file says about it. Pure; what cannot be applied is reported. */
import type {
  CatalogMediaState,
  CatalogProductFields,
  CatalogProductState,
  CatalogVariantFields,
  CatalogVariantState,
  ExtraColumns,
  ImportProblem,
  MetafieldPatch,
  ProductPatch,
  VariantPatch,
} from '~/core/catalog-product';
import type { MetafieldState, SourceId, UnitPriceMeasurement } from '~/core/product-state';
import { mergedMedia } from './apply-media';
import { type VariantMatch, matchVariants, mergedOptionNames } from './match-variants';
import { usualMetafieldType } from './metafield-types';
import { Patching } from './patching';
import { fromGrams, readTags, toGrams } from './product-csv-cells';
import { extraValue } from './product-csv-columns';

export interface PatchOutcome {
  /** Null: the catalog stays as it is. */
  product: CatalogProductState | null;
  problems: ImportProblem[];
  rowsRejected: number;
}

/** What a new product has where nothing else is said. */
export const newProductFields: Omit<CatalogProductFields, 'handle' | 'title'> = {
  descriptionHtml: '',
  vendor: '',
  productType: '',
  category: null,
  tags: [],
  status: 'ACTIVE',
  published: true,
  giftCard: false,
  seoTitle: null,
  seoDescription: null,
  templateSuffix: null,
};

/** What a new variant has where nothing else is said. */
export const newVariantFields: CatalogVariantFields = {
  sku: null,
  barcode: null,
  price: '0',
  compareAtPrice: null,
  cost: null,
  taxable: true,
  taxCode: null,
  tracked: false,
  inventoryPolicy: 'DENY',
  fulfillmentService: 'manual',
  requiresShipping: true,
  weightValue: null,
  weightUnit: 'KILOGRAMS',
  harmonizedSystemCode: null,
  countryCodeOfOrigin: null,
  unitPriceMeasurement: null,
};

/** Keeps the stored spelling where it only differs in the spaces around it, which a file does not keep. */
function keepSpelling<F extends object>(current: F, changes: Partial<F>): F {
  const stored = new Map<string, unknown>(Object.entries(current));
  const kept = Object.entries(changes).filter(([field, value]) => {
    const old = stored.get(field);
    return !(typeof old === 'string' && typeof value === 'string' && old.trim() === value);
  });
  return Object.assign({ ...current }, Object.fromEntries(kept));
}

function mergedTags(current: string[], wanted: string[] | undefined): string[] {
  if (wanted === undefined) return current;
  const asFile = readTags(current.join(','));
  return asFile.ok && JSON.stringify(asFile.value) === JSON.stringify(wanted) ? current : wanted;
}

/** Metafields after patches by namespace and key. */
export function mergedMetafields(current: MetafieldState[], patches: MetafieldPatch[]): MetafieldState[] {
  const byKey = new Map(current.map((metafield) => [`${metafield.namespace}.${metafield.key}`, metafield]));
  for (const { namespace, key, type, value } of patches) {
    const name = `${namespace}.${key}`;
    if (value === null) byKey.delete(name);
    else {
      const known = type ?? byKey.get(name)?.type ?? usualMetafieldType(namespace, key, value);
      byKey.set(name, { namespace, key, type: known, value });
    }
  }
  return [...byKey.values()];
}

function mergedEntries<T>(current: Record<string, T>, changes: [string, T | null][]): Record<string, T> {
  const merged = new Map(Object.entries(current));
  for (const [name, value] of changes) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

/** Kept columns; a header in other capitals is the same column. */
function mergedExtra(current: ExtraColumns, changes: [string, string | null][]): ExtraColumns {
  const stored = new Map(Object.keys(current).map((header) => [header.toLowerCase(), header]));
  return mergedEntries(
    current,
    changes.map(([header, value]) => [stored.get(header.toLowerCase()) ?? header, value]),
  );
}

function mergedWeight(
  { weightValue, weightUnit }: CatalogVariantFields,
  patch: VariantPatch,
): Pick<CatalogVariantFields, 'weightValue' | 'weightUnit'> {
  const unit = patch.fields.weightUnit ?? weightUnit;
  const grams = weightValue === null ? null : toGrams(weightValue, weightUnit);
  const wanted = patch.weightGrams === undefined ? grams : patch.weightGrams;
  if (wanted === null) return { weightValue: null, weightUnit: unit };
  if (unit === weightUnit && wanted === grams) return { weightValue, weightUnit };
  return { weightValue: fromGrams(wanted, unit), weightUnit: unit };
}

/** Null, with the row rejected, where only some of the four parts are known. */
function mergedUnitPrice(
  current: UnitPriceMeasurement | null,
  patch: VariantPatch,
  patching: Patching,
): { unitPriceMeasurement: UnitPriceMeasurement | null } | null {
  if (patch.unitPriceMeasurement === undefined) return { unitPriceMeasurement: current };
  if (patch.unitPriceMeasurement === null) return { unitPriceMeasurement: null };
  const { quantityValue, quantityUnit, referenceValue, referenceUnit } = {
    ...current,
    ...patch.unitPriceMeasurement,
  };
  if (
    quantityValue !== undefined &&
    quantityUnit !== undefined &&
    referenceValue !== undefined &&
    referenceUnit !== undefined
  )
    return { unitPriceMeasurement: { quantityValue, quantityUnit, referenceValue, referenceUnit } };
  patching.rejectRow(
    patch.line,
    'Unit Price Total Measure',
    null,
    'A unit price needs its total measure, its base measure and the units of both; some are missing.',
    'Fill in all four unit price cells, or leave all four blank.',
  );
  return null;
}

function mergedVariant(
  { patch, optionValues, existing }: VariantMatch,
  media: CatalogMediaState[],
  productExtra: ExtraColumns,
  patching: Patching,
  newId: () => SourceId,
): CatalogVariantState | null {
  const fields = existing?.fields ?? newVariantFields;
  const unitPrice = mergedUnitPrice(fields.unitPriceMeasurement, patch, patching);
  if (unitPrice === null) return null;
  // A column that the product itself holds is exported on its first row: there it is not the variant's.
  const own = Object.entries(patch.extra).filter(
    ([header, value]) => value === null || extraValue(productExtra, header) !== value,
  );
  return {
    id: existing?.id ?? newId(),
    position: existing?.position ?? 0,
    fields: { ...keepSpelling(fields, patch.fields), ...mergedWeight(fields, patch), ...unitPrice },
    optionValues,
    mediaId:
      patch.mediaUrl === undefined
        ? (existing?.mediaId ?? null)
        : (media.find(({ url }) => url === patch.mediaUrl)?.id ?? null),
    metafields: mergedMetafields(existing?.metafields ?? [], patch.metafields),
    stock: mergedEntries(existing?.stock ?? {}, Object.entries(patch.stock)),
    extra: mergedExtra(existing?.extra ?? {}, own),
  };
}

/** The listed variants in the file's order, in the places that they hold; others stay; new ones come last. */
function mergedOrder(current: CatalogVariantState[], changed: CatalogVariantState[]): CatalogVariantState[] {
  const known = new Set(current.map(({ id }) => id));
  const listed = changed.filter(({ id }) => known.has(id));
  const listedIds = new Set(listed.map(({ id }) => id));
  const next = listed.values();
  const placed = current.map((variant) =>
    listedIds.has(variant.id) ? (next.next().value ?? variant) : variant,
  );
  return [...placed, ...changed.filter(({ id }) => !known.has(id))];
}

/** Values in their stored order, new ones after them; values that this import took out of use are dropped. */
function mergedOptions(
  current: CatalogProductState | null,
  names: string[],
  variants: CatalogVariantState[],
): CatalogProductState['options'] {
  return names.map((name, index) => {
    const stored = current?.options[index]?.values ?? [];
    const before = new Set(current?.variants.map((variant) => variant.optionValues[index]));
    const after = new Set(variants.flatMap((variant) => variant.optionValues[index] ?? []));
    const kept = stored.filter((value) => after.has(value) || !before.has(value));
    return { name, values: [...new Set([...kept, ...after])] };
  });
}

/**
 * Applies a patch to the catalog's product (null: there is none with this handle). Applying it again changes nothing.
 * `newId` gives the ids of new rows.
 */
export function applyPatch(
  current: CatalogProductState | null,
  patch: ProductPatch,
  newId: () => SourceId,
): PatchOutcome {
  const patching = new Patching(patch);
  const product = patchedProduct(current, patch, patching, newId);
  return {
    product: patching.refused ? null : product,
    problems: patching.problems,
    rowsRejected: patching.rowsRejected,
  };
}

function patchedProduct(
  current: CatalogProductState | null,
  patch: ProductPatch,
  patching: Patching,
  newId: () => SourceId,
): CatalogProductState | null {
  const title = patch.fields.title ?? current?.fields.title;
  if (title === undefined) {
    patching.rejectProduct(
      'Title',
      'The product is new, and no row that could be taken gives it a title.',
      'Write a title on its first row, and mend that row where it was left out.',
    );
    return null;
  }
  const names = mergedOptionNames(current, patch, patching);
  if (names === null) return null;
  const matches = matchVariants(current?.variants ?? [], names, patch.variants, patching);
  if (patching.refused) return null;

  const patches = matches.map((match) => match.patch);
  const media = mergedMedia(current?.media ?? [], patch, patches, patching, newId);
  const mediaIds = new Set(media.map(({ id }) => id));
  const extra = mergedExtra(current?.extra ?? {}, Object.entries(patch.extra));
  const changed = matches.flatMap((match) => mergedVariant(match, media, extra, patching, newId) ?? []);
  const variants = mergedOrder(current?.variants ?? [], changed).map((variant) =>
    variant.mediaId === null || mediaIds.has(variant.mediaId) ? variant : { ...variant, mediaId: null },
  );
  if (variants.length === 0) {
    if (patch.variants.length > 0) {
      patching.refused = true; // the rows' own problems say why none could be taken
      return null;
    }
    if (names.length > 0) {
      patching.rejectProduct(
        'Option1 Value',
        'The product has options but no variant.',
        'Write a value for each option.',
      );
      return null;
    }
    const blank: VariantPatch = {
      line: 0,
      fields: {},
      optionValues: [],
      metafields: [],
      stock: {},
      extra: {},
    };
    const only = mergedVariant(
      { patch: blank, optionValues: [], existing: null },
      media,
      extra,
      patching,
      newId,
    );
    if (only !== null) variants.push(only);
  }
  const base: CatalogProductFields = current?.fields ?? { ...newProductFields, handle: patch.handle, title };
  return {
    id: current?.id ?? newId(),
    fields: {
      ...keepSpelling<CatalogProductFields>(base, patch.fields),
      tags: mergedTags(base.tags, patch.fields.tags),
    },
    options: mergedOptions(current, names, variants),
    variants,
    media,
    metafields: mergedMetafields(current?.metafields ?? [], patch.metafields),
    extra,
  };
}
