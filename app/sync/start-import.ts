/** Takes a product CSV in: records the file and queues its import. */
import { createImport, endImport } from '~/db/catalog-import.server';
import type { Resources } from './resources';

/** Larger files are refused; Shopify itself takes 15 MB. */
export const maxImportBytes = 100 * 1024 * 1024;

/**
 * Queues the import of a file for the shop's catalog. A file that is empty or larger than `maxImportBytes` is recorded
 * as a failed import whose error says so.
 */
export async function startImport(
  resources: Resources,
  {
    shopId,
    filename,
    content,
    causedBy,
  }: { shopId: string; filename: string; content: Uint8Array; causedBy: string },
): Promise<{ importId: string }> {
  const { db, queue, now } = resources;
  const error = refusalOf(content);
  const importId = await db.$transaction(async (tx) => {
    // A store does not change its account between this and the row that says whose catalog it is for.
    const [shop] = await tx.$queryRaw<{ accountId: string }[]>`
      SELECT account_id AS "accountId" FROM app.shop WHERE id = ${shopId}::uuid FOR SHARE`;
    if (!shop) throw new Error(`There is no shop ${shopId}.`);
    const { accountId } = shop;
    return createImport(
      tx,
      { shopId, accountId, filename, causedBy, content: error === null ? content : null, error },
      now(),
    );
  });
  if (error !== null) return { importId };
  try {
    await queue.add([{ name: 'import-catalog', shopId, importId }], {
      deduplicationId: `import-${importId}`,
    });
  } catch (cause) {
    await endImport(
      db,
      importId,
      { state: 'failed', error: 'The import could not be queued. Try again.' },
      now(),
    );
    throw cause;
  }
  return { importId };
}

function refusalOf(content: Uint8Array): string | null {
  if (content.length === 0) return 'The file is empty. Export the products again and choose the new file.';
  if (content.length > maxImportBytes)
    return `The file has ${Math.ceil(content.length / 1024 / 1024)} MB; at most ${maxImportBytes / 1024 / 1024} MB are taken. Split it.`;
  return null;
}
