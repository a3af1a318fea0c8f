import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testApi } from '../../client-for-tests';
import type { TestApi } from '../../client-for-tests';

const SET = `mutation($input: InventorySetQuantitiesInput!, $key: String!) { inventorySetQuantities(input: $input) @idempotent(key: $key) {
  inventoryAdjustmentGroup { id reason changes { name delta quantityAfterChange location { name } } } userErrors { code field message } } }`;
const ADJUST = `mutation($input: InventoryAdjustQuantitiesInput!, $key: String!) { inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
  inventoryAdjustmentGroup { id changes { name delta } } userErrors { code field } } }`;

async function stocked(options: Parameters<typeof testApi>[0] = {}) {
  const api = testApi(options);
  const shirt = await api.shirt();
  const itemId: string = shirt.variants.nodes[0].inventoryItem.id;
  const input = (quantity: number, changeFromQuantity: number | null | undefined, at = 0) => ({
    name: 'available',
    reason: 'correction',
    quantities: [
      {
        inventoryItemId: itemId,
        locationId: api.locations[at]!,
        quantity,
        ...(changeFromQuantity === undefined ? {} : { changeFromQuantity }),
      },
    ],
  });
  const set = async (quantity: number, from: number | null, key: string) =>
    (await api.data(SET, { input: input(quantity, from), key })).inventorySetQuantities;
  return { api, itemId, input, set };
}
const available = (api: TestApi, itemId: string, at = 0) =>
  api.shop.inventoryItems.get(itemId)?.levels.get(api.locations[at]!)?.quantities.available;

