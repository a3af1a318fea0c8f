/**
 * Intended changes that need no write any more: Shopify already holds them, because the answer to their write was lost,
 * because a worker was killed before it recorded them, or because somebody else made them. They get their end state too.
 */
import { pathKey } from '~/core/agree';
import { fold, identical } from '~/core/canonical';
import type { FieldPath, FieldValue } from '~/core/decision';
import type { Sent } from '~/core/merging';
import { sameOrder } from '~/core/merge-value';
import type { IntendedChange } from '~/core/operation';
import type { BaseProduct, OptionState, RemoteProduct, SourceProduct } from '~/core/product-state';

interface States {
  source: SourceProduct | null;
  base: BaseProduct | null;
  remote: RemoteProduct | null;
  /** Only some variants of the product are loaded. */
  isPartial: boolean;
  /** A create was sent and its answer never recorded. */
  wasBeingCreated: boolean;
  /** By pathKey. */
  sent: ReadonlyMap<string, Sent>;
}

/** What the catalog said when both sides last agreed, and what it says now; undefined where it is not told alone. */
interface Told {
  before: FieldValue | undefined;
  after: FieldValue | undefined;
}

const named = (tags: string[], tag: string) => tags.find((held) => fold(held) === fold(tag)) ?? null;

function isReordered(before: string[] | undefined, after: string[]): boolean {
  return before !== undefined && !sameOrder(before, after);
}

function areRestructured(before: OptionState[], after: OptionState[]): boolean {
  return (
    before.length !== after.length ||
    before.some(
      ({ name, values }, index) => name !== after[index]?.name || !sameOrder(values, after[index].values),
    )
  );
}

function order(before: string[] | undefined, after: string[]): Told {
  return isReordered(before, after) ? { before, after } : { before: undefined, after: undefined };
}

function productTold(field: string, source: SourceProduct, base: BaseProduct): Told {
  const [kind = '', ...rest] = field.split(':');
  const element = rest.join(':');
  switch (kind) {
    case 'tags':
      return { before: named(base.tags.source, element), after: named(source.tags, element) };
    case 'metafield':
      return { before: base.metafields[element]?.source ?? null, after: source.metafields[element] ?? null };
    case 'media':
      return {
        before: base.media[element]?.url ?? null,
        after: source.media.find(({ id }) => id === element)?.url ?? null,
      };
    case 'mediaAlt':
      return {
        before: base.media[element]?.alt?.source,
        after: source.media.find(({ id }) => id === element)?.alt,
      };
    case 'mediaOrder':
      return order(
        base.mediaOrder,
        source.media.map(({ id }) => id),
      );
    case 'variantOrder':
      return order(
        base.variantOrder,
        source.variants.map(({ id }) => id),
      );
    case 'options':
      return base.options && areRestructured(base.options.source, source.options)
        ? { before: base.options.source, after: source.options }
        : { before: undefined, after: undefined };
    default: {
      const [agreed, now]: [Record<string, { source: FieldValue }>, Record<string, FieldValue>] = [
        base.fields,
        source.fields,
      ];
      return { before: agreed[field]?.source, after: now[field] };
    }
  }
}

function variantTold(
  field: string,
  source: SourceProduct['variants'][number],
  base: BaseProduct['variants'][string],
): Told {
  const [kind = '', ...rest] = field.split(':');
  const element = rest.join(':');
  switch (kind) {
    case 'metafield':
      return { before: base.metafields[element]?.source ?? null, after: source.metafields[element] ?? null };
    case 'inventory':
      return { before: base.inventory[element]?.source ?? null, after: source.inventory[element] };
    case 'optionValues':
      return { before: base.optionValues?.source, after: source.optionValues };
    case 'variantMedia':
      return { before: base.media.sourceId, after: source.mediaId };
    default: {
      const [agreed, now]: [Record<string, { source: FieldValue }>, Record<string, FieldValue>] = [
        base.fields,
        source.fields,
      ];
      return { before: agreed[field]?.source, after: now[field] };
    }
  }
}

const existence = (variant: string | null, before: FieldValue, after: FieldValue): IntendedChange => ({
  path: { variant, field: 'existence' },
  before,
  after,
});

/** Things that are gone from both sides, as the base knew them. */
function goneTogether({ source, base, remote, isPartial }: States): IntendedChange[] {
  if (!source || !base || !remote || isPartial) return [];
  const variants = new Set(source.variants.map(({ id }) => id));
  const media = new Set(source.media.map(({ id }) => id));
  const held = new Set([...remote.variants, ...remote.media].map(({ id }) => id));
  return [
    ...Object.entries(base.variants).flatMap(([id, { remoteId, fields, optionValues }]) =>
      variants.has(id) || held.has(remoteId)
        ? []
        : [existence(id, fields.sku?.source ?? optionValues?.source.join(' / ') ?? id, null)],
    ),
    ...Object.entries(base.media).flatMap(([id, { remoteId, url }]) =>
      media.has(id) || held.has(remoteId)
        ? []
        : [{ path: { variant: null, field: `media:${id}` }, before: url, after: null }],
    ),
  ];
}

/** The catalog's changes among paths on which both sides were found to hold the same. */
export function foundChanges(states: States, converged: FieldPath[]): IntendedChange[] {
  const { source, base, remote, wasBeingCreated, sent } = states;
  if (!remote) return !source && base ? [existence(null, base.fields.title?.source ?? '', null)] : [];
  if (!source) return base && converged.length > 0 ? [existence(null, remote.fields.title, null)] : [];
  if (!base) return wasBeingCreated ? [existence(null, null, source.fields.title ?? '')] : [];
  const variants = new Map(source.variants.map((variant) => [variant.id, variant]));
  const made = new Set<string>();
  const moved = (path: FieldPath, { before, after }: Told): IntendedChange[] => {
    if (before === undefined || after === undefined || identical(before, after)) return [];
    // What our write went over may have been an edit of the merchant's: the record of it must not be lost with the answer.
    const ours = sent.get(pathKey(path));
    return [{ path, before: ours && identical(ours.value, after) ? ours.over : before, after }];
  };
  const changes = converged.flatMap((path): IntendedChange[] => {
    if (path.variant === null) return moved(path, productTold(path.field, source, base));
    const [variant, agreed] = [variants.get(path.variant), base.variants[path.variant]];
    if (!variant) return [];
    if (agreed) return moved(path, variantTold(path.field, variant, agreed));
    if (made.has(path.variant)) return [];
    made.add(path.variant);
    return [existence(path.variant, null, variant.fields.sku ?? variant.optionValues.join(' / '))];
  });
  return [...changes, ...goneTogether(states)];
}
