/** The one place that reads the environment. */
import { z } from 'zod';

const switchedOn = z
  .enum(['true', 'false', '1', '0', ''])
  .default('true')
  .transform((value) => value !== 'false' && value !== '0');

const flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('false')
  .transform((value) => value === 'true' || value === '1');

const environment = z
  .object({
    NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
    DATABASE_URL: z.string().min(1, 'DATABASE_URL is missing: a PostgreSQL connection string.'),
    /** Present: queue, points budget and live events use Redis. Absent: PostgreSQL. */
    REDIS_URL: z.string().min(1).optional(),
    SHOPIFY_API_KEY: z.string().min(1, 'SHOPIFY_API_KEY is missing: the client id of the app.'),
    SHOPIFY_API_SECRET: z.string().min(1, 'SHOPIFY_API_SECRET is missing: the client secret of the app.'),
    /** Until an hour after a rotation, webhooks may still be signed with the former secret. */
    SHOPIFY_API_SECRET_PREVIOUS: z.string().min(1).optional(),
    /** When the secret was rotated: an hour later the former one is refused, whether it is still set or not. */
    SHOPIFY_API_SECRET_ROTATED_AT: z.iso
      .datetime({
        offset: true,
        error: 'SHOPIFY_API_SECRET_ROTATED_AT must be an instant such as 2026-11-24T09:30:00Z.',
      })
      .transform((text) => new Date(text))
      .optional(),
    SHOPIFY_APP_URL: z.url('SHOPIFY_APP_URL is missing: the address the app is reached at.'),
    SCOPES: z.string().optional(),
    /** Keys for tokens at rest: "id:base64 of 32 bytes", comma separated; the first encrypts, all decrypt. */
    TOKEN_ENCRYPTION_KEYS: z.string().min(1, 'TOKEN_ENCRYPTION_KEYS is missing: run `npm run keys:new`.'),
    /** Origin of the local emulator; every request for *.myshopify.com goes there. Refused in production. */
    SHOPIFY_EMULATOR_ORIGIN: z.url().optional(),
    ALLOW_EMULATOR_IN_PRODUCTION: flag,
    /** Jobs a worker process runs at a time. */
    WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(16),
    /** GraphQL calls under way at a time, a shop and process. */
    SHOP_CONCURRENCY: z.coerce.number().int().min(1).max(50).default(10),
    /** Seconds an answer of Shopify may take; then it counts as lost. */
    SHOPIFY_TIMEOUT_SECONDS: z.coerce.number().min(0.1).max(300).default(30),
    /** Starts a run in each shop this often; absent: only when somebody asks. */
    SYNC_INTERVAL_MINUTES: z.coerce.number().int().min(1).max(43_200).optional(),
    /** Whether changes of the catalog are followed as they are committed; else they wait for a sync. */
    CHANGE_CAPTURE: switchedOn,
    /** For the capture alone, where DATABASE_URL's role has no REPLICATION or goes through a pooler. */
    CAPTURE_DATABASE_URL: z.string().min(1).optional(),
    /** Milliseconds that changes of a product are let gather, so that a burst becomes one job. */
    CAPTURE_DEBOUNCE_MS: z.coerce.number().int().min(0).max(60_000).default(100),
    /** Milliseconds after which a product that keeps changing is looked at all the same. */
    CAPTURE_LONGEST_MS: z.coerce.number().int().min(0).max(600_000).default(1_000),
    /** Megabytes of log that the replication slot may make the database keep before it is alarmed. */
    CAPTURE_ALARM_MB: z.coerce.number().int().min(1).max(1_000_000).default(512),
    /** Hours between two checks of each store for what no webhook told of; 0: only when somebody asks. */
    RECONCILE_INTERVAL_HOURS: z.coerce.number().min(0).max(720).default(24),
    /**
     * What was last seen of a product's plain fields longer ago than this is looked at again before it is written over:
     * an edit whose webhook was lost is then found, not overwritten. 0: always.
     */
    CONFIRM_AFTER_SECONDS: z.coerce.number().int().min(0).max(86_400).default(600),
    /** How often a job is tried before it becomes a dead letter. */
    JOB_ATTEMPTS: z.coerce.number().int().min(1).max(50).default(6),
    /** Seconds a killed worker's job stays its own; after about twice this time another worker takes it up. */
    JOB_LOCK_SECONDS: z.coerce.number().min(1).max(600).default(9),
    /** Requests a minute that each key of the REST API may send. */
    API_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(120),
    /** Requests a key may send at once after it was quiet. */
    API_BURST: z.coerce.number().int().min(1).max(100_000).default(60),
    /**
     * Hosts, comma separated, that may be asked for what merchants name (pictures) although they are none of the public
     * web's: "media.corp.example", or with a port "10.0.0.7:8080". Whoever can make a bulk edit can then reach them.
     */
    FETCH_ALLOWED_HOSTS: z
      .string()
      .default('')
      .transform((text) => text.split(',').flatMap((host) => host.trim().toLowerCase() || []))
      .pipe(
        z.array(
          z
            .string()
            .regex(
              /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/,
              'FETCH_ALLOWED_HOSTS takes hosts such as media.corp.example or 10.0.0.7:8080, comma separated.',
            ),
        ),
      ),
    /**
     * Whether merchants may name database servers inside the own network (10.0.0.0/8, localhost …) as their source. For
     * installations that are the merchant's own; where several merchants use one, each could reach what only the app can.
     */
    SOURCE_PRIVATE_NETWORKS: flag,
    /** Who collects metrics at /metrics sends it as a bearer token; absent: there are none. */
    METRICS_TOKEN: z.string().min(16, 'METRICS_TOKEN must have at least 16 characters.').optional(),
    /** Where a worker tells its metrics; absent: nowhere. */
    METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
    /** InfluxDB (v2 API) that the figures are written to; the other three belong to it. */
    INFLUX_URL: z.url().optional(),
    INFLUX_ORG: z.string().min(1).optional(),
    INFLUX_BUCKET: z.string().min(1).optional(),
    INFLUX_TOKEN: z.string().min(1).optional(),
    /** Seconds between two writes of the figures. */
    INFLUX_SECONDS: z.coerce.number().min(1).max(3_600).default(10),
    /** Collector of OpenTelemetry traces over OTLP and HTTP, without /v1/traces; absent: nothing is traced. */
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
    /** Which share of the traces is kept, 0 to 1. */
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
    /** Mail server for alerts and summaries: smtp://user:password@host:587, or smtps://. Absent: no e-mail. */
    SMTP_URL: z
      .url({
        protocol: /^smtps?$/,
        error: 'SMTP_URL must be an address such as smtp://user:password@mail.example.com:587.',
      })
      .optional(),
    /** Whom that mail is from: "Lockstep <alerts@example.com>". */
    ALERT_FROM: z.string().min(3).optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .superRefine((value, context) => {
    for (const name of ['INFLUX_ORG', 'INFLUX_BUCKET', 'INFLUX_TOKEN'] as const)
      if (value.INFLUX_URL !== undefined && value[name] === undefined)
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `${name} is missing: INFLUX_URL is set, and InfluxDB asks for it.`,
        });
    if (value.SMTP_URL !== undefined && value.ALERT_FROM === undefined)
      context.addIssue({
        code: 'custom',
        path: ['ALERT_FROM'],
        message: 'ALERT_FROM is missing: SMTP_URL is set, and mail must be from somebody.',
      });
    if (
      value.SHOPIFY_EMULATOR_ORIGIN !== undefined &&
      value.NODE_ENV === 'production' &&
      !value.ALLOW_EMULATOR_IN_PRODUCTION
    )
      context.addIssue({
        code: 'custom',
        path: ['SHOPIFY_EMULATOR_ORIGIN'],
        message: 'The emulator is refused in production; unset it, or set ALLOW_EMULATOR_IN_PRODUCTION=true.',
      });
  });

export type Config = z.infer<typeof environment>;

/** Reads and checks the environment; an error names every variable that is wrong and what to do. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(
      `The environment is not complete (.env.example lists every variable):\n${problems.join('\n')}`,
    );
  }
  return parsed.data;
}
