/** What each rule of alerts measures in a store now. */
import { z } from 'zod';
import type { Shop } from '#generated/prisma/client';
import { ALERT_RULES, NOTHING_READ } from '~/core/alert-rules';
import type { AlertRule, Reading, RuleSettings } from '~/core/alert-rules';
import { instantOf, localTime } from '~/core/local-time';
import { robustDeviation } from '~/core/robust-deviation';
import {
  countChangesWithin,
  readErrorRate,
  readLastDrift,
  readLatePrice,
  readOldestCaptured,
  readSyncFailures,
  readThrottled,
  readToken,
} from '~/db/alert-readings.server';
import { readHitCounts } from '~/db/cache-hit-rate.server';
import { readCapture } from '~/db/change-capture.server';
import type { Resources } from './resources';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Shares of fewer say little. */
const LEAST_CHANGES = 10;
const LEAST_LOOKS = 20;
/** An hour with fewer changes is no surge. */
const LEAST_SURGE = 50;
const WEEKS_BACK = 8;
/** The worker renews tokens some minutes before they end: one that has ended so long ago could not be renewed. */
const TOKEN_GRACE_MS = 10 * MINUTE_MS;

interface Asked {
  resources: Resources;
  shop: Shop;
  settings: RuleSettings;
  now: Date;
  ago(ms: number): Date;
}

const read = (value: number, detail: string): Reading => ({ value, isBeyond: false, detail });
const beyond = (detail: string): Reading => ({ value: null, isBeyond: true, detail });
const minutesSince = (since: Date, now: Date) => Math.max(0, (now.getTime() - since.getTime()) / MINUTE_MS);
const named = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

async function syncFailures({ resources, shop, ago }: Asked): Promise<Reading> {
  const { letters, runs, reason } = await readSyncFailures(resources.db, shop.id, ago(DAY_MS));
  const what = [
    ...(runs > 0 ? [`${named(runs, 'run')} failed`] : []),
    ...(letters > 0 ? [`${named(letters, 'job')} gave up`] : []),
  ].join(', ');
  return read(letters + runs, what === '' ? '' : `${what}. The last one: ${reason ?? ''}`);
}

async function errorRate({ resources, shop, ago }: Asked): Promise<Reading> {
  const { failed, applied, message } = await readErrorRate(resources.db, shop.id, ago(15 * MINUTE_MS));
  const all = failed + applied;
  if (all < LEAST_CHANGES) return NOTHING_READ;
  return read((100 * failed) / all, `${failed} of ${named(all, 'change')} failed. Mostly: ${message ?? ''}`);
}

async function hitRate({ resources, shop, ago }: Asked): Promise<Reading> {
  const { looked, missed } = await readHitCounts(resources.db, shop.id, ago(HOUR_MS));
  if (looked < LEAST_LOOKS) return NOTHING_READ;
  return read(
    (100 * (looked - missed)) / looked,
    `${missed} of ${named(looked, 'product')} had to be read from Shopify.`,
  );
}

async function rateLimit({ resources, shop, ago }: Asked): Promise<Reading> {
  const { id, domain } = shop;
  const [throttled, points] = await Promise.all([
    readThrottled(resources.db, id, ago(15 * MINUTE_MS)),
    resources.shopify.store({ id, domain, publicationId: null, locations: 0 }).pointsLeft(),
  ]);
  if (throttled > 0) return read(100, `Shopify answered “throttled” ${named(throttled, 'time')}.`);
  if (points === null) return NOTHING_READ;
  const { available, maximum } = points;
  const left = Math.max(0, Math.min(available, maximum));
  return read(
    (100 * (maximum - left)) / maximum,
    `${Math.floor(left)} of ${maximum} points are left for the moment.`,
  );
}

/** A store that is not written to holds no late prices. */
async function priceDelay({ resources, shop, settings, now, ago }: Asked): Promise<Reading> {
  if (shop.syncMode !== 'live' || shop.adoptedAt === null) return NOTHING_READ;
  // Well below the threshold nothing is of interest: what changed lately need not be compared.
  const oldest = ago((settings['price-delay'].threshold * MINUTE_MS) / 2);
  const late = await readLatePrice(resources.db, shop, oldest);
  if (late === null) return read(0, '');
  const { since, variants, title } = late;
  return read(
    minutesSince(since, now),
    `${named(variants, 'price')} of your catalog ${variants === 1 ? 'is' : 'are'} not in Shopify yet, the oldest of “${title}”.`,
  );
}

const problem = z.object({ reason: z.string(), remedy: z.string() }).nullable();

