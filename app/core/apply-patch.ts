import type { RemotePatch, VariantPatch } from './remote-patch';
import type { MetafieldKey, MetafieldState, RemoteProduct, RemoteVariant } from './product-state';

function withEntries<T>(
  held: Record<string, T>,
  changed: Record<string, T | null> | undefined,
): Record<string, T> {
  if (!changed) return held;
  const next = new Map(Object.entries(held));
  for (const [key, value] of Object.entries(changed)) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  return Object.fromEntries(next);
}

function patchVariant(held: RemoteVariant, patch: VariantPatch | undefined): RemoteVariant {
  if (!patch) return held;
  return {
    ...held,
    fields: { ...held.fields, ...patch.fields },
    optionValues: patch.optionValues ?? held.optionValues,
    mediaId: patch.mediaId === undefined ? held.mediaId : patch.mediaId,
    inventoryItemId: patch.inventoryItemId ?? held.inventoryItemId,
    metafields: withEntries<MetafieldState>(held.metafields, patch.metafields),
    inventory: withEntries<number>(held.inventory, patch.inventory),
  };
}

/** Items in the order named; those not named keep their order behind. */
function ordered<T extends { id: string }>(items: T[], order: string[] | undefined): T[] {
  if (!order) return items;
  const position = new Map(order.map((id, index) => [id, index]));
  const at = (item: T) => position.get(item.id) ?? order.length;
  return [...items].sort((a, b) => at(a) - at(b));
}

/**
 * The remote state after a mutation answered: what we held, changed by what it returned. Null where the product is gone
 * or where nothing was held and the mutation did not return the whole product.
 */
export function applyPatch(held: RemoteProduct | null, patch: RemotePatch): RemoteProduct | null {
  if (patch.deleted) return null;
  if (patch.whole) return patch.whole;
  if (!held) return null;
  const changed = new Map((patch.variants ?? []).map((variant) => [variant.id, variant]));
  const deleted = new Set(patch.deletedVariants);
  const removed = new Set(patch.removedMedia);
  const alts = new Map((patch.mediaChanges ?? []).map((media) => [media.id, media.alt]));
  const variants = [
    ...held.variants
      .filter((variant) => !deleted.has(variant.id))
      .map((variant) => patchVariant(variant, changed.get(variant.id))),
    ...(patch.createdVariants ?? []).map((created) => created.variant),
  ].map((variant) =>
    variant.mediaId !== null && removed.has(variant.mediaId) ? { ...variant, mediaId: null } : variant,
  );
  const media = (patch.media ?? held.media)
    .filter((item) => !removed.has(item.id))
    .map((item) => ({ ...item, alt: alts.get(item.id) ?? item.alt }));
  return {
    ...held,
    fields: { ...held.fields, ...patch.fields },
    tags: patch.tags ?? held.tags,
    options: patch.options ?? held.options,
    metafields: withEntries<MetafieldState>(held.metafields, patch.metafields),
    variants: ordered(variants, patch.variantOrder),
    media: ordered(media, patch.mediaOrder),
  };
}

/** "namespace.key" */
export function metafieldKey(metafield: { namespace: string; key: string }): MetafieldKey {
  return `${metafield.namespace}.${metafield.key}`;
}
