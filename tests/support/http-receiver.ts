/** A real HTTP server in this process, for what is posted to addresses that merchants name. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

export interface PostedRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface HttpReceiver {
  origin: string;
  /** As in FETCH_ALLOWED_HOSTS. */
  host: string;
  requests: PostedRequest[];
  /** Statuses of the next answers, and of no others; then 200. */
  answer(...statuses: number[]): void;
  close(): Promise<void>;
}

export async function startHttpReceiver(): Promise<HttpReceiver> {
  const requests: PostedRequest[] = [];
  const statuses: number[] = [];
  const server = createServer((incoming, outgoing) => {
    text(incoming).then(
      (body) => {
        const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
        requests.push({ path: incoming.url ?? '', headers: Object.fromEntries(headers), body });
        outgoing.writeHead(statuses.shift() ?? 200).end('answered');
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return {
    origin: `http://${host}`,
    host,
    requests,
    answer: (...next) => void statuses.splice(0, Infinity, ...next),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
