/** Buckets in Redis, a hash a shop; scripts run core/points.ts's arithmetic atomically by the clock of Redis. */
import { z } from 'zod';
import { QUIET_MS, SAFETY_POINTS, UNKNOWN_MAXIMUM, UNKNOWN_RESTORE_RATE } from '~/core/points';
import type { BucketStore } from './points-budget';

/** A Redis client, as far as the buckets need one. */
export interface RedisScripts {
  eval(script: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
}

const keyOf = (shopId: string) => `lockstep:points:${shopId}`;

/** Reads the bucket (an unknown shop's: the smallest plan's, full) and the time; numbers leave as text to stay exact. */
const HELD = `
local text = function(number) return string.format('%.17g', number) end
local clock = redis.call('TIME')
local at = tonumber(clock[1]) * 1000 + tonumber(clock[2]) / 1000
local held = redis.call('HMGET', KEYS[1], 'maximum', 'rate', 'level', 'reservedAt')
local known = held[1] ~= false
local maximum = tonumber(held[1] or ${UNKNOWN_MAXIMUM})
local rate = tonumber(held[2] or ${UNKNOWN_RESTORE_RATE})
local level = tonumber(held[3] or maximum)
local reservedAt = tonumber(held[4] or at)
local seconds = math.max(0, at - reservedAt) / 1000
local now = math.min(maximum, level + rate * seconds)
local keep = function(newMaximum, newRate, newLevel, newReservedAt)
  redis.call('HSET', KEYS[1], 'maximum', text(newMaximum), 'rate', text(newRate), 'level', text(newLevel),
    'reservedAt', text(newReservedAt))
end
`;

const RESERVE = `${HELD}
local points = tonumber(ARGV[1])
local taken = now >= math.min(points + ${SAFETY_POINTS} + tonumber(ARGV[2]) * maximum, maximum)
if taken then keep(maximum, rate, now - points, math.max(at, reservedAt)) end
return { taken and 1 or 0, text(maximum), text(rate), text(level), text(reservedAt), text(at) }`;

const SETTLE = `${HELD}
local refunded = now + tonumber(ARGV[1])
local newMaximum, newRate, newLevel = maximum, rate, refunded
if ARGV[4] ~= '' then
  newMaximum, newRate = tonumber(ARGV[2]), tonumber(ARGV[3])
  local said = tonumber(ARGV[4])
  if ARGV[5] == '0' and seconds * 1000 >= ${QUIET_MS} then newLevel = said
  else newLevel = math.min(refunded + newMaximum - maximum, said) end
end
keep(newMaximum, newRate, math.min(newLevel, newMaximum) - newRate * seconds, reservedAt)
return 1`;

const READ = `${HELD}
if not known then return false end
return { text(maximum), text(rate), text(now) }`;

const number = z.coerce.number();
const bucketAnswer = z.tuple([z.number(), number, number, number, number, number]);
const stateAnswer = z.tuple([number, number, number]).nullable();

/** Keeps the buckets in Redis, by its clock. */
export function redisBuckets(redis: RedisScripts): BucketStore {
  return {
    reserve: async (shopId, points, keptShare) => {
      const answer = bucketAnswer.parse(await redis.eval(RESERVE, 1, keyOf(shopId), points, keptShare));
      const [taken, maximum, restoreRate, level, reservedAt, at] = answer;
      return { taken: taken === 1, bucket: { maximum, restoreRate, level, reservedAt }, at };
    },
    settle: async (shopId, { reserved, actual, status, isLeaving }) => {
      const told = status
        ? [status.maximumAvailable, status.restoreRate, status.currentlyAvailable]
        : ['', '', ''];
      await redis.eval(SETTLE, 1, keyOf(shopId), reserved - actual, ...told, isLeaving ? 1 : 0);
    },
    read: async (shopId) => {
      const answer = stateAnswer.parse(await redis.eval(READ, 1, keyOf(shopId)));
      if (answer === null) return null;
      const [maximum, restoreRate, available] = answer;
      return { maximum, restoreRate, available };
    },
  };
}
