/** What both sides agree on after some decisions were carried out. */
import { Agreement, pathKey } from './agreement';
import type { AgreeInput } from './agreement';
import type { AlignedMedia, AlignedVariant } from './align';
import { fold, identical, tagsByKey } from './canonical';
import { alikeOptions } from './merge-options';
import { sameOrder } from './merge-value';
import type {
  Agreed,
  BaseMedia,
  BaseProduct,
  BaseVariant,
  OptionState,
  RemoteVariant,
  SourceVariant,
} from './product-state';

export { pathKey } from './agreement';
export type { AgreeInput } from './agreement';

/** Tags by element: a tag whose decision was not carried out keeps the membership the base gave it. */
function agreeTags(
  agreement: Agreement,
  base: BaseProduct | null,
  source: string[],
  remote: string[],
): Agreed<string[]> {
  const settled = agreement.settledTags([
    ...source,
    ...remote,
    ...(base?.tags.source ?? []),
    ...(base?.tags.remote ?? []),
  ]);
  const membership = (now: string[], before: string[] | undefined, others: string[]) => {
    const [held, known] = [tagsByKey(now), tagsByKey(before ?? [])];
    const all = tagsByKey([...others, ...(before ?? []), ...now]);
    return [...all.keys()].flatMap((key) => (settled.has(key) ? held.get(key) : known.get(key)) ?? []);
  };
  return {
    source: membership(source, base?.tags.source, remote),
    remote: membership(remote, base?.tags.remote, source),
  };
}

/** The variant's picture: a create may not have been able to tie it, and one made anew is still to be tied. */
function agreeVariantMedia(
  agreement: Agreement,
  input: AgreeInput,
  {
    sourceId,
    source,
    base,
    remote,
  }: { sourceId: string; source: SourceVariant; base: BaseVariant | null; remote: RemoteVariant },
  mediaIds: ReadonlyMap<string, string>,
): BaseVariant['media'] {
  const path = { variant: sourceId, field: 'variantMedia' };
  const wanted = source.mediaId === null ? null : mediaIds.get(source.mediaId);
  const isTied = wanted === remote.mediaId;
  if (input.settled.has(pathKey(path)) || (isTied && agreement.isSettled(path.variant, path.field)))
    return { sourceId: source.mediaId, remoteId: remote.mediaId };
  if (!base) return { sourceId: null, remoteId: null };
  const isRemade = base.media.sourceId !== null && input.mediaCreated.has(base.media.sourceId) && !isTied;
  return isRemade ? { sourceId: null, remoteId: remote.mediaId } : base.media;
}

function agreeVariant(
  agreement: Agreement,
  input: AgreeInput,
  aligned: AlignedVariant,
  mediaIds: Map<string, string>,
): [string, BaseVariant] | null {
  const { sourceId, source, base, remote } = aligned;
  if (sourceId === null) return null;
  // Gone on either side, or not there yet: what was agreed stands until its existence is settled.
  // A product made anew has only what it was made with.
  if (!source || !remote)
    return base &&
      !input.created.has('') &&
      !input.settled.has(pathKey({ variant: sourceId, field: 'existence' }))
      ? [sourceId, base]
      : null;
  const media = agreeVariantMedia(agreement, input, { sourceId, source, base, remote }, mediaIds);
  if (base && base.remoteId === remote.id && agreement.isUntouched(sourceId))
    return [sourceId, identical(media, base.media) ? base : { ...base, media }];
  const inventory: Record<string, Agreed<number>> = {};
  for (const location of new Set([...Object.keys(base?.inventory ?? {}), ...Object.keys(source.inventory)])) {
    const [mine, theirs, known] = [
      source.inventory[location],
      remote.inventory[location],
      base?.inventory[location],
    ];
    const override = agreement.override(sourceId, `inventory:${location}`);
    if (!agreement.isSettled(sourceId, `inventory:${location}`)) {
      if (known) inventory[location] = known;
    } else if (typeof override?.source === 'number' && typeof override.remote === 'number')
      inventory[location] = { source: override.source, remote: override.remote };
    else if (mine !== undefined && theirs !== undefined)
      inventory[location] = { source: mine, remote: theirs };
  }
  const optionValues = agreement.value(
    sourceId,
    'optionValues',
    base?.optionValues,
    source.optionValues,
    remote.optionValues,
  );
  return [
    sourceId,
    {
      remoteId: remote.id,
      fields: agreement.fields(sourceId, base?.fields, source.fields, remote.fields),
      ...(optionValues && { optionValues }),
      media,
      metafields: agreement.metafields(sourceId, base?.metafields, source.metafields, remote.metafields),
      inventory,
    },
  ];
}

function agreeMedia(
  agreement: Agreement,
  input: AgreeInput,
  { sourceId, source, base, remote }: AlignedMedia,
): [string, BaseMedia] | null {
  if (sourceId === null) return null;
  const existence = agreement.isSettled(null, `media:${sourceId}`);
  if (!source || !remote) return base && !existence ? [sourceId, base] : null;
  const isMade = input.mediaCreated.has(sourceId);
  if (!existence && !isMade && !base) return null;
  const alt = isMade
    ? { source: source.alt, remote: remote.alt }
    : agreement.value(null, `mediaAlt:${sourceId}`, base?.alt, source.alt, remote.alt);
  const url = existence || isMade ? source.url : (base?.url ?? source.url);
  return [sourceId, { remoteId: remote.id, url, ...(alt && { alt }) }];
}

