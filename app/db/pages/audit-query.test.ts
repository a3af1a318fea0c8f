import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AUDIT_DIRECTIONS,
  AUDIT_STATES,
  readAuditCursor,
  readAuditQuery,
  writeAuditCursor,
  writeAuditFilter,
} from './audit-query';

const ID = '3b241101-e2bb-4255-8caf-4136c566a962';
const read = (search: string, timeZone = 'Europe/Berlin') =>
  readAuditQuery(new URLSearchParams(search), timeZone);

const NOTHING = {
  search: '',
  productId: null,
  sku: '',
  field: '',
  actor: '',
  runId: null,
  from: null,
  until: null,
  direction: null,
  state: null,
};

describe('the address of the audit log', () => {
  it('asks for everything where it says nothing', () => {
    expect(read('')).toMatchObject({ filter: NOTHING, cursor: null });
  });

  it('names every part of the filter', () => {
    const { filter } = read(
      `q=+tent+&product=${ID.toUpperCase()}&sku=T-1&field=tags:Sale&actor=user+1&run=${ID}` +
        '&from=2026-11-24&to=2026-11-25&direction=pull&state=failed',
    );
    expect(filter).toEqual({
      search: 'tent',
      productId: ID,
      sku: 'T-1',
      field: 'tags:Sale',
      actor: 'user 1',
      runId: ID,
      from: new Date('2026-11-23T23:00:00Z'),
      // The whole of the last day.
      until: new Date('2026-11-25T23:00:00Z'),
      direction: 'pull',
      state: 'failed',
    });
  });

  it('ends a day of 25 hours with the day, and a time of day with itself', () => {
    expect(read('to=2026-10-25').filter.until).toEqual(new Date('2026-10-25T23:00:00Z'));
    expect(read('to=2026-10-25T10:00').filter.until).toEqual(new Date('2026-10-25T09:00:00Z'));
  });

  it.each([
    'product=1',
    'run=%27%3B--',
    'from=yesterday',
    'to=2026-02-31',
    'direction=sideways',
    'state=pending',
    'after=1',
    'before=x.y',
    'after=99999999999999999.1',
    'q=%00',
  ])('leaves out what it does not understand: %s', (search) => {
    const { filter, cursor, texts } = read(search);
    expect({ filter, cursor }).toEqual({ filter: NOTHING, cursor: null });
    expect(Object.values(texts).join('')).toBe('');
  });

  it('survives the way through an address', () => {
    const text = fc.string({ maxLength: 40 });
    const day = fc.constantFrom('', '2026-01-01', '2026-06-30T12:00');
    const texts = fc.record({
      q: text,
      product: fc.constantFrom('', ID),
      sku: text,
      field: text,
      actor: text,
      run: fc.constantFrom('', ID),
      from: day,
      to: day,
      direction: fc.constantFrom('', ...AUDIT_DIRECTIONS),
      state: fc.constantFrom('', ...AUDIT_STATES),
    });
    fc.assert(
      fc.property(texts, (given) => {
        const once = readAuditQuery(writeAuditFilter(given), 'UTC');
        const again = readAuditQuery(new URLSearchParams(writeAuditFilter(once.texts).toString()), 'UTC');
        expect(again).toEqual(once);
      }),
    );
  });

  it('comes back to any row', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('after' as const, 'before' as const),
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.bigInt({ min: 0n, max: 10n ** 17n }),
        (direction, at, id) => {
          const cursor = { direction, at: new Date(at), id };
          expect(readAuditCursor(direction, writeAuditCursor(cursor))).toEqual(cursor);
        },
      ),
    );
  });
});
