/** Files of the store, and the media products and variants show. */
import { randomUuid } from '../random';
import type { Gid } from '../state/gid';
import type { FileStatus, FileType, Product, StoredFile, Variant } from '../state/product';
import type { Change } from './change';

const TYPES: Record<string, FileType> = {
  IMAGE: 'MediaImage',
  VIDEO: 'Video',
  EXTERNAL_VIDEO: 'ExternalVideo',
  MODEL_3D: 'Model3d',
  FILE: 'GenericFile',
};

const MIME_TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  glb: 'model/gltf-binary',
  pdf: 'application/pdf',
};

export interface FileInput {
  originalSource: string;
  alt?: string | null;
  filename?: string | null;
  /** A MediaContentType or FileContentType; null: by the ending of the name. */
  contentType?: string | null;
  /** Processing finds that it cannot be this file. */
  failure?: string;
}

/** "https://example.com/a/b.png?x=1" is "b.png". */
export function basename(source: string): string {
  const path = source.split(/[?#]/)[0] ?? '';
  const name = decodeURIComponent(path.split('/').pop() ?? '');
  return name.replace(/[^A-Za-z0-9._-]+/g, '_') || 'file';
}

function mimeTypeOf(filename: string): string {
  return MIME_TYPES[filename.split('.').pop()?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}

function typeOf(input: FileInput, filename: string): FileType {
  const named = TYPES[input.contentType ?? ''];
  if (named) return named;
  if (/(^|\.)(youtube\.com|youtu\.be|vimeo\.com)\//.test(input.originalSource)) return 'ExternalVideo';
  const mime = mimeTypeOf(filename);
  if (mime.startsWith('video/')) return 'Video';
  if (mime.startsWith('model/')) return 'Model3d';
  return mime === 'application/pdf' ? 'GenericFile' : 'MediaImage';
}

function freeFilename(change: Change, wanted: string): string {
  const { shop, emulator } = change;
  if (emulator.switches.mediaFilenames === 'kept' && !shop.filenames.has(wanted)) return wanted;
  const dot = wanted.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ''];
  return `${stem}_${randomUuid(emulator.random)}${ending}`;
}

/** Whether a source is an address Shopify would try to fetch. */
export function isFetchable(source: string): boolean {
  return /^https?:\/\//.test(source) && URL.canParse(source);
}

/** Why a file cannot be processed; null where it can. What was staged and never uploaded cannot be taken from there. */
function failureOf(change: Change, input: FileInput): string | null {
  if (input.failure !== undefined) return input.failure;
  const staged = input.originalSource.split('/_staged-uploads/')[1];
  if (staged !== undefined && !change.shop.stagedUploads.get(decodeURIComponent(staged))?.content)
    return 'IMAGE_DOWNLOAD_FAILURE';
  return change.emulator.switches.mediaProcessing === 'fails' ? 'IMAGE_PROCESSING_FAILURE' : null;
}

/** Puts a file into the library; it is READY (or FAILED) at once or after the `mediaReadyAfterMs` switch. */
export function createFile(change: Change, input: FileInput): StoredFile {
  const { mediaReadyAfterMs } = change.emulator.switches;
  const failure = failureOf(change, input);
  const filename = freeFilename(change, input.filename ?? basename(input.originalSource));
  const type = typeOf(input, filename);
  const file: StoredFile = {
    id: change.newGid(type),
    type,
    filename,
    alt: input.alt ?? '',
    originalSource: input.originalSource,
    mimeType: mimeTypeOf(filename),
    version: Math.floor(change.nowMs / 1000),
    width: 1200,
    height: 1200,
    status: mediaReadyAfterMs > 0 ? 'UPLOADED' : failure === null ? 'READY' : 'FAILED',
    ...(failure !== null && { failure }),
    readyAt: mediaReadyAfterMs > 0 ? change.nowMs + mediaReadyAfterMs : null,
    createdAt: change.now,
    updatedAt: change.now,
  };
  change.shop.files.set(file.id, file);
  change.shop.filenames.set(filename, file.id);
  return file;
}

/** UPLOADED in the first half of processing, then PROCESSING, then READY (or FAILED for good). */
export function statusAt(file: StoredFile, nowMs: number): FileStatus {
  if (file.status === 'FAILED' || file.readyAt === null) return file.status;
  if (nowMs >= file.readyAt) return file.failure === undefined ? 'READY' : 'FAILED';
  return nowMs >= file.readyAt - (file.readyAt - Date.parse(file.createdAt)) / 2 ? 'PROCESSING' : 'UPLOADED';
}

/** Shows a file at the end of a product's media. */
export function attachMedia(change: Change, product: Product, fileId: Gid): void {
  if (product.mediaIds.includes(fileId)) return;
  product.mediaIds.push(fileId);
  change.productChanged(product, 'product.media');
}

/** Takes a file off a product's media and off its variants; the file stays in the library. */
export function detachMedia(change: Change, product: Product, fileId: Gid): void {
  if (!product.mediaIds.includes(fileId)) return;
  product.mediaIds = product.mediaIds.filter((id) => id !== fileId);
  for (const variantId of product.variantIds) {
    const variant = change.shop.variants.get(variantId);
    if (variant)
      setVariantMedia(
        change,
        variant,
        variant.mediaIds.filter((id) => id !== fileId),
      );
  }
  change.productChanged(product, 'product.media');
}

/** Sets the variant's own pictures. */
export function setVariantMedia(change: Change, variant: Variant, mediaIds: Gid[]): boolean {
  if (variant.mediaIds.join() === mediaIds.join()) return false;
  variant.mediaIds = mediaIds;
  change.variantChanged(variant, 'media');
  return true;
}

/** Removes a file from the library and from every product that shows it. */
export function deleteFile(change: Change, file: StoredFile): void {
  for (const product of change.shop.products.values()) detachMedia(change, product, file.id);
  change.shop.files.delete(file.id);
  change.shop.filenames.delete(file.filename);
}

/** Where the emulator serves a file. */
export function fileUrl(origin: string, domain: string, file: StoredFile): string {
  return `${origin}/_files/${domain}/${encodeURIComponent(file.filename)}?v=${file.version}`;
}
