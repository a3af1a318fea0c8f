import { describe, expect, it } from 'vitest';
import { latencyWords, newsWords, stepWords, waitingWords } from './live-feed-words';

const at = (ms: number) => new Date(1_700_000_000_000 + ms).toISOString();
const instants = {
  changedAt: at(0),
  askedAt: at(110),
  decidedAt: at(120),
  sentAt: at(160),
  confirmedAt: at(1_660),
};

describe('the live feed in words', () => {
  it('tells the steps of a change', () => {
    const told = (...given: Parameters<typeof stepWords>) => stepWords(...given).replaceAll('\u00a0', ' ');
    expect(stepWords('push', instants)).toContain('decided\u00a0+120\u00a0ms · sent');
    expect(told('push', instants)).toBe('committed · decided +120 ms · sent +40 ms · confirmed +1.5 s');
    expect(told('pull', { ...instants, sentAt: null, confirmedAt: null })).toBe(
      'changed in Shopify · decided +120 ms',
    );
    expect(told('push', { ...instants, changedAt: null, askedAt: null })).toBe(
      'decided · sent +40 ms · confirmed +1.5 s',
    );
  });

  it('tells how long one has been on its way', () => {
    const waiting = { ...instants, confirmedAt: null, productId: '', title: '', state: 'writing' as const };
    expect(waitingWords(waiting, at(2_000))).toBe('changed 2.0 s ago, is being written');
    expect(waitingWords({ ...waiting, changedAt: null, state: 'waiting' }, at(150_110))).toBe(
      'asked for 2 min 30 s ago, waits for its turn',
    );
  });

  it('tells how long they take as a whole', () => {
    expect(latencyWords({ changes: 132, medianMs: 420, p99Ms: 2_100 })).toBe(
      'Last hour, from source to confirmed: median 420 ms, 99% within 2.1 s (132 changes).',
    );
    expect(latencyWords(null)).toMatch(/^No change/);
  });

  it('names a few of many new ones', () => {
    const titles = ['Tent', 'Tent', 'Mug', '', 'Stove', 'Lamp'].map((title) => ({ title }));
    expect(newsWords(titles)).toBe('6 new changes: Tent, Mug, a product that is gone and 2 more products.');
    expect(newsWords([{ title: 'Tent' }])).toBe('1 new change: Tent.');
  });
});
