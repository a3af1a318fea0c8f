import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTransport } from './transport.server';

const seen: { url: string; shop: unknown; body: string; contentType: unknown }[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    const { headers } = request;
    seen.push({
      url: request.url ?? '',
      shop: headers['x-shopify-shop-domain-emulated'],
      body,
      contentType: headers['content-type'],
    });
    response.end('ok');
  });
});
let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const address = 'https://lockstep-demo.myshopify.com/admin/oauth/access_token?a=1';
const init = { method: 'POST', body: '{"b":2}', headers: { 'content-type': 'application/json' } };
const arrived = {
  url: '/admin/oauth/access_token?a=1',
  shop: 'lockstep-demo.myshopify.com',
  body: '{"b":2}',
  contentType: 'application/json',
};

describe('transport', () => {
  it('sends requests for a store to the emulator, however they are written', async () => {
    const transport = createTransport({ SHOPIFY_EMULATOR_ORIGIN: origin });
    for (const request of [
      () => transport(address, init),
      () => transport(new URL(address), init),
      () => transport(new Request(address, init)),
    ]) {
      expect(await (await request()).text()).toBe('ok');
      expect(seen.pop()).toEqual(arrived);
    }
  });

  it('leaves all other addresses alone', async () => {
    const transport = createTransport({ SHOPIFY_EMULATOR_ORIGIN: 'http://127.0.0.1:1' });
    expect(await (await transport(`${origin}/elsewhere`, init)).text()).toBe('ok');
    expect(seen.pop()).toMatchObject({ url: '/elsewhere', shop: undefined });
  });
});
