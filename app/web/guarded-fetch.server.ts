/**
 * Requests to servers that other people name: pictures, and whatever a merchant lets us call. The one way there. Who names a
 * server must not reach what only we can: only public addresses are connected to, and exactly those that were looked at, so
 * that a name cannot lead elsewhere the second time it is asked for; each redirect is looked at like a first request.
 */
import { lookup as lookUpName } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIpAddress, isPublicAddress, isSameAddress } from '~/core/public-address';
import { hostOf, isAllowedHost, notPublic, webAddressProblem } from '~/core/web-address';
import type { AllowedHosts, WebProblem } from '~/core/web-address';

export interface WebRequest {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Bytes of the answer that are read; the rest is left. */
  maxBytes: number;
  /** For all of it: names, redirects and the answer. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface WebAnswer {
  kind: 'answered';
  /** Where the last redirect led. */
  url: string;
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Uint8Array;
  /** False where there was more than `maxBytes`. */
  isWhole: boolean;
}

export type WebOutcome =
  | WebAnswer
  /** Nothing of it was sent, or no further. */
  | ({ kind: 'refused' } & WebProblem)
  /** The server did not answer. */
  | ({ kind: 'failed' } & WebProblem);

export interface GuardedFetch {
  /** What an address says by itself against being asked, without asking anybody. */
  problemOf(url: string): WebProblem | null;
  /** Never throws but for the caller's own signal. Redirects are followed for GET only. */
  fetch(url: string, request: WebRequest): Promise<WebOutcome>;
}

interface Address {
  address: string;
  family: number;
}

export interface GuardedFetchParts {
  /** Named by who runs the app: these may be inside the own network, and at any port. */
  allowedHosts: AllowedHosts;
  /** All addresses of a name. */
  resolve?: (name: string) => Promise<Address[]>;
}

const MOST_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

class Refused extends Error {
  override name = 'Refused';

  constructor(readonly problem: WebProblem) {
    super(problem.reason);
  }
}

const resolveName = (name: string): Promise<Address[]> => lookUpName(name, { all: true });

/** The addresses that may be connected to. Throws Refused where only one of them may not. */
async function addressesOf(url: URL, parts: GuardedFetchParts, signal: AbortSignal): Promise<Address[]> {
  const host = hostOf(url);
  const isAllowed = isAllowedHost(url, parts.allowedHosts);
  const found = isIpAddress(host)
    ? [{ address: host, family: host.includes(':') ? 6 : 4 }]
    : await untilAborted((parts.resolve ?? resolveName)(host), signal);
  // A name with one closed address among open ones is a trap, or a mistake nobody should rely on.
  if (!isAllowed && found.some(({ address }) => !isPublicAddress(address)))
    throw new Refused(notPublic(host));
  if (found.length === 0) throw new Error(`${host} has no address.`);
  return found;
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Sends to these addresses and to no others: the connection never asks for the name again. */
function send(
  url: URL,
  addresses: Address[],
  request: WebRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const [first] = addresses;
  const lookup: LookupFunction = (_name, options, callback) => {
    if (options.all) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
  return new Promise((resolve, reject) => {
    const make = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = make({
      host: hostOf(url),
      port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: request.method ?? 'GET',
      headers: {
        'user-agent': 'Lockstep',
        'accept-encoding': 'identity',
        ...request.headers,
        host: url.host,
      },
      // A connection of its own: none that was made for somebody else is used again.
      agent: false,
      lookup,
      signal,
    });
    sent.on('socket', (socket) =>
      socket.once('connect', () => {
        if (!addresses.some(({ address }) => isSameAddress(address, socket.remoteAddress ?? '')))
          sent.destroy(new Refused(notPublic(hostOf(url))));
      }),
    );
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end(request.body);
  });
}

async function read(
  response: IncomingMessage,
  maxBytes: number,
): Promise<{ body: Uint8Array; isWhole: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    chunks.push(bytes);
    if (size > maxBytes) break;
  }
  response.destroy();
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), isWhole: size <= maxBytes };
}

const headersOf = (response: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

async function follow(
  start: string,
  request: WebRequest,
  parts: GuardedFetchParts,
  signal: AbortSignal,
): Promise<WebAnswer> {
  let text = start;
  for (let redirects = 0; ; redirects += 1) {
    const problem = webAddressProblem(text, parts.allowedHosts);
    if (problem !== null)
      throw new Refused(
        redirects === 0 ? problem : { ...problem, reason: `It leads elsewhere: ${problem.reason}` },
      );
    const url = new URL(text);
    const response = await send(url, await addressesOf(url, parts, signal), request, signal);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (!REDIRECTS.has(status) || location === undefined || (request.method ?? 'GET') !== 'GET')
      return {
        kind: 'answered',
        url: text,
        status,
        headers: headersOf(response),
        ...(await read(response, request.maxBytes)),
      };
    response.destroy();
    if (redirects >= MOST_REDIRECTS)
      throw new Refused({
        reason: `It leads from address to address, more than ${MOST_REDIRECTS} times.`,
        remedy: 'Use the address where it ends.',
      });
    text = URL.canParse(location, text) ? new URL(location, text).href : location;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

function failureOf(error: unknown, url: string, isLate: boolean, timeoutMs: number): WebProblem {
  const { host } = new URL(url);
  const remedy = 'Open the address in a browser: mend it, or try again later.';
  const code = codeOf(error);
  if (isLate) return { reason: `${host} did not answer within ${Math.round(timeoutMs / 1_000)} s.`, remedy };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { reason: `There is no server ${host}.`, remedy };
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))
    return { reason: `The certificate of ${host} cannot be trusted (${code}).`, remedy };
  return { reason: `${host} could not be reached${code === '' ? '' : ` (${code})`}.`, remedy };
}

/** Makes the one way to servers that other people name. */
export function createGuardedFetch(parts: GuardedFetchParts): GuardedFetch {
  return {
    problemOf: (url) => webAddressProblem(url, parts.allowedHosts),
    fetch: async (url, request) => {
      const deadline = AbortSignal.timeout(request.timeoutMs);
      const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
      try {
        return await follow(url, request, parts, signal);
      } catch (error) {
        request.signal?.throwIfAborted();
        if (error instanceof Refused) return { kind: 'refused', ...error.problem };
        return { kind: 'failed', ...failureOf(error, url, deadline.aborted, request.timeoutMs) };
      }
    },
  };
}
