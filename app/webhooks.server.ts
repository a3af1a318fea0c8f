/**
 * Takes webhooks in. Our own check of the signature instead of the library's authenticate.webhook: that one answers 500
 * for a shop whose session is gone (Shopify/shopify-app-js#3360), so that app/uninstalled is retried for hours and the
 * compliance topics, which come after it, never arrive.
 */
import { z } from 'zod';
import type { Shop } from '#generated/prisma/client';
import { isSigned } from './shopify/webhook-signature.server';
import { lookAtRemoteProducts } from './sync/look-at-remote-products';
import { redactShop } from './sync/redact-shop';
import type { Resources } from './sync/resources';
import { uninstallShop } from './sync/uninstall-shop';

export interface WebhookContext {
  resources: Resources;
  /** The app's client secret, and the former one while it may still sign. */
  secrets: readonly string[];
}

const headersSchema = z.object({
  topic: z.string().min(1),
  shop: z.string().regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/),
  webhookId: z.string().min(1).max(200),
  triggeredAt: z.coerce.date().nullable(),
});
type Delivery = z.infer<typeof headersSchema>;

const numericId = z.number().transform((id) => String(BigInt(Math.trunc(id))));
const productSchema = z
  .object({ id: numericId, admin_graphql_api_id: z.string().optional() })
  .transform((product) => product.admin_graphql_api_id ?? `gid://shopify/Product/${product.id}`);
const levelSchema = z
  .object({ inventory_item_id: numericId })
  .transform((level) => `gid://shopify/InventoryItem/${level.inventory_item_id}`);
const scopesSchema = z.object({ current: z.array(z.string()) });

/** Deliveries are kept longer than Shopify retries them (4 hours). */
const KEEP_DELIVERIES_MS = 2 * 24 * 60 * 60_000;
/** One delivery in so many clears the old ones away. */
const CLEAN_UP_EVERY = 200;

/**
 * Answers 401 to a delivery that is not signed, 400 to one that cannot be understood, and 200 to all others, those of
 * unknown shops included. A delivery that failed here throws, and is taken again when Shopify repeats it.
 */
export async function receiveWebhook(context: WebhookContext, request: Request): Promise<Response> {
  const { resources, secrets } = context;
  const rawBody = new Uint8Array(await request.arrayBuffer());
  if (!isSigned(rawBody, request.headers.get('x-shopify-hmac-sha256'), secrets))
    return new Response('The signature is not right.\n', { status: 401 });
  const read = readDelivery(request.headers, rawBody);
  if (!read.success) {
    resources.log.warn({ problems: read.problems }, 'a signed webhook cannot be understood');
    return new Response(`${read.problems}\n`, { status: 400 });
  }
  const { delivery, payload } = read;
  const { webhookId: id, shop, topic } = delivery;
  if (await resources.db.webhookDelivery.findUnique({ where: { id } })) return new Response();
  await dispatch(resources, delivery, payload);
  // Noted only now: a delivery that died half-way is done again, which is safe, rather than lost.
  await resources.db.webhookDelivery.createMany({
    data: [{ id, shop, topic, receivedAt: resources.now() }],
    skipDuplicates: true,
  });
  await forgetOldDeliveries(resources);
  return new Response();
}

type Read = { success: true; delivery: Delivery; payload: unknown } | { success: false; problems: string };

function readDelivery(headers: Headers, rawBody: Uint8Array): Read {
  const parsed = headersSchema.safeParse({
    topic: headers.get('x-shopify-topic'),
    shop: headers.get('x-shopify-shop-domain')?.toLowerCase(),
    webhookId: headers.get('x-shopify-webhook-id'),
    triggeredAt: headers.get('x-shopify-triggered-at'),
  });
  if (!parsed.success) return { success: false, problems: `Headers: ${z.prettifyError(parsed.error)}` };
  try {
    return { success: true, delivery: parsed.data, payload: JSON.parse(new TextDecoder().decode(rawBody)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { success: false, problems: `The body is no JSON: ${error.message}` };
  }
}

async function dispatch(resources: Resources, delivery: Delivery, payload: unknown): Promise<void> {
  const { topic, shop: domain } = delivery;
  const shop = await resources.db.shop.findUnique({ where: { domain } });
  const log = resources.log.child({ topic, shop: domain, webhookId: delivery.webhookId });
  switch (topic) {
    case 'app/uninstalled':
      if (shop && !cameBeforeInstallation(delivery, shop)) await uninstallShop(resources, { domain });
      return;
    case 'shop/redact':
      // A shop that came back within the 48 hours keeps what it has.
      if (shop?.uninstalledAt) await redactShop(resources, { domain });
      return;
    case 'app/scopes_update': {
      const scope = scopesSchema.parse(payload).current.join(',');
      await resources.db.session.updateMany({ where: { shop: domain }, data: { scope } });
      return;
    }
    case 'customers/data_request':
    case 'customers/redact':
      log.info('a compliance request about a customer: the app keeps no data of customers');
      return;
    case 'products/create':
    case 'products/update':
    case 'products/delete':
      if (shop && !shop.uninstalledAt)
        await lookAtRemoteProducts(resources, { shopId: shop.id, remoteIds: [productSchema.parse(payload)] });
      return;
    case 'inventory_levels/update':
      if (shop && !shop.uninstalledAt)
        await lookAtProductsOfItem(resources, shop, levelSchema.parse(payload));
      return;
    default:
      log.warn('a webhook of a topic nobody subscribed to');
  }
}

/** A late app/uninstalled must not remove the installation that followed it. */
function cameBeforeInstallation({ triggeredAt }: Delivery, shop: Shop): boolean {
  return triggeredAt !== null && triggeredAt < shop.installedAt;
}

async function lookAtProductsOfItem(
  resources: Resources,
  shop: Shop,
  inventoryItemId: string,
): Promise<void> {
  const variants = await resources.db.remoteVariantRow.findMany({
    where: { shopId: shop.id, inventoryItemId },
    select: { remoteProductId: true },
  });
  const remoteIds = [...new Set(variants.map((variant) => variant.remoteProductId))];
  if (remoteIds.length > 0) await lookAtRemoteProducts(resources, { shopId: shop.id, remoteIds });
}

async function forgetOldDeliveries({ db, now, random }: Resources): Promise<void> {
  if (random() >= 1 / CLEAN_UP_EVERY) return;
  await db.webhookDelivery.deleteMany({
    where: { receivedAt: { lt: new Date(now().getTime() - KEEP_DELIVERIES_MS) } },
  });
}
