import { livePostgres } from './live-events-postgres.server';
import { liveRedis } from './live-events-redis.server';
import type { LiveEvents } from './live-events';
import type { Logger } from './log.server';

/** Live events over Redis where REDIS_URL is set, else over PostgreSQL. Connects when first used; `close()` disconnects. */
export function createLiveEvents(
  config: { DATABASE_URL: string; REDIS_URL?: string | undefined },
  log: Logger,
): LiveEvents {
  return config.REDIS_URL === undefined
    ? livePostgres(config.DATABASE_URL, log)
    : liveRedis(config.REDIS_URL, log);
}
