/**
 * Whether Shopify holds a product otherwise than we knew. By value, never by updatedAt: that moves with every order, and
 * nobody promises that it moves with every edit. Two spellings that mean the same are no difference (a write may be answered
 * more briefly than a read), nor is what Shopify does by itself with a picture: processing it, giving it an address.
 */
import { identical, sameMetafield, sameProductField, sameVariantField, tagsByKey } from './canonical';
import type { Sameness } from './canonical';
import type { FieldValue } from './decision';
import type { MetafieldState, RemoteMedia, RemoteProduct, RemoteVariant } from './product-state';

/** The lists of a variant: what a bulk read brings apart from its fields. */
export type VariantLists = Pick<RemoteVariant, 'id' | 'mediaId' | 'metafields' | 'inventory'>;

type Values = Readonly<Record<string, FieldValue>>;

const sameFields = (sameness: Readonly<Record<string, Sameness>>, held: Values, read: Values) =>
  Object.entries(sameness).every(([key, same]) => same(held[key] ?? null, read[key] ?? null));

const sameTags = (held: string[], read: string[]) =>
  identical([...tagsByKey(held).keys()].sort(), [...tagsByKey(read).keys()].sort());

function sameMetafields(held: Record<string, MetafieldState>, read: Record<string, MetafieldState>): boolean {
  const keys = Object.keys(read);
  return (
    keys.length === Object.keys(held).length &&
    keys.every((key) => sameMetafield(held[key] ?? null, read[key] ?? null))
  );
}

const mediaValue = (media: RemoteMedia[]): FieldValue =>
  media.map(({ id, alt, kind, status }) => ({ id, alt, kind, isFailed: status === 'FAILED' }));

/** A location without stock and a location that is not listed mean the same. */
function stocked(inventory: Record<string, number>): FieldValue {
  return Object.fromEntries(Object.entries(inventory).filter(([, available]) => available !== 0));
}

function ownDiffers(held: RemoteProduct, read: RemoteProduct): boolean {
  return !(
    sameFields(sameProductField, held.fields, read.fields) &&
    held.giftCard === read.giftCard &&
    sameTags(held.tags, read.tags) &&
    identical(held.options, read.options) &&
    identical(mediaValue(held.media), mediaValue(read.media)) &&
    sameMetafields(held.metafields, read.metafields)
  );
}

const fieldsDiffer = (held: RemoteVariant, read: RemoteVariant) =>
  !sameFields(sameVariantField, held.fields, read.fields) || !identical(held.optionValues, read.optionValues);

/** Whether a variant's picture, metafields or stock differ. */
export function variantListsDiffer(held: VariantLists, read: VariantLists): boolean {
  return !(
    held.mediaId === read.mediaId &&
    sameMetafields(held.metafields, read.metafields) &&
    identical(stocked(held.inventory), stocked(read.inventory))
  );
}

/** Whether the product differs from what is held; `extent` says how much of its variants was read. */
export function productDiffers(
  held: RemoteProduct,
  read: RemoteProduct,
  extent: 'whole' | 'without variant lists',
): boolean {
  if (ownDiffers(held, read) || held.variants.length !== read.variants.length) return true;
  return read.variants.some((variant, at) => {
    const before = held.variants[at];
    return (
      before?.id !== variant.id ||
      fieldsDiffer(before, variant) ||
      (extent === 'whole' && variantListsDiffer(before, variant))
    );
  });
}
