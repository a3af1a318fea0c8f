/** The whole state of the emulator: stores, tokens, and the events they tell. */
import type { Clock } from '../clock';
import { instant } from '../clock';
import { StateEvents } from './events';
import { gidOf } from './gid';
import type { Gid } from './gid';
import type { Shop, ShopSettings } from './shop';
import type { AccessToken } from './tokens';

export interface EmulatorState {
  /** by domain */
  shops: Map<string, Shop>;
  /** access token -> what it opens */
  tokens: Map<string, AccessToken>;
  /** refresh token -> access token it was issued with; kept by the OAuth half */
  refreshTokens: Map<string, string>;
  events: StateEvents;
  /** The next legacy id; ids are unique over all types and shops. */
  nextId: bigint;
}

/** Ids start where real ones of today are: well above 32 bits, below 2^53. */
const FIRST_ID = 8_000_000_000_001n;

/** An empty emulator: no shops, no tokens. */
export function createState(): EmulatorState {
  return {
    shops: new Map(),
    tokens: new Map(),
    refreshTokens: new Map(),
    events: new StateEvents(),
    nextId: FIRST_ID,
  };
}

/** A gid never given before. */
export function newGid(state: EmulatorState, type: string): Gid {
  const gid = gidOf(type, state.nextId);
  state.nextId += 1n;
  return gid;
}

/** Points a full bucket holds and gets back a second, per plan: docs for the rates, 20 s of them for the size. */
export const PLAN_LIMITS = {
  standard: { maximumAvailable: 2_000, restoreRate: 100 },
  advanced: { maximumAvailable: 4_000, restoreRate: 200 },
  plus: { maximumAvailable: 20_000, restoreRate: 1_000 },
  enterprise: { maximumAvailable: 40_000, restoreRate: 2_000 },
} as const;

/** Opens a store with an "Online Store" publication and its locations. Throws where the domain is taken. */
export function openShop(state: EmulatorState, settings: ShopSettings, clock: Clock): Shop {
  if (state.shops.has(settings.domain)) throw new Error(`The shop ${settings.domain} exists already.`);
  if (settings.locations.length === 0)
    throw new Error(`The shop ${settings.domain} needs at least one location.`);
  const createdAt = instant(clock.now());
  const shop: Shop = {
    id: newGid(state, 'Shop'),
    domain: settings.domain,
    name: settings.name,
    email: `owner@${settings.domain}`,
    plan: settings.plan,
    currencyCode: settings.currencyCode,
    timezone: settings.timezone,
    createdAt,
    installation: null,
    locations: new Map(),
    publications: new Map(),
    products: new Map(),
    productsByHandle: new Map(),
    variants: new Map(),
    inventoryItems: new Map(),
    collections: new Map(),
    files: new Map(),
    filenames: new Map(),
    metafields: new Map(),
    orders: new Map(),
    redirects: new Map(),
    webhookSubscriptions: new Map(),
    bulkOperations: new Map(),
    bulkResults: new Map(),
    stagedUploads: new Map(),
    productOperations: new Map(),
    jobs: new Map(),
    idempotency: new Map(),
    bucket: { available: PLAN_LIMITS[settings.plan].maximumAvailable, at: clock.now() },
  };
  for (const name of settings.locations) {
    const id = newGid(state, 'Location');
    shop.locations.set(id, { id, name, isActive: true, createdAt });
  }
  const publication = newGid(state, 'Publication');
  shop.publications.set(publication, { id: publication, name: 'Online Store' });
  state.shops.set(shop.domain, shop);
  return shop;
}

/** Installs the app (or changes its granted scopes) on a shop; tells app/scopes_update on a change. */
export function grantScopes(
  state: EmulatorState,
  shop: Shop,
  scopes: string[],
  clock: Clock,
  eventId: string,
): void {
  const at = instant(clock.now());
  const previous = shop.installation?.scopes ?? null;
  shop.installation = {
    id: shop.installation?.id ?? newGid(state, 'AppInstallation'),
    scopes: [...scopes],
    installedAt: shop.installation?.installedAt ?? at,
  };
  if (previous && previous.join() !== scopes.join()) {
    state.events.emit({
      topic: 'app/scopes_update',
      shop: shop.domain,
      eventId,
      at,
      previous,
      current: [...scopes],
    });
  }
}

/**
 * Removes the app from a shop: its tokens and Admin-API subscriptions end, then app/uninstalled is told. A sender of
 * webhooks that must still reach such subscriptions reads them from the state before it calls this.
 */
export function uninstall(state: EmulatorState, shop: Shop, clock: Clock, eventId: string): void {
  for (const [token, access] of state.tokens) {
    if (access.shop !== shop.domain) continue;
    state.tokens.delete(token);
    if (access.refreshToken) state.refreshTokens.delete(access.refreshToken);
  }
  const at = instant(clock.now());
  state.events.emit({ topic: 'app/uninstalled', shop: shop.domain, eventId, at });
  shop.installation = null;
  shop.webhookSubscriptions.clear();
}
