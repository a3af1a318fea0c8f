/** The three states of a product side by side, with what the next sync would do: pure, computed where the page is read. */
import type { AlignedVariant } from '~/core/align';
import { alignProduct } from '~/core/align';
import type { FieldValue, MergePolicy } from '~/core/decision';
import type { HeldPaths } from '~/core/held-paths';
import type {
  Agreed,
  BaseProduct,
  ProductFields,
  RemoteProduct,
  SourceProduct,
  VariantFields,
} from '~/core/product-state';
import type { ProductPlace } from '~/core/product-rules';
import { mergeProduct } from '~/core/three-way-merge';
import { Comparer, isDifference, verdictOf } from './compared-field';
import type { ComparedField } from './compared-field';

export interface ComparedVariant {
  id: string;
  title: string;
  /** Which sides have it. */
  presence: 'both' | 'catalog' | 'shopify';
  differences: number;
  fields: ComparedField[];
}

export interface Comparison {
  product: ComparedField[];
  variants: ComparedVariant[];
  /** Fields that differ, of product and variants. */
  differences: number;
}

export interface ThreeStates {
  source: SourceProduct | null;
  base: BaseProduct | null;
  remote: RemoteProduct | null;
  /** Paths that an overlay of the store holds. */
  held?: HeldPaths;
  place?: ProductPlace;
}

const PRODUCT_FIELDS: (keyof ProductFields)[] = [
  'title',
  'handle',
  'status',
  'published',
  'vendor',
  'productType',
  'category',
  'descriptionHtml',
  'seoTitle',
  'seoDescription',
  'templateSuffix',
];

const VARIANT_FIELDS: (keyof VariantFields)[] = [
  'price',
  'compareAtPrice',
  'cost',
  'sku',
  'barcode',
  'taxable',
  'taxCode',
  'tracked',
  'inventoryPolicy',
  'requiresShipping',
  'weight',
  'harmonizedSystemCode',
  'countryCodeOfOrigin',
  'unitPriceMeasurement',
];

const optionTexts = (options: { name: string; values: string[] }[] | undefined): FieldValue =>
  (options ?? []).map(({ name, values }) => `${name}: ${values.join(', ')}`);

const mediaText = (media: unknown[] | undefined): FieldValue => {
  const count = media?.length ?? 0;
  return count === 0 ? null : count === 1 ? '1 item' : `${count} items`;
};

const alike = <T>(value: T): Agreed<T> => ({ source: value, remote: value });

function bothSpellings<T>(
  agreed: Agreed<T> | undefined,
  text: (value: T) => FieldValue,
): Agreed<FieldValue> | undefined {
  return agreed === undefined ? undefined : { source: text(agreed.source), remote: text(agreed.remote) };
}

/** A field that no state has anything in says nothing. */
function saysSomething(row: ComparedField): boolean {
  return (
    isDifference(row.verdict) ||
    [row.catalog, row.agreed, row.shopify].some((text) => text !== null && text !== '')
  );
}

function productRows({ source, base, remote }: ThreeStates, compare: Comparer): ComparedField[] {
  const rows = PRODUCT_FIELDS.map((field) =>
    compare.row(null, field, {
      catalog: source === null ? null : source.fields[field],
      agreed: base?.fields[field],
      shopify: remote?.fields[field] ?? null,
    }),
  );
  rows.push(
    compare.row(
      null,
      'tags',
      { catalog: source?.tags ?? [], agreed: base?.tags, shopify: remote?.tags ?? [] },
      compare.together((field) => field.startsWith('tags:')),
    ),
    compare.row(null, 'options', {
      catalog: optionTexts(source?.options),
      agreed: bothSpellings(base?.options, optionTexts),
      shopify: optionTexts(remote?.options),
    }),
    compare.row(
      null,
      'media',
      {
        catalog: mediaText(source?.media),
        agreed: base === null ? undefined : bothSpellings(alike(Object.keys(base.media)), mediaText),
        shopify: mediaText(remote?.media),
      },
      compare.together((field) => field.startsWith('media')),
    ),
    ...compare.metafields(null, source?.metafields ?? {}, base?.metafields ?? {}, remote?.metafields ?? {}),
  );
  for (const field of ['variantOrder', 'existence']) {
    const decision = compare.decision(null, field);
    if (decision === undefined || verdictOf(decision) === 'same') continue;
    const values =
      field === 'existence'
        ? { catalog: source === null ? 'Deleted' : 'There', shopify: remote === null ? 'Not there' : 'There' }
        : { catalog: 'As in the catalog', shopify: 'Different' };
    rows.push(compare.row(null, field, { ...values, agreed: undefined }));
  }
  return rows.filter(saysSomething);
}

