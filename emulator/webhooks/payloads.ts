/** The body of every webhook but those of products, read from the state at the moment of the event. */
import { Decimal } from 'decimal.js';
import type { EmulatorContext } from '../context';
import { currentQuantity, discountedTotal, netTotal } from '../orders/amounts';
import type { EmulatorEvent } from '../state/events';
import type { Gid } from '../state/gid';
import { gidOf, legacyId } from '../state/gid';
import type { Shop } from '../state/shop';
import { numericId, productPayload } from './product-payload';
import { shopTime } from './shop-time';

function shopPayload(shop: Shop) {
  const [primary] = shop.locations.keys();
  const created = shopTime(shop.createdAt, shop.timezone);
  return {
    id: numericId(shop.id),
    name: shop.name,
    email: shop.email,
    domain: shop.domain,
    country: null,
    primary_locale: 'en',
    created_at: created,
    updated_at: created,
    currency: shop.currencyCode,
    customer_email: shop.email,
    timezone: shop.timezone,
    iana_timezone: shop.timezone,
    shop_owner: 'Local Merchant',
    plan_display_name: shop.plan === 'plus' ? 'Shopify Plus' : shop.plan,
    plan_name: shop.plan,
    myshopify_domain: shop.domain,
    primary_location_id: primary === undefined ? null : numericId(primary),
    multi_location_enabled: shop.locations.size > 1,
    enabled_presentment_currencies: [shop.currencyCode],
  };
}

function inventoryItemPayload(shop: Shop, id: Gid) {
  const item = shop.inventoryItems.get(id);
  if (!item) return null;
  const units = { GRAMS: 'g', KILOGRAMS: 'kg', OUNCES: 'oz', POUNDS: 'lb' } as const;
  return {
    id: numericId(item.id),
    sku: item.sku,
    created_at: shopTime(item.createdAt, shop.timezone),
    updated_at: shopTime(item.updatedAt, shop.timezone),
    requires_shipping: item.requiresShipping,
    cost: item.cost,
    country_code_of_origin: item.countryCodeOfOrigin,
    province_code_of_origin: item.provinceCodeOfOrigin,
    harmonized_system_code: item.harmonizedSystemCode,
    tracked: item.tracked,
    country_harmonized_system_codes: item.countryHarmonizedSystemCodes.map((code) => ({
      country_code: code.countryCode,
      harmonized_system_code: code.harmonizedSystemCode,
    })),
    weight_value: item.weight.value,
    weight_unit: units[item.weight.unit],
    admin_graphql_api_id: item.id,
  };
}

function orderPayload(shop: Shop, id: Gid) {
  const order = shop.orders.get(id);
  if (!order) return null;
  const sum = (amounts: Decimal[]) => amounts.reduce((all, amount) => all.plus(amount), new Decimal(0));
  const total = sum(order.lines.map(discountedTotal)).toFixed(2);
  const number = Number(order.name.replace(/\D/g, ''));
  return {
    id: numericId(order.id),
    admin_graphql_api_id: order.id,
    name: order.name,
    number,
    order_number: number,
    created_at: shopTime(order.createdAt, shop.timezone),
    updated_at: shopTime(order.updatedAt, shop.timezone),
    processed_at: shopTime(order.processedAt, shop.timezone),
    cancelled_at: order.cancelledAt === null ? null : shopTime(order.cancelledAt, shop.timezone),
    closed_at: null,
    confirmed: true,
    currency: shop.currencyCode,
    financial_status: 'paid',
    fulfillment_status: null,
    location_id: numericId(order.locationId),
    subtotal_price: total,
    total_price: total,
    current_total_price: sum(order.lines.map((line) => netTotal(order, line))).toFixed(2),
    total_line_items_price: total,
    total_discounts: sum(order.lines.map(({ discount }) => new Decimal(discount))).toFixed(2),
    total_tax: '0.00',
    test: order.test,
    tags: '',
    line_items: order.lines.map((line) => {
      const variant = shop.variants.get(line.variantId);
      return {
        id: numericId(line.id),
        admin_graphql_api_id: line.id,
        variant_id: numericId(line.variantId),
        product_id: variant ? numericId(variant.productId) : null,
        title: line.title,
        name: line.title,
        quantity: line.quantity,
        current_quantity: currentQuantity(order, line),
        price: line.price,
        sku: variant ? (shop.inventoryItems.get(variant.inventoryItemId)?.sku ?? null) : null,
        total_discount: line.discount,
        fulfillment_status: null,
      };
    }),
  };
}

