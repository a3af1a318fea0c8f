import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELD_GROUPS } from '~/core/field-group';
import { CONFLICT_AGES, CONFLICT_VIEWS, readConflictQuery, writeConflictFilter } from './conflict-query';
import { writeCursor } from './product-query';

const filter = fc.record({
  view: fc.constantFrom(...CONFLICT_VIEWS),
  search: fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\u0000', '').trim()),
  groups: fc.subarray([...FIELD_GROUPS]),
  store: fc.option(fc.oneof(fc.uuid(), fc.constant('all'))),
  age: fc.option(fc.constantFrom(...CONFLICT_AGES)),
  reason: fc.option(fc.constantFrom('both-changed' as const, 'held' as const)),
  assignee: fc.option(fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\u0000', ''))),
  productId: fc.option(fc.uuid()),
});

describe('the address of the inbox', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(filter, (values) => {
        const address = writeConflictFilter(values).toString();
        expect(readConflictQuery(new URLSearchParams(address)).filter).toEqual(values);
      }),
    );
  });

  it('shows everything that is open where it is not understood', () => {
    const { filter: read, cursor } = readConflictQuery(
      new URLSearchParams('view=x&group=x&store=x&age=x&reason=x&product=x&after=x'),
    );
    expect(writeConflictFilter(read).toString()).toBe('');
    expect(cursor).toBeNull();
    const notAnInstant = writeCursor({ direction: 'after', key: 'soon', id: crypto.randomUUID() });
    expect(readConflictQuery(new URLSearchParams({ after: notAnInstant })).cursor).toBeNull();
  });
});
