/** Pictures and videos of a product. */
import { MAX_LIST, chunksOf } from './lists';
import type { Operation } from './operation';
import type { Gid } from './product-state';
import { about, ofKind } from './push';
import type { Planning, Push } from './push';

/** Moves that turn one order into another, each to be carried out before the next; positions count from 0. */
export function movesBetween(
  held: readonly Gid[],
  wanted: readonly Gid[],
): { remoteId: Gid; newPosition: number }[] {
  const current = [...held];
  const moves: { remoteId: Gid; newPosition: number }[] = [];
  wanted.forEach((remoteId, newPosition) => {
    if (current[newPosition] === remoteId) return;
    const from = current.indexOf(remoteId);
    if (from < 0) return;
    current.splice(from, 1);
    current.splice(newPosition, 0, remoteId);
    moves.push({ remoteId, newPosition });
  });
  return moves;
}

/** Pictures and videos: remove, add, describe, order. One whose address changed is removed and added. */
export function planMedia(planning: Planning): Operation[] {
  const items = new Map(planning.alignment.media.map((item) => [item.sourceId ?? item.remote?.id, item]));
  const existence = ofKind(planning, 'media').map((push) => ({ push, item: items.get(push.element) }));
  const removed = existence.flatMap(({ push, item }) =>
    item?.remote ? [{ push, remoteId: item.remote.id }] : [],
  );
  const added = existence.flatMap(({ push, item }) =>
    push.after !== null && item?.source ? [{ push, media: item.source }] : [],
  );
  const alts = ofKind(planning, 'mediaAlt').flatMap((push) => {
    const item = items.get(push.element);
    return item?.remote && item.source
      ? [{ push, media: { remoteId: item.remote.id, alt: item.source.alt } }]
      : [];
  });
  const pushesIn = (rows: { push: Push }[]) => rows.map(({ push }) => push);
  return [
    ...chunksOf(removed, MAX_LIST).map((chunk): Operation => ({
      kind: 'media-remove',
      // A replaced picture's change is carried by the addition; the removal alone settles nothing.
      ...about(
        planning,
        pushesIn(chunk).filter((push) => push.after === null),
      ),
      media: chunk.map((item) => item.remoteId),
    })),
    ...chunksOf(added, MAX_LIST).map((chunk): Operation => ({
      kind: 'media-add',
      ...about(planning, pushesIn(chunk)),
      media: chunk.map((item) => item.media),
    })),
    ...chunksOf(alts, MAX_LIST).map((chunk): Operation => ({
      kind: 'media-update',
      ...about(planning, pushesIn(chunk)),
      media: chunk.map(({ media }) => media),
    })),
    ...planOrder(planning, new Set(removed.map((item) => item.remoteId))),
  ];
}

function planOrder(planning: Planning, removed: ReadonlySet<Gid>): Operation[] {
  const order = ofKind(planning, 'mediaOrder');
  if (order.length === 0) return [];
  const { source, remote, alignment } = planning;
  const tied = new Map(alignment.media.map((item) => [item.sourceId, item.remote?.id]));
  // Removed by an operation before this one: Shopify no longer has it.
  const held = remote.media.map((media) => media.id).filter((id) => !removed.has(id));
  const wanted = source.media.flatMap((media) => tied.get(media.id) ?? []).filter((id) => !removed.has(id));
  const known = new Set(wanted);
  const target = [...wanted, ...held.filter((id) => !known.has(id))];
  const chunks = chunksOf(movesBetween(held, target), MAX_LIST);
  return chunks.map((moves, index) => ({
    kind: 'media-reorder',
    ...about(planning, index === chunks.length - 1 ? order : []),
    moves,
    order: target,
  }));
}
