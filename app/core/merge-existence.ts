/** Being there or not: what a deletion on one side means where the other side may have changed meanwhile. */
import { identical, tagsByKey } from './canonical';
import type { Decision, FieldValue, Winner } from './decision';
import { settleByPolicy } from './merge-value';
import type { ThreeValues } from './merge-value';
import type {
  Agreed,
  BaseProduct,
  BaseVariant,
  MetafieldKey,
  MetafieldState,
  RemoteProduct,
  RemoteVariant,
  SourceProduct,
  SourceVariant,
} from './product-state';

type Values = Readonly<Record<string, FieldValue | undefined>>;
type AgreedValues = Readonly<Record<string, Agreed<FieldValue> | undefined>>;
type Side = 'source' | 'remote';

/** What becomes in Shopify of something that the source no longer has. */
export function mergeDeletion(policy: Winner, moved: boolean, values: ThreeValues): Decision {
  if (!moved) return { kind: 'push', before: values.remote, after: null };
  const decision = settleByPolicy(policy, values);
  return decision.kind === 'pull'
    ? {
        kind: 'skip',
        reason: 'only-in-shopify',
        message: 'Deleted in the catalog, changed in Shopify: Shopify wins, it stays.',
      }
    : decision;
}

/** What becomes of something that Shopify had and no longer has, while the source still has it. */
export function mergeRemoteDeletion(policy: Winner, moved: boolean, values: ThreeValues): Decision {
  if (moved) {
    const decision = settleByPolicy(policy, values);
    if (decision.kind !== 'pull') return decision;
  }
  return {
    kind: 'skip',
    reason: 'deleted-in-shopify',
    message: 'Deleted in Shopify. It stays in the catalog and is not made again until it changes there.',
  };
}

/** A name for a variant where its existence is decided. */
export function variantTitle(variant: { fields: { sku?: string | null }; optionValues: string[] }): string {
  return variant.fields.sku?.trim() || variant.optionValues.join(' / ');
}

function movedFields(base: AgreedValues, now: Values, side: Side): boolean {
  return Object.entries(base).some(
    ([key, agreed]) => agreed && now[key] !== undefined && !identical(agreed[side], now[key]),
  );
}

/** Metafields that were agreed; one that was never ours says nothing of a change. */
function movedMetafields(
  base: Record<MetafieldKey, Agreed<MetafieldState>>,
  now: Record<MetafieldKey, MetafieldState>,
  side: Side,
): boolean {
  return Object.entries(base).some(([key, agreed]) => !identical(agreed[side], now[key] ?? null));
}

/** Whether a side's variant changed since the base was agreed. Stock is no reason: it moves by being sold. */
export function variantMoved(base: BaseVariant, now: SourceVariant | RemoteVariant, side: Side): boolean {
  const values = base.optionValues;
  return (
    movedFields(base.fields, now.fields, side) ||
    movedMetafields(base.metafields, now.metafields, side) ||
    (values !== undefined && !identical(values[side], now.optionValues))
  );
}

function movedTags(base: BaseProduct, now: string[], side: Side): boolean {
  return !identical([...tagsByKey(base.tags[side]).keys()].sort(), [...tagsByKey(now).keys()].sort());
}

/** Whether the source's product changed since the base was agreed. */
export function sourceMoved(source: SourceProduct, base: BaseProduct): boolean {
  return (
    movedFields(base.fields, source.fields, 'source') ||
    movedTags(base, source.tags, 'source') ||
    movedMetafields(base.metafields, source.metafields, 'source') ||
    source.variants.some((variant) => {
      const agreed = base.variants[variant.id];
      return agreed === undefined || variantMoved(agreed, variant, 'source');
    })
  );
}

/** Whether Shopify's product changed since the base was agreed. */
export function remoteMoved(remote: RemoteProduct, base: BaseProduct): boolean {
  const agreed = new Map(Object.values(base.variants).map((variant) => [variant.remoteId, variant]));
  return (
    movedFields(base.fields, remote.fields, 'remote') ||
    movedTags(base, remote.tags, 'remote') ||
    movedMetafields(base.metafields, remote.metafields, 'remote') ||
    remote.variants.some((variant) => {
      const known = agreed.get(variant.id);
      return known !== undefined && variantMoved(known, variant, 'remote');
    })
  );
}
