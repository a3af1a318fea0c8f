/** What a webhook handler cannot do without: it checks the signature and puts the delivery into a queue. Nothing else. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { readConfig } from '~/config.server';
import { createLogger } from '~/observe/log.server';
import { openQueueStore } from '~/queue/connection';

const config = readConfig(process.env);
const store = await openQueueStore(config, createLogger(config));
const queue = store.queue('bare-webhooks');

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const header = request.headers['x-shopify-hmac-sha256'] ?? request.headers['shopify-hmac-sha256'];
    const given = Buffer.from(typeof header === 'string' ? header : '', 'base64');
    const right = createHmac('sha256', config.SHOPIFY_API_SECRET).update(body).digest();
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      response.writeHead(401).end();
      return;
    }
    const topic = request.headers['x-shopify-topic'] ?? request.headers['shopify-topic'];
    queue.add('webhook', { topic, body: body.toString('utf8') }).then(
      () => response.writeHead(200).end(),
      () => response.writeHead(500).end(),
    );
  });
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () => process.stdout.write('Bare handler ready\n'));
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void queue.close().then(() => store.close());
});
