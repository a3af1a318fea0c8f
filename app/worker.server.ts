/** The worker process: `npm run worker`. SIGTERM and SIGINT stop it in order. */
import { setFlagsFromString } from 'node:v8';
import { readConfig } from './config.server';
import { startWorker } from '~/queue/worker';
import { startChangeCapture, stopFollowing } from '~/sync/capture-changes';
import { serveMetrics } from './metrics.server';
import { createResources } from './resources.server';

// V8 lets garbage grow to several times what is alive before it collects. A worker lives off large texts that it drops at
// once: it holds some 80 MB and took 530. At 60 % more than what is alive it takes 325, and is as fast
// (tests/bench/external-source.test.ts).
setFlagsFromString('--heap-growing-percent=60');

const config = readConfig(process.env);
const resources = await createResources(config);
const worker = await startWorker(resources, {
  store: resources.queueStore,
  concurrency: config.WORKER_CONCURRENCY,
  lockMs: config.JOB_LOCK_SECONDS * 1_000,
  syncIntervalMinutes: config.SYNC_INTERVAL_MINUTES ?? null,
  reconcileIntervalHours: config.RECONCILE_INTERVAL_HOURS,
  captureAlarmBytes: config.CAPTURE_ALARM_MB * 1_048_576,
  refreshTokens: () => resources.tokens.refreshDue(),
});
const capturing = {
  databaseUrl: config.CAPTURE_DATABASE_URL ?? config.DATABASE_URL,
  debounce: { windowMs: config.CAPTURE_DEBOUNCE_MS, longestMs: config.CAPTURE_LONGEST_MS },
};
const capture = config.CHANGE_CAPTURE ? startChangeCapture(resources, capturing) : null;
if (!capture)
  stopFollowing(resources, capturing).catch((error: unknown) =>
    resources.log.error({ err: error }, 'The replication slot could not be dropped: it may fill the disk'),
  );
const metrics =
  config.METRICS_PORT === undefined
    ? null
    : await serveMetrics(resources, { METRICS_TOKEN: config.METRICS_TOKEN, port: config.METRICS_PORT });
resources.log.info({ concurrency: config.WORKER_CONCURRENCY, pid: process.pid }, 'Worker ready');

let stopping = false;
const stop = async (signal: string) => {
  if (stopping) return;
  stopping = true;
  resources.log.info({ signal }, 'Worker stops: jobs under way finish what they have sent');
  try {
    metrics?.close();
    await capture?.close();
    const finished = await worker.close();
    if (finished) await resources.close();
    process.exit(0);
  } catch (error) {
    resources.log.error({ err: error }, 'The worker did not stop cleanly');
    process.exit(1);
  }
};
process.on('SIGTERM', (signal) => void stop(signal));
process.on('SIGINT', (signal) => void stop(signal));
