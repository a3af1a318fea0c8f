import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCursor, readProductQuery, writeCursor } from './product-query';

describe('the address of the list of products', () => {
  it('gives every cursor back as it was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\u0000', '')),
        fc.uuid(),
        fc.constantFrom('after' as const, 'before' as const),
        (key, id, direction) => {
          const text = writeCursor({ direction, key, id });
          expect(text).toMatch(/^[\w-]+$/);
          expect(readCursor(direction, text)).toEqual({ direction, key, id });
        },
      ),
    );
  });

  it('shows the first page for a cursor it did not write', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cursor = readCursor('after', text);
        expect(cursor === null || typeof cursor.id === 'string').toBe(true);
      }),
    );
    expect(readCursor('after', 'nonsense')).toBeNull();
    const id = '3b241101-e2bb-4255-8caf-4136c566a962';
    expect(readCursor('after', writeCursor({ direction: 'after', key: '\u0000', id }))).toBeNull();
  });

  it('reads filters, order and page, and leaves out what it does not understand', () => {
    const id = '3b241101-e2bb-4255-8caf-4136c566a962';
    const parameters = new URLSearchParams([
      ['q', '  tent '],
      ['sync', 'failed,conflict'],
      ['vendor', 'Smith, Sons'],
      ['vendor', 'Acme'],
      ['sort', 'updated desc'],
      ['before', writeCursor({ direction: 'before', key: 'x', id })],
    ]);
    expect(readProductQuery(parameters)).toEqual({
      filter: {
        search: 'tent',
        syncStates: ['failed', 'conflict'],
        statuses: [],
        vendors: ['Smith, Sons', 'Acme'],
      },
      sort: { by: 'updated', direction: 'desc' },
      cursor: { direction: 'before', key: 'x', id },
    });
    expect(readProductQuery(new URLSearchParams('sort=colour'))).toMatchObject({
      sort: { by: 'title', direction: 'asc' },
    });
  });
});
