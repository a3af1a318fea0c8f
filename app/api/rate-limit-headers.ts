/** RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers, for a token bucket. */
import type { RateLimit, RateLimitAnswer } from '~/db/rate-limit.server';

/**
 * The policy says the sustained quota: `q` requests in `w` seconds. `r` are left at once, and after `t` seconds without a
 * request the bucket is full again.
 */
export function limitHeaders(
  { perMinute, burst }: RateLimit,
  { remaining, fullAfter }: RateLimitAnswer,
): Record<string, string> {
  return {
    'ratelimit-policy': `"sustained";q=${perMinute};w=60, "burst";q=${burst};w=${Math.ceil((60 * burst) / perMinute)}`,
    ratelimit: `"burst";r=${remaining};t=${fullAfter}`,
  };
}
