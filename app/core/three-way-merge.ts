/** The merge of a product: base, source and remote in, one decision per field out. */
import type { Alignment } from './align';
import { sameProductField, sameTag, sameTexts, tagsByKey } from './canonical';
import type { Decision, FieldDecision, FieldPath, FieldValue, Winner } from './decision';
import {
  mergeDeletion,
  mergeRemoteDeletion,
  remoteMoved,
  sourceMoved,
  variantMoved,
  variantTitle,
} from './merge-existence';
import { mergeOptions } from './merge-options';
import { mergeMedia, mergeVariant } from './merge-parts';
import { mergeOrder, mergeValue } from './merge-value';
import { Merge } from './merging';
import type { Landed, Weighing } from './merging';
import type { ThreeValues } from './merge-value';
import type { Agreed, BaseProduct, RemoteProduct, SourceProduct } from './product-state';
import type { ProductPlace } from './product-rules';

export interface MergeInput extends Weighing {
  /** Null: deleted in the source. */
  source: SourceProduct | null;
  /** Null: the sides never met. */
  base: BaseProduct | null;
  /** Null: Shopify does not have it. */
  remote: RemoteProduct | null;
  alignment: Alignment;
  /** Whether the store has a channel to publish to. */
  canPublish: boolean;
  /** What the rules of the store say of the product; absent: chosen. */
  place?: ProductPlace;
  /** The product itself is known to be unchanged, and the states hold only some of its variants. */
  onlyVariants?: boolean;
}

export interface MergeResult {
  /** All but "unchanged", which are only counted: a product of 100 variants has thousands of them. */
  decisions: FieldDecision[];
  unchanged: number;
  /** Writes of ours that Shopify turns out to have taken, and that the source has moved on from since. */
  landed: Landed[];
}

/** Tags by element, told apart without case; the value of an element is its spelling, or null where it is absent. */
function mergeTags(merge: Merge, base: BaseProduct | null, source: string[], remote: string[]): void {
  const [inSource, inRemote] = [tagsByKey(source), tagsByKey(remote)];
  const agreed = base && { source: tagsByKey(base.tags.source), remote: tagsByKey(base.tags.remote) };
  // Tags that only the base knows are gone on both sides: it must forget them, or making one again would look old.
  const known = [...(agreed?.source.keys() ?? []), ...(agreed?.remote.keys() ?? [])];
  for (const key of new Set([...inSource.keys(), ...inRemote.keys(), ...known])) {
    const tag =
      inSource.get(key) ?? inRemote.get(key) ?? agreed?.source.get(key) ?? agreed?.remote.get(key) ?? key;
    const values: ThreeValues = {
      base: agreed
        ? { source: agreed.source.get(key) ?? null, remote: agreed.remote.get(key) ?? null }
        : undefined,
      source: inSource.get(key) ?? null,
      remote: inRemote.get(key) ?? null,
    };
    merge.value({ variant: null, field: `tags:${tag}` }, values, sameTag);
  }
}

/** The list with the items of `order` in that order, in the places they hold now. */
function rearranged(list: string[], order: string[]): string[] {
  const [moving, next] = [new Set(order), order.values()];
  return list.map((id) => (moving.has(id) ? (next.next().value ?? id) : id));
}

/** Ids of the source in the order in which a side holds them. */
function orderOf(items: { id: string }[], ids: Map<string, string>): string[] {
  return items.flatMap((item) => ids.get(item.id) ?? []);
}

function mergeOrders(
  merge: Merge,
  {
    base,
    source,
    remote,
    alignment,
  }: { base: BaseProduct | null; source: SourceProduct; remote: RemoteProduct; alignment: Alignment },
): void {
  for (const [field, aligned, sources, remotes, agreed] of [
    ['variantOrder', alignment.variants, source.variants, remote.variants, base?.variantOrder],
    ['mediaOrder', alignment.media, source.media, remote.media, base?.mediaOrder],
  ] as const) {
    const sourceIds = new Map<string, string>();
    for (const item of aligned)
      if (item.remote && item.source && item.sourceId) sourceIds.set(item.remote.id, item.sourceId);
    const tied = new Set(sourceIds.values());
    const all = sources.map((item) => item.id);
    const order = {
      base: agreed && { source: agreed, remote: agreed },
      source: all.filter((id) => tied.has(id)),
      remote: orderOf([...remotes], sourceIds),
    };
    merge.decide({ variant: null, field }, (winner) => {
      const decision = mergeOrder(order, winner);
      // The catalog orders all it has: what only it has keeps its place.
      return decision.kind === 'pull'
        ? { kind: 'pull', before: all, after: rearranged(all, order.remote) }
        : decision;
    });
  }
}

