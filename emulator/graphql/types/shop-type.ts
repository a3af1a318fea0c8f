/** The shop, the installed app, and what else hangs off the store. */
import { legacyId } from '../../state/gid';
import type {
  BulkOperation,
  ProductOperation,
  Publication,
  WebhookSubscription,
} from '../../state/operations';
import type { Shop } from '../../state/shop';
import type { Call, ResolverTable } from '../call';
import { metafieldFields } from './metafield-type';

const PLAN_NAMES: Record<Shop['plan'], string> = {
  standard: 'Basic',
  advanced: 'Advanced',
  plus: 'Shopify Plus',
  enterprise: 'Enterprise',
};

const scopeObjects = (scopes: readonly string[]) => scopes.map((handle) => ({ handle, description: handle }));

/** Minutes a time zone is ahead of UTC at an instant. */
function offsetMinutes(timezone: string, nowMs: number): number {
  const named = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' })
    .formatToParts(nowMs)
    .find((part) => part.type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(named ?? '');
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

const app = (call: Call) => {
  const { config, apiKey } = call.emulator.app;
  return {
    id: 'gid://shopify/App/1',
    apiKey,
    title: config.name,
    handle: config.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    embedded: config.embedded,
    webhookApiVersion: config.webhookApiVersion,
    requestedAccessScopes: scopeObjects(config.scopes),
    optionalAccessScopes: scopeObjects(config.optionalScopes),
    availableAccessScopes: scopeObjects([...config.scopes, ...config.optionalScopes]),
  };
};

const resultUrl = (call: Call, operation: BulkOperation) =>
  `${call.emulator.origin()}/_files/${call.shop.domain}/bulk-${legacyId(operation.id)}.jsonl`;

export const shopTypes: ResolverTable = {
  Shop: {
    ...metafieldFields,
    myshopifyDomain: (shop: Shop) => shop.domain,
    url: (shop: Shop) => `https://${shop.domain}`,
    primaryDomain: (shop: Shop) => ({
      id: 'gid://shopify/Domain/1',
      host: shop.domain,
      url: `https://${shop.domain}`,
      sslEnabled: true,
    }),
    contactEmail: (shop: Shop) => shop.email,
    shopOwnerName: (shop: Shop) => `Owner of ${shop.name}`,
    description: () => null,
    ianaTimezone: (shop: Shop) => shop.timezone,
    timezoneOffsetMinutes: (shop: Shop, _args, call) =>
      offsetMinutes(shop.timezone, call.emulator.clock.now()),
    timezoneOffset: (shop: Shop, _args, call) => {
      const minutes = offsetMinutes(shop.timezone, call.emulator.clock.now());
      const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
      return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${String(rest).padStart(2, '0')}`;
    },
    plan: (shop: Shop) => ({
      displayName: PLAN_NAMES[shop.plan],
      publicDisplayName: PLAN_NAMES[shop.plan],
      partnerDevelopment: false,
      shopifyPlus: shop.plan === 'plus' || shop.plan === 'enterprise',
    }),
    resourceLimits: () => ({
      maxProductVariants: 2048,
      maxProductOptions: 3,
      locationLimit: 200,
      redirectLimitReached: false,
    }),
    weightUnit: () => 'KILOGRAMS',
    unitSystem: () => 'METRIC_SYSTEM',
    taxesIncluded: () => false,
    taxShipping: () => false,
    setupRequired: () => false,
    checkoutApiSupported: () => true,
    enabledPresentmentCurrencies: (shop: Shop) => [shop.currencyCode],
    updatedAt: (shop: Shop) => shop.createdAt,
  },
  AppInstallation: {
    app: (_installation, _args, call) => app(call),
    accessScopes: (_installation, _args, call) => scopeObjects(call.shop.installation?.scopes ?? []),
    activeSubscriptions: () => [],
    launchUrl: (_installation, _args, call) => call.emulator.app.appUrl,
    uninstallUrl: () => null,
  },
  App: {
    installation: (_app, _args, call) => call.shop.installation,
  },
  Publication: {
    autoPublish: () => false,
    supportsFuturePublishing: () => true,
    catalog: () => null,
    app: (_publication: Publication, _args, call) => app(call),
  },
  WebhookSubscription: {
    legacyResourceId: (subscription: WebhookSubscription) => legacyId(subscription.id),
    callbackUrl: (subscription: WebhookSubscription) => subscription.uri,
    endpoint: (subscription: WebhookSubscription) => ({
      __typename: 'WebhookHttpEndpoint',
      callbackUrl: subscription.uri,
    }),
    apiVersion: (subscription: WebhookSubscription) => ({
      displayName: subscription.apiVersion,
      handle: subscription.apiVersion,
      supported: true,
    }),
  },
  BulkOperation: {
    url: (operation: BulkOperation, _args, call) =>
      operation.status === 'COMPLETED' && operation.hasResult ? resultUrl(call, operation) : null,
    partialDataUrl: (operation: BulkOperation, _args, call) =>
      operation.partial ? resultUrl(call, operation) : null,
  },
  ProductSetOperation: {
    product: (operation: ProductOperation, _args, call) =>
      call.shop.products.get(operation.productId ?? '') ?? null,
  },
  ProductDeleteOperation: {
    product: (operation: ProductOperation, _args, call) =>
      call.shop.products.get(operation.productId ?? '') ?? null,
  },
  Job: { query: () => ({}) },
};
