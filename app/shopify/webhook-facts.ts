/**
 * What a delivery is about: ids and nothing else. Values are read from the store when the product is merged, and no
 * personal data of an order or a customer is ever kept.
 */
import { z } from 'zod';
import type { Gid } from '~/core/product-state';
import type { WebhookHeaders } from './webhook-headers';

const gids = z.array(z.string()).default([]);

/** As app.webhook_delivery holds them; what a delivery does not name is left out. */
export const webhookFactsSchema = z.object({
  products: gids,
  variants: gids,
  inventoryItems: gids,
  bulkOperation: z.string().nullable().default(null),
  /** Whether something became of an order, and whether one may be gone; which one is not kept. */
  orders: z.enum(['none', 'moved', 'gone']).default('none'),
  /** What the merchant granted last. */
  scopes: z.array(z.string()).nullable().default(null),
});
export type WebhookFacts = z.infer<typeof webhookFactsSchema>;
type Named = Partial<WebhookFacts>;

const legacyId = z.union([z.int().positive(), z.string().regex(/^\d+$/)]).transform((id) => String(id));
/** The gid where the payload has it, else made of the number. */
const subject = (type: string) =>
  z
    .union([
      z.object({
        admin_graphql_api_id: z.string().regex(new RegExp(`^gid://shopify/${type}/\\d+$`)),
      }),
      z.object({ id: legacyId }),
    ])
    .transform((it): Gid => ('id' in it ? `gid://shopify/${type}/${it.id}` : it.admin_graphql_api_id));

const product = subject('Product').transform((id): Named => ({ products: [id] }));
const item = subject('InventoryItem').transform((id): Named => ({ inventoryItems: [id] }));
const level = z.object({ inventory_item_id: legacyId }).transform(({ inventory_item_id: id }): Named => ({
  inventoryItems: [`gid://shopify/InventoryItem/${id}`],
}));
const order = z
  .object({
    line_items: z
      .array(z.object({ product_id: legacyId.nullish(), variant_id: legacyId.nullish() }))
      .default([]),
  })
  .transform(({ line_items: lines }): Named => {
    const products = lines.flatMap((line) =>
      line.product_id ? `gid://shopify/Product/${line.product_id}` : [],
    );
    // A line that names no product may still name the variant; a custom line names neither.
    const variants = lines.flatMap((line) =>
      line.product_id || !line.variant_id ? [] : `gid://shopify/ProductVariant/${line.variant_id}`,
    );
    return { products: distinct(products), variants: distinct(variants), orders: 'moved' };
  });
const orderMoved = z.unknown().transform((): Named => ({ orders: 'moved' }));
const orderGone = z.unknown().transform((): Named => ({ orders: 'gone' }));
const bulkOperation = subject('BulkOperation').transform((id): Named => ({ bulkOperation: id }));
const scopes = z
  .object({ current: z.array(z.string().regex(/^\w{1,100}$/)) })
  .transform(({ current }): Named => ({ scopes: current }));
const nothing = z.unknown().transform((): Named => ({}));

const READERS: ReadonlyMap<string, z.ZodType<Named>> = new Map<string, z.ZodType<Named>>([
  ['products/create', product],
  ['products/update', product],
  ['products/delete', product],
  ['inventory_items/create', item],
  ['inventory_items/update', item],
  ['inventory_items/delete', item],
  ['inventory_levels/connect', level],
  ['inventory_levels/update', level],
  ['inventory_levels/disconnect', level],
  ['orders/create', order],
  ['orders/updated', orderMoved],
  ['orders/cancelled', orderMoved],
  ['orders/delete', orderGone],
  ['refunds/create', orderMoved],
  ['bulk_operations/finish', bulkOperation],
  ['app/scopes_update', scopes],
]);

const distinct = (ids: Gid[]): Gid[] => [...new Set(ids)];

/** Every product that a text anywhere in an event names: its data, its variables, the paths of what changed. */
function productsNamed(value: unknown, found = new Set<Gid>()): Set<Gid> {
  if (typeof value === 'string')
    for (const [gid] of value.matchAll(/gid:\/\/shopify\/Product\/\d+/g)) found.add(gid);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) productsNamed(each, found);
  return found;
}

/** The store a payload itself names, where it does: the signature covers that one, and not the headers. */
const statedShop = z
  .object({
    shop_domain: z.string().optional(),
    myshopify_domain: z.string().nullish(),
  })
  .transform(({ shop_domain: domain, myshopify_domain: permanent }) => permanent ?? domain ?? null)
  .catch(null);
const DOMAIN = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;

/** Ids beyond 2^53 would be rounded: they stay what the text says. */
const exactly = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(context?.source ?? '')
    ? context?.source
    : value;

/** Reads what a delivery is about; where its body cannot be understood, what is wrong with it. */
export function readWebhookFacts(
  { topic, family, shop }: WebhookHeaders,
  body: string,
): { facts: Partial<WebhookFacts>; problems: null } | { facts: null; problems: string } {
  let payload: unknown;
  try {
    payload = /\d{16}/.test(body) ? JSON.parse(body, exactly) : JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { facts: null, problems: `The body is no JSON: ${error.message}` };
  }
  if (family === 'event') return { facts: { products: [...productsNamed(payload)] }, problems: null };
  const stated = statedShop.parse(payload);
  if (stated !== null && DOMAIN.test(stated) && stated !== shop)
    return { facts: null, problems: `The body is about ${stated}, the headers say ${shop}.` };
  const read = (READERS.get(topic) ?? nothing).safeParse(payload);
  if (!read.success) return { facts: null, problems: z.prettifyError(read.error) };
  return { facts: read.data, problems: null };
}
