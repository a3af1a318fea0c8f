/** The control API: how a test in another process steers and reads the emulator. JSON in, JSON out. README.md lists it. */
import { z } from 'zod';
import { json } from './context';
import type { EmulatorContext, HttpAnswer, HttpRequest } from './context';
import { createTestOrder, makeCollection } from './admin/merchant';
import { faultRuleSchema } from './faults';
import { runAsMerchant } from './graphql/run';
import { changeOrder, changeOrderSchema, makeOrders, makeOrdersSchema } from './orders/orders';
import { randomUuid } from './random';
import type { Shop } from './state/shop';
import { shopDump } from './state/dump';
import { PLAN_LIMITS, grantScopes, openShop, uninstall } from './state/state';
import { switchesSchema } from './switches';
import { knobsSchema } from './webhooks/knobs';
import { webhooksOf } from './webhooks/webhooks';

interface Asked {
  context: EmulatorContext;
  request: HttpRequest;
  /** The parts of the path that the route names. */
  parts: string[];
}

type Handler = (asked: Asked) => HttpAnswer | Promise<HttpAnswer>;

/** A request the emulator cannot follow; its text is the answer's `error`. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The body as the schema reads it. Throws a Refusal that names the fields that are wrong. */
function bodyOf<T>(schema: z.ZodType<T>, { request }: Asked): T {
  let body: unknown;
  try {
    body = request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refusal(400, `The body is not JSON: ${error.message}`);
    throw error;
  }
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new Refusal(
    400,
    `The body is not what ${request.url.pathname} takes. ${z.prettifyError(read.error)}`,
  );
}

function shopNamed({ context, parts }: Asked): Shop {
  const [domain = ''] = parts;
  const shop = context.state.shops.get(domain);
  if (!shop) throw new Refusal(404, `There is no shop ${domain}. Open it with POST /_emulator/shops.`);
  return shop;
}

const outline = (shop: Shop) => ({
  domain: shop.domain,
  name: shop.name,
  plan: shop.plan,
  currencyCode: shop.currencyCode,
  timezone: shop.timezone,
  installedScopes: shop.installation?.scopes ?? null,
  locations: [...shop.locations.values()].map(({ id, name, isActive }) => ({ id, name, isActive })),
  publications: [...shop.publications.values()],
  products: shop.products.size,
  variants: shop.variants.size,
  bucket: shop.bucket,
});

const shopSchema = z.strictObject({
  domain: z.string().regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, 'must be like "something.myshopify.com"'),
  name: z.string().min(1).optional(),
  plan: z.enum(['standard', 'advanced', 'plus', 'enterprise']).default('standard'),
  currencyCode: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('EUR'),
  timezone: z.string().default('Europe/Berlin'),
  locations: z.array(z.string().min(1)).min(1).default(['Main warehouse', 'Second warehouse']),
  /** Installs the app at once with these scopes; the app then gets its token by token exchange or client credentials. */
  installWithScopes: z.array(z.string()).optional(),
});

const openOne: Handler = (asked) => {
  const { context } = asked;
  const { installWithScopes, name, ...settings } = bodyOf(shopSchema, asked);
  if (context.state.shops.has(settings.domain))
    throw new Refusal(409, `The shop ${settings.domain} exists already.`);
  const shop = openShop(
    context.state,
    { ...settings, name: name ?? settings.domain.split('.')[0] ?? '' },
    context.clock,
  );
  if (installWithScopes)
    grantScopes(context.state, shop, installWithScopes, context.clock, randomUuid(context.random));
  return json(201, outline(shop));
};

const listCalls: Handler = ({ context, request }) => {
  const { searchParams } = request.url;
  const since = Number(searchParams.get('since') ?? 0);
  if (!Number.isSafeInteger(since))
    throw new Refusal(400, `since must be a sequence number, not ${searchParams.get('since') ?? ''}.`);
  const whole = searchParams.get('whole') === '1';
  const calls = context.log.all().filter((call) => call.sequence > since);
  return json(200, {
    calls: calls.map(({ document, variables, ...call }) => (whole ? { ...call, document, variables } : call)),
  });
};

