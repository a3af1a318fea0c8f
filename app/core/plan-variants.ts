/** The operations that make a product's variants what the source says. */
import { fold } from './canonical';
import { carriedPoints } from './cost';
import { MAX_LIST, chunksOf } from './lists';
import type { Operation, OperationFor, VariantUpdate } from './operation';
import type { Gid, OptionState, SourceVariant, VariantFields } from './product-state';
import { about, ofKind, picked, remoteIds } from './push';
import type { Planning, Push } from './push';

const VARIANT_FIELDS = new Set<string>([
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
] satisfies (keyof VariantFields)[]);

/** New variants may cost this much besides their mutation; what they answer with may cost about as much again. */
const CREATION_POINTS = 400;

/** As many of these as one mutation may create: 250 in number, and within the points of one document. */
export function creatable<T extends { variant: SourceVariant }>(rows: readonly T[], spent = 0): T[] {
  let points = spent;
  const count = rows.findIndex(({ variant }, index) => {
    points += carriedPoints({
      variants: 1,
      variantFiles: variant.mediaId === null ? 0 : 1,
      variantMetafields: Object.keys(variant.metafields).length,
    });
    return index > 0 && (index >= MAX_LIST || points > CREATION_POINTS);
  });
  return count < 0 ? [...rows] : rows.slice(0, count);
}

/**
 * Where the option structure changes, the whole list is said once; else variants are created, changed and deleted alone.
 */
export function planVariants(planning: Planning): Operation[] {
  const existence = ofKind(planning, 'existence').filter((push) => push.path.variant !== null);
  const created = existence.filter((push) => push.after !== null);
  const deleted = existence.filter((push) => push.after === null);
  const options = ofKind(planning, 'options');
  const order = reorder(planning, deleted);
  if (options.length > 0 || namesNewValues(planning))
    return [optionsSet(planning, options, created, deleted), ...updates(planning, true), ...order];
  const [changes, deletions, creations] = [
    updates(planning, false),
    deletion(planning, deleted),
    creation(planning, created),
  ];
  // A product must keep a variant: where all of Shopify's go, the new ones come first.
  const allGo = deleted.length > 0 && deleted.length === planning.remote.variants.length;
  return allGo
    ? [...creations, ...changes, ...deletions, ...order]
    : [...deletions, ...changes, ...creations, ...order];
}

/** Whether variants Shopify has move to values it does not know: updates of variants would put these last. */
function namesNewValues(planning: Planning): boolean {
  const held = planning.remote.options.map((option) => new Set(option.values.map(fold)));
  const moved = new Set(ofKind(planning, 'optionValues').map((push) => push.path.variant));
  return planning.source.variants.some(
    (variant) =>
      moved.has(variant.id) && variant.optionValues.some((value, index) => !held[index]?.has(fold(value))),
  );
}

/** The source's options, and behind their values those that only kept variants have. */
function optionsWith(options: OptionState[], variants: { optionValues: string[] }[]): OptionState[] {
  return options.map(({ name, values }, index) => {
    const all = new Map(values.map((value) => [fold(value), value]));
    for (const { optionValues } of variants) {
      const value = optionValues[index];
      if (value !== undefined && !all.has(fold(value))) all.set(fold(value), value);
    }
    return { name, values: [...all.values()] };
  });
}

type OptionsSetRow = OperationFor<'options-set'>['variants'][number];

function optionsSet(planning: Planning, options: Push[], created: Push[], deleted: Push[]): Operation {
  const { source, alignment } = planning;
  const gone = new Set(deleted.map((push) => push.path.variant));
  const made = new Set(created.map((push) => push.path.variant));
  const moved = ofKind(planning, 'optionValues');
  const movedIds = new Set(moved.map((push) => push.path.variant));
  const aligned = new Map(alignment.variants.map((item) => [item.sourceId, item]));
  const ours = source.variants.flatMap((variant): OptionsSetRow[] => {
    const remote = aligned.get(variant.id)?.remote;
    if (!remote)
      return made.has(variant.id)
        ? [{ remoteId: null, sourceId: variant.id, optionValues: variant.optionValues, created: variant }]
        : [];
    // A variant whose values were not decided keeps those it has, as long as they fit the options.
    const keeps = !movedIds.has(variant.id) && remote.optionValues.length === source.options.length;
    const optionValues = keeps ? remote.optionValues : variant.optionValues;
    return [{ remoteId: remote.id, sourceId: variant.id, optionValues, created: null }];
  });
  const theirs = alignment.variants.flatMap(({ sourceId, source: own, remote }): OptionsSetRow[] =>
    remote && !own && !gone.has(sourceId)
      ? [{ remoteId: remote.id, sourceId: null, optionValues: remote.optionValues, created: null }]
      : [],
  );
  const variants = [...ours, ...theirs];
  return {
    kind: 'options-set',
    ...about(planning, [...options, ...created, ...deleted, ...moved]),
    options: optionsWith(source.options, variants),
    variants,
  };
}

interface UpdateRow {
  update: VariantUpdate;
  changes: Push[];
}

