import { describe, expect, it } from 'vitest';
import { readMoment } from './past-query';

const read = (search: string) => readMoment(new URLSearchParams(search), 'Europe/Berlin')?.toISOString();

describe('the moment in an address', () => {
  it('is an instant, or a time by the shop’s clock', () => {
    expect(read('at=2026-11-24T13:05:09.123Z')).toBe('2026-11-24T13:05:09.123Z');
    expect(read('on=2026-11-24T14:05')).toBe('2026-11-24T13:05:00.000Z');
    expect(read('on=2026-11-24')).toBe('2026-11-23T23:00:00.000Z');
  });

  it.each([
    '',
    'at=',
    'at=2026-11-24',
    'at=2026-99-24T13:05:09Z',
    'at=1',
    'on=now',
    'at=2026-11-24T13:05:09%2B01:00',
  ])('is none in %j', (search) => {
    expect(read(search)).toBeUndefined();
  });
});
