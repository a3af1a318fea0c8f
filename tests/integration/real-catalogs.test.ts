/** Real exports of stores, the demo's own catalog and a generated one: imported, synced, and read back field by field. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCatalog } from '~/catalog/large-catalog';
import { loadGenerated } from '~/db/catalog-load.server';
import { startImport } from '~/sync/start-import';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { waitFor } from '../support/wait-for';

/** Shopify's own samples are not ours to ship: they are beside the project where it is developed. */
const SHARED = '../shared/data/catalogs';
const FILES = [`${SHARED}/apparel.csv`, `${SHARED}/jewelery.csv`, 'samples/demo-catalog.csv'];

async function importFile(stage: Stage, path: string) {
  const { resources, shopId } = stage;
  const { importId } = await startImport(resources, {
    shopId,
    filename: path,
    content: readFileSync(path),
    causedBy: 'test',
  });
  const ended = await waitFor(`${path} is imported`, async () => {
    const row = await resources.db.catalogImport.findUniqueOrThrow({ where: { id: importId } });
    return row.finishedAt === null ? null : row;
  });
  expect(ended).toMatchObject({ state: 'finished', error: null });
  return ended;
}

describe.each(FILES)('%s', (path) => {
  const isThere = existsSync(path);
  if (!isThere) process.stdout.write(`Skipped: ${path} is not on this machine.\n`);
  let stage: Stage;
  beforeAll(async () => {
    if (isThere) stage = await openStage({ locations: ['Warehouse', 'Store'] });
  });
  afterAll(async () => {
    await stage?.close();
  });

  it.skipIf(!isThere)('is what the store shows', async () => {
    const imported = await importFile(stage, path);
    expect(imported.rowsRejected).toBe(0);
    const run = await stage.awaitRun(imported.syncRunId!, 120_000);
    expect(run.products.filter((product) => product.state !== 'applied')).toEqual([]);
    await expectStoreToEqualCatalog(stage);
    const again = await stage.run();
    expect(again).toMatchObject({ mutations: 0, productReads: 0, state: 'finished' });
  });
});

describe('a generated catalog', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({});
    const products = generateCatalog({ seed: 11, products: 60, minVariants: 1, maxVariants: 100 });
    await loadGenerated(stage.resources.db, stage.accountId, products);
  });
  afterAll(async () => {
    await stage?.close();
  });

  it('is what the store shows', async () => {
    const run = await stage.run(undefined, 120_000);
    expect(run.products.filter((product) => product.state !== 'applied')).toEqual([]);
    await expectStoreToEqualCatalog(stage);
    const again = await stage.run();
    expect(again).toMatchObject({ mutations: 0, productReads: 0, state: 'finished' });
  });
});
