/** The pictures of a product after an import: matched by address, ordered by position. Pure. */
import type { CatalogMediaState, MediaPatch, ProductPatch, VariantPatch } from '~/core/catalog-product';
import type { SourceId } from '~/core/product-state';
import type { Patching } from './patching';

/** Shopify's limit of media a product. */
const maxMedia = 250;

/** Pictures of the file, then those that only variants name. */
function listedMedia(patch: ProductPatch, variants: VariantPatch[]): MediaPatch[] {
  const listed = new Map(patch.media.map((media) => [media.url, media]));
  for (const { line, mediaUrl } of variants)
    if (mediaUrl !== undefined && mediaUrl !== null && !listed.has(mediaUrl))
      listed.set(mediaUrl, { line, url: mediaUrl, position: null });
  return [...listed.values()];
}

/** The media list after the import. Pictures that the file does not list stay, unless it replaces them. */
export function mergedMedia(
  current: CatalogMediaState[],
  patch: ProductPatch,
  variants: VariantPatch[],
  patching: Patching,
  newId: () => SourceId,
): CatalogMediaState[] {
  const listed = new Map(listedMedia(patch, variants).map((media) => [media.url, media]));
  const kept = current.filter(({ url, kind }) => !patch.replacesMedia || kind !== 'IMAGE' || listed.has(url));
  const entries = kept.map((media, index) => {
    const { alt, position } = listed.get(media.url) ?? { position: null };
    return { media: { ...media, alt: alt ?? media.alt }, wanted: position ?? index + 1, known: true };
  });
  const known = new Set(kept.map(({ url }) => url));
  let last = Math.max(kept.length, patch.media.length);
  for (const { url, alt, position, line } of listed.values()) {
    if (known.has(url)) continue;
    if (entries.length >= maxMedia) {
      patching.rejectRow(
        line,
        'Image Src',
        url,
        `A product has at most ${maxMedia} pictures.`,
        'Remove some pictures.',
      );
      continue;
    }
    last += 1;
    const media: CatalogMediaState = { id: newId(), url, alt: alt ?? '', kind: 'IMAGE', position: 0 };
    entries.push({ media, wanted: position ?? last, known: false });
  }
  // The sort is stable; a new picture goes before one that the file does not move from the same place.
  return entries
    .toSorted((a, b) => a.wanted - b.wanted || Number(a.known) - Number(b.known))
    .map(({ media }) => media);
}
