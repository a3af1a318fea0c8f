/** The catalog as Shopify's product CSV. */
import { stringify } from 'csv-stringify/sync';
import { productCsvFormat } from '~/catalog/product-csv-format';
import { listHandles } from '~/db/catalog-products.server';
import { readCatalogShape } from '~/db/catalog-shape.server';
import { readCatalogStates } from '~/db/catalog-states.server';
import type { Resources } from './resources';

const productsPerPage = 100;

function csv(rows: string[][]): string {
  return stringify(rows, { quoted_match: /[\r\n]/ });
}

/**
 * The shop's whole catalog as CSV text in parts, ordered by handle: importing it again changes nothing. Videos and 3D
 * models have no place in the format and are left out.
 */
export async function* exportCatalog(
  { db }: Resources,
  { shopId }: { shopId: string },
): AsyncGenerator<string> {
  const { accountId } = await db.shop.findUniqueOrThrow({
    where: { id: shopId },
    select: { accountId: true },
  });
  const format = productCsvFormat(await readCatalogShape(db, accountId));
  yield csv([format.header]);
  for (let after: string | null = null; ;) {
    const handles: string[] = await listHandles(db, accountId, { after, limit: productsPerPage });
    if (handles.length === 0) return;
    const states = await readCatalogStates(db, accountId, { handles });
    const byHandle = new Map(states.map((state) => [state.fields.handle, state]));
    yield csv(handles.flatMap((handle) => byHandle.get(handle) ?? []).flatMap(format.rowsOf));
    after = handles.at(-1) ?? null;
  }
}
