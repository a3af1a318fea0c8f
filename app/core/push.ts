/** A decision to push, as a change to carry out. */
import type { Alignment } from './align';
import type { FieldDecision } from './decision';
import type { IntendedChange } from './operation';
import type { Gid, RemoteProduct, SourceId, SourceProduct } from './product-state';

export interface Push extends IntendedChange {
  /** The part of the field's name before ":" ("metafield") and after it ("custom.care"). */
  kind: string;
  element: string;
}

/** One product while it is planned: what is to be pushed, and what of the source is what in Shopify. */
export interface Planning {
  productId: SourceId;
  intent: string;
  source: SourceProduct;
  remote: RemoteProduct;
  alignment: Alignment;
  pushes: Push[];
}

export function pushesOf(decisions: FieldDecision[]): Push[] {
  return decisions.flatMap(({ path, decision }) => {
    if (decision.kind !== 'push') return [];
    const colon = path.field.indexOf(':');
    const [kind, element] =
      colon < 0 ? [path.field, ''] : [path.field.slice(0, colon), path.field.slice(colon + 1)];
    return [{ path, before: decision.before, after: decision.after, kind, element }];
  });
}

export const changeOf = ({ path, before, after }: Push): IntendedChange => ({ path, before, after });

/** What every operation of a product says of itself, and the changes that this one carries out. */
export function about(
  { productId, intent, remote }: Planning,
  changes: Push[],
): { productId: SourceId; intent: string; remoteId: Gid; changes: IntendedChange[] } {
  return { productId, intent, remoteId: remote.id, changes: changes.map(changeOf) };
}

/** The pushes of these kinds. */
export function ofKind({ pushes }: Planning, ...kinds: string[]): Push[] {
  return pushes.filter((push) => kinds.includes(push.kind));
}

/** Ids in Shopify by id in the source. */
export function remoteIds(
  items: readonly { sourceId: SourceId | null; remote: { id: Gid } | null }[],
): Map<SourceId, Gid> {
  return new Map(
    items.flatMap(({ sourceId, remote }) => (sourceId !== null && remote ? [[sourceId, remote.id]] : [])),
  );
}

/** The fields of `held` that the pushes name. */
export function picked<F extends object>(held: F, pushes: Push[]): Partial<F> {
  const names = new Set(pushes.map((push) => push.path.field));
  const picked: Partial<F> = {};
  for (const name in held) if (names.has(name)) picked[name] = held[name];
  return picked;
}