const resetCalls: Handler = ({ context }) => {
  context.log.reset();
  return json(200, { calls: [] });
};

const setSwitches: Handler = (asked) => {
  Object.assign(asked.context.switches, bodyOf(switchesSchema.partial().strict(), asked));
  return json(200, asked.context.switches);
};

const setLatency: Handler = (asked) => {
  const schema = z.strictObject({
    baseMs: z.number().min(0).optional(),
    perMutationMs: z.number().min(0).optional(),
  });
  Object.assign(asked.context.latency, bodyOf(schema, asked));
  return json(200, asked.context.latency);
};

const setClock: Handler = (asked) => {
  asked.context.clock.skewMs = bodyOf(z.strictObject({ skewMs: z.number().int() }), asked).skewMs;
  return json(200, {
    skewMs: asked.context.clock.skewMs,
    now: new Date(asked.context.clock.now()).toISOString(),
  });
};

const removeFault: Handler = ({ context, request }) => {
  const id = request.url.searchParams.get('id');
  if (id === null) context.faults.clear();
  else if (!context.faults.remove(Number(id))) throw new Refusal(404, `There is no fault rule ${id}.`);
  return json(200, { faults: context.faults.list() });
};

const merchantGraphql: Handler = (asked) => {
  const schema = z.strictObject({
    query: z.string(),
    variables: z.record(z.string(), z.unknown()).optional(),
  });
  const { query, variables } = bodyOf(schema, asked);
  return json(200, runAsMerchant(asked.context, shopNamed(asked), query, variables ?? {}));
};

/** Moves a store to another plan, with a full bucket. */
const setPlan: Handler = (asked) => {
  const { plan } = bodyOf(z.strictObject({ plan: shopSchema.shape.plan.unwrap() }), asked);
  const shop = shopNamed(asked);
  shop.plan = plan;
  shop.bucket = { available: PLAN_LIMITS[plan].maximumAvailable, at: asked.context.clock.now() };
  return json(200, outline(shop));
};

const install: Handler = (asked) => {
  const { context } = asked;
  const { scopes } = bodyOf(z.strictObject({ scopes: z.array(z.string()).optional() }), asked);
  const shop = shopNamed(asked);
  grantScopes(
    context.state,
    shop,
    scopes ?? context.app.config.scopes,
    context.clock,
    randomUuid(context.random),
  );
  return json(200, outline(shop));
};

const uninstallApp: Handler = (asked) => {
  const { context } = asked;
  const shop = shopNamed(asked);
  if (shop.installation) uninstall(context.state, shop, context.clock, randomUuid(context.random));
  return json(200, outline(shop));
};

const orderOne: Handler = (asked) => {
  const { variantId, quantity } = bodyOf(
    z.strictObject({ variantId: z.string(), quantity: z.number().int().min(1).default(1) }),
    asked,
  );
  const order = createTestOrder(asked.context, shopNamed(asked), variantId, quantity);
  if (!order)
    throw new Refusal(400, `variantId: ${variantId} is no variant of this shop that is stocked anywhere.`);
  return json(201, order);
};

/** Many orders at once, of any day, without stock; see orders/orders.ts. */
const orderMany: Handler = (asked) => {
  const made = makeOrders(asked.context, shopNamed(asked), bodyOf(makeOrdersSchema, asked).orders);
  if (typeof made === 'string') throw new Refusal(400, made);
  return json(201, { orders: made });
};

const orderChanged: Handler = (asked) => {
  const changed = changeOrder(asked.context, shopNamed(asked), bodyOf(changeOrderSchema, asked));
  if (typeof changed === 'string') throw new Refusal(400, changed);
  return json(200, changed);
};

const collectOne: Handler = (asked) => {
  const { title, productIds } = bodyOf(
    z.strictObject({ title: z.string().min(1), productIds: z.array(z.string()).default([]) }),
    asked,
  );
  const shop = shopNamed(asked);
  const unknown = productIds.find((id) => !shop.products.has(id));
  if (unknown !== undefined) throw new Refusal(400, `productIds: ${unknown} is no product of this shop.`);
  return json(201, makeCollection(asked.context, shop, { title, productIds }));
};

