import { describe, expect, it } from 'vitest';
import { parseSearchQuery } from '~/core/search-query';
import { editorForProducts, editorForSearch, MOST_NAMED, searchOfList } from './edit-address';

const all = { search: '', syncStates: [], statuses: [], vendors: [] };
const read = (query: string) => parseSearchQuery(query).kind;

describe('searchOfList', () => {
  it('asks for everything where nothing is filtered', () => {
    expect(searchOfList(all)).toEqual({ query: '', isExact: true });
  });

  it('asks for one of several vendors and for the status, whatever a vendor is called', () => {
    const found = searchOfList({ ...all, vendors: ['Fjell & "Co"', 'OR'], statuses: ['ACTIVE'] });
    expect(found).toEqual({
      query: String.raw`(vendor:"Fjell & \"Co\"" OR vendor:"OR") AND status:ACTIVE`,
      isExact: true,
    });
    expect(read(found!.query)).toBe('query');
  });

  it('seeks each word from its beginning, and says that the list may show others', () => {
    const found = searchOfList({ ...all, search: 'trail back-' });
    expect(found).toEqual({ query: 'trail* AND back*', isExact: false });
    expect(read(found!.query)).toBe('query');
  });

  it('finds no search for sync states, nor for signs alone', () => {
    expect(searchOfList({ ...all, syncStates: ['failed'] })).toBeNull();
    expect(searchOfList({ ...all, search: '&&' })).toBeNull();
  });
});

describe('the editor’s address', () => {
  it('names so many products at most, and escapes a search', () => {
    const ids = Array.from({ length: MOST_NAMED + 1 }, (_, index) => `id-${index}`);
    const named = new URL(editorForProducts(ids), 'https://app.test').searchParams.get('ids')?.split(',');
    expect(named).toEqual(ids.slice(0, MOST_NAMED));
    const search = new URL(editorForSearch('vendor:"a&b"'), 'https://app.test').searchParams.get('selection');
    expect(search).toBe('vendor:"a&b"');
    expect(editorForSearch('')).toBe('/app/edits/new');
  });
});
