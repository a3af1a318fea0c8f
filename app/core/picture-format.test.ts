/** Types and sizes of pictures are read from their bytes, whatever these are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_PICTURE_BYTES,
  MAX_PICTURE_PIXELS,
  PICTURE_TYPES,
  pictureSizeOf,
  pictureTypeOf,
  readPicture,
} from './picture-format';
import { LARGEST_SIDE, pictureOf, picturesOf } from './picture-format.test-support';
import { nameMark, storeFilename } from './picture-name';

const type = fc.constantFrom(...PICTURE_TYPES);
const side = fc.integer({ min: 1, max: LARGEST_SIDE });
const rest = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 });
const text = (words: string) => new TextEncoder().encode(words);

describe('a picture', () => {
  it('is known by its bytes, in every spelling of its format, with its size', () => {
    fc.assert(
      fc.property(type, side, side, rest, (wanted, width, height, behind) => {
        for (const bytes of picturesOf(wanted, { width, height }, behind)) {
          expect(pictureTypeOf(bytes)).toBe(wanted);
          expect(pictureSizeOf(bytes, wanted)).toEqual({ width, height });
          const isTooLarge = width * height > MAX_PICTURE_PIXELS;
          const reading = readPicture(bytes, bytes.length);
          expect(reading.kind).toBe(isTooLarge ? 'refused' : 'picture');
        }
      }),
    );
  });

  it('that is cut off anywhere is never read beyond its end, and has no other type', () => {
    fc.assert(
      fc.property(type, side, side, fc.nat({ max: 200 }), (wanted, width, height, length) => {
        const cut = pictureOf(wanted, { width, height }).subarray(0, length);
        expect([wanted, null]).toContain(pictureTypeOf(cut));
        const size = pictureSizeOf(cut, wanted);
        // Of a cut HEIC the tile may be all that is left.
        if (size !== null && wanted !== 'image/heic') expect(size).toEqual({ width, height });
      }),
    );
  });

  it('is not found in bytes that begin otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const reading = readPicture(bytes, bytes.length);
        const isLikePicture = pictureTypeOf(bytes) !== null;
        expect(reading.kind === 'picture').toBe(
          isLikePicture && !(reading.kind === 'refused' && /pixels|broken/.test(reading.reason)),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what is refused', () => {
  it.each([
    ['empty', text(''), 'It is empty.'],
    ['a PDF', text('%PDF-1.7'), 'It is a PDF document.'],
    ['an SVG', text('<?xml version="1.0"?>\n<svg xmlns="x"/>'), 'It is an SVG drawing.'],
    ['a page', text('\n <!DOCTYPE html><html>'), 'It is a web page.'],
    ['a TIFF', text('II*\0rest'), 'It is a TIFF picture.'],
    ['a BMP', text('BM1234'), 'It is a BMP picture.'],
    ['an AVIF', text('\0\0\0\x1cftypavif\0\0\0\0avifmif1'), 'It is an AVIF picture.'],
    ['an AVIF that calls itself mif1', text('\0\0\0\x1cftypmif1\0\0\0\0mif1avif'), 'It is an AVIF picture.'],
    ['a program', text('#!/bin/sh'), 'Its first bytes are those of no picture.'],
  ])('%s', (_name, bytes, reason) => {
    expect(readPicture(bytes, bytes.length)).toEqual({
      kind: 'refused',
      reason,
      remedy: 'Use a JPEG, PNG, GIF, WebP or HEIC picture.',
    });
  });

  it('names how large a file is, and how large it may be', () => {
    const bytes = pictureOf('image/png', { width: 10, height: 10 });
    expect(readPicture(bytes, MAX_PICTURE_BYTES).kind).toBe('picture');
    expect(readPicture(bytes, MAX_PICTURE_BYTES + 1)).toMatchObject({
      reason: 'It has 20.1 MB; Shopify takes at most 20 MB.',
    });
    expect(readPicture(pictureOf('image/gif', { width: 5_000, height: 5_001 }), 20)).toMatchObject({
      reason: 'It has 5,000 x 5,001 pixels; Shopify takes at most 25 megapixels, such as 5,000 x 5,000.',
    });
    expect(readPicture(pictureOf('image/png', { width: 0, height: 9 }), 20)).toMatchObject({
      reason: 'It is broken: it says to have 0 x 9 pixels.',
    });
  });
});

describe('the name in the store', () => {
  const hash = 'ab'.repeat(32);

  it.each([
    ['Größe 1.PNG', 'grosse-1-abababababababab.png'],
    ['C:\\pictures\\Été (2).jpeg', 'ete-2-abababababababab.png'],
    ['../../etc/passwd', 'passwd-abababababababab.png'],
    ['写真.png', 'picture-abababababababab.png'],
  ])('%s', (original, expected) => {
    expect(storeFilename(original, hash, 'image/png')).toBe(expected);
  });

  it('is always plain, short, and marked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), type, (original, of) => {
        const name = storeFilename(original, hash, of, 'k2');
        expect(name).toMatch(/^[a-z0-9](?:-?[a-z0-9]+)*\.[a-z]+$/);
        expect(name.length).toBeLessThan(100);
        expect(name).toContain(nameMark(hash));
      }),
    );
  });
});
