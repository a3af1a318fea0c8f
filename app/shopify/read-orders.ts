/** Orders of a store, page by page, with whole lines and refunds. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { chunksOf } from '~/core/plan';
import type { Gid } from '~/core/product-state';
import { orderAccess } from '~/core/store-order';
import type { OrderLine, StoreOrder } from '~/core/store-order';
import { schemas } from './answers';
import type { Ask } from './ask';
import * as documents from './documents';
import { addSpent, nothingSpent } from './gateway';
import type { CallLimits, OrderReads, Spent } from './gateway';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const money = z
  .object({ shopMoney: z.object({ amount: z.string() }) })
  .transform((bag) => bag.shopMoney.amount);
const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const identified = z.object({ id: schemas.gid });

const lines = z.object({
  pageInfo,
  nodes: z.array(
    z.object({
      id: schemas.gid,
      quantity: z.int(),
      currentQuantity: z.int(),
      variant: identified.nullable(),
      product: identified.nullable(),
      priceAfterAllDiscountsBeforeTaxesSet: money,
    }),
  ),
});
const ordersPage = z.object({
  pageInfo,
  nodes: z.array(
    z.object({
      id: schemas.gid,
      createdAt: instant,
      processedAt: instant,
      updatedAt: instant,
      cancelledAt: instant.nullable(),
      test: z.boolean(),
      currencyCode: z.string(),
      totalRefundedSet: money,
      lineItems: lines,
    }),
  ),
});
const refundLine = z.object({ quantity: z.int(), subtotalSet: money, lineItem: identified });
const refundLines = z.object({ pageInfo, nodes: z.array(refundLine) });
const refundedOrder = z
  .object({ id: schemas.gid, refunds: z.array(z.object({ id: schemas.gid, refundLineItems: refundLines })) })
  .nullable();

type LineNode = z.infer<typeof lines>['nodes'][number];
type RefundLine = z.infer<typeof refundLine>;

/** Refunds of an order that are read at first, as the document says. */
const FIRST_REFUNDS = 10;
/** Orders whose refunds are read in a call: it may cost 1,000 points. */
const REFUNDED_A_CALL = 10;
const IDS_A_CALL = 250;

const nextOf = (info: z.infer<typeof pageInfo>): string | null =>
  info.hasNextPage ? (info.endCursor ?? null) : null;

/** A search from the second of an instant on: Shopify's instants have no parts of it. */
const since = (field: 'updated_at' | 'created_at', at: Date): string =>
  `${field}:>='${at.toISOString().slice(0, 19)}Z'`;

function orderLine(node: LineNode, refunds: readonly RefundLine[]): OrderLine {
  const own = refunds.filter(({ lineItem }) => lineItem.id === node.id);
  return {
    id: node.id,
    variantId: node.variant?.id ?? null,
    productId: node.product?.id ?? null,
    quantity: node.quantity,
    units: node.currentQuantity,
    revenue: node.priceAfterAllDiscountsBeforeTaxesSet,
    refundedUnits: own.reduce((sum, { quantity }) => sum + quantity, 0),
    refunded: own.reduce((sum, { subtotalSet }) => sum.plus(subtotalSet), new Decimal(0)).toFixed(),
  };
}

