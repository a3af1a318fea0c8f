/** The merge of one variant and of one picture. */
import type { AlignedMedia, AlignedVariant } from './align';
import { sameExactly, sameText, sameTexts, sameVariantField } from './canonical';
import type { Decision, FieldPath } from './decision';
import { mergeDeletion, mergeRemoteDeletion, variantMoved, variantTitle } from './merge-existence';
import { mergeStock, mergeValue } from './merge-value';
import type { Merge } from './merging';
import { mergeSharedStock } from './stock-sharing';

/** A push that Shopify cannot take now. */
function heldBack(decision: Decision, blocked: string | null): Decision {
  return decision.kind === 'push' && blocked !== null
    ? { kind: 'skip', reason: 'not-possible', message: blocked }
    : decision;
}

/** What a variant's merge must know of its product. */
export interface Surroundings {
  media: ReadonlyMap<string, AlignedMedia>;
  /** Why variants cannot be given option values now; null where they can. */
  blocked: string | null;
}

/** All fields of one variant, or whether it is to be there. */
export function mergeVariant(
  merge: Merge,
  { sourceId, source, base, remote }: AlignedVariant,
  { media, blocked }: Surroundings,
): void {
  const variant = sourceId ?? remote?.id ?? '';
  const existence: FieldPath = { variant, field: 'existence' };
  if (!source) {
    if (!remote) return;
    if (!base) return merge.add(existence, { kind: 'skip', reason: 'only-in-shopify' });
    const title = variantTitle(remote);
    const moved = variantMoved(base, remote, 'remote');
    const values = { base: { source: title, remote: title }, source: null, remote: title };
    // While none can be made, none is taken away: a product must keep a variant.
    return merge.decide(existence, (winner) => heldBack(mergeDeletion(winner, moved, values), blocked));
  }
  const title = variantTitle(source);
  if (!remote) {
    if (!base) return merge.add(existence, heldBack({ kind: 'push', before: null, after: title }, blocked));
    const moved = variantMoved(base, source, 'source');
    const values = { base: { source: title, remote: title }, source: title, remote: null };
    return merge.decide(existence, (winner) => heldBack(mergeRemoteDeletion(winner, moved, values), blocked));
  }
  merge.fields(variant, sameVariantField, base?.fields, source.fields, remote.fields);
  const values = { base: base?.optionValues, source: source.optionValues, remote: remote.optionValues };
  merge.decide({ variant, field: 'optionValues' }, (winner) =>
    heldBack(mergeValue(values, sameTexts, winner), blocked),
  );
  merge.metafields(variant, base?.metafields, source.metafields, remote.metafields);
  for (const location of new Set([...Object.keys(source.inventory), ...Object.keys(base?.inventory ?? {})])) {
    const levels = {
      base: base?.inventory[location],
      source: source.inventory[location],
      remote: remote.inventory[location] ?? null,
    };
    const path = { variant, field: `inventory:${location}` };
    merge.decide(
      path,
      (winner) =>
        merge.sharesStock ? mergeSharedStock(levels) : mergeStock(levels, winner, merge.stockAddsUp),
      levels,
    );
  }
  const shown = source.mediaId === null ? null : media.get(source.mediaId);
  // A picture that Shopify does not have yet is added first; the next look ties it to the variant.
  if (shown !== null && (!shown?.remote || isReplaced(shown))) return;
  /** A picture of Shopify by its id in the source, where the source has it. */
  const named = (id: string | null) =>
    id === null ? null : ([...media.values()].find((item) => item.remote?.id === id)?.sourceId ?? id);
  merge.value(
    { variant, field: 'variantMedia' },
    {
      base: base ? { source: base.media.sourceId, remote: named(base.media.remoteId) } : undefined,
      source: source.mediaId,
      remote: named(remote.mediaId),
    },
    sameExactly,
  );
}

/** Whether the source holds another picture in its place than was agreed. */
function isReplaced({ source, base }: AlignedMedia): boolean {
  return source !== null && base !== null && base.url !== source.url;
}

/** Whether a picture is to be there, and its alternative text. */
export function mergeMedia(merge: Merge, { sourceId, source, base, remote }: AlignedMedia): void {
  const path: FieldPath = { variant: null, field: `media:${sourceId ?? remote?.id ?? ''}` };
  const told = source && { url: source.url, alt: source.alt, kind: source.kind };
  if (!source || !told) {
    if (!remote) return;
    const held = { url: base?.url ?? remote.url, alt: remote.alt, kind: remote.kind };
    return merge.add(
      path,
      base ? { kind: 'push', before: held, after: null } : { kind: 'skip', reason: 'only-in-shopify' },
    );
  }
  if (base && isReplaced({ sourceId, source, base, remote }))
    return merge.add(path, {
      kind: 'push',
      before: remote && { url: base.url, alt: remote.alt, kind: remote.kind },
      after: told,
    });
  if (!remote)
    return merge.add(
      path,
      base ? { kind: 'skip', reason: 'deleted-in-shopify' } : { kind: 'push', before: null, after: told },
    );
  if (remote.status === 'FAILED')
    return merge.add(path, {
      kind: 'skip',
      reason: 'not-possible',
      message: `Shopify could not fetch or read ${source.url}.`,
    });
  merge.add(path, { kind: 'skip', reason: base ? 'unchanged' : 'converged' });
  merge.value(
    { variant: null, field: `mediaAlt:${source.id}` },
    { base: base?.alt, source: source.alt, remote: remote.alt },
    sameText,
  );
}
