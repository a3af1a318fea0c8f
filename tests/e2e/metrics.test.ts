/**
 * Metrics of a real app and a real worker, collected by a real Prometheus: what is counted is what the store saw, and every
 * query of the dashboard and every rule of the alerts asks for what is there.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startRun } from '~/sync/start-run';
import { freePort, spawnApp } from '../support/app';
import type { RunningApp } from '../support/app';
import type { Child } from '../support/child';
import { ownPrometheus, promtool } from '../support/own-prometheus';
import type { OwnPrometheus } from '../support/own-prometheus';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';

const TOKEN = 'a-token-for-the-tests-of-metrics';
const RULES = resolve('monitoring/rules.yml');
const PRODUCTS = 12;

let stage: Stage;
let app: RunningApp;
let worker: Child;
let workerPort: number;
let prometheus: OwnPrometheus;

const job = (name: string, port: number) => `
  - job_name: ${name}
    authorization: { credentials: '${TOKEN}' }
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]`;

beforeAll(async () => {
  stage = await openStage({ worker: false });
  const appPort = await freePort();
  workerPort = await freePort();
  const env = { ...stage.env, METRICS_TOKEN: TOKEN };
  app = await spawnApp(env, appPort);
  worker = await spawnWorker({ ...env, LOG_LEVEL: 'info', METRICS_PORT: String(workerPort) });
  prometheus = await ownPrometheus(`global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${RULES}']
scrape_configs:${job('lockstep-web', appPort)}${job('lockstep-worker', workerPort)}
`);
  await fillCatalog(stage, PRODUCTS);
  const { runId } = await startRun(stage.resources, {
    shopId: stage.shopId,
    trigger: 'manual',
    causedBy: 'test',
  });
  await stage.awaitRun(runId);
});
afterAll(async () => {
  await prometheus?.remove();
  await worker?.kill();
  await app?.kill();
  await stage?.close();
});

const collect = (address: string, token: string | null) =>
  fetch(address, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });
const sum = async (expression: string) => (await prometheus.query(`sum(${expression})`))[0]?.value ?? 0;

describe('the addresses', () => {
  it('tell nothing without the token', async () => {
    for (const address of [`${app.origin}/metrics`, `http://127.0.0.1:${workerPort}/metrics`]) {
      expect((await collect(address, null)).status).toBe(401);
      expect((await collect(address, 'a-token-for-the-tests-of-metricz')).status).toBe(401);
      const right = await collect(address, TOKEN);
      expect(right.status).toBe(200);
      expect(await right.text()).toContain('process_cpu_seconds_total');
    }
    expect((await collect(`http://127.0.0.1:${workerPort}/other`, TOKEN)).status).toBe(404);
  });

  it('tell what promtool finds no fault with, and name no shop', async () => {
    for (const address of [`${app.origin}/metrics`, `http://127.0.0.1:${workerPort}/metrics`]) {
      const text = await (await collect(address, TOKEN)).text();
      // The library's own names of Node's figures are not all as the linter likes them.
      const own = text
        .split('\n')
        .filter((line) => /lockstep_/.test(line))
        .join('\n');
      const { isRight, output } = promtool(['check', 'metrics'], `${own}\n`);
      expect(output, address).toBe('');
      expect(isRight).toBe(true);
      expect(text).not.toContain('lockstep-demo');
      expect(text).not.toContain(stage.shopId);
    }
  });
});

describe('Prometheus', () => {
  it('collects from both, and the sums are what the store saw', async () => {
    await waitFor('both are collected', async () => {
      const seen = await prometheus.targets();
      return seen.length === 2 && seen.every(({ health }) => health === 'up');
    });
    const calls = stage.emulator.log.all().filter(({ kind }) => kind !== null).length;
    expect(calls).toBeGreaterThan(0);
    // What was installed by this process is not the worker's.
    const before = await sum('lockstep_shopify_requests_total');
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThanOrEqual(calls);
    await waitFor(
      'the job is collected',
      async () => (await sum('lockstep_jobs_total{job_kind="sync-products", outcome="done"}')) > 0,
    );
    expect(await sum('lockstep_shops{state="connected"}')).toBe(1);
    expect(await sum('lockstep_changes_total{direction="push", state="applied"}')).toBe(
      await stage.resources.db.change.count({ where: { state: 'applied' } }),
    );
  });

  it('counts what comes after', async () => {
    const requests = await sum('lockstep_shopify_requests_total');
    const seen = stage.emulator.log.all().length;
    await stage.resources.db.catalogVariant.updateMany({ data: { price: '77.70' } });
    const { runId } = await startRun(stage.resources, {
      shopId: stage.shopId,
      trigger: 'manual',
      causedBy: 'test',
    });
    await stage.awaitRun(runId);
    const made = stage.emulator.log.all().length - seen;
    expect(made).toBeGreaterThan(0);
    await waitFor(
      'the calls are collected',
      async () => (await sum('lockstep_shopify_requests_total')) === requests + made,
    );
    const unsigned = await fetch(`${app.origin}/webhooks`, { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(401);
    await waitFor(
      'the unsigned webhook is collected',
      async () => (await sum('lockstep_webhooks_total{outcome="unsigned"}')) === 1,
    );
  });

  it('raises the alert of an installation that does not follow changes', async () => {
    // Capture is off in the tests: Prometheus says so, and waits its five minutes.
    await waitFor('the rule is pending', async () => {
      const [alert] = await prometheus.query('ALERTS{alertname="LockstepChangesNotFollowed"}');
      return alert?.metric['alertstate'] === 'pending';
    });
    expect(await prometheus.query('ALERTS{alertname="LockstepJobsGaveUp"}')).toEqual([]);
  });
});

const dashboard = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      description: z.string().min(1),
      datasource: z.object({ uid: z.literal('lockstep-prometheus') }),
      targets: z.array(z.object({ expr: z.string() })).min(1),
    }),
  ),
});
const { panels } = dashboard.parse(
  JSON.parse(readFileSync('monitoring/grafana/dashboards/lockstep.json', 'utf8')),
);
const namesIn = (expression: string) => [
  ...new Set(expression.match(/\b(?:lockstep|process|nodejs)_[a-z0-9_]+/g) ?? []),
];

describe('what is provisioned', () => {
  it('has panels of names that are told, in queries that Prometheus takes', async () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const told = new Set<string>();
    for (const address of [`${app.origin}/metrics`, `http://127.0.0.1:${workerPort}/metrics`])
      for (const [, name] of (await (await collect(address, TOKEN)).text()).matchAll(/^# TYPE (\S+) (\S+)/gm))
        if (name !== undefined) told.add(name);
    for (const { title, targets } of panels)
      for (const { expr } of targets) {
        await prometheus.query(expr);
        const names = namesIn(expr);
        expect(names.length, title).toBeGreaterThan(0);
        for (const name of names)
          expect([...told], title).toContain(name.replace(/_(bucket|sum|count)$/, ''));
      }
  });

  it('has rules that promtool takes, of names that are told', async () => {
    const { isRight, output } = promtool(['check', 'rules', RULES]);
    expect(output).toContain('SUCCESS');
    expect(isRight).toBe(true);
    const names = namesIn(
      readFileSync(RULES, 'utf8')
        .split('\n')
        .filter((line) => line.includes('expr:'))
        .join('\n'),
    );
    expect(names.length).toBeGreaterThan(8);
    const told = await prometheus.query('count by (__name__) ({__name__=~"lockstep_.+"})');
    const known = new Set(told.map(({ metric }) => metric['__name__']));
    // Counters with labels tell nothing before the first of a kind.
    for (const name of names.filter((one) => one !== 'lockstep_sources')) expect([...known]).toContain(name);
  });
});