interface DetachRow {
  push: Push;
  remoteId: Gid;
  mediaId: Gid;
}

function updateRows(planning: Planning, optionsAreSet: boolean): { rows: UpdateRow[]; detach: DetachRow[] } {
  const detach: DetachRow[] = [];
  const rows: UpdateRow[] = [];
  const mediaIds = remoteIds(planning.alignment.media);
  const byVariant = Map.groupBy(planning.pushes, (push) => push.path.variant);
  for (const { sourceId, source, remote } of planning.alignment.variants) {
    const pushes = sourceId === null ? undefined : byVariant.get(sourceId);
    if (sourceId === null || !source || !remote || !pushes) continue;
    const changes = pushes.filter((push) => VARIANT_FIELDS.has(push.kind));
    const update: VariantUpdate = { sourceId, remoteId: remote.id, fields: picked(source.fields, changes) };
    const moved = optionsAreSet ? undefined : pushes.find((push) => push.kind === 'optionValues');
    if (moved) {
      changes.push(moved);
      update.optionValues = source.optionValues.map((name, index) => ({
        optionName: planning.remote.options[index]?.name ?? '',
        name,
      }));
    }
    const picture = pushes.find((push) => push.kind === 'variantMedia');
    const mediaId = source.mediaId === null ? undefined : mediaIds.get(source.mediaId);
    if (picture && mediaId !== undefined) {
      changes.push(picture);
      update.mediaId = mediaId;
    } else if (picture && remote.mediaId !== null)
      detach.push({ push: picture, remoteId: remote.id, mediaId: remote.mediaId });
    if (changes.length > 0) rows.push({ update, changes });
  }
  return { rows, detach };
}

function updates(planning: Planning, optionsAreSet: boolean): Operation[] {
  const { rows, detach } = updateRows(planning, optionsAreSet);
  return [
    ...chunksOf(rows, MAX_LIST).map((chunk): Operation => ({
      kind: 'variants-update',
      ...about(
        planning,
        chunk.flatMap((row) => row.changes),
      ),
      variants: chunk.map((row) => row.update),
    })),
    ...chunksOf(detach, MAX_LIST).map((chunk): Operation => ({
      kind: 'variant-media-detach',
      ...about(
        planning,
        chunk.map((row) => row.push),
      ),
      variants: chunk.map(({ remoteId, mediaId }) => ({ remoteId, mediaId })),
    })),
  ];
}

function deletion(planning: Planning, deleted: Push[]): Operation[] {
  const rows = deleted.flatMap((push) => {
    const item = planning.alignment.variants.find(({ sourceId }) => sourceId === push.path.variant);
    return item?.remote ? [{ push, sourceId: item.sourceId, remoteId: item.remote.id }] : [];
  });
  return chunksOf(rows, MAX_LIST).map((chunk) => ({
    kind: 'variants-delete',
    ...about(
      planning,
      chunk.map((row) => row.push),
    ),
    variants: chunk.map(({ sourceId, remoteId }) => ({ sourceId, remoteId })),
  }));
}

function creation(planning: Planning, created: Push[]): Operation[] {
  const pushes = new Map(created.map((push) => [push.path.variant, push]));
  const mediaIds = remoteIds(planning.alignment.media);
  let rows = planning.source.variants.flatMap((variant) => {
    const push = pushes.get(variant.id);
    const mediaId = variant.mediaId === null ? null : (mediaIds.get(variant.mediaId) ?? null);
    return push ? [{ push, variant, mediaId }] : [];
  });
  const operations: Operation[] = [];
  while (rows.length > 0) {
    const chunk = creatable(rows);
    rows = rows.slice(chunk.length);
    operations.push({
      kind: 'variants-create',
      ...about(
        planning,
        chunk.map((row) => row.push),
      ),
      options: planning.remote.options.map((option) => option.name),
      variants: chunk.map(({ variant, mediaId }) => ({ variant, mediaId })),
    });
  }
  return operations;
}

/** Positions of all variants; where they need several mutations, the last one completes the change. */
function reorder(planning: Planning, deleted: Push[]): Operation[] {
  const order = ofKind(planning, 'variantOrder');
  if (order.length === 0) return [];
  const ids = remoteIds(planning.alignment.variants);
  const wanted = planning.source.variants.flatMap((variant) => ids.get(variant.id) ?? []);
  // Deleted by an operation before this one: Shopify no longer has them.
  const gone = deleted.flatMap((push) => ids.get(push.path.variant ?? '') ?? []);
  const elsewhere = new Set([...wanted, ...gone]);
  const all = [...wanted, ...planning.remote.variants.map(({ id }) => id).filter((id) => !elsewhere.has(id))];
  const chunks = chunksOf(
    all.map((remoteId, index) => ({ remoteId, position: index + 1 })),
    MAX_LIST,
  );
  return chunks.map((positions, index) => ({
    kind: 'variants-reorder',
    ...about(planning, index === chunks.length - 1 ? order : []),
    positions,
    order: all.slice(0, index * MAX_LIST + positions.length),
  }));
}
