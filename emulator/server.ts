/** The emulator as an HTTP server: who answers which address. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleAdmin } from './admin/admin';
import { emptyAppConfig, readAppConfig } from './app-config';
import { CallLog } from './call-log';
import { createClock } from './clock';
import type { Clock } from './clock';
import { json } from './context';
import type { EmulatorContext, HttpAnswer, HttpRequest, Latency } from './context';
import { handleControl } from './control';
import { failInterrupted, stopBulk } from './bulk/bulk';
import { Faults } from './faults';
import { handleStoredFile, handleUpload } from './files';
import { servePicture } from './pictures';
import { createGraphqlEndpoint } from './graphql/endpoint';
import type { NoAnswer } from './graphql/endpoint';
import { handleOAuth } from './oauth/oauth';
import { seededRandom } from './random';
import type { Shop, ShopSettings } from './state/shop';
import { keepSnapshot } from './state/snapshot';
import type { EmulatorState } from './state/state';
import { createState, openShop } from './state/state';
import { DEFAULT_SWITCHES } from './switches';
import type { Switches } from './switches';
import { startWebhooks } from './webhooks/webhooks';

export interface EmulatorOptions {
  /** 0 or absent: any free port. */
  port?: number;
  /** Default "127.0.0.1". */
  host?: string;
  /** Path of shopify.app.toml: scopes, webhook and event subscriptions. */
  appConfigPath?: string;
  apiKey: string;
  apiSecret: string;
  /** Origin the app answers at. */
  appUrl: string;
  /** Default 150 ms + 20 ms for each further mutation of a document. */
  latency?: Partial<Latency>;
  /** Seed of all randomness. Default 1. */
  seed?: number;
  clock?: Clock;
  switches?: Partial<Switches>;
  /** JSON file that keeps the state across restarts: read at start, written after changes and at close. */
  dataFile?: string;
  /** Stores to open; those the data file already holds are left as they are. */
  shops?: ShopSettings[];
}

export interface Emulator {
  /** "http://127.0.0.1:4080" */
  origin: string;
  port: number;
  state: EmulatorState;
  /** Recorded Admin GraphQL calls. */
  log: CallLog;
  faults: Faults;
  switches: Switches;
  latency: Latency;
  clock: Clock;
  context: EmulatorContext;
  webhooks: ReturnType<typeof startWebhooks>;
  /** Opens a further store. Throws where the domain is taken. */
  addShop(settings: ShopSettings): Shop;
  /** Stops listening, drops open connections, stops timers, writes the data file. */
  close(): Promise<void>;
}

/** Largest body accepted: a bulk file has 100 MB, and its multipart frame a little more. */
const MAX_BODY_BYTES = 110 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error(`Body larger than ${MAX_BODY_BYTES} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function shopOf(request: IncomingMessage, url: URL): string | null {
  const named = request.headers['x-shopify-shop-domain-emulated'];
  if (typeof named === 'string' && named) return named.toLowerCase();
  const host = (request.headers.host ?? '').split(':')[0]?.toLowerCase() ?? '';
  if (host.endsWith('.myshopify.com')) return host;
  return url.searchParams.get('shop')?.toLowerCase() ?? null;
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.status, { 'content-length': Buffer.byteLength(answer.body), ...answer.headers });
  response.end(answer.body);
}

type Handler = (request: HttpRequest) => Promise<HttpAnswer | NoAnswer> | HttpAnswer | NoAnswer;

function createDispatcher(context: EmulatorContext): Handler {
  const graphql = createGraphqlEndpoint(context);
  return (request) => {
    const { pathname } = request.url;
    if (/^\/admin\/api\/[^/]+\/graphql\.json$/.test(pathname)) return graphql(request);
    if (pathname.startsWith('/admin/oauth/')) return handleOAuth(context, request);
    if (pathname.startsWith('/_staged-uploads/')) return handleUpload(context, request);
    if (pathname.startsWith('/_files/')) return handleStoredFile(context, request);
    if (pathname.startsWith('/_pictures/')) return servePicture(request);
    if (pathname.startsWith('/_emulator/')) return handleControl(context, request);
    return handleAdmin(context, request);
  };
}

async function serve(
  context: EmulatorContext,
  dispatch: Handler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', context.origin());
  const answer = await dispatch({
    method: request.method ?? 'GET',
    url,
    headers: request.headers,
    body: await readBody(request),
    shop: shopOf(request, url),
  });
  if ('noAnswer' in answer) {
    if (answer.noAnswer === 'reset') request.socket.resetAndDestroy();
    return;
  }
  send(response, answer);
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        reject(new Error('The server has no TCP address.'));
      else resolve(address);
    });
  });
}

/** Starts an emulator. Rejects where the port is taken or a given file is wrong. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const clock = options.clock ?? createClock();
  const seed = options.seed ?? 1;
  const state = createState();
  const switches: Switches = { ...DEFAULT_SWITCHES, ...options.switches };
  const latency: Latency = { baseMs: 150, perMutationMs: 20, ...options.latency };
  const host = options.host ?? '127.0.0.1';
  let origin = '';
  const context: EmulatorContext = {
    state,
    switches,
    faults: new Faults(seededRandom(seed + 1)),
    log: new CallLog(),
    clock,
    random: seededRandom(seed),
    app: {
      apiKey: options.apiKey,
      apiSecret: options.apiSecret,
      appUrl: options.appUrl.replace(/\/$/, ''),
      config: options.appConfigPath ? readAppConfig(options.appConfigPath) : emptyAppConfig(),
    },
    latency,
    origin: () => origin,
  };
  const snapshot = options.dataFile ? keepSnapshot(state, options.dataFile) : null;
  failInterrupted(state);
  const dispatch = createDispatcher(context);
  const server = createServer((request, response) => {
    serve(context, dispatch, request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      send(response, json(500, { errors: `The emulator failed: ${message}` }));
    });
  });
  // Longer than any client keeps an idle connection: a call must never meet a connection the server is closing.
  server.keepAliveTimeout = 120_000;
  const { port } = await listen(server, options.port ?? 0, host);
  origin = `http://${host}:${port}`;
  for (const shop of options.shops ?? []) if (!state.shops.has(shop.domain)) openShop(state, shop, clock);
  const webhooks = startWebhooks(context);
  return {
    origin,
    port,
    state,
    log: context.log,
    faults: context.faults,
    switches,
    latency,
    clock,
    context,
    webhooks,
    addShop: (settings) => openShop(state, settings, clock),
    close: async () => {
      stopBulk(context);
      await webhooks.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      snapshot?.close();
    },
  };
}
