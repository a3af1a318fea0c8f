/** The app's webhook route in this process, behind a server of its own that an emulator can deliver to. */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type { AppResources } from '~/resources.server';
import { receiveWebhook } from '~/webhooks.server';
import { API_SECRET } from './environment';

export interface WebhookReceiver {
  origin: string;
  /** Hands deliveries to the app from now on; until then they are answered 503. */
  open(resources: AppResources): void;
  /** Statuses the app answered, by how often. */
  answers: Map<number, number>;
  close(): Promise<void>;
}

async function asRequest(incoming: IncomingMessage, origin: string): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (typeof value === 'string') headers.set(name, value);
  return new Request(new URL(incoming.url ?? '/', origin), {
    method: incoming.method ?? 'POST',
    headers,
    body: await text(incoming),
  });
}

/** `again`: what else is delivered of a request, as Shopify may do for reasons of its own. */
export async function startWebhookReceiver(
  again: (request: Request) => Request[] = () => [],
): Promise<WebhookReceiver> {
  const answers = new Map<number, number>();
  let resources: AppResources | null = null;
  let origin = '';
  const deliver = async (request: Request): Promise<number> => {
    if (!resources) return 503;
    const { status } = await receiveWebhook({ resources, secrets: [API_SECRET] }, request);
    answers.set(status, (answers.get(status) ?? 0) + 1);
    return status;
  };
  const server = createServer((incoming, outgoing) => {
    const answer = async () => {
      const request = await asRequest(incoming, origin);
      const further = again(request.clone());
      const status = await deliver(request);
      for (const each of further) await deliver(each);
      outgoing.writeHead(status).end();
    };
    answer().catch((error: unknown) => outgoing.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    open: (opened) => {
      resources = opened;
    },
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
