/** Servers of our own in the place of the web: what is asked, and what is not. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGuardedFetch } from './guarded-fetch.server';
import type { WebRequest } from './guarded-fetch.server';

let server: Server;
let port: number;
let seen: string[] = [];

function serve(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://x');
  seen.push(`${request.headers.host ?? ''}${url.pathname}`);
  const to = url.searchParams.get('to');
  if (to !== null) {
    response.writeHead(Number(url.searchParams.get('status') ?? 302), { location: to });
    response.end('moved');
  } else if (url.pathname === '/round') {
    const turn = Number(url.searchParams.get('turn') ?? 0);
    response.writeHead(302, { location: `/round?turn=${turn + 1}` });
    response.end();
  } else if (url.pathname === '/silent') {
    // Never answers.
  } else if (url.pathname === '/trickle') {
    response.writeHead(200);
    response.write('a');
  } else if (url.pathname === '/endless') {
    response.writeHead(200);
    const write = () => {
      while (response.write(Buffer.alloc(65_536))) if (response.destroyed) return;
    };
    response.on('drain', write);
    write();
  } else {
    response.writeHead(url.pathname === '/gone' ? 404 : 200, { 'content-type': 'text/plain' });
    response.end(`${request.method ?? ''} ${url.pathname}`);
  }
}

beforeAll(async () => {
  server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  port = address.port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
});

const REQUEST: WebRequest = { maxBytes: 1_000, timeoutMs: 5_000 };
/** Every name leads to these addresses. */
const leadsTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const allowed = () =>
  createGuardedFetch({ allowedHosts: [`files.test:${port}`], resolve: leadsTo('127.0.0.1') });
const at = (path: string, host = 'files.test') => `http://${host}:${port}${path}`;

describe('a host that was named', () => {
  it('is asked, under its own name', async () => {
    const answer = await allowed().fetch(at('/a?b=c'), REQUEST);
    expect(answer).toMatchObject({ kind: 'answered', status: 200, isWhole: true, url: at('/a?b=c') });
    expect(answer.kind === 'answered' && Buffer.from(answer.body).toString()).toBe('GET /a');
    expect(seen).toEqual([`files.test:${port}/a`]);
    expect(await allowed().fetch(at('/gone'), REQUEST)).toMatchObject({ kind: 'answered', status: 404 });
  });

  it('is followed where it leads, at most three times', async () => {
    const moved = await allowed().fetch(at(`/?to=${encodeURIComponent('/b')}`), REQUEST);
    expect(moved).toMatchObject({ kind: 'answered', status: 200, url: at('/b') });
    seen = [];
    const round = await allowed().fetch(at('/round'), REQUEST);
    expect(round).toMatchObject({ kind: 'refused', reason: expect.stringContaining('more than 3 times') });
    expect(seen).toHaveLength(4);
  });

  it.each([
    ['http://127.0.0.1/', 'It leads elsewhere: 127.0.0.1 is not on the public web.'],
    ['http://169.254.169.254/latest', 'It leads elsewhere: 169.254.169.254 is not on the public web.'],
    ['//[::1]/', 'It leads elsewhere: ::1 is not on the public web.'],
    ['http://2130706433/', 'It leads elsewhere: 127.0.0.1 is not on the public web.'],
    ['file:///etc/passwd', 'It leads elsewhere: “file:” is not the web.'],
    [
      'http://me:pw@example.com/',
      'It leads elsewhere: It holds a user name or a password, which others would see.',
    ],
    ['http://example.com:6379/', 'It leads elsewhere: Port 6379 is not asked: only 80 and 443 are.'],
    ['http://example.com/', 'example.com is not on the public web.'],
  ])('may not lead to %s', async (to, reason) => {
    const answer = await allowed().fetch(at(`/?to=${encodeURIComponent(to)}`), REQUEST);
    expect(answer).toMatchObject({ kind: 'refused', reason });
    expect(seen).toHaveLength(1);
  });

  it('is not followed with what was posted', async () => {
    const posted = { ...REQUEST, method: 'POST', body: 'x' } as const;
    expect(await allowed().fetch(at('/?to=/b'), posted)).toMatchObject({ kind: 'answered', status: 302 });
  });

  it('is read only so far, and waited for only so long', async () => {
    const cut = await allowed().fetch(at('/endless'), { ...REQUEST, maxBytes: 100_000 });
    expect(cut).toMatchObject({ kind: 'answered', isWhole: false });
    expect(cut.kind === 'answered' && cut.body.length).toBe(100_000);
    for (const path of ['/silent', '/trickle'])
      expect(await allowed().fetch(at(path), { ...REQUEST, timeoutMs: 200 })).toMatchObject({
        kind: 'failed',
        reason: expect.stringContaining('did not answer within'),
      });
    const never = createGuardedFetch({ allowedHosts: [], resolve: () => new Promise(() => undefined) });
    expect(await never.fetch('http://example.com/', { ...REQUEST, timeoutMs: 100 })).toMatchObject({
      kind: 'failed',
    });
  });

  it('throws what the caller stops it with', async () => {
    const stop = new AbortController();
    const reason = new Error('The worker shuts down.');
    setTimeout(() => stop.abort(reason), 50);
    const asked = allowed().fetch(at('/silent'), { ...REQUEST, signal: stop.signal });
    await expect(asked).rejects.toBe(reason);
  });
});

describe('any other host', () => {
  it.each([
    ['private', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['metadata', ['169.254.169.254']],
    ['IPv6 loopback', ['::1']],
    ['mapped', ['::ffff:127.0.0.1']],
    ['one closed among open ones', ['1.1.1.1', '192.168.0.1']],
  ])('whose name leads to a %s address is not asked', async (_name, addresses) => {
    const guarded = createGuardedFetch({ allowedHosts: [], resolve: leadsTo(...addresses) });
    expect(await guarded.fetch('http://example.com/a', REQUEST)).toEqual({
      kind: 'refused',
      reason: 'example.com is not on the public web.',
      remedy: 'Use an address that everybody can reach.',
    });
    expect(seen).toEqual([]);
  });

  it('is resolved once: a name that leads elsewhere the second time gains nothing', async () => {
    let asked = 0;
    const rebinding = async () => {
      asked += 1;
      // TEST-NET would be refused; this address is public and answers nobody here.
      return [{ address: asked === 1 ? '1.1.1.1' : '127.0.0.1', family: 4 }];
    };
    const guarded = createGuardedFetch({ allowedHosts: [], resolve: rebinding });
    const answer = await guarded.fetch('http://rebinding.example/a', { ...REQUEST, timeoutMs: 400 });
    expect([asked, seen]).toEqual([1, []]);
    expect(answer.kind === 'answered' ? answer.url : answer.kind).not.toContain('127');
  });

  it('that does not exist is told as such', async () => {
    const nobody = async () => {
      throw Object.assign(new Error('x'), { code: 'ENOTFOUND' });
    };
    const guarded = createGuardedFetch({ allowedHosts: [], resolve: nobody });
    expect(await guarded.fetch('https://nowhere.example/a', REQUEST)).toMatchObject({
      kind: 'failed',
      reason: 'There is no server nowhere.example.',
    });
  });
});
