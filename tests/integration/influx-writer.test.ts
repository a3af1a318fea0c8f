/**
 * Figures written to a real InfluxDB. Debian ships version 1, which has no v2 API: a door before it takes requests as v2
 * does (path, token, organisation, bucket) and hands their lines on.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startInfluxWriter } from '~/observe/influx-writer.server';
import type { InfluxWriter } from '~/observe/influx-writer.server';
import { createLogger } from '~/observe/log.server';
import { createMetrics } from '~/observe/metrics.server';
import type { Sample } from '~/observe/metrics';
import { freePort } from '../../scripts/embedded-postgres';
import { openStage } from '../support/stage';
import { waitFor } from '../support/wait-for';

const directory = mkdtempSync(join(tmpdir(), 'lockstep-influx-'));
const TOKEN = 'secret-token';
let influxOrigin: string;
let stopInflux: () => Promise<void>;
let door: Server;
let doorPort: number;
/** What the door answers itself instead of handing on. */
let refusal: number | null = null;
let refused = 0;
let writer: InfluxWriter | null = null;

const textOf = async (request: IncomingMessage) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await textOf(request);
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://door');
  if (refusal !== null) {
    refused += 1;
    response.writeHead(refusal, { 'retry-after': '1' }).end();
    return;
  }
  const isRight =
    request.method === 'POST' &&
    pathname === '/api/v2/write' &&
    request.headers.authorization === `Token ${TOKEN}` &&
    searchParams.get('org') === 'acme';
  if (!isRight) {
    response.writeHead(401).end();
    return;
  }
  const address = `${influxOrigin}/write?db=${searchParams.get('bucket') ?? ''}&precision=${searchParams.get('precision') ?? ''}`;
  const { status } = await fetch(address, {
    method: 'POST',
    body,
    headers: request.headers['content-encoding'] === 'gzip' ? { 'content-encoding': 'gzip' } : {},
  });
  response.writeHead(status).end();
}

beforeAll(async () => {
  const [httpPort, rpcPort] = [await freePort(), await freePort()];
  influxOrigin = `http://127.0.0.1:${httpPort}`;
  const file = join(directory, 'influxdb.conf');
  writeFileSync(
    file,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
dir = "${directory}/meta"
[data]
dir = "${directory}/data"
wal-dir = "${directory}/wal"
[http]
bind-address = "127.0.0.1:${httpPort}"
log-enabled = false
`,
  );
  const server = spawn('influxd', ['-config', file], { stdio: 'ignore' });
  stopInflux = async () => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null && server.kill('SIGKILL')) await gone;
  };
  await waitFor('InfluxDB answers', () =>
    fetch(`${influxOrigin}/ping`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  await fetch(`${influxOrigin}/query?q=${encodeURIComponent('CREATE DATABASE figures')}`, { method: 'POST' });
  door = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const address = door.address();
  doorPort = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(async () => {
  refusal = null;
  await writer?.close();
  writer = null;
});
afterAll(async () => {
  door?.close();
  await stopInflux?.();
  rmSync(directory, { recursive: true, force: true });
});

const series = z.object({
  results: z.array(
    z.object({
      series: z
        .array(
          z.object({
            tags: z.record(z.string(), z.string()).optional(),
            columns: z.array(z.string()),
            values: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
          }),
        )
        .optional(),
    }),
  ),
});

async function query(text: string) {
  const address = `${influxOrigin}/query?db=figures&q=${encodeURIComponent(text)}`;
  return series.parse(await (await fetch(address)).json()).results[0]?.series ?? [];
}

const settings = () => ({
  url: `http://127.0.0.1:${doorPort}`,
  org: 'acme',
  bucket: 'figures',
  token: TOKEN,
});
const log = createLogger({ LOG_LEVEL: 'silent' });

function start(collect: () => Promise<Sample[]>, everyMs = 50): InfluxWriter {
  writer = startInfluxWriter(
    { ...settings(), everyMs },
    { collect, tags: { host: 'test host', pid: '1' }, now: () => new Date(), log },
  );
  return writer;
}

describe('figures', () => {
  it('arrive with their labels, whatever characters these have', async () => {
    const metrics = createMetrics();
    metrics.jobEnded({ name: 'a job, with = and "quotes"', outcome: 'done', seconds: 0.5 });
    start(metrics.samples);
    await waitFor('it is there', async () => {
      const found = await query(
        `SELECT last(value) FROM lockstep_jobs_total WHERE outcome = 'done' GROUP BY *`,
      );
      return found.length === 1;
    });
    const [one] = await query('SELECT last(value) FROM lockstep_jobs_total GROUP BY *');
    expect(one?.tags).toEqual({
      host: 'test host',
      pid: '1',
      job_kind: 'a job, with = and "quotes"',
      outcome: 'done',
    });
    expect(one?.values[0]?.[1]).toBe(1);
    // Of histograms the sum and the count.
    const [sum] = await query('SELECT last(value) FROM lockstep_job_seconds_sum');
    expect(sum?.values[0]?.[1]).toBe(0.5);
    expect(await query('SHOW MEASUREMENTS WITH MEASUREMENT =~ /bucket/')).toEqual([]);
  });

  it('of a whole process arrive, the installation’s with them', async () => {
    const stage = await openStage({
      env: {
        INFLUX_SECONDS: '1',
        INFLUX_URL: settings().url,
        INFLUX_ORG: 'acme',
        INFLUX_BUCKET: 'figures',
        INFLUX_TOKEN: TOKEN,
      },
    });
    await waitFor('they are there', async () => {
      const [shops] = await query(`SELECT last(value) FROM lockstep_shops WHERE state = 'connected'`);
      return shops?.values[0]?.[1] === 1;
    });
    await stage.close();
    const [requests] = await query('SELECT last(value) FROM lockstep_shopify_requests_total');
    expect(requests?.values[0]?.[1]).toBeGreaterThan(0);
  });
});

describe('an InfluxDB that does not take them', () => {
  it('gets those of the time it was away when it is back', async () => {
    refusal = 503;
    refused = 0;
    let turn = 0;
    start(async () => [{ name: 'lockstep_test_away', labels: {}, value: (turn += 1) }]);
    await waitFor('it was refused', () => refused > 0 && turn > 3);
    refusal = null;
    await waitFor('the first is there', async () => {
      const [first] = await query('SELECT first(value) FROM lockstep_test_away');
      return first?.values[0]?.[1] === 1;
    });
  });

  it('does not make memory grow without end', async () => {
    refusal = 503;
    const many = Array.from({ length: 5_000 }, (_, index) => ({
      name: 'lockstep_test_many',
      labels: { index: String(index) },
      value: 1,
    }));
    let collected = 0;
    const own = start(async () => {
      collected += 1;
      return many;
    }, 10);
    const before = process.memoryUsage().heapUsed;
    await waitFor('much more came than is kept', () => collected > 40);
    const grown = process.memoryUsage().heapUsed - before;
    // 200,000 lines of 90 bytes came; 50,000 are kept, each a text of its own.
    expect(grown).toBeLessThan(60_000_000);
    refusal = null;
    await own.close();
    writer = null;
  });
});
