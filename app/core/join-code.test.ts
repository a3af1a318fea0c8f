import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_ALPHABET, CODE_LENGTH, codeOf, readCode, shownCode } from './join-code';

const bytes = fc.uint8Array({ minLength: CODE_LENGTH, maxLength: CODE_LENGTH });

describe('codes by which a store joins', () => {
  it('are read as they are shown, however they are typed', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom('', ' ', '-', '–', '  '), (random, between) => {
        const code = codeOf(random);
        const typed = shownCode(code).replace('-', between).toLowerCase();
        expect(readCode(` ${typed} `)).toEqual({ kind: 'code', code });
      }),
    );
  });

  it('are as many as the bytes make: each character takes five bits', () => {
    const characters = new Set(
      Array.from({ length: 256 }, (_none, byte) => codeOf(new Uint8Array(CODE_LENGTH).fill(byte))[0]),
    );
    expect(characters.size).toBe(32);
    // 256 bytes on 32 characters: none is likelier than another.
    expect(256 % CODE_ALPHABET.length).toBe(0);
  });

  it('hold nothing that is mistaken for something else', () => {
    expect(CODE_ALPHABET).not.toMatch(/[01IO]/);
    expect(new Set(CODE_ALPHABET).size).toBe(CODE_ALPHABET.length);
  });

  it('are refused with what is wrong with them', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (typed) => {
        const read = readCode(typed);
        if (read.kind === 'code') expect(read.code).toMatch(/^[2-9A-HJ-NP-Z]{10}$/);
        else expect(read.remedy).not.toBe('');
      }),
    );
    expect(readCode('ABCDE-FGH1K')).toMatchObject({ reason: '“1” is in no code.' });
    expect(readCode('ABC')).toMatchObject({ reason: 'It has 3 characters, and a code has 10.' });
    expect(readCode('  ')).toMatchObject({ reason: 'There is no code.' });
  });
});
