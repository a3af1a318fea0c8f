import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type { Logger } from 'pino';

/** Names whose values never reach the log, wherever they stand in the first levels of an entry. */
const SECRET_NAMES = [
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'apiSecretKey',
  'SHOPIFY_API_SECRET',
  'SHOPIFY_API_SECRET_PREVIOUS',
  'TOKEN_ENCRYPTION_KEYS',
  'DATABASE_URL',
  'REDIS_URL',
  'password',
  'authorization',
  'Authorization',
  'cookie',
  'id_token',
  'session_token',
  'subject_token',
  'client_secret',
  '["x-shopify-access-token"]',
  '["X-Shopify-Access-Token"]',
];

function atDepth(name: string, depth: number): string {
  const stars = '*.'.repeat(depth);
  return name.startsWith('[') ? `${stars.replace(/\.$/, '')}${name}` : `${stars}${name}`;
}

/** Tokens of Shopify (shpat_, shpca_, shprt_, ...) and JSON web tokens, also inside messages and addresses. */
const TOKEN = /\bshp[a-z]{2}_[A-Za-z0-9]{8,}\b|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g;

/** Takes tokens out of a text. */
export function withoutTokens(text: string): string {
  return text.replace(TOKEN, '[token]');
}

/**
 * The log: one JSON object a line on standard output (or to `destination`), times in UTC. Tokens and other secrets are
 * left out by name and by look.
 */
export function createLogger(config: { LOG_LEVEL: string }, destination?: DestinationStream): Logger {
  const options = {
    level: config.LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: SECRET_NAMES.flatMap((name) => [0, 1, 2, 3].map((depth) => atDepth(name, depth))),
      censor: '[secret]',
    },
    hooks: { streamWrite: withoutTokens },
  };
  return destination ? pino(options, destination) : pino(options);
}
