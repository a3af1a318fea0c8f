/**
 * Codes by which a store joins another one's account: ten characters that nobody mistakes for others when they are read
 * out, 50 bits. Capital letters without I and O, digits without 0 and 1.
 */
export const CODE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
export const CODE_LENGTH = 10;
/** How long a code can be entered and confirmed. */
export const CODE_MINUTES = 15;
/** Wrong codes that a store may enter within that time. */
export const MOST_WRONG_CODES = 5;

/** The code that these random bytes are; one byte a character. */
export function codeOf(bytes: Uint8Array): string {
  if (bytes.length !== CODE_LENGTH)
    throw new Error(`A code needs ${CODE_LENGTH} bytes, not ${bytes.length}.`);
  return Array.from(bytes, (byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length]).join('');
}

/** As it is shown: in two groups. */
export function shownCode(code: string): string {
  return `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
}

export type ReadCode = { kind: 'code'; code: string } | { kind: 'problem'; reason: string; remedy: string };

/** Reads a code as people type it: small letters, spaces and hyphens do not matter. */
export function readCode(typed: string): ReadCode {
  const code = typed.toUpperCase().replace(/[\s\-‐-–]/g, '');
  if (code === '')
    return {
      kind: 'problem',
      reason: 'There is no code.',
      remedy: 'Enter the code that the other store shows.',
    };
  const wrong = [...code].find((character) => !CODE_ALPHABET.includes(character));
  if (wrong !== undefined)
    return {
      kind: 'problem',
      reason: `“${wrong}” is in no code.`,
      remedy: 'Codes have no 0, 1, I and O: compare it with what the other store shows.',
    };
  if (code.length !== CODE_LENGTH)
    return {
      kind: 'problem',
      reason: `It has ${code.length} ${code.length === 1 ? 'character' : 'characters'}, and a code has ${CODE_LENGTH}.`,
      remedy: 'Enter the whole code that the other store shows.',
    };
  return { kind: 'code', code };
}
