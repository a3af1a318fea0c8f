import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventReader } from './event-stream';

const events = fc.array(
  fc.record({
    name: fc.constantFrom('message', 'open', 'end'),
    data: fc.array(
      fc.string().map((text) => text.replaceAll(/[\n\r]/g, ' ')),
      { minLength: 1, maxLength: 3 },
    ),
    beat: fc.boolean(),
  }),
);

describe('a stream of events', () => {
  it('is read the same however it is cut on its way', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat(), { maxLength: 30 }), (sent, cuts) => {
        const text = sent
          .map(({ name, data, beat }) => {
            const lines = data.map((line) => `data: ${line}\n`).join('');
            return `${beat ? ': beat\n\n' : ''}${name === 'message' ? '' : `event: ${name}\n`}${lines}\n`;
          })
          .join('');
        const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
        const parts = [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
        const reader = new EventReader();
        expect(parts.flatMap((part) => reader.take(part))).toEqual(
          sent.map(({ name, data }) => ({ name, data: data.join('\n') })),
        );
      }),
    );
  });

  it('tells nothing by signs of life, and nothing before an event is whole', () => {
    const reader = new EventReader();
    expect(reader.take(': beat\n\n: beat\n\n')).toEqual([]);
    expect(reader.take('data: {"kind"')).toEqual([]);
    expect(reader.take(': "x"}\n')).toEqual([]);
    expect(reader.take('\n')).toEqual([{ name: 'message', data: '{"kind": "x"}' }]);
  });

  it('is refused where it is none', () => {
    expect(() => new EventReader().take('<html>'.repeat(20_000))).toThrow('no stream');
  });
});
