/** A simple model of a catalog that takes planned fields, and arbitrary changes, for property tests of bulk edits. */
import fc from 'fast-check';
import { z } from 'zod';
import type { AmountChange, BulkChange, NewPicture, PlannedField, Rounding } from './bulk-edit';
import { fold } from './canonical';
import type { FieldPath, FieldValue } from './decision';
import { LOCATIONS } from './products.test-support';
import type { SourceProduct } from './product-state';

const withEntry = (record: object, name: string, value: FieldValue) =>
  Object.fromEntries([
    ...Object.entries(record).filter(([key]) => key !== name),
    ...(value === null ? [] : [[name, value]]),
  ]);

const text = z.string();
const ids = z.array(z.string());
const picture = z.object({
  url: z.string(),
  alt: z.string(),
  kind: z.enum(['IMAGE', 'VIDEO', 'EXTERNAL_VIDEO', 'MODEL_3D']),
});

function reordered<T extends { id: string }>(list: T[], order: string[]): T[] {
  const next = order.flatMap((id) => list.find((each) => each.id === id) ?? []);
  if (next.length !== list.length || next.length !== order.length) throw new Error('The order names others.');
  return next;
}

/** The product with one value written. It knows nothing of how the plan was made. */
export function written(
  product: SourceProduct,
  { variant, field }: FieldPath,
  value: FieldValue,
): SourceProduct {
  const [kind = '', ...rest] = field.split(':');
  const name = rest.join(':');
  const plain = kind === 'metafield' ? 'metafields' : kind === 'inventory' ? 'inventory' : 'fields';
  const key = plain === 'fields' ? field : name;
  if (variant !== null)
    return {
      ...product,
      variants: product.variants.map((each) =>
        each.id !== variant
          ? each
          : kind === 'variantMedia'
            ? { ...each, mediaId: text.nullable().parse(value) }
            : { ...each, [plain]: withEntry(each[plain], key, value) },
      ),
    };
  switch (kind) {
    case 'tags': {
      const others = product.tags.filter((tag) => fold(tag) !== fold(name));
      return { ...product, tags: value === null ? others : [...others, text.parse(value)] };
    }
    case 'media': {
      const media = product.media.filter(({ id }) => id !== name);
      if (value !== null) return { ...product, media: [...media, { id: name, ...picture.parse(value) }] };
      const variants = product.variants.map((each) =>
        each.mediaId === name ? { ...each, mediaId: null } : each,
      );
      return { ...product, media, variants };
    }
    case 'mediaAlt':
      return {
        ...product,
        media: product.media.map((each) => (each.id === name ? { ...each, alt: text.parse(value) } : each)),
      };
    case 'mediaOrder':
      return { ...product, media: reordered(product.media, ids.parse(value)) };
    default:
      return {
        ...product,
        [plain]: withEntry(plain === 'fields' ? product.fields : product.metafields, key, value),
      };
  }
}

/** The product after all changes of the plan, in its order. */
export function applied(product: SourceProduct, plan: PlannedField[]): SourceProduct {
  return plan.reduce(
    (state, field) => (field.outcome === 'change' ? written(state, field.path, field.after) : state),
    product,
  );
}

/** What two states must share to be one product: nulls are as good as absent, and tags have no order. */
export function essence(product: SourceProduct): unknown {
  const present = (fields: object) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  return {
    ...product,
    fields: present(product.fields),
    tags: product.tags.toSorted(),
    variants: product.variants.map((variant) => ({ ...variant, fields: present(variant.fields) })),
  };
}

