import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortened, textDifference } from './text-difference';
import type { TextPart } from './text-difference';

const text = fc
  .array(fc.constantFrom('tent', 'light', 'dry', '<p>', 'a', ' ', '  ', '\n', '12.50'), { maxLength: 30 })
  .map((words) => words.join(''));
const whole = (parts: TextPart[]) => parts.map((part) => part.text).join('');
const alike = (parts: TextPart[]) =>
  parts
    .filter((part) => !part.differs)
    .map((part) => part.text)
    .join('')
    .replaceAll(/\s/g, '');

describe('textDifference', () => {
  it('keeps every character, and what it does not mark is the same on both sides', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const { left, right } = textDifference(a, b);
        expect(whole(left)).toBe(a);
        expect(whole(right)).toBe(b);
        expect(alike(left)).toBe(alike(right));
      }),
    );
  });

  it('marks nothing in equal texts and something in different ones', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const { left, right } = textDifference(a, b);
        expect([...left, ...right].some((part) => part.differs)).toBe(a !== b);
      }),
    );
  });

  it('marks the words that differ', () => {
    expect(textDifference('A light tent for two', 'A light, dry tent for three')).toEqual({
      left: [
        { text: 'A ', differs: false },
        { text: 'light', differs: true },
        { text: ' tent for ', differs: false },
        { text: 'two', differs: true },
      ],
      right: [
        { text: 'A ', differs: false },
        { text: 'light, dry ', differs: true },
        { text: 'tent for ', differs: false },
        { text: 'three', differs: true },
      ],
    });
  });

  it('does not take long over long texts', () => {
    const long = (seed: string) => Array.from({ length: 20_000 }, (_, index) => `${seed}${index}`).join(' ');
    const { left, right } = textDifference(`${long('a')} end`, `${long('b')} end`);
    expect(left.map(({ differs }) => differs)).toEqual([true, false]);
    expect(whole(right)).toBe(`${long('b')} end`);
  });
});

describe('shortened', () => {
  it('keeps the difference in sight and leaves short texts alone', () => {
    const filler = 'word '.repeat(100);
    const { left } = textDifference(`${filler}two ${filler}`, `${filler}three ${filler}`);
    const short = shortened(left);
    expect(whole(short).length).toBeLessThan(160);
    expect(short.find((part) => part.differs)?.text).toBe('two');
    const parts = textDifference('A tent', 'A mug').left;
    expect(shortened(parts)).toEqual(parts);
  });
});
