/** A value from Shopify put into a field of one variant. */
import { z } from 'zod';
import type { CatalogProductState, CatalogVariantState } from '~/core/catalog-product';
import type { FieldValue } from '~/core/decision';
import type { SourceVariant } from '~/core/product-state';
import {
  type PullChange,
  type PullSubject,
  asFieldValue,
  canonicalJson,
  fits,
  withMetafield,
} from './catalog-pull-terms.server';

const text = z.string();
const nullableText = z.string().nullable();
const amount = z.string().regex(/^\d+(\.\d+)?$/);
const ids = z.array(z.string());

const plainVariantFields = z.object({
  price: amount,
  compareAtPrice: amount.nullable(),
  cost: amount.nullable(),
  sku: nullableText,
  barcode: nullableText,
  taxable: z.boolean(),
  taxCode: nullableText,
  tracked: z.boolean(),
  inventoryPolicy: z.enum(['DENY', 'CONTINUE']),
  requiresShipping: z.boolean(),
  harmonizedSystemCode: nullableText,
  countryCodeOfOrigin: nullableText,
  unitPriceMeasurement: z
    .object({
      quantityValue: amount,
      quantityUnit: text,
      referenceValue: z.number().int(),
      referenceUnit: text,
    })
    .nullable(),
});
const weight = z
  .object({ value: amount, unit: z.enum(['GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS']) })
  .nullable();

/** What the path would change; null where a variant has no such field. */
export function variantChange(
  { state, locationName }: PullSubject,
  variant: { state: CatalogVariantState; source: SourceVariant },
  field: string,
  after: FieldValue,
): PullChange | null {
  const replace = (next: CatalogVariantState | null): CatalogProductState | null =>
    next === null
      ? null
      : { ...state, variants: state.variants.map((each) => (each.id === next.id ? next : each)) };
  const [kind, ...rest] = field.split(':');
  const name = rest.join(':');
  switch (kind) {
    case 'metafield':
      return {
        current: asFieldValue(variant.source.metafields[name]),
        next: replace(withMetafield(variant.state, name, after)),
      };
    case 'inventory': {
      const location = locationName(name);
      const current = variant.source.inventory[name] ?? null;
      if (location === undefined)
        return {
          current,
          next: null,
          refusal: 'The catalog has no name for this location. Map it in Settings.',
        };
      const stock = Object.fromEntries(
        Object.entries(variant.state.stock).filter(([each]) => each !== location),
      );
      if (after === null) return { current, next: replace({ ...variant.state, stock }) };
      return {
        current,
        next: fits(z.number().int(), after, (available) =>
          replace({ ...variant.state, stock: { ...stock, [location]: available } }),
        ),
      };
    }
    case 'variantMedia': {
      const known = after === null || state.media.some(({ id }) => id === after);
      const next =
        known && (after === null || typeof after === 'string')
          ? replace({ ...variant.state, mediaId: after })
          : null;
      return { current: variant.source.mediaId, next, refusal: 'The catalog does not have this picture.' };
    }
    case 'optionValues': {
      const next = fits(ids, after, (optionValues) => {
        const others = state.variants.filter(({ id }) => id !== variant.state.id);
        const taken = others.some(
          (other) => canonicalJson(other.optionValues) === canonicalJson(optionValues),
        );
        return taken || optionValues.length !== state.options.length
          ? null
          : replace({ ...variant.state, optionValues });
      });
      const refusal =
        'These option values do not fit the options of the catalog, or another variant has them.';
      return { current: variant.source.optionValues, next, refusal };
    }
    case 'existence': {
      const variants = state.variants.filter(({ id }) => id !== variant.state.id);
      const next = after === null && variants.length > 0 ? { ...state, variants } : null;
      const refusal =
        after === null
          ? 'It is the last variant of the product in the catalog.'
          : 'A variant added in Shopify is not copied into the catalog.';
      return { current: undefined, next, refusal };
    }
    case 'weight': {
      const next = fits(weight, after, (value) =>
        replace({
          ...variant.state,
          fields:
            value === null
              ? { ...variant.state.fields, weightValue: null }
              : { ...variant.state.fields, weightValue: value.value, weightUnit: value.unit },
        }),
      );
      return { current: asFieldValue(variant.source.fields.weight), next };
    }
    default: {
      if (!Object.hasOwn(plainVariantFields.shape, field)) return null;
      const current = new Map(Object.entries(variant.source.fields)).get(field);
      const next = fits(plainVariantFields.partial(), { [field]: after }, (changed) =>
        replace({ ...variant.state, fields: Object.assign({ ...variant.state.fields }, changed) }),
      );
      return { current: asFieldValue(current), next };
    }
  }
}
