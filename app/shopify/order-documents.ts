/**
 * What is asked of orders. Never of customers, addresses, e-mail, names, notes or attributes: documents.test.ts holds these
 * documents to it.
 */

const LINE_PARTS = /* GraphQL */ `
  fragment OrderLineParts on LineItem {
    id
    quantity
    currentQuantity
    variant {
      id
    }
    product {
      id
    }
    priceAfterAllDiscountsBeforeTaxesSet {
      shopMoney {
        amount
      }
    }
  }
`;

export const READ_GRANTED_SCOPES = /* GraphQL */ `
  query ReadGrantedScopes {
    currentAppInstallation {
      accessScopes {
        handle
      }
    }
  }
`;

export const COUNT_ORDERS = /* GraphQL */ `
  query CountOrders($search: String!) {
    ordersCount(query: $search, limit: null) {
      count
    }
  }
`;

/** About 390 points a page at most, less than two an order: smaller pages cost more in all. */
export const READ_ORDERS =
  /* GraphQL */ `
    query ReadOrders($search: String!, $after: String) {
      orders(first: 250, after: $after, query: $search, sortKey: UPDATED_AT) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          createdAt
          processedAt
          updatedAt
          cancelledAt
          test
          currencyCode
          totalRefundedSet {
            shopMoney {
              amount
            }
          }
          lineItems(first: 30) {
            pageInfo {
              hasNextPage
              endCursor
            }
            nodes {
              ...OrderLineParts
            }
          }
        }
      }
    }
  ` + LINE_PARTS;

export const READ_MORE_ORDER_LINES =
  /* GraphQL */ `
    query ReadMoreOrderLines($id: ID!, $after: String!) {
      order(id: $id) {
        lineItems(first: 250, after: $after) {
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            ...OrderLineParts
          }
        }
      }
    }
  ` + LINE_PARTS;

/** Of orders of which something was given back. */
export const READ_REFUNDS = /* GraphQL */ `
  query ReadRefunds($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Order {
        id
        refunds(first: 10) {
          id
          refundLineItems(first: 20) {
            pageInfo {
              hasNextPage
            }
            nodes {
              quantity
              subtotalSet {
                shopMoney {
                  amount
                }
              }
              lineItem {
                id
              }
            }
          }
        }
      }
    }
  }
`;

/** An order that has more of them; a list without pages. */
export const LIST_REFUNDS = /* GraphQL */ `
  query ListRefunds($id: ID!) {
    order(id: $id) {
      refunds(first: 250) {
        id
      }
    }
  }
`;

export const READ_REFUND_LINES = /* GraphQL */ `
  query ReadRefundLines($id: ID!, $after: String) {
    refund(id: $id) {
      refundLineItems(first: 250, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          quantity
          subtotalSet {
            shopMoney {
              amount
            }
          }
          lineItem {
            id
          }
        }
      }
    }
  }
`;

export const LIST_ORDER_IDS = /* GraphQL */ `
  query ListOrderIds($search: String!, $after: String) {
    orders(first: 250, after: $after, query: $search, sortKey: ID) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
      }
    }
  }
`;

export const FIND_ORDERS = /* GraphQL */ `
  query FindOrders($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
    }
  }
`;