/** Options cannot be added or taken away while a variant stays that nothing gives the values it then needs. */
function decideOptions(
  merge: Merge,
  { base, alignment }: MergeInput,
  source: SourceProduct,
  remote: RemoteProduct,
  winner: Winner,
): Decision {
  const decision = mergeOptions(base?.options, source.options, remote.options, winner);
  if (decision.kind !== 'push' || source.options.length === remote.options.length) return decision;
  const stuck = alignment.variants.find((item) => {
    if (!item.remote) return false;
    const winnerOf = (field: string) => merge.winner({ variant: item.sourceId, field });
    if (!item.source)
      return (
        !item.base ||
        (variantMoved(item.base, item.remote, 'remote') && winnerOf('existence') !== 'source-wins')
      );
    const values = {
      base: item.base?.optionValues,
      source: item.source.optionValues,
      remote: item.remote.optionValues,
    };
    return mergeValue(values, sameTexts, winnerOf('optionValues')).kind !== 'push';
  });
  if (!stuck?.remote) return decision;
  const message = `The options cannot change while Shopify has the variant ${variantTitle(stuck.remote)} as it is: delete it there, or give it the same option values on both sides.`;
  return { kind: 'skip', reason: 'not-possible', message };
}

function mergeBoth(merge: Merge, input: MergeInput, source: SourceProduct, remote: RemoteProduct): void {
  const { base, alignment } = input;
  if (!input.onlyVariants) {
    const { published, ...fields } = source.fields;
    const wanted = published === undefined || !input.canPublish ? fields : { ...fields, published };
    merge.fields(null, sameProductField, base?.fields, wanted, remote.fields);
    mergeTags(merge, base, source.tags, remote.tags);
    merge.metafields(null, base?.metafields, source.metafields, remote.metafields);
  }
  const path: FieldPath = { variant: null, field: 'options' };
  const options = merge.settled(path, (winner) => decideOptions(merge, input, source, remote, winner));
  if (!input.onlyVariants) merge.add(path, options);
  const blocked =
    options.kind !== 'push' && source.options.length !== remote.options.length
      ? `The catalog has ${source.options.length} options, Shopify has ${remote.options.length}. Give the product the same options on both sides.`
      : null;
  const media = new Map(
    alignment.media.flatMap((item) => (item.sourceId === null ? [] : [[item.sourceId, item]])),
  );
  if (!input.onlyVariants) for (const item of alignment.media) mergeMedia(merge, item);
  for (const variant of alignment.variants) mergeVariant(merge, variant, { media, blocked });
  if (!input.onlyVariants) mergeOrders(merge, { base, source, remote, alignment });
}

/** Merges a product. Pure: the same three states and policy always give the same decisions. */
export function mergeProduct(input: MergeInput): MergeResult {
  const { source, base, remote } = input;
  const merge = new Merge(input);
  const existence: FieldPath = { variant: null, field: 'existence' };
  const title = source?.fields.title ?? remote?.fields.title ?? '';
  const known: Agreed<FieldValue> = { source: title, remote: title };
  if (source && (input.place === 'left-alone' || (input.place === 'off-sale' && !remote)))
    merge.add(existence, { kind: 'skip', reason: 'not-chosen' });
  else if (source && remote) mergeBoth(merge, input, source, remote);
  else if (source) {
    if (!base) merge.add(existence, { kind: 'push', before: null, after: title });
    else {
      const moved = sourceMoved(source, base);
      const values = { base: known, source: title, remote: null };
      merge.decide(existence, (winner) => mergeRemoteDeletion(winner, moved, values));
    }
  } else if (remote) {
    if (!base) merge.add(existence, { kind: 'skip', reason: 'only-in-shopify' });
    else if (input.policy.deletion === 'archive' && remote.fields.status === 'ARCHIVED')
      merge.add(existence, { kind: 'skip', reason: 'converged' });
    else {
      const moved = remoteMoved(remote, base);
      const values = { base: known, source: null, remote: title };
      merge.decide(existence, (winner) => mergeDeletion(winner, moved, values));
    }
  }
  return { decisions: merge.decisions, unchanged: merge.unchanged, landed: merge.landed };
}