const percent = fc.constantFrom('-50', '-10', '-0.5', '0', '12.5', '100');
const amountChanges: fc.Arbitrary<AmountChange> = fc.oneof(
  percent.map((text): AmountChange => ({ by: 'percent', percent: text })),
  percent.map((text): AmountChange => ({ by: 'other-price', percent: text })),
  fc.constantFrom('-15', '-0.01', '5').map((amount): AmountChange => ({ by: 'amount', amount })),
  fc.constantFrom('0', '12.50', '19.99').map((value): AmountChange => ({ by: 'value', value })),
  fc.constantFrom('0', '40').map((text): AmountChange => ({ by: 'margin', percent: text })),
);
const roundings: fc.Arbitrary<Rounding> = fc.constantFrom(
  { to: 'none' },
  { to: 'ending', ending: '0.99' },
  { to: 'step', step: '0.05' },
);
const tagNames = fc.uniqueArray(fc.constantFrom('SALE', 'new', 'Camping', 'blue', 'Blue', 'green'), {
  minLength: 1,
  maxLength: 3,
});
const pictures: fc.Arbitrary<NewPicture[]> = fc.array(
  fc.record({
    url: fc
      .constantFrom('front', 'back', 'new-side', 'top', 'detail')
      .map((name) => `https://cdn.example.com/${name}.jpg`),
    alt: fc.constantFrom('', 'Front', 'From above'),
    kind: fc.constant('IMAGE' as const),
  }),
  { minLength: 1, maxLength: 3 },
);
const position = fc.integer({ min: 1, max: 4 });

/** What neither takes pictures away nor lets their order decide. */
export const plainChanges: fc.Arbitrary<BulkChange> = fc.oneof(
  fc.record({
    field: fc.constant('price' as const),
    change: amountChanges,
    rounding: roundings,
    floor: fc.record({ atCost: fc.boolean(), minimum: fc.constantFrom(null, '1', '9.95') }),
  }),
  fc.record({
    field: fc.constantFrom('compareAtPrice' as const, 'cost' as const),
    change: fc.option(amountChanges, { nil: null }),
    rounding: roundings,
  }),
  fc.oneof(
    fc.record({
      field: fc.constant('tags' as const),
      change: fc.record({
        kind: fc.constantFrom('add' as const, 'remove' as const, 'replace' as const),
        tags: tagNames,
      }),
    }),
    fc.record({
      field: fc.constant('tags' as const),
      change: fc.record({
        kind: fc.constant('rename' as const),
        from: fc.constantFrom('sale', 'red', 'blue'),
        to: fc.constantFrom('Deal', 'camping', 'Sale'),
      }),
    }),
  ),
  fc.record({
    field: fc.constant('inventory' as const),
    change: fc.oneof(
      fc.record({ kind: fc.constant('set' as const), available: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ kind: fc.constant('adjust' as const), by: fc.integer({ min: -9, max: 9 }) }),
    ),
    locationId: fc.constantFrom(...LOCATIONS),
  }),
  fc.record({
    field: fc.constant('status' as const),
    value: fc.constantFrom('ACTIVE' as const, 'ARCHIVED' as const),
  }),
  fc.record({
    field: fc.constantFrom('vendor' as const, 'productType' as const),
    value: fc.constantFrom('Acme', 'Outdoor', ''),
  }),
  fc.record({
    field: fc.constantFrom('seoTitle' as const, 'seoDescription' as const),
    value: fc.constantFrom(null, 'Buy', 'Now'),
  }),
  fc.record({
    field: fc.constant('metafield' as const),
    of: fc.constantFrom('product' as const, 'variant' as const),
    namespace: fc.constant('custom'),
    key: fc.constantFrom('care', 'fit'),
    type: fc.constant('number_decimal'),
    value: fc.constantFrom(null, '1', '2.0'),
  }),
  fc
    .constantFrom('', '{title} {position}', 'Front')
    .map((text): BulkChange => ({ field: 'media', change: { kind: 'alt', text } })),
);

export const bulkChanges: fc.Arbitrary<BulkChange> = fc.oneof(
  { weight: 2, arbitrary: plainChanges },
  {
    weight: 1,
    arbitrary: fc.record({
      field: fc.constant('media' as const),
      change: fc.oneof(
        fc.record({ kind: fc.constantFrom('add' as const, 'replace' as const), pictures }),
        fc.record({ kind: fc.constant('move' as const), from: position, to: position }),
        fc.record({ kind: fc.constant('remove' as const), position: fc.option(position, { nil: null }) }),
      ),
    }),
  },
);