async function replicationLag({ resources, shop, now }: Asked): Promise<Reading> {
  const { db } = resources;
  const [capture, source, oldest] = await Promise.all([
    readCapture(db),
    db.sourceConnection.findUnique({ where: { accountId: shop.accountId } }),
    readOldestCaptured(db, shop.accountId, now),
  ]);
  if (capture.state === 'waiting' || capture.state === 'refused')
    return beyond(`The catalog is not followed: ${capture.problem ?? ''} ${capture.remedy ?? ''}`.trim());
  if (capture.isAlarming)
    return beyond('The replication slot makes the database keep too much of its log: nobody reads from it.');
  if (source?.wanted === 'running') {
    const trouble = problem.parse(source.problem);
    if (trouble !== null) return beyond(`Your database: ${trouble.reason} ${trouble.remedy}`);
  }
  const behind = oldest === null ? 0 : minutesSince(oldest, now);
  const isFollowing = source?.wanted === 'running' && source.phase === 'following';
  const external = isFollowing && source.followedAt !== null ? minutesSince(source.followedAt, now) : 0;
  if (external > behind) return read(external, 'Your own database was last followed that long ago.');
  return read(behind, behind === 0 ? '' : 'Changes of the catalog wait that long to be looked at.');
}

async function drift({ resources, shop, ago }: Asked): Promise<Reading> {
  const last = await readLastDrift(resources.db, shop.id, ago(2 * DAY_MS));
  if (last === null) return NOTHING_READ;
  const { drifted, scanned } = last;
  return read(drifted, `The last check found ${drifted} of ${named(scanned, 'product')} changed in Shopify.`);
}

/** The same hour, by the store's clock, in the weeks since the app was installed. */
function sameHours({ shop, now }: Asked): { from: Date; until: Date }[] {
  const local = localTime(now, shop.timezone);
  return Array.from({ length: WEEKS_BACK }, (_, index) => {
    const day = new Date(Date.parse(`${local}Z`) - (index + 1) * 7 * DAY_MS).toISOString().slice(0, 19);
    const until = instantOf(day, shop.timezone);
    return until === null ? [] : [{ from: new Date(until.getTime() - HOUR_MS), until }];
  })
    .flat()
    .filter(({ from }) => from >= shop.installedAt);
}

async function anomaly(asked: Asked): Promise<Reading> {
  const { resources, shop, now, ago } = asked;
  const past = sameHours(asked);
  const [count = 0, ...before] = await countChangesWithin(resources.db, shop.id, [
    { from: ago(HOUR_MS), until: now },
    ...past,
  ]);
  const found = count < LEAST_SURGE ? null : robustDeviation(count, before);
  if (found === null) return NOTHING_READ;
  return read(
    found.deviations,
    `${named(count, 'change')} within the last hour; in this hour of the week ${Math.round(found.usual)} are usual.`,
  );
}

async function token({ resources, shop, now, ago }: Asked): Promise<Reading> {
  const held = await readToken(resources.db, shop.domain);
  if (held === null) return read(0, 'Shopify does not accept the access token any more, or there is none.');
  const { expires, refreshTokenExpires } = held;
  if (expires !== null && expires < ago(TOKEN_GRACE_MS))
    return read(0, 'The access token has ended and could not be renewed.');
  if (refreshTokenExpires === null) return NOTHING_READ;
  const days = (refreshTokenExpires.getTime() - now.getTime()) / DAY_MS;
  return read(Math.max(0, days), 'Nobody has opened the app for long; its connection ends by itself.');
}

const MEASURES: Record<AlertRule, (asked: Asked) => Promise<Reading>> = {
  'sync-failures': syncFailures,
  'error-rate': errorRate,
  'hit-rate': hitRate,
  'rate-limit': rateLimit,
  'price-delay': priceDelay,
  'replication-lag': replicationLag,
  drift,
  anomaly,
  token,
};

/**
 * Measures what the rules need; those that are switched off read nothing. A rule that cannot be measured is left out: it stays as it
 * is, and the others are looked at all the same.
 */
export async function measureAlerts(
  resources: Resources,
  shop: Shop,
  settings: RuleSettings,
): Promise<Map<AlertRule, Reading>> {
  const now = resources.now();
  const asked: Asked = { resources, shop, settings, now, ago: (ms) => new Date(now.getTime() - ms) };
  const readings = new Map<AlertRule, Reading>();
  for (const rule of ALERT_RULES)
    try {
      readings.set(rule, settings[rule].isOn ? await MEASURES[rule](asked) : NOTHING_READ);
    } catch (error) {
      resources.log.error({ err: error, shopId: shop.id, rule }, 'A rule of alerts could not be measured');
    }
  return readings;
}