function variantRows(
  id: string,
  { source, base, remote }: AlignedVariant,
  compare: Comparer,
): ComparedField[] {
  const rows = VARIANT_FIELDS.map((field) =>
    compare.row(id, field, {
      catalog: source === null ? null : source.fields[field],
      agreed: base?.fields[field],
      shopify: remote?.fields[field] ?? null,
    }),
  );
  const locations = new Set([
    ...Object.keys(source?.inventory ?? {}),
    ...Object.keys(remote?.inventory ?? {}),
  ]);
  for (const location of locations)
    rows.push(
      compare.row(id, `inventory:${location}`, {
        catalog: source === null ? null : source.inventory[location],
        agreed: base?.inventory[location],
        shopify: remote?.inventory[location] ?? null,
      }),
    );
  rows.push(
    ...compare.metafields(id, source?.metafields ?? {}, base?.metafields ?? {}, remote?.metafields ?? {}),
  );
  for (const field of ['optionValues', 'variantMedia', 'existence']) {
    const decision = compare.decision(id, field);
    if (decision === undefined || verdictOf(decision) === 'same') continue;
    const sides: { catalog: FieldValue; shopify: FieldValue } =
      field === 'optionValues'
        ? { catalog: source?.optionValues ?? [], shopify: remote?.optionValues ?? [] }
        : field === 'variantMedia'
          ? {
              catalog: source?.mediaId ? 'Has a picture' : null,
              shopify: remote?.mediaId ? 'Has a picture' : null,
            }
          : {
              catalog: source === null ? 'Not there' : 'There',
              shopify: remote === null ? 'Not there' : 'There',
            };
    rows.push(compare.row(id, field, { ...sides, agreed: undefined }));
  }
  return rows.filter(saysSomething);
}

/** Compares the three states field by field. `locations` names the shop's locations by gid. */
export function compareStates(
  states: ThreeStates,
  settings: { policy: MergePolicy; canPublish: boolean; locations: Record<string, string> },
): Comparison {
  const { source, base, remote } = states;
  const alignment = alignProduct(source, base, remote);
  const merged = mergeProduct({
    ...states,
    alignment,
    policy: settings.policy,
    canPublish: settings.canPublish,
  });
  const compare = new Comparer(merged.decisions, settings.locations);
  const position = new Map((source?.variants ?? []).map((variant, index) => [variant.id, index]));
  const place = (variant: AlignedVariant) => position.get(variant.sourceId ?? '') ?? Number.MAX_SAFE_INTEGER;
  const variants = alignment.variants
    .filter((variant) => variant.source !== null || variant.remote !== null)
    .sort((left, right) => place(left) - place(right))
    .map((variant): ComparedVariant => {
      const id = variant.sourceId ?? variant.remote?.id ?? '';
      const both =
        variant.source !== null &&
        variant.remote !== null &&
        verdictOf(compare.decision(null, 'existence')) !== 'not-chosen';
      // What only one side has is decided as a whole: its fields are shown, and "existence" carries the verdict.
      const whole = verdictOf(compare.decision(id, 'existence') ?? compare.decision(null, 'existence'));
      const rows = variantRows(id, variant, compare);
      const fields = both
        ? rows
        : rows.map((row) => ({ ...row, verdict: row.field === 'existence' ? row.verdict : whole }));
      const named = variant.source ?? variant.remote;
      const options = named?.optionValues.join(' / ') ?? '';
      return {
        id,
        title: options !== '' ? options : (named?.fields.sku ?? ''),
        presence: variant.source === null ? 'shopify' : variant.remote === null ? 'catalog' : 'both',
        differences: rows.filter((row) => isDifference(row.verdict)).length,
        fields,
      };
    });
  const rows = productRows(states, compare);
  const whole = verdictOf(compare.decision(null, 'existence'));
  const product =
    source !== null && remote !== null && whole !== 'not-chosen'
      ? rows
      : rows.map((row) => (row.field === 'existence' ? row : { ...row, verdict: whole }));
  const differences =
    rows.filter((row) => isDifference(row.verdict)).length +
    variants.reduce((sum, variant) => sum + variant.differences, 0);
  return { product, variants, differences };
}
