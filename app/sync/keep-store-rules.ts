/**
 * Keeps the rules of stores: another rate is put in force when its day comes or a feed tells it, and rules that changed are
 * carried: their paths are released where they left, and a run looks at every product. Repeatable: what was cut off is done
 * again.
 */
import { isRateTaken, movedPercent } from '~/core/store-rules';
import type { Conversion, RulesInForce } from '~/core/store-rules';
import type { DecimalString } from '~/core/product-state';
import { listProductIds } from '~/db/catalog-products.server';
import {
  endCarryingRules,
  lockRules,
  noteRateLook,
  putRulesInForce,
  readStandingRules,
  refusedRate,
  releaseRulePaths,
  sameRules,
  shopsWithRulesDue,
} from '~/db/store-rules.server';
import type { StandingRules } from '~/db/store-rules.server';
import { feedSealOf, fetchRate } from './fetch-rate';
import { FEED_EVERY_MS, rateByRules } from './rate-in-force';
import { inTransaction } from './record-work';
import type { Resources } from './resources';
import { startRun } from './start-run';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';

const PAGE = 1_000;
/** A feed that could not be read is asked again after so long. */
const FEED_RETRY_MS = 900_000;

/** Puts another rate of the same rules in force, unless the rules were changed meanwhile. */
async function putRate(
  resources: Resources,
  shopId: string,
  seen: StandingRules,
  next: { rate: DecimalString | null; dueAt: Date | null; changedBy: string },
): Promise<boolean> {
  const { now } = resources;
  return inTransaction(resources, async (tx) => {
    const held = await lockRules(tx, shopId);
    if (held.revision !== seen.revision || held.inForce === null) return false;
    const inForce: RulesInForce = { rules: held.inForce.rules, rate: next.rate };
    if (sameRules(inForce, held.inForce)) {
      await noteRateLook(tx, {
        shopId,
        revision: held.revision,
        dueAt: next.dueAt,
        refused: null,
        problem: null,
      });
      return true;
    }
    await putRulesInForce(tx, held, {
      shopId,
      inForce,
      dueAt: next.dueAt,
      changedBy: next.changedBy,
      now: now(),
    });
    return true;
  });
}

async function askFeed(
  resources: Resources,
  { shopId, currencyCode, rules }: SyncScope,
  feed: Extract<Conversion, { by: 'feed' }>,
  signal: AbortSignal,
): Promise<void> {
  const { db, log, now, random, secrets } = resources;
  const after = (ms: number) => new Date(now().getTime() + ms * (0.9 + random() / 5));
  const url = secrets.decrypt(feed.address, feedSealOf(shopId));
  const told = await fetchRate(resources, { url, currencyCode, signal });
  const look = { shopId, revision: rules.revision };
  if (told.kind === 'problem') {
    log.warn({ shopId, problem: told.problem }, 'A rate feed could not be read');
    return noteRateLook(db, { ...look, dueAt: after(FEED_RETRY_MS), refused: null, problem: told.problem });
  }
  const held = rules.inForce?.rate ?? null;
  const dueAt = after(FEED_EVERY_MS);
  if (isRateTaken(held, told.rate, feed.maxDailyMovePercent)) {
    await putRate(resources, shopId, rules, { rate: told.rate, dueAt, changedBy: 'Rate feed' });
    return;
  }
  const refused = {
    ...{ rate: told.rate, toldAt: now().toISOString() },
    movedPercent: held === null ? '0' : movedPercent(held, told.rate),
  };
  log.warn({ shopId, held, ...refused }, 'A rate moved too far and was not taken');
  await noteRateLook(db, { ...look, dueAt, refused, problem: null });
}

async function renewRate(resources: Resources, scope: SyncScope, signal: AbortSignal): Promise<void> {
  const { shopId, timeZone, rules } = scope;
  const conversion = rules.inForce?.rules.conversion;
  if (conversion === undefined) return;
  if (conversion.by === 'feed') return askFeed(resources, scope, conversion, signal);
  const next = rateByRules(conversion, { timeZone, now: resources.now() });
  await putRate(resources, shopId, rules, { ...next, changedBy: 'Rate table' });
}

/** Asks for every product of the store. Where a run of the whole store is under way its end is waited for. */
async function carry(resources: Resources, scope: SyncScope, signal: AbortSignal): Promise<void> {
  const { db, live } = resources;
  const { shopId, accountId, rules } = scope;
  const isAdopted = scope.adoptedAt !== null;
  const active = { shopId, isPartial: false, state: { in: ['queued', 'adopting', 'running'] } };
  if (isAdopted && (await db.syncRun.count({ where: active })) > 0) return;
  if (rules.leaving.length > 0)
    for (let after: string | null = null; ;) {
      signal.throwIfAborted();
      const productIds: string[] = await listProductIds(db, accountId, { after, limit: PAGE });
      await releaseRulePaths(db, shopId, rules.leaving, productIds);
      after = productIds.at(-1) ?? null;
      if (productIds.length < PAGE) break;
    }
  if (isAdopted) {
    const { rulesChangedBy } = await db.shop.findUniqueOrThrow({
      where: { id: shopId },
      select: { rulesChangedBy: true },
    });
    const causedBy = rulesChangedBy ?? 'Store rules';
    const { runId } = await startRun(resources, { shopId, trigger: 'rules', causedBy });
    const run = await db.syncRun.findUniqueOrThrow({ where: { id: runId }, select: { trigger: true } });
    // Somebody was quicker, perhaps before the rules changed.
    if (run.trigger !== 'rules') return;
  }
  await endCarryingRules(db, shopId, rules.revision);
  await live.publish(shopId, { kind: 'overlays-changed' });
}

/** Does what is due of every store's rules. One store holds up no other. */
export async function keepStoreRules(resources: Resources, signal: AbortSignal): Promise<void> {
  const { db, log, now } = resources;
  for (const { shopId, isDue } of await shopsWithRulesDue(db, now())) {
    signal.throwIfAborted();
    try {
      const scope = await loadSyncScope(resources, shopId, { isBackground: true });
      if (scope === null) continue;
      if (isDue) {
        await renewRate(resources, scope, signal);
        scope.rules = await readStandingRules(db, shopId);
      }
      const { rulesCarried } = await db.shop.findUniqueOrThrow({
        where: { id: shopId },
        select: { rulesCarried: true },
      });
      if (!rulesCarried) await carry(resources, scope, signal);
    } catch (error) {
      // It comes again with the next turn.
      if (signal.aborted) throw error;
      log.error({ err: error, shopId }, 'The rules of a store could not be carried');
    }
  }
}

/** Puts a rate in force that moved too far to be taken by itself; false: there is none any more. */
export async function takeRefusedRate(
  resources: Resources,
  { shopId, actor }: { shopId: string; actor: string },
): Promise<boolean> {
  const { db, now } = resources;
  const shop = await db.shop.findUniqueOrThrow({ where: { id: shopId }, select: { rulesRateRefused: true } });
  const refused = refusedRate.safeParse(shop.rulesRateRefused).data;
  if (refused === undefined) return false;
  const dueAt = new Date(now().getTime() + FEED_EVERY_MS);
  return putRate(resources, shopId, await readStandingRules(db, shopId), {
    ...{ rate: refused.rate, dueAt, changedBy: actor },
  });
}
