/** What every use case is handed: no singletons, so that each schedule and fault can be replayed. */
import type { Database } from '~/db/client.server';
import type { LiveEvents } from '~/observe/live-events';
import type { Logger } from '~/observe/log.server';
import type { Metrics } from '~/observe/metrics';
import type { Tracing } from '~/observe/tracing';
import type { OwnWork } from '~/observe/own-work';
import type { ShopifyGateway } from '~/shopify/gateway';
import type { TokenEncryption } from '~/shopify/token-encryption.server';
import type { GuardedFetch } from '~/web/guarded-fetch.server';
import type { GuardedHosts } from '~/web/guarded-host.server';
import type { Mailer } from '~/web/mailer.server';
import type { JobQueue } from './jobs';

/** Choices of who runs the app. */
export interface SyncSettings {
  /** See CONFIRM_AFTER_SECONDS of app/config.server.ts. */
  confirmAfterMs: number;
  /** The app's client id: its pages in a store's admin are found by it. */
  clientId: string;
}

export interface Resources {
  db: Database;
  shopify: ShopifyGateway;
  queue: JobQueue;
  live: LiveEvents;
  log: Logger;
  settings: SyncSettings;
  ownWork: OwnWork;
  metrics: Metrics;
  tracing: Tracing;
  /** The way to servers that merchants name. */
  web: GuardedFetch;
  /** Which database servers of theirs may be connected to. */
  hosts: GuardedHosts;
  /** Null: the installation has no mail server. */
  mail: Mailer | null;
  /** Seals what is stored of their passwords. */
  secrets: TokenEncryption;
  /** The current instant. */
  now: () => Date;
  /** Uniform in [0, 1): jitter. */
  random: () => number;
}