function refundPayload(shop: Shop, orderId: Gid, refundId: Gid) {
  const refund = shop.orders.get(orderId)?.refunds.find(({ id }) => id === refundId);
  if (!refund) return null;
  return {
    id: numericId(refund.id),
    admin_graphql_api_id: refund.id,
    order_id: numericId(orderId),
    created_at: shopTime(refund.createdAt, shop.timezone),
    processed_at: shopTime(refund.createdAt, shop.timezone),
    refund_line_items: refund.lines.map((line) => ({
      id: numericId(line.id),
      line_item_id: numericId(line.lineId),
      quantity: line.quantity,
      subtotal: line.subtotal,
      total_tax: '0.00',
    })),
  };
}

function bulkOperationPayload(shop: Shop, id: Gid) {
  const operation = shop.bulkOperations.get(id);
  if (!operation) return null;
  return {
    admin_graphql_api_id: operation.id,
    completed_at: operation.completedAt === null ? null : shopTime(operation.completedAt, shop.timezone),
    created_at: shopTime(operation.createdAt, shop.timezone),
    error_code: operation.errorCode?.toLowerCase() ?? null,
    status: operation.status.toLowerCase(),
    type: operation.type.toLowerCase(),
  };
}

function compliancePayload(shop: Shop, topic: 'shop/redact' | 'customers/redact' | 'customers/data_request') {
  const about = { shop_id: numericId(shop.id), shop_domain: shop.domain };
  const customer = { id: 191_167, email: 'customer@example.com', phone: '555-0100' };
  if (topic === 'shop/redact') return about;
  if (topic === 'customers/redact') return { ...about, customer, orders_to_redact: [] };
  return { ...about, customer, orders_requested: [], data_request: { id: 9_999 } };
}

function levelPayload(
  shop: Shop,
  event: EmulatorEvent & { inventoryItemId: Gid; locationId: Gid; available: number },
) {
  const [item, location] = [legacyId(event.inventoryItemId), legacyId(event.locationId)];
  return {
    inventory_item_id: Number(item),
    location_id: Number(location),
    available: event.available,
    updated_at: shopTime(event.at, shop.timezone),
    admin_graphql_api_id: `${gidOf('InventoryLevel', location)}?inventory_item_id=${item}`,
  };
}

/** What a webhook about this event says, or null where its subject is gone already. Call it inside the event. */
export function payloadOf(context: EmulatorContext, shop: Shop, event: EmulatorEvent): unknown {
  switch (event.topic) {
    case 'products/create':
    case 'products/update':
      return productPayload(context, shop, event.productId);
    case 'products/delete':
      return { id: numericId(event.productId) };
    case 'inventory_levels/update':
    case 'inventory_levels/connect':
      return levelPayload(shop, event);
    case 'inventory_levels/disconnect':
      return {
        inventory_item_id: numericId(event.inventoryItemId),
        location_id: numericId(event.locationId),
      };
    case 'inventory_items/create':
    case 'inventory_items/update':
      return inventoryItemPayload(shop, event.inventoryItemId);
    case 'inventory_items/delete':
      return { id: numericId(event.inventoryItemId) };
    case 'orders/create':
    case 'orders/updated':
    case 'orders/cancelled':
      return orderPayload(shop, event.orderId);
    case 'orders/delete':
      return { id: numericId(event.orderId) };
    case 'refunds/create':
      return refundPayload(shop, event.orderId, event.refundId);
    case 'bulk_operations/finish':
      return bulkOperationPayload(shop, event.bulkOperationId);
    case 'app/scopes_update':
      return {
        id: numericId(shop.installation?.id ?? shop.id),
        shop_id: shop.id,
        previous: event.previous,
        current: event.current,
        updated_at: event.at,
      };
    case 'app/uninstalled':
    case 'shop/update':
      return shopPayload(shop);
    case 'shop/redact':
    case 'customers/redact':
    case 'customers/data_request':
      return compliancePayload(shop, event.topic);
  }
}
