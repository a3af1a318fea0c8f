/** The emulator's command line. */
import { parseArgs } from 'node:util';
import type { EmulatorOptions } from './server';
import type { Plan, ShopSettings } from './state/shop';
import { PLAN_LIMITS } from './state/state';

export const USAGE = `Usage: tsx emulator/main.ts [options]
  --port <n>               Port to listen on, 0 for any free one (default 4080)
  --host <address>         Address to listen on (default 127.0.0.1)
  --app-url <origin>       Where the app answers (default SHOPIFY_APP_URL or http://localhost:3000)
  --api-key <key>          The app's client id (default SHOPIFY_API_KEY)
  --api-secret <secret>    The app's client secret (default SHOPIFY_API_SECRET)
  --app-config <file>      shopify.app.toml: scopes and webhook subscriptions
  --data <file>            JSON file that keeps the stores across restarts
  --shop <domain>[:plan]   A store to open; repeatable; plan is ${Object.keys(PLAN_LIMITS).join(', ')} (default standard)
  --latency <base>,<per>   Milliseconds of a call, and of each further mutation in it (default 150,20)
  --seed <n>               Seed of all randomness (default 1)
  --help                   This text`;

/** An argument is wrong; the text says which and why. */
export class UsageError extends Error {}

const isPlan = (plan: string): plan is Plan => plan in PLAN_LIMITS;

function shopSettings(text: string): ShopSettings {
  const [domain = '', plan = 'standard'] = text.split(':');
  if (!/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(domain)) {
    throw new UsageError(`--shop ${text}: the domain must be like something.myshopify.com.`);
  }
  if (!isPlan(plan))
    throw new UsageError(`--shop ${text}: the plan must be one of ${Object.keys(PLAN_LIMITS).join(', ')}.`);
  const words = domain.replace('.myshopify.com', '').split('-');
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(' ');
  return {
    domain,
    name,
    plan,
    currencyCode: 'EUR',
    timezone: 'Europe/Berlin',
    locations: ['Main warehouse', 'Flagship store'],
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${name} ${text}: must be a whole number of 0 or more.`);
  return Number(text);
}

/** Reads the command line. Throws a UsageError that names the argument that is wrong. */
export function readOptions(
  args: string[],
  env: Readonly<Record<string, string | undefined>>,
): EmulatorOptions | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '4080' },
      host: { type: 'string', default: '127.0.0.1' },
      'app-url': { type: 'string', default: env['SHOPIFY_APP_URL'] ?? 'http://localhost:3000' },
      'api-key': { type: 'string', default: env['SHOPIFY_API_KEY'] ?? '' },
      'api-secret': { type: 'string', default: env['SHOPIFY_API_SECRET'] ?? '' },
      'app-config': { type: 'string' },
      data: { type: 'string' },
      shop: { type: 'string', multiple: true, default: [] },
      latency: { type: 'string', default: '150,20' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (!values['api-key']) throw new UsageError('--api-key is missing (or set SHOPIFY_API_KEY).');
  if (!values['api-secret']) throw new UsageError('--api-secret is missing (or set SHOPIFY_API_SECRET).');
  if (!URL.canParse(values['app-url']))
    throw new UsageError(`--app-url ${values['app-url']}: must be an address like http://localhost:3000.`);
  const [base = '', per = '0'] = values.latency.split(',');
  return {
    port: wholeNumber('port', values.port),
    host: values.host,
    appUrl: values['app-url'],
    apiKey: values['api-key'],
    apiSecret: values['api-secret'],
    seed: wholeNumber('seed', values.seed),
    latency: { baseMs: wholeNumber('latency', base), perMutationMs: wholeNumber('latency', per) },
    shops: values.shop.map(shopSettings),
    ...(values['app-config'] === undefined ? {} : { appConfigPath: values['app-config'] }),
    ...(values.data === undefined ? {} : { dataFile: values.data }),
  };
}
