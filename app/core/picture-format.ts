/**
 * What a file is, by its first bytes: names and headers say what somebody believes. Only the formats that Shopify takes for
 * pictures of products. https://help.shopify.com/en/manual/products/product-media/product-media-types
 */

export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/heic'] as const;
export type PictureType = (typeof PICTURE_TYPES)[number];

/** The endings of names, the usual one first. */
export const PICTURE_ENDINGS: Record<PictureType, readonly [string, ...string[]]> = {
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/heic': ['heic', 'heif'],
};

export const PICTURE_FORMATS = 'JPEG, PNG, GIF, WebP or HEIC';

/** The largest file that Shopify takes. */
export const MAX_PICTURE_BYTES = 20 * 1024 * 1024;
/** 5,000 x 5,000. Where Shopify is stricter, it says so itself, and the picture fails with its words. */
export const MAX_PICTURE_PIXELS = 25_000_000;

/** With so many first bytes every format says what it is; the size follows later only in odd files. */
export const PICTURE_HEAD_BYTES = 256 * 1024;

export interface PixelSize {
  width: number;
  height: number;
}

export type PictureReading =
  /** The size is null where the file hides it. */
  | { kind: 'picture'; type: PictureType; size: PixelSize | null }
  /** In words that name value and remedy. */
  | { kind: 'refused'; reason: string; remedy: string };

const latin = (bytes: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(from, from + length));

/** Brands of HEIF files whose picture is coded as HEVC. */
const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

/** Null where it is none that Shopify takes. */
export function pictureTypeOf(head: Uint8Array): PictureType | null {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg';
  if (latin(head, 0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (/^GIF8[79]a$/.test(latin(head, 0, 6))) return 'image/gif';
  if (latin(head, 0, 4) === 'RIFF' && latin(head, 8, 4) === 'WEBP') return 'image/webp';
  if (latin(head, 4, 4) === 'ftyp' && HEIC_BRANDS.has(latin(head, 8, 4))) {
    // "mif1" is any picture in this container; the compatible brands say whether it is AVIF.
    const brands = latin(head, 16, Math.min(64, Math.max(0, viewOf(head).getUint32(0) - 16)));
    return brands.includes('avif') && !brands.includes('heic') ? null : 'image/heic';
  }
  return null;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Start of frame: all of C0 to CF but the tables (C4, CC) and the reserved C8. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers without a length. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);

function jpegSize(head: Uint8Array): PixelSize | null {
  const view = viewOf(head);
  let at = 2;
  while (at + 9 <= head.length) {
    const marker = head[at + 1] ?? 0;
    if (head[at] !== 0xff) return null;
    if (marker === 0xff) at += 1;
    else if (isFrame(marker)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else at += isBare(marker) ? 2 : 2 + view.getUint16(at + 2);
  }
  return null;
}

function webpSize(head: Uint8Array): PixelSize | null {
  if (head.length < 30) return null;
  const view = viewOf(head);
  const three = (at: number) => view.getUint16(at, true) + ((head[at + 2] ?? 0) << 16);
  switch (latin(head, 12, 4)) {
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: three(24) + 1, height: three(27) + 1 };
    default:
      return null;
  }
}

/** The largest "ispe" box: the others are of thumbnails and of the tiles it is put together from. */
function heicSize(head: Uint8Array): PixelSize | null {
  const view = viewOf(head);
  let largest: PixelSize | null = null;
  for (let at = head.indexOf(0x69); at !== -1 && at + 16 <= head.length; at = head.indexOf(0x69, at + 1)) {
    if (latin(head, at, 4) !== 'ispe') continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (largest === null || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

/** Width and height as the file tells them; null where it does not within these bytes. */
export function pictureSizeOf(head: Uint8Array, type: PictureType): PixelSize | null {
  const view = viewOf(head);
  switch (type) {
    case 'image/jpeg':
      return jpegSize(head);
    case 'image/png':
      return head.length < 24 ? null : { width: view.getUint32(16), height: view.getUint32(20) };
    case 'image/gif':
      return head.length < 10 ? null : { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case 'image/webp':
      return webpSize(head);
    case 'image/heic':
      return heicSize(head);
  }
}

const megabytes = (bytes: number) =>
  `${(Math.ceil((bytes / 1024 / 1024) * 10) / 10).toLocaleString('en-US')} MB`;

/** What it is instead, as far as a merchant can use the hint. */
function otherKind(head: Uint8Array): string {
  const start = latin(head, 0, 256).trimStart().toLowerCase();
  if (head.length === 0) return 'It is empty.';
  if (start.startsWith('%pdf')) return 'It is a PDF document.';
  if (start.startsWith('<svg') || (start.startsWith('<?xml') && start.includes('<svg')))
    return 'It is an SVG drawing.';
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'It is a web page.';
  if (latin(head, 4, 4) === 'ftyp' && latin(head, 8, 64).includes('avif')) return 'It is an AVIF picture.';
  if (/^(ii\*\0|mm\0\*)/.test(start)) return 'It is a TIFF picture.';
  if (start.startsWith('bm')) return 'It is a BMP picture.';
  return 'Its first bytes are those of no picture.';
}

/**
 * Whether Shopify takes these bytes as a picture of a product. `head`: at least the first PICTURE_HEAD_BYTES, or all of the
 * file; `bytes`: how long the file is, null where nobody says.
 */
export function readPicture(head: Uint8Array, bytes: number | null): PictureReading {
  const type = pictureTypeOf(head);
  if (type === null)
    return { kind: 'refused', reason: otherKind(head), remedy: `Use a ${PICTURE_FORMATS} picture.` };
  if (bytes !== null && bytes > MAX_PICTURE_BYTES)
    return {
      kind: 'refused',
      reason: `It has ${megabytes(bytes)}; Shopify takes at most ${megabytes(MAX_PICTURE_BYTES)}.`,
      remedy: 'Make the picture smaller, or save it with a stronger compression.',
    };
  const size = pictureSizeOf(head, type);
  if (size === null) return { kind: 'picture', type, size };
  const { width, height } = size;
  const spelled = `${width.toLocaleString('en-US')} x ${height.toLocaleString('en-US')} pixels`;
  if (width === 0 || height === 0)
    return {
      kind: 'refused',
      reason: `It is broken: it says to have ${spelled}.`,
      remedy: 'Save the picture again.',
    };
  if (width * height > MAX_PICTURE_PIXELS)
    return {
      kind: 'refused',
      reason: `It has ${spelled}; Shopify takes at most 25 megapixels, such as 5,000 x 5,000.`,
      remedy: 'Make the picture smaller.',
    };
  return { kind: 'picture', type, size };
}
