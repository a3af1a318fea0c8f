/** Reads one field of a product of the catalog by its path, in the terms of the audit log. */
import { fold } from './canonical';
import type { FieldPath, FieldValue } from './decision';
import type { SourceMedia, SourceProduct, SourceVariant } from './product-state';

/** A path's field in two parts: "tags:Sale" is ["tags", "Sale"]; what has one part has "" for the other. */
export function partsOf(field: string): [kind: string, name: string] {
  const at = field.indexOf(':');
  return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
}

/** A picture as the audit log holds it. */
export function pictureValue({ url, alt, kind }: SourceMedia): FieldValue {
  return { url, alt, kind };
}

function plain(fields: object, field: string): FieldValue {
  const entries: [string, FieldValue][] = Object.entries(fields);
  return entries.find(([name]) => name === field)?.[1] ?? null;
}

/** What the product itself holds in a field; see `heldValue`. */
export function heldByProduct(product: SourceProduct, field: string): FieldValue {
  const [kind, name] = partsOf(field);
  const media = () => product.media.find(({ id }) => id === name);
  switch (kind) {
    case 'tags':
      return product.tags.find((tag) => fold(tag) === fold(name)) ?? null;
    case 'metafield':
      return product.metafields[name] ?? null;
    case 'media': {
      const picture = media();
      return picture === undefined ? null : pictureValue(picture);
    }
    case 'mediaAlt':
      return media()?.alt ?? null;
    case 'mediaOrder':
      return product.media.map(({ id }) => id);
    default:
      return plain(product.fields, field);
  }
}

/** What a variant holds in a field; see `heldValue`. */
export function heldByVariant(variant: SourceVariant, field: string): FieldValue {
  const [kind, name] = partsOf(field);
  switch (kind) {
    case 'metafield':
      return variant.metafields[name] ?? null;
    case 'inventory':
      return variant.inventory[name] ?? null;
    case 'variantMedia':
      return variant.mediaId;
    default:
      return plain(variant.fields, field);
  }
}

/**
 * What the product holds at a path that a bulk edit may change; null where it holds nothing. A tag is found whatever its
 * case and answers its own spelling.
 */
export function heldValue(product: SourceProduct, { variant, field }: FieldPath): FieldValue {
  if (variant === null) return heldByProduct(product, field);
  const owner = product.variants.find(({ id }) => id === variant);
  return owner === undefined ? null : heldByVariant(owner, field);
}
