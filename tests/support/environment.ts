import { randomBytes } from 'node:crypto';

export const API_KEY = 'lockstep-test-key';
export const API_SECRET = 'lockstep-test-secret';

/** Variables of a process, complete enough for readConfig. */
export interface TestEnvironment {
  NODE_ENV: 'test';
  [name: string]: string;
}

/** The variables app and worker need, pointed at test servers. */
export function testEnvironment(options: {
  databaseUrl: string;
  redisUrl?: string;
  emulatorOrigin: string;
  /** Origin of the web process; a worker on its own does not need one that answers. */
  appUrl?: string;
}): TestEnvironment {
  return {
    NODE_ENV: 'test',
    DATABASE_URL: options.databaseUrl,
    ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
    SHOPIFY_API_KEY: API_KEY,
    SHOPIFY_API_SECRET: API_SECRET,
    SHOPIFY_APP_URL: options.appUrl ?? 'http://127.0.0.1:9',
    SHOPIFY_EMULATOR_ORIGIN: options.emulatorOrigin,
    TOKEN_ENCRYPTION_KEYS: `test:${keyOfThisRun}`,
    // Many tests count calls: those that want the catalog followed say so.
    CHANGE_CAPTURE: 'false',
    LOG_LEVEL: 'info',
  };
}

const keyOfThisRun = randomBytes(32).toString('base64');
