/** A proxy in front of the web process that can cut the live streams of pages, or hold them back, as proxies do. */
import { createServer, request } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CuttingProxy {
  origin: string;
  /** 'cut': streams break, and no new one comes through. 'hold': what a new one says is gathered and never passed on. */
  treatStreams(how: 'pass' | 'cut' | 'hold'): void;
  close(): Promise<void>;
}

/** Passes everything on to this port. */
export async function startCuttingProxy(targetPort: number): Promise<CuttingProxy> {
  let treatment: 'pass' | 'cut' | 'hold' = 'pass';
  const streams = new Set<ServerResponse>();
  const server = createServer((asked, answer) => {
    const isStream = asked.url?.startsWith('/app/stream') ?? false;
    if (isStream && treatment === 'cut') {
      asked.socket.destroy();
      return;
    }
    const holds = isStream && treatment === 'hold';
    const onward = request(
      { host: '127.0.0.1', port: targetPort, path: asked.url, method: asked.method, headers: asked.headers },
      (answered) => {
        if (holds) return void answered.resume();
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.on('error', () => answer.destroy());
        answered.pipe(answer);
      },
    );
    onward.on('error', () => answer.destroy());
    answer.on('close', () => {
      onward.destroy();
      streams.delete(answer);
    });
    if (isStream) streams.add(answer);
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    treatStreams: (how) => {
      treatment = how;
      if (how !== 'pass') for (const stream of [...streams]) stream.destroy();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