const readWebhooks: Handler = ({ context }) => {
  const webhooks = webhooksOf(context);
  return json(200, { knobs: webhooks?.knobs ?? null, deliveries: webhooks?.deliveries ?? [] });
};

const setKnobs: Handler = (asked) => {
  const changes = bodyOf(knobsSchema.partial().strict(), asked);
  return json(200, {
    knobs: webhooksOf(asked.context)?.configure(JSON.parse(JSON.stringify(changes))) ?? null,
  });
};

const settleWebhooks: Handler = async ({ context }) => {
  await webhooksOf(context)?.settle();
  return json(200, { settled: true });
};

const health: Handler = ({ context }) =>
  json(200, { ok: true, origin: context.origin(), shops: [...context.state.shops.keys()] });

const ROUTES: readonly [string, RegExp, Handler][] = [
  ['GET', /^health$/, health],
  ['GET', /^calls$/, listCalls],
  ['POST', /^calls$/, listCalls],
  ['DELETE', /^calls$/, resetCalls],
  ['GET', /^switches$/, ({ context }) => json(200, context.switches)],
  ['POST', /^switches$/, setSwitches],
  ['GET', /^latency$/, ({ context }) => json(200, context.latency)],
  ['POST', /^latency$/, setLatency],
  ['POST', /^clock$/, setClock],
  ['GET', /^faults$/, ({ context }) => json(200, { faults: context.faults.list() })],
  [
    'POST',
    /^faults$/,
    (asked) => json(201, { id: asked.context.faults.add(bodyOf(faultRuleSchema, asked)) }),
  ],
  ['DELETE', /^faults$/, removeFault],
  ['GET', /^shops$/, ({ context }) => json(200, { shops: [...context.state.shops.values()].map(outline) })],
  ['POST', /^shops$/, openOne],
  ['GET', /^shops\/([^/]+)$/, (asked) => json(200, outline(shopNamed(asked)))],
  ['GET', /^shops\/([^/]+)\/products$/, (asked) => json(200, { products: shopDump(shopNamed(asked)) })],
  ['POST', /^shops\/([^/]+)\/graphql$/, merchantGraphql],
  ['POST', /^shops\/([^/]+)\/plan$/, setPlan],
  ['POST', /^shops\/([^/]+)\/install$/, install],
  ['POST', /^shops\/([^/]+)\/uninstall$/, uninstallApp],
  ['POST', /^shops\/([^/]+)\/orders$/, orderOne],
  [
    'GET',
    /^shops\/([^/]+)\/orders$/,
    (asked) => json(200, { orders: [...shopNamed(asked).orders.values()] }),
  ],
  ['POST', /^shops\/([^/]+)\/orders\/many$/, orderMany],
  ['POST', /^shops\/([^/]+)\/orders\/change$/, orderChanged],
  ['POST', /^shops\/([^/]+)\/collections$/, collectOne],
  ['GET', /^webhooks$/, readWebhooks],
  ['POST', /^webhooks$/, setKnobs],
  ['POST', /^webhooks\/settle$/, settleWebhooks],
];

/** Answers /_emulator/...: 404 with the list of routes for an unknown one, 400 that says what is wrong with a body. */
export async function handleControl(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const path = request.url.pathname.replace(/^\/_emulator\/|\/$/g, '');
  for (const [method, pattern, handler] of ROUTES) {
    const match = method === request.method ? pattern.exec(path) : null;
    if (!match) continue;
    try {
      return await handler({
        context,
        request,
        parts: match.slice(1).map((part) => decodeURIComponent(part)),
      });
    } catch (error) {
      if (error instanceof Refusal) return json(error.status, { error: error.message });
      throw error;
    }
  }
  const routes = ROUTES.map(
    ([method, pattern]) => `${method} /_emulator/${pattern.source.replace(/\^|\$|\\/g, '')}`,
  );
  return json(404, { error: `There is no ${request.method} ${request.url.pathname}.`, routes });
}