/** Reads orders; points and calls of a page are summed over all it took. */
export function createOrderReads(ask: Ask): OrderReads {
  /** Asks and adds up what it took. */
  const counting = (limits: CallLimits | undefined) => {
    let spent: Spent = nothingSpent();
    return {
      one: async (document: string, variables: Record<string, unknown>, ids = 1): Promise<unknown> => {
        const { values, spent: own } = await ask([{ document, variables }], limits, ids);
        spent = addSpent(spent, own);
        return values[0];
      },
      spent: () => spent,
    };
  };
  type Counting = ReturnType<typeof counting>;

  const allLines = async (asking: Counting, id: Gid, first: z.infer<typeof lines>): Promise<LineNode[]> => {
    const nodes = [...first.nodes];
    for (let after = nextOf(first.pageInfo); after !== null;) {
      const answer = await asking.one(documents.READ_MORE_ORDER_LINES, { id, after });
      const order = z.object({ lineItems: lines }).nullable().parse(answer);
      if (order === null) break;
      nodes.push(...order.lineItems.nodes);
      after = nextOf(order.lineItems.pageInfo);
    }
    return nodes;
  };

  const allRefundLines = async (asking: Counting, orderId: Gid): Promise<RefundLine[]> => {
    const order = z
      .object({ refunds: z.array(identified) })
      .nullable()
      .parse(await asking.one(documents.LIST_REFUNDS, { id: orderId }));
    const found: RefundLine[] = [];
    for (const { id } of order?.refunds ?? []) {
      for (let after: string | null = null, goesOn = true; goesOn;) {
        const answer = await asking.one(documents.READ_REFUND_LINES, { id, after });
        const refund = z.object({ refundLineItems: refundLines }).nullable().parse(answer);
        found.push(...(refund?.refundLineItems.nodes ?? []));
        after = refund ? nextOf(refund.refundLineItems.pageInfo) : null;
        goesOn = after !== null;
      }
    }
    return found;
  };

  const refundsOf = async (asking: Counting, ids: Gid[]): Promise<Map<Gid, RefundLine[]>> => {
    const found = new Map<Gid, RefundLine[]>();
    for (const chunk of chunksOf(ids, REFUNDED_A_CALL)) {
      const answer = await asking.one(documents.READ_REFUNDS, { ids: chunk }, chunk.length);
      for (const order of z.array(refundedOrder).parse(answer)) {
        if (order === null) continue;
        const isCut =
          order.refunds.length >= FIRST_REFUNDS ||
          order.refunds.some(({ refundLineItems }) => refundLineItems.pageInfo.hasNextPage);
        found.set(
          order.id,
          isCut
            ? await allRefundLines(asking, order.id)
            : order.refunds.flatMap(({ refundLineItems }) => refundLineItems.nodes),
        );
      }
    }
    return found;
  };

  return {
    readOrderAccess: async (limits) => {
      const asking = counting(limits);
      const installation = z
        .object({ accessScopes: z.array(z.object({ handle: z.string() })) })
        .parse(await asking.one(documents.READ_GRANTED_SCOPES, {}));
      const access = orderAccess(installation.accessScopes.map(({ handle }) => handle));
      return { access, spent: asking.spent() };
    },
    countOrders: async (updatedSince, limits) => {
      const asking = counting(limits);
      const answer = await asking.one(documents.COUNT_ORDERS, { search: since('updated_at', updatedSince) });
      const { count } = z.object({ count: z.int() }).parse(answer);
      return { count, spent: asking.spent() };
    },
    readOrders: async ({ updatedSince, after }, limits) => {
      const asking = counting(limits);
      const search = since('updated_at', updatedSince);
      const page = ordersPage.parse(await asking.one(documents.READ_ORDERS, { search, after }));
      const refunded = page.nodes.filter((node) => !new Decimal(node.totalRefundedSet).isZero());
      const refunds = await refundsOf(
        asking,
        refunded.map(({ id }) => id),
      );
      const orders: StoreOrder[] = [];
      for (const { id, test, currencyCode, lineItems, totalRefundedSet: _total, ...instants } of page.nodes) {
        const nodes = await allLines(asking, id, lineItems);
        const own = refunds.get(id) ?? [];
        orders.push({
          ...{ id, ...instants, isTest: test, currency: currencyCode },
          lines: nodes.map((node) => orderLine(node, own)),
        });
      }
      return { orders, next: nextOf(page.pageInfo), spent: asking.spent() };
    },
    listOrderIds: async ({ createdSince, after }, limits) => {
      const asking = counting(limits);
      const search = since('created_at', createdSince);
      const answer = await asking.one(documents.LIST_ORDER_IDS, { search, after });
      const page = z.object({ pageInfo, nodes: z.array(identified) }).parse(answer);
      return {
        ids: page.nodes.map(({ id }) => id),
        next: nextOf(page.pageInfo),
        spent: asking.spent(),
      };
    },
    findOrdersGone: async (ids, limits) => {
      const asking = counting(limits);
      const gone: Gid[] = [];
      for (const chunk of chunksOf(ids, IDS_A_CALL)) {
        const answer = await asking.one(documents.FIND_ORDERS, { ids: chunk }, chunk.length);
        const nodes = z.array(z.unknown()).parse(answer);
        gone.push(...chunk.filter((_id, index) => nodes[index] === null));
      }
      return { gone, spent: asking.spent() };
    },
  };
}
