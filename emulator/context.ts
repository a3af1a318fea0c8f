/** The one bag of resources every part of the emulator is given. */
import type { IncomingHttpHeaders } from 'node:http';
import type { AppConfig } from './app-config';
import type { CallLog } from './call-log';
import type { Clock } from './clock';
import type { Faults } from './faults';
import type { Random } from './random';
import type { EmulatorState } from './state/state';
import type { Switches } from './switches';

/** Milliseconds an Admin GraphQL call takes: base + perMutation for each FURTHER mutation of the document. */
export interface Latency {
  baseMs: number;
  perMutationMs: number;
}

/** The one app this emulator knows. */
export interface AppSettings {
  apiKey: string;
  apiSecret: string;
  /** Origin the app answers at, without a trailing slash. */
  appUrl: string;
  config: AppConfig;
}

export interface EmulatorContext {
  state: EmulatorState;
  /** Mutable: read it at the moment of use. */
  switches: Switches;
  faults: Faults;
  log: CallLog;
  clock: Clock;
  random: Random;
  app: AppSettings;
  /** Mutable: read it at the moment of use. */
  latency: Latency;
  /** Own address, e.g. "http://127.0.0.1:4080"; known once the server listens. */
  origin: () => string;
}

export interface HttpRequest {
  method: string;
  /** Whole address as asked for, on the emulator's own origin. */
  url: URL;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /**
   * "something.myshopify.com" of X-Shopify-Shop-Domain-Emulated, a real Host header, or ?shop=; null where none is given.
   */
  shop: string | null;
}

export interface HttpAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  body: string | Buffer;
}

/** A JSON answer. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
