/** What fields of bulk edits name by id, as a person would call it. */
import { z } from 'zod';
import type { Queryable } from '../client.server';
import type { EditFieldRow } from './bulk-edits.server';
import { readValueNames } from './value-names.server';

const picture = z.object({ url: z.string(), alt: z.string() });
const PICTURE = 'media:';

/** Pictures that the fields themselves add or take away: the catalog need not hold them. */
function picturesIn(rows: EditFieldRow[]): [string, string][] {
  return rows.flatMap(({ field, before, after }): [string, string][] => {
    if (!field.startsWith(PICTURE)) return [];
    const { data } = picture.safeParse(after ?? before);
    if (data === undefined) return [];
    const name = data.alt === '' ? (data.url.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? data.url) : data.alt;
    return [[field.slice(PICTURE.length), name]];
  });
}

/** Names by id of the variants and pictures that these fields speak of; what is gone has none. */
export async function readFieldNames(
  db: Queryable,
  accountId: string,
  rows: EditFieldRow[],
): Promise<Record<string, string>> {
  const names = await readValueNames(
    db,
    accountId,
    rows.map(({ field, variantId, before, after }) => ({ field, variantId, values: [before, after] })),
  );
  return Object.fromEntries([...picturesIn(rows), ...names]);
}
