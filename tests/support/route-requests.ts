/**
 * What a user of one shop can ask of every action, with the ids of another shop in all places that take one. `intent` says
 * which of the action's intents it is; "" where it has none.
 */
import { ALERT_RULES } from '~/core/alert-rules';
import { NO_RULES } from '~/core/store-rules';
import type { Database } from '~/db/client.server';
import type { RouteRequest, Tenant } from './tenants';

export interface ActionRequest extends RouteRequest {
  /** "routes/app.runs.$id". */
  route: string;
  intent: string;
  /** With the owner's own ids it must change something. */
  changes: boolean;
}

const LOWER = {
  field: 'price',
  change: { by: 'percent', percent: '-10' },
  rounding: { to: 'ending', ending: '0.99' },
  floor: { atCost: true, minimum: null },
};
const ADDRESS = 'https://example.com/lockstep';

/** The requests, with the ids of `tenant`. */
export async function actionRequests(db: Database, tenant: Tenant): Promise<ActionRequest[]> {
  const { shopId, accountId, data } = tenant;
  const { productId, runId, edits, promotions } = data;
  const where = { shopId };
  const [conflict, hold, channel, key, letter, saved, csv, check, ambiguous, running] = await Promise.all([
    db.conflict.findFirstOrThrow({ where: { ...where, state: 'open' } }),
    db.sourceHold.findFirstOrThrow({ where }),
    db.alertChannel.findFirstOrThrow({ where }),
    db.apiKey.findFirstOrThrow({ where: { ...where, revokedAt: null } }),
    db.deadLetter.findFirstOrThrow({ where }),
    db.savedEdit.findFirst({ where }),
    db.catalogImport.findFirstOrThrow({ where: { accountId } }),
    db.reconciliation.findFirstOrThrow({ where, orderBy: { startedAt: 'desc' } }),
    db.ambiguousMatch.findFirstOrThrow({ where }),
    db.syncRun.findFirstOrThrow({ where, orderBy: { createdAt: 'desc' } }),
  ]);
  const join = await db.accountJoin.findFirstOrThrow({ where: { accountId }, orderBy: { madeAt: 'asc' } });
  const override = await db.storeOverride.findFirstOrThrow({ where });
  const variant = await db.catalogVariant.findFirstOrThrow({ where: { productId } });
  const price = {
    ...{ productId, variantId: variant.id, price: '13.37' },
    seen: Number(variant.price).toFixed(2),
  };
  const form = (
    route: string,
    intent: string,
    fields: Record<string, string>,
    rest: { path?: string; changes?: boolean } = {},
  ): ActionRequest => ({
    ...{ method: 'POST', route, intent, path: rest.path ?? '', changes: rest.changes ?? false },
    form: { ...(intent === '' ? {} : { intent }), ...fields },
  });
  const json = (
    route: string,
    intent: string,
    fields: Record<string, unknown>,
    rest: { path?: string; changes?: boolean } = {},
  ): ActionRequest => ({
    ...{ method: 'POST', route, intent, path: rest.path ?? '', changes: rest.changes ?? false },
    json: { ...(intent === '' ? {} : { intent }), ...fields },
  });
  const at = (kind: string, id: string) => ({ path: `/app/${kind}/${id}` });
  const changes = { changes: true };
  const channelForm = {
    ...{ kind: 'slack', name: 'Renamed', onlyCritical: false, isOn: true, isAddressTyped: false },
    ...{ recipients: '', url: '' },
    sms: { origin: '', accountSid: '', authToken: '', from: '', to: '' },
  };
  const products = { kind: 'products', productIds: [productId] };
  const catalog = { kind: 'catalog' };
  const steering = (order: string) => json('routes/app.source', 'steer', { order });
  return [
    form('routes/app._index', 'cancel', { runId: running.id }),
    form('routes/app._index', 'sync', {}, changes),
    form('routes/app._index', 'policy', { conflictPolicy: 'remote-wins' }, changes),
    form('routes/app._index', 'dismiss-setup', {}, changes),
    json('routes/app.alerts', 'change', { id: channel.id, channel: { ...channelForm, kind: channel.kind } }),
    json('routes/app.alerts', 'test', { id: channel.id }, changes),
    json('routes/app.alerts', 'remove', { id: channel.id }, changes),
    json('routes/app.alerts', 'add', { channel: { ...channelForm, isAddressTyped: true, url: ADDRESS } }),
    json(
      'routes/app.alerts',
      'save',
      {
        form: {
          rules: Object.fromEntries(
            ALERT_RULES.map((rule) => [rule, { isOn: true, threshold: '50', severity: 'warning' }]),
          ),
          quiet: { isOn: false, from: '22:00', until: '06:00' },
          remindHours: '24',
          summary: { isOn: false, at: '07:00', isAlways: false },
        },
      },
      changes,
    ),
    json('routes/app.api-keys', 'revoke', { kind: 'key', id: key.id }, changes),
    json('routes/app.api-keys', 'create', { name: 'Till', scopes: ['jobs:read'] }, changes),
    json('routes/app.api-keys', 'add-push', { name: 'Till' }, changes),
    ...['pin', 'unpin', 'invalidate', 'refresh'].map((intent) =>
      form(
        'routes/app.cache',
        intent,
        { productId },
        intent === 'invalidate' || intent === 'pin' ? changes : {},
      ),
    ),
    form('routes/app.cache', 'ttl', { productId, seconds: '77' }, changes),
    form('routes/app.cache', 'warm', { productId, points: '100' }, changes),
    form('routes/app.cache', 'store-ttl', { seconds: '78' }, changes),
    form('routes/app.cache', 'listen', { url: ADDRESS }),
    form('routes/app.cache', 'listener-off', {}),
    form('routes/app.cache', 'listener-on', {}),
    form('routes/app.cache', 'unlisten', {}),
    json('routes/app.conflicts', 'note', { id: conflict.id, note: 'Seen', assignee: 'Eve' }, changes),
    json('routes/app.conflicts', 'snooze', { ids: [{ id: conflict.id, seen: '' }], until: null }),
    json('routes/app.conflicts', 'keep', { ids: [{ id: conflict.id, seen: '' }], choice: 'source' }),
    json('routes/app.conflicts', 'value', { id: conflict.id, seen: '', typed: '1' }),
    json('routes/app.conflicts', 'rule', { fieldGroup: 'price', policy: 'source-wins', accepted: true }),
    form(
      'routes/app.edits.$id',
      'apply',
      { confirmation: '' },
      { ...at('edits', edits.planned), ...changes },
    ),
    form('routes/app.edits.$id', 'cancel', {}, { ...at('edits', edits.planning), ...changes }),
    form('routes/app.edits.$id', 'undo', { products: '' }, { ...at('edits', edits.finished), ...changes }),
    form('routes/app.edits.$id', 'again', {}, at('edits', edits.finished)),
    json('routes/app.edits.new', 'preview', {
      asked: 1,
      selection: products,
      changes: [LOWER],
      target: catalog,
    }),
    json(
      'routes/app.edits.new',
      'start',
      { name: 'Theirs', selection: products, changes: [LOWER], target: catalog },
      changes,
    ),
    json('routes/app.edits.new', 'save', { name: 'Kept', selection: products, changes: [LOWER] }, changes),
    json('routes/app.edits.new', 'delete', { id: saved?.id ?? edits.planned }, saved ? changes : {}),
    form('routes/app.held', 'approve', { holdId: hold.id, confirmation: '3' }),
    form('routes/app.held', 'look', {}),
    form('routes/app.import', '', { cancel: csv.id }),
    form('routes/app.import', '', { watch: 'stop' }),
    form('routes/app.matches', '', { productId: ambiguous.productId, remoteId: 'create-new' }, changes),
    json('routes/app.overrides', '', { kind: 'ids', ids: [override.id] }, changes),
    json('routes/app.overrides', '', { kind: 'product', productId: override.productId }),
    {
      ...{ method: 'POST', route: 'routes/app.pictures', intent: '', changes: false },
      path: '/app/pictures?filename=a.png',
      json: { id: productId },
    },
    ...['preview', 'save'].map((intent) =>
      json(
        'routes/app.policies',
        intent,
        {
          policies: {
            store: { conflict: 'source-wins', holdAbovePercent: 12, deletion: 'archive' },
            rules: [{ conflict: 'manual', holdAbovePercent: null, productId, fieldGroup: null }],
          },
          mode: 'live',
          canaryPercent: 1,
        },
        intent === 'save' ? changes : {},
      ),
    ),
    form('routes/app.products.$id', '', {}, { ...at('products', productId), ...changes }),
    json(
      'routes/app.products.$id_.history',
      '',
      {
        at: new Date(Date.now() - 86_400_000).toISOString(),
        fields: [{ variant: variant.id, field: 'price', seen: '' }],
      },
      { path: `/app/products/${productId}/history` },
    ),
    form('routes/app.products._index', '', { ids: productId }, changes),
    form('routes/app.products._index', '', { edit: '1', filter: '' }),
    ...['read-orders', 'stop-orders', 'end'].map((intent) =>
      json(
        'routes/app.promotions.$id',
        intent,
        {},
        { ...at('promotions', promotions.active), changes: intent !== 'stop-orders' },
      ),
    ),
    json(
      'routes/app.promotions.$id',
      'times',
      { endsAt: new Date(Date.now() + 90 * 86_400_000).toISOString() },
      { ...at('promotions', promotions.scheduled), ...changes },
    ),
    json(
      'routes/app.promotions.$id',
      'cancel',
      {},
      { ...at('promotions', promotions.scheduled), ...changes },
    ),
    json('routes/app.promotions.$id', 'delete', {}, at('promotions', promotions.cancelled)),
    form('routes/app.reconciliation', 'cancel', { reconciliationId: check.id }),
    form('routes/app.reconciliation', 'check', {}),
    form('routes/app.runs.$id', 'retry', {}, { ...at('runs', runId), ...changes }),
    form('routes/app.runs.$id', 'cancel', {}, at('runs', running.id)),
    form('routes/app.runs._index', 'cancel', { runId: running.id }),
    form('routes/app.runs._index', 'retry-dead-letter', { deadLetterId: letter.id }, changes),
    json(
      'routes/app.settings',
      '',
      {
        auditRetentionDays: '400',
        editLimits: {
          catalogPercent: '10',
          changePercent: '10',
          zeroStock: true,
          secondPerson: false,
          source: false,
        },
        locations: [],
      },
      changes,
    ),
    form('routes/app.shadow', 'canary', { percent: '3' }, changes),
    form('routes/app.shadow', 'live', {}, changes),
    form('routes/app.shadow', 'compare', {}),
    json('routes/app.source', 'connect', {
      login: {
        ...{ kind: 'postgres', host: '127.0.0.1', port: 9, database: 'erp', username: 'erp', password: '' },
        ...{ tls: 'off', authority: '' },
      },
    }),
    ...['check', 'save'].map((intent) => json('routes/app.source', intent, { mapping: {}, terms: {} })),
    ...['start', 'pause', 'disconnect'].map(steering),
    json('routes/app.prices', 'set-store', { ...price, shopId }),
    json('routes/app.prices', 'set-catalog', price, changes),
    json('routes/app.prices', 'revoke', { shopId, overrideId: override.id }),
    json('routes/app.stock', '', {
      form: {
        everyone: { by: 'units', amount: '2' },
        stores: [{ shopId, by: 'same', amount: '', ownUnits: '3' }],
      },
      refill: [shopId],
    }),
    ...['preview', 'save'].map((intent) =>
      json('routes/app.store-rules', intent, { rules: NO_RULES, catalogCurrencyCode: 'EUR' }),
    ),
    json('routes/app.store-rules', 'take-rate', {}),
    ...['confirm', 'approve', 'end'].map((intent) => form('routes/app.stores', intent, { joinId: join.id })),
    form('routes/app.stores', 'make-code', {}, changes),
    form('routes/app.stores', 'enter-code', { code: 'AAAAA-AAAAA' }, changes),
    form('routes/app.stores', 'leave', {}),
    form('routes/app.stores', 'stay', {}),
    form('routes/app.members', 'member', { userId: '71', name: 'Eve', role: 'owner' }, changes),
    form('routes/app.members', 'default', { role: 'reviewer' }, changes),
  ];
}
