/** Products chosen by the collections of the store: read from Shopify when somebody asks for them, and no others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCollection } from '../../emulator/admin/merchant';
import type { SourceId } from '~/core/product-state';
import { previewDraft } from '~/sync/preview-draft';
import { PERCENT, edit, planEdit } from '../support/edits';
import { asMerchant, shopOf, storeProduct } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';

const PRODUCTS = 8;
/** More than Shopify gives on a page. */
const MANY = 260;

let stage: Stage;
let ids: SourceId[];
beforeAll(async () => {
  stage = await openStage({});
  ids = await fillCatalog(stage, PRODUCTS);
  await stage.run();
  // Products that only the store has: they fill the first page of the large collection.
  const strangers: string[] = [];
  for (let at = 0; at < MANY; at += 20) {
    const names = Array.from({ length: 20 }, (_, index) => `Stranger ${at + index}`);
    const fields = names.map(
      (title, index) =>
        `p${index}: productCreate(product: {title: ${JSON.stringify(title)}}) { product { id } }`,
    );
    const { data } = (await asMerchant(stage, `mutation { ${fields.join(' ')} }`)) as {
      data: Record<string, { product: { id: string } }>;
    };
    strangers.push(...Object.values(data).map(({ product }) => product.id));
  }
  for (let at = 0; at < MANY; at += 1) collect(`Empty ${at}`, []);
  collect('Summer picks', [...strangers, ...[1, 2, 5].map(remoteId)]);
  collect('Winter', [remoteId(2), remoteId(3)]);
}, 120_000);
afterAll(async () => {
  await stage?.close();
});

const remoteId = (at: number) => storeProduct(stage, `item-${at}`).id;
const collect = (title: string, productIds: string[]) =>
  makeCollection(stage.emulator, shopOf(stage), { title, productIds });
const asked = (from: number) =>
  stage.emulator.log
    .all()
    .slice(from)
    .flatMap(({ fields }) => fields)
    .filter((field) => field.startsWith('collection'));
const sent = () => stage.emulator.log.all().length;

async function planned(query: string): Promise<SourceId[]> {
  const { id, state } = await planEdit(stage, { kind: 'query', query }, [PERCENT('-10')]);
  expect([state, (await edit(stage, id)).error]).toEqual(['planned', null]);
  const fields = await stage.resources.db.bulkEditField.findMany({ where: { editId: id } });
  return [...new Set(fields.map(({ productId }) => productId))].toSorted();
}
const products = (...at: number[]) => at.map((index) => ids[index]).toSorted();

const preview = (query: string) =>
  previewDraft(stage.resources, {
    ...{ shopId: stage.shopId, accountId: stage.accountId, changes: null },
    selection: { kind: 'query', query },
  });

describe('a collection of the store', () => {
  it('chooses its products, by title, handle or number, beside any other condition', async () => {
    const from = sent();
    expect(await planned('collection:"summer picks"')).toEqual(products(1, 2, 5));
    // Two pages of collections, and two of the one that was asked for.
    expect(asked(from)).toEqual(['collections', 'collections', 'collection', 'collection']);
    expect(await planned('collection:winter AND -sku:I2-S')).toEqual(products(2, 3));
    const [winter] = [...shopOf(stage).collections.values()].filter(({ title }) => title === 'Winter');
    expect(await planned(`collection_id:${winter!.id.split('/').at(-1)}`)).toEqual(products(2, 3));
    expect(await planned('collection:summer-picks AND collection:Winter')).toEqual(products(2));
    expect(await planned('collection:"No such thing"')).toEqual([]);
    expect(await planned('-collection:*')).toEqual(products(0, 4, 6, 7));
  });

  it('is read again before a plan once what is known of it is old, and is gone when it is deleted', async () => {
    const { db } = stage.resources;
    const [winter] = [...shopOf(stage).collections.values()].filter(({ title }) => title === 'Winter');
    winter!.productIds.push(remoteId(7));
    expect(await planned('collection:Winter')).toEqual(products(2, 3));
    const age = () =>
      db.storeCollection.updateMany({ data: { listedAt: new Date(0), membersAt: new Date(0) } });
    await age();
    expect(await planned('collection:Winter')).toEqual(products(2, 3, 7));
    shopOf(stage).collections.delete(winter!.id);
    await age();
    expect(await planned('collection:Winter')).toEqual([]);
    expect(await db.collectionProduct.count({ where: { collectionId: winter!.id } })).toBe(0);
  });

  it('is counted while an edit is being made; what Shopify does not say is not taken for an answer', async () => {
    expect(await preview('collection:summer-picks')).toMatchObject({
      ...{ selected: { products: 3, variants: 6 }, problems: [] },
    });
    await stage.resources.db.storeCollection.updateMany({ data: { membersAt: new Date(0) } });
    stage.emulator.faults.add({ match: { operation: 'ReadCollectionProducts' }, kind: 'timeout-before' });
    const doubtful = await preview('collection:summer-picks');
    expect(doubtful).toMatchObject({ selected: { products: 3 }, problems: [{ field: 'query' }] });
    expect(doubtful.problems[0]!.reason).toContain('Shopify has not said');
    stage.emulator.faults.clear();
    expect((await preview('collection:summer-picks')).problems).toEqual([]);
    const from = sent();
    await preview('vendor:Acme');
    expect(asked(from)).toEqual([]);
  });
});
