/** Writes figures to InfluxDB (v2 API), in batches that are tried again, in memory that does not grow without end. */
import { InfluxDB, Point, setLogger } from '@influxdata/influxdb-client';
import type { Logger } from './log.server';
import type { Sample } from './metrics';

export interface InfluxSettings {
  url: string;
  org: string;
  bucket: string;
  token: string;
  everyMs: number;
}

/** Lines kept while InfluxDB does not answer: about an hour of a busy process. The oldest go first. */
const MOST_LINES = 50_000;
const BATCH_LINES = 5_000;
const TIMEOUT_MS = 10_000;

export interface InfluxWriter {
  /** Waits for what is on its way, for at most the time a request may take. */
  close(): Promise<void>;
}

/** `collect`: the figures as they stand. `tags`: what tells this process from others. */
export function startInfluxWriter(
  settings: InfluxSettings,
  parts: { collect: () => Promise<Sample[]>; tags: Record<string, string>; now: () => Date; log: Logger },
): InfluxWriter {
  const { url, org, bucket, token, everyMs } = settings;
  const { collect, tags, now, log } = parts;
  let isSilent = false;
  // The library would write to the console; what it says beside writeFailed is that old lines went.
  setLogger({
    error: (message, error) => log.debug({ err: error }, message),
    warn: (message, error) => log.debug({ err: error }, message),
  });
  const writer = new InfluxDB({ url, token, timeout: TIMEOUT_MS }).getWriteApi(org, bucket, 'ms', {
    batchSize: BATCH_LINES,
    // Each collection is sent at once, below.
    flushInterval: 0,
    maxBufferLines: MOST_LINES,
    minRetryDelay: 1_000,
    maxRetryDelay: 60_000,
    retryJitter: 500,
    maxRetries: 20,
    maxRetryTime: 3_600_000,
    writeFailed: (error, lines, attempt) => {
      if (!isSilent) log.warn({ err: error, lines: lines.length, attempt }, 'InfluxDB takes no figures');
      isSilent = true;
    },
    writeSuccess: () => {
      if (isSilent) log.info('InfluxDB takes figures again');
      isSilent = false;
    },
  });
  writer.useDefaultTags(tags);

  const write = async () => {
    const at = now();
    for (const { name, labels, value } of await collect()) {
      const point = new Point(name).floatField('value', value).timestamp(at);
      for (const [label, text] of Object.entries(labels)) if (text !== '') point.tag(label, text);
      writer.writePoint(point);
    }
    await writer.flush();
  };
  let underWay: Promise<void> | null = null;
  const turn = (): void => {
    // A slow InfluxDB gets one collection after the other.
    underWay ??= write()
      .catch((error: unknown) => log.debug({ err: error }, 'Figures are kept for InfluxDB'))
      .finally(() => (underWay = null));
  };
  const timer = setInterval(turn, everyMs);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      // Not collected once more: the process takes its parts down.
      await underWay;
      await writer.close().catch((error: unknown) => log.warn({ err: error }, 'The last figures are lost'));
    },
  };
}
