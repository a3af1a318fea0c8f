/** Files that begin as pictures do, made byte by byte. */
import type { PictureType, PixelSize } from './picture-format';

const latin = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const big = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)) % 256);
const little = (value: number, bytes: number) => big(value, bytes).reverse();

const box = (type: string, content: number[]) => [...big(content.length + 8, 4), ...latin(type), ...content];

function starts(type: PictureType, { width, height }: PixelSize): number[][] {
  switch (type) {
    case 'image/png':
      return [
        [
          ...latin('\x89PNG\r\n\x1a\n'),
          ...big(13, 4),
          ...latin('IHDR'),
          ...big(width, 4),
          ...big(height, 4),
          8,
          6,
        ],
      ];
    case 'image/gif':
      return ['GIF87a', 'GIF89a'].map((sign) => [
        ...latin(sign),
        ...little(width, 2),
        ...little(height, 2),
        0,
        0,
        0,
      ]);
    case 'image/jpeg': {
      const frame = (marker: number) => [
        0xff,
        marker,
        ...big(17, 2),
        8,
        ...big(height, 2),
        ...big(width, 2),
        3,
      ];
      const app = (length: number) => [
        0xff,
        0xe1,
        ...big(length + 2, 2),
        ...Array.from({ length }, () => 0xff),
      ];
      const table = [0xff, 0xc4, ...big(4, 2), 0, 0];
      return [
        [0xff, 0xd8, ...app(20), ...table, ...frame(0xc0)],
        [0xff, 0xd8, ...app(60_000), 0xff, 0xff, ...frame(0xc2).slice(1)],
      ];
    }
    case 'image/webp': {
      const riff = (chunk: number[]) => [
        ...latin('RIFF'),
        ...little(chunk.length + 4, 4),
        ...latin('WEBP'),
        ...chunk,
      ];
      const lossless = ((height - 1) * 2 ** 14 + (width - 1)) % 2 ** 32;
      return [
        riff([
          ...latin('VP8X'),
          ...little(10, 4),
          0,
          0,
          0,
          0,
          ...little(width - 1, 3),
          ...little(height - 1, 3),
        ]),
        riff([
          ...latin('VP8 '),
          ...little(20, 4),
          0,
          0,
          0,
          0x9d,
          0x01,
          0x2a,
          ...little(width, 2),
          ...little(height, 2),
        ]),
        riff([...latin('VP8L'), ...little(20, 4), 0x2f, ...little(lossless, 4), 0, 0, 0, 0, 0, 0]),
      ];
    }
    case 'image/heic': {
      const ispe = (w: number, h: number) => box('ispe', [0, 0, 0, 0, ...big(w, 4), ...big(h, 4)]);
      const tile = ispe(Math.min(width, 512), Math.min(height, 512));
      return ['heic', 'mif1'].map((brand) => [
        ...box('ftyp', [...latin(brand), 0, 0, 0, 0, ...latin('mif1heic')]),
        ...box('meta', [...tile, ...ispe(width, height)]),
      ]);
    }
  }
}

/** The largest side that every spelling of the format can say. */
export const LARGEST_SIDE = 16_383;

/** A picture of this type and size in each spelling of its format that we know; behind it `rest`. */
export function picturesOf(type: PictureType, size: PixelSize, rest: readonly number[] = []): Uint8Array[] {
  return starts(type, size).map((start) => Uint8Array.from([...start, ...rest]));
}

/** The usual spelling. */
export function pictureOf(type: PictureType, size: PixelSize, rest: readonly number[] = []): Uint8Array {
  return picturesOf(type, size, rest)[0] ?? new Uint8Array();
}