function present<T>(entries: (readonly [string, T] | null)[]): Record<string, T> {
  return Object.fromEntries(entries.flatMap((entry) => (entry === null ? [] : [entry])));
}

/**
 * Options, where variants were made meanwhile: their values stand behind the others whatever the source's order, so what
 * was agreed is the order of the others.
 */
function agreeOptions(
  agreement: Agreement,
  { source, base, remote, alignment, created }: AgreeInput,
): Agreed<OptionState[]> | undefined {
  const agreed = agreement.value(null, 'options', base?.options, source.options, remote.options);
  const made = alignment.variants.filter((item) => item.sourceId !== null && created.has(item.sourceId));
  if (!agreed || alikeOptions(source.options, remote.options)) return agreed;
  const known = base?.options;
  // Neither side moved what was agreed: what was made since stands in the way.
  if (known && alikeOptions(source.options, known.source) && alikeOptions(remote.options, known.remote))
    return known;
  if (made.length === 0) return agreed;
  const others = alignment.variants.filter((item) => !made.includes(item));
  const used = source.options.map(
    (_, index) =>
      new Set(others.flatMap((item) => fold((item.remote ?? item.source)?.optionValues[index] ?? ''))),
  );
  const withoutNew = (options: OptionState[]) =>
    options.map(({ name, values }, index) => ({
      name,
      values: values.filter((value) => used[index]?.has(fold(value)) ?? true),
    }));
  return { source: withoutNew(source.options), remote: withoutNew(remote.options) };
}

/**
 * An order of what both sides have. What was just made stands last in Shopify whatever the source's order: its place is
 * still to be agreed.
 */
function agreedOrder(order: {
  base: string[] | undefined;
  source: string[];
  remote: string[];
  made: ReadonlySet<string>;
}): string[] {
  const { base, source, remote, made } = order;
  if (base && !sameOrder(source, remote) && sameOrder(source, base) && sameOrder(remote, base)) return base;
  const [tied, known] = [new Set(remote), new Set(base)];
  const candidates = source.filter((id) => tied.has(id) && !made.has(id));
  if (sameOrder(source, remote)) return candidates;
  if (base) return candidates.filter((id) => known.has(id));
  // Never agreed before: what stands the same way round on both sides.
  const position = new Map(remote.map((id, index) => [id, index]));
  let last = -1;
  return candidates.filter((id) => {
    const at = position.get(id) ?? -1;
    if (at < last) return false;
    last = at;
    return true;
  });
}

/** The base after these paths were settled; all other fields keep what they last agreed on. */
export function agree(input: AgreeInput): BaseProduct {
  const { source, base, remote, alignment, created, mediaCreated } = input;
  const agreement = new Agreement(input);
  const tied = new Map(
    alignment.media.flatMap((item) =>
      item.sourceId && item.remote ? [[item.sourceId, item.remote.id]] : [],
    ),
  );
  const remoteMedia = new Map(remote.media.map((item) => [item.id, item]));
  const media = alignment.media.map((item): AlignedMedia => {
    const made = item.sourceId === null ? undefined : input.mediaCreated.get(item.sourceId);
    return made === undefined ? item : { ...item, remote: remoteMedia.get(made) ?? item.remote };
  });
  for (const [sourceId, remoteId] of input.mediaCreated) tied.set(sourceId, remoteId);
  const options = agreeOptions(agreement, input);
  const remoteVariants = new Map(alignment.variants.map((item) => [item.remote?.id, item.sourceId]));
  const variantOrder = agreement.isSettled(null, 'variantOrder')
    ? agreedOrder({
        base: base?.variantOrder,
        source: source.variants.map(({ id }) => id),
        remote: remote.variants.flatMap(({ id }) => remoteVariants.get(id) ?? []),
        made: created.has('') ? new Set() : created,
      })
    : base?.variantOrder;
  const sourceMedia = new Map([...tied].map(([sourceId, remoteId]) => [remoteId, sourceId]));
  const mediaOrder = agreement.isSettled(null, 'mediaOrder')
    ? agreedOrder({
        base: base?.mediaOrder,
        source: source.media.map(({ id }) => id),
        remote: remote.media.flatMap(({ id }) => sourceMedia.get(id) ?? []),
        made: created.has('') ? new Set() : new Set(mediaCreated.keys()),
      })
    : base?.mediaOrder;
  return {
    fields: agreement.fields(null, base?.fields, source.fields, remote.fields),
    tags: agreeTags(agreement, base, source.tags, remote.tags),
    ...(options && { options }),
    ...(variantOrder && { variantOrder }),
    ...(mediaOrder && { mediaOrder }),
    variants: present(alignment.variants.map((variant) => agreeVariant(agreement, input, variant, tied))),
    media: present(media.map((item) => agreeMedia(agreement, input, item))),
    metafields: agreement.metafields(null, base?.metafields, source.metafields, remote.metafields),
  };
}
