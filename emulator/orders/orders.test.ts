/** Orders as the Admin API tells of them, and what the merchant's hand may do with them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { testApi } from '../client-for-tests';
import type { TestApi } from '../client-for-tests';
import type { Order } from '../state/operations';
import { changeOrder, makeOrders } from './orders';
import type { OrderChange, WantedOrder } from './orders';

const DAY_MS = 86_400_000;
const ORDERS = `query($search: String, $after: String, $first: Int = 50) {
  orders(first: $first, after: $after, query: $search, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { id updatedAt cancelledAt test currencyCode totalRefundedSet { shopMoney { amount currencyCode } }
      lineItems(first: 10) { nodes { id quantity currentQuantity variant { id } product { id }
        discountedTotalSet { shopMoney { amount } }
        priceAfterAllDiscountsBeforeTaxesSet { shopMoney { amount } } } }
      refunds(first: 5) { id refundLineItems(first: 5) { nodes { quantity subtotalSet { shopMoney { amount } } lineItem { id } } } } } } }`;

let api: TestApi;
let variants: string[];
let topics: string[];
beforeEach(async () => {
  api = testApi();
  const shirt = await api.shirt('shirt', ['S', 'M', 'L']);
  variants = shirt.variants.nodes.map(({ id }: { id: string }) => id);
  topics = [];
  api.context.state.events.onEvent(({ topic }) => topics.push(topic));
});

const ago = (days: number) => new Date(api.context.clock.now() - days * DAY_MS).toISOString();

function make(orders: WantedOrder[]): Order[] {
  const made = makeOrders(api.context, api.shop, orders);
  if (typeof made === 'string') throw new Error(made);
  return made;
}

const change = (wanted: OrderChange) => changeOrder(api.context, api.shop, wanted);
const listed = async (search: string | null, first = 50, after: string | null = null) =>
  (await api.data(ORDERS, { search, first, after })).orders;

describe('orders', () => {
  it('carry what was bought, discounts and all', async () => {
    make([{ lines: [{ variantId: variants[0]!, quantity: 3, discount: '1.00' }], test: true }]);
    expect((await listed(null)).nodes).toMatchObject([
      {
        test: true,
        cancelledAt: null,
        totalRefundedSet: { shopMoney: { amount: '0.0', currencyCode: api.shop.currencyCode } },
        lineItems: {
          nodes: [
            {
              quantity: 3,
              currentQuantity: 3,
              variant: { id: variants[0] },
              discountedTotalSet: { shopMoney: { amount: '29.0' } },
              priceAfterAllDiscountsBeforeTaxesSet: { shopMoney: { amount: '29.0' } },
            },
          ],
        },
        refunds: [],
      },
    ]);
    expect(topics).toEqual(['orders/create']);
  });

  it('are given back in parts to the cent, and no more than was bought', async () => {
    const [order] = make([{ lines: [{ variantId: variants[0]!, quantity: 3, discount: '0.01' }] }]);
    const refund = (quantity: number) =>
      change({ kind: 'refund', orderId: order!.id, lineId: order!.lines[0]!.id, quantity });
    refund(1);
    const line = async () => (await listed(null)).nodes[0];
    expect(await line()).toMatchObject({
      totalRefundedSet: { shopMoney: { amount: '9.99' } },
      lineItems: {
        nodes: [
          {
            currentQuantity: 2,
            discountedTotalSet: { shopMoney: { amount: '29.99' } },
            priceAfterAllDiscountsBeforeTaxesSet: { shopMoney: { amount: '20.0' } },
          },
        ],
      },
      refunds: [{ refundLineItems: { nodes: [{ quantity: 1, lineItem: { id: order!.lines[0]!.id } }] } }],
    });
    expect(refund(3)).toContain('only 2');
    refund(2);
    expect(await line()).toMatchObject({
      totalRefundedSet: { shopMoney: { amount: '29.99' } },
      lineItems: { nodes: [{ priceAfterAllDiscountsBeforeTaxesSet: { shopMoney: { amount: '0.0' } } }] },
    });
    expect(topics.filter((topic) => topic === 'refunds/create')).toHaveLength(2);
    expect(topics.filter((topic) => topic === 'orders/updated')).toHaveLength(2);
  });

  it('are cancelled once, deleted without a trace, and each change moves updatedAt', async () => {
    const [first, second] = make(
      [1, 2].map((days) => ({ at: ago(days), lines: [{ variantId: variants[0]! }] })),
    );
    change({ kind: 'cancel', orderId: first!.id });
    expect(change({ kind: 'cancel', orderId: first!.id })).toContain('already');
    change({ kind: 'delete', orderId: second!.id });
    expect((await listed(null)).nodes).toMatchObject([{ id: first!.id, cancelledAt: expect.any(String) }]);
    expect((await listed(`updated_at:>='${ago(0.5)}'`)).nodes).toHaveLength(1);
    const { order } = await api.data('query($id: ID!) { order(id: $id) { id } }', { id: second!.id });
    expect(order).toBeNull();
    expect(topics).toEqual([
      'orders/create',
      'orders/create',
      'orders/cancelled',
      'orders/updated',
      'orders/delete',
    ]);
  });

  it('are found by their instants, the longest untouched first, in pages that miss none', async () => {
    const made = make(
      Array.from({ length: 23 }, (_, at) => ({ at: ago(at % 5), lines: [{ variantId: variants[at % 3]! }] })),
    );
    const seen: { id: string; updatedAt: string }[] = [];
    for (let after: string | null = null, goesOn = true; goesOn;) {
      const page = await listed(`updated_at:>='${ago(3.5)}'`, 4, after);
      seen.push(...page.nodes);
      after = page.pageInfo.endCursor;
      goesOn = page.pageInfo.hasNextPage;
    }
    const wanted = made.filter((_, at) => at % 5 <= 3).map(({ id }) => id);
    expect(seen.map(({ id }) => id).sort()).toEqual(wanted.sort());
    const instants = seen.map(({ updatedAt }) => updatedAt);
    expect(instants).toEqual([...instants].sort());
    const { ordersCount } = await api.data(
      'query($search: String) { ordersCount(query: $search, limit: 10) { count precision } }',
      { search: null },
    );
    expect(ordersCount).toEqual({ count: 10, precision: 'AT_LEAST' });
  });

  it('come late to the search where it lags', async () => {
    api.context.switches.searchLagMs = 60_000;
    make([{ lines: [{ variantId: variants[0]! }] }]);
    const recent = `updated_at:>='${ago(1)}'`;
    expect((await listed(recent)).nodes).toEqual([]);
    expect((await listed(null)).nodes).toHaveLength(1);
    api.context.clock.skewMs += 61_000;
    expect((await listed(recent)).nodes).toHaveLength(1);
  });

  it('are those of 60 days without read_all_orders, by the instant that the switch says', async () => {
    const old = { at: ago(61), processedAt: ago(1), lines: [{ variantId: variants[0]! }] };
    const [hidden] = make([old]);
    make([{ at: ago(59), processedAt: ago(100), lines: [{ variantId: variants[0]! }] }]);
    expect((await listed(null)).nodes).toHaveLength(1);
    const { nodes } = await api.data('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [hidden!.id],
    });
    expect(nodes).toEqual([null]);
    api.context.switches.orderAge = 'processed';
    expect((await listed(null)).nodes).toMatchObject([{ id: hidden!.id }]);
    for (const token of api.context.state.tokens.values()) token.scopes.push('read_all_orders');
    expect((await listed(null)).nodes).toHaveLength(2);
  });

  it('are refused without the scope', async () => {
    const without = testApi({ scopes: ['write_products'] });
    const { errors } = await without.ask(ORDERS, {});
    expect(errors[0].extensions.code).toBe('ACCESS_DENIED');
  });

  it('of what is no variant, or dearer by its discount than it is, are not made', () => {
    const wrong = { lines: [{ variantId: 'gid://shopify/ProductVariant/1' }] };
    expect(makeOrders(api.context, api.shop, [{ lines: [{ variantId: variants[0]! }] }, wrong])).toContain(
      'no variant',
    );
    const dear = { lines: [{ variantId: variants[0]!, discount: '10.01' }] };
    expect(makeOrders(api.context, api.shop, [dear])).toContain('discount');
    expect(api.shop.orders.size).toBe(0);
  });
});