describe('inventorySetQuantities', () => {
  it('sets where the quantity is what it was thought to be, and refuses stale ones whole', async () => {
    const { api, itemId, set } = await stocked();
    const done = await set(9, 5, 'a');
    expect(done).toMatchObject({
      userErrors: [],
      inventoryAdjustmentGroup: {
        reason: 'correction',
        changes: [
          { name: 'available', delta: 4, quantityAfterChange: 9 },
          { name: 'on_hand', delta: 4 },
        ],
      },
    });
    expect(await set(3, 5, 'b')).toMatchObject({
      inventoryAdjustmentGroup: null,
      userErrors: [
        { code: 'CHANGE_FROM_QUANTITY_STALE', field: ['input', 'quantities', '0', 'changeFromQuantity'] },
      ],
    });
    expect(available(api, itemId)).toBe(9);
    expect(await set(3, null, 'c')).toMatchObject({ userErrors: [] });
    expect(available(api, itemId)).toBe(3);
  });

  it('stocks an item where it was not: its quantity there counts as 0', async () => {
    const { api, itemId, input } = await stocked();
    await api.data(SET, { input: input(4, 0, 1), key: 'a' });
    expect(available(api, itemId, 1)).toBe(4);
  });

  it('demands an idempotency key and something to compare with', async () => {
    const { api, input } = await stocked();
    const bare = await api.ask(
      'mutation($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) { userErrors { code } } }',
      { input: input(1, null) },
    );
    expect(bare.errors[0]).toMatchObject({
      message: expect.stringContaining('@idempotent'),
      extensions: { code: 'BAD_REQUEST' },
    });
    const absent = await api.ask(SET, { input: input(1, undefined), key: 'a' });
    expect(absent.errors[0].message).toContain('changeFromQuantity');
  });

  it('does the work of a key once: the same again is answered, other parameters are refused', async () => {
    const { api, itemId, set } = await stocked();
    const first = await set(9, 5, 'a');
    expect(await set(9, 5, 'a')).toEqual(first);
    expect(await set(8, 9, 'a')).toMatchObject({
      inventoryAdjustmentGroup: null,
      userErrors: [{ code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH', field: null }],
    });
    expect(available(api, itemId)).toBe(9);
    api.context.clock.skewMs = 24 * 3_600_000 + 1_000;
    expect(await set(8, 9, 'a')).toMatchObject({ userErrors: [] });
  });

  it('refuses a key whose first request failed, unless the switch says otherwise', async () => {
    const kept = await stocked();
    await kept.set(9, 4, 'a');
    expect(await kept.set(9, 4, 'a')).toMatchObject({
      userErrors: [{ code: 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED' }],
    });
    const forgotten = await stocked({ switches: { idempotencyKeepsFailures: false } });
    await forgotten.set(9, 4, 'a');
    expect(await forgotten.set(9, 5, 'a')).toMatchObject({ userErrors: [] });
  });

  it('names what is wrong by the codes of the schema', async () => {
    const { api, input } = await stocked();
    const good = input(1, null);
    const [entry] = good.quantities;
    const refused: [object, string][] = [
      [{ ...good, name: 'committed' }, 'INVALID_NAME'],
      [{ ...good, reason: 'because' }, 'INVALID_REASON'],
      [
        { ...good, quantities: [{ ...entry, inventoryItemId: 'gid://shopify/InventoryItem/1' }] },
        'INVALID_INVENTORY_ITEM',
      ],
      [{ ...good, quantities: [{ ...entry, locationId: 'gid://shopify/Location/1' }] }, 'INVALID_LOCATION'],
      [{ ...good, quantities: [{ ...entry, quantity: 2_000_000_000 }] }, 'INVALID_QUANTITY_TOO_HIGH'],
      [{ ...good, quantities: [entry, entry] }, 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR'],
    ];
    for (const [index, [wrong, code]] of refused.entries()) {
      expect(
        (await api.data(SET, { input: wrong, key: `k${index}` })).inventorySetQuantities.userErrors,
      ).toMatchObject([{ code }]);
    }
  });

  it('never loses a sale to a stale write', async () => {
    const { api, itemId, set } = await stocked();
    let key = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 50 }),
        async (quantity, thought) => {
          const before = available(api, itemId);
          const { userErrors } = await set(quantity, thought, `p${key++}`);
          expect(available(api, itemId)).toBe(thought === before ? quantity : before);
          expect(userErrors).toHaveLength(thought === before ? 0 : 1);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('inventoryAdjustQuantities, items and levels', () => {
  it('adds deltas, once a key', async () => {
    const { api, itemId } = await stocked();
    const input = {
      name: 'available',
      reason: 'received',
      changes: [
        { inventoryItemId: itemId, locationId: api.locations[0], delta: -2, changeFromQuantity: null },
      ],
    };
    await api.data(ADJUST, { input, key: 'a' });
    await api.data(ADJUST, { input, key: 'a' });
    expect(available(api, itemId)).toBe(3);
    const stale = { ...input, changes: [{ ...input.changes[0], changeFromQuantity: 8 }] };
    expect(
      (await api.data(ADJUST, { input: stale, key: 'b' })).inventoryAdjustQuantities.userErrors,
    ).toMatchObject([{ code: 'CHANGE_FROM_QUANTITY_STALE' }]);
  });

  it('activates an item at a location, once', async () => {
    const { api, itemId } = await stocked();
    const text =
      'mutation($item: ID!, $location: ID!, $key: String!) { inventoryActivate(inventoryItemId: $item, locationId: $location, available: 6) @idempotent(key: $key) { inventoryLevel { id quantities(names: ["available", "on_hand"]) { name quantity } } userErrors { field message } } }';
    const variables = { item: itemId, location: api.locations[1], key: 'a' };
    const { inventoryActivate } = await api.data(text, variables);
    expect(inventoryActivate.inventoryLevel.quantities).toEqual([
      { name: 'available', quantity: 6 },
      { name: 'on_hand', quantity: 6 },
    ]);
    expect((await api.data(text, variables)).inventoryActivate).toEqual(inventoryActivate);
    expect((await api.data(text, { ...variables, key: 'b' })).inventoryActivate.userErrors[0].field).toEqual([
      'available',
    ]);
    const { inventoryDeactivate } = await api.data(
      'mutation($id: ID!) { inventoryDeactivate(inventoryLevelId: $id) { userErrors { field } } }',
      { id: inventoryActivate.inventoryLevel.id },
    );
    expect(inventoryDeactivate.userErrors).toEqual([]);
    expect(available(api, itemId, 1)).toBeUndefined();
  });

  it('updates an item', async () => {
    const { api, itemId } = await stocked();
    const text =
      'mutation($id: ID!, $input: InventoryItemInput!) { inventoryItemUpdate(id: $id, input: $input) { inventoryItem { sku tracked unitCost { amount currencyCode } harmonizedSystemCode measurement { weight { unit value } } } userErrors { field } } }';
    const input = {
      sku: 'X',
      tracked: false,
      cost: '3.333',
      harmonizedSystemCode: '610910',
      measurement: { weight: { unit: 'GRAMS', value: 120 } },
    };
    expect((await api.data(text, { id: itemId, input })).inventoryItemUpdate).toEqual({
      inventoryItem: {
        sku: 'X',
        tracked: false,
        unitCost: { amount: '3.33', currencyCode: 'EUR' },
        harmonizedSystemCode: '610910',
        measurement: { weight: { unit: 'GRAMS', value: 120 } },
      },
      userErrors: [],
    });
    expect(
      (await api.data(text, { id: itemId, input: { cost: '-1' } })).inventoryItemUpdate.userErrors[0].field,
    ).toEqual(['input', 'cost']);
  });
});
