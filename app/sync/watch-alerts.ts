/** Looks at every store by its rules, and puts what is to be told on its way. */
import type { Shop } from '#generated/prisma/client';
import { nextEpisode } from '~/core/alert-episode';
import { noticeMessage } from '~/core/alert-message';
import type { MessageShop, NoticedEpisode } from '~/core/alert-message';
import { noted, planNotices } from '~/core/alert-notices';
import { ALERT_RULES } from '~/core/alert-rules';
import type { AlertRule, Reading } from '~/core/alert-rules';
import { isQuietAt } from '~/core/quiet-hours';
import { addDeliveries } from '~/db/alert-deliveries.server';
import {
  forgetOldAlerts,
  readEpisodesToTell,
  readOpenEpisodes,
  readTold,
  saveEpisode,
  saveTold,
} from '~/db/alert-episodes.server';
import { readAlertSettings } from '~/db/alert-settings.server';
import type { AlertSettings } from '~/db/alert-settings.server';
import type { Queryable } from '~/db/client.server';
import { measureAlerts } from './measure-alerts';
import type { Resources } from './resources';

/** Longer than any quiet hours: what began and ended in them is still told. */
const TOLD_AFTERWARDS_MS = 2 * 86_400_000;
const KEPT_MS = 90 * 86_400_000;
/** A busy database is waited for: another worker may be looking, too. */
const PATIENT = { timeout: 30_000, maxWait: 10_000 };

/** The store as messages speak of it. */
export function messageShop(shop: Shop, { clientId }: { clientId: string }): MessageShop {
  const handle = shop.domain.replace(/\.myshopify\.com$/, '');
  return {
    name: shop.name,
    domain: shop.domain,
    timeZone: shop.timezone,
    adminUrl: `https://admin.shopify.com/store/${handle}/apps/${clientId}`,
  };
}

async function step(
  tx: Queryable,
  shopId: string,
  settings: AlertSettings,
  { readings, now }: { readings: Map<AlertRule, Reading>; now: Date },
): Promise<void> {
  const open = await readOpenEpisodes(tx, shopId);
  for (const rule of ALERT_RULES) {
    const before = open.get(rule);
    const reading = readings.get(rule);
    if (reading === undefined) continue;
    const after = nextEpisode(rule, settings.rules[rule], { current: before ?? null, reading, now });
    if (after !== (before ?? null)) await saveEpisode(tx, shopId, before, after);
  }
}

/** One message a channel, of all that it is to be told now; noted in the same transaction. */
async function tell(
  tx: Queryable,
  shop: Shop,
  settings: AlertSettings,
  { clientId, now }: { clientId: string; now: Date },
): Promise<void> {
  const shopId = shop.id;
  const episodes = await readEpisodesToTell(tx, shopId, new Date(now.getTime() - TOLD_AFTERWARDS_MS));
  if (episodes.length === 0) return;
  const channels = await tx.alertChannel.findMany({ where: { shopId, isOn: true } });
  const told = await readTold(
    tx,
    shopId,
    episodes.map(({ id }) => id),
  );
  const notices = planNotices({
    ...{ episodes, channels, told, now },
    isQuiet: isQuietAt(settings.quietHours, now, shop.timezone),
    remindAfterMs: settings.remindHours * 3_600_000,
  });
  for (const [channelId, of] of Map.groupBy(notices, (notice) => notice.channelId)) {
    const noticed = of.flatMap(({ kind, episodeId }): NoticedEpisode[] => {
      const episode = episodes.find(({ id }) => id === episodeId);
      return episode === undefined ? [] : [{ ...episode, kind }];
    });
    const message = noticeMessage(noticed, messageShop(shop, { clientId }));
    await addDeliveries(tx, [{ shopId, channelId, message }], { now });
    for (const notice of of) {
      const before = told.find(
        (one) => one.episodeId === notice.episodeId && one.channelId === notice.channelId,
      );
      await saveTold(tx, shopId, noted(notice, before, now));
    }
  }
}

/** Looks at one store. Two workers at the same time tell nothing twice. */
export async function watchShop(resources: Resources, shop: Shop): Promise<void> {
  const { db, settings: of } = resources;
  const readings = await measureAlerts(resources, shop, (await readAlertSettings(db, shop.id)).rules);
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`alerts ${shop.id}`}, 0))`;
    const settings = await readAlertSettings(tx, shop.id);
    const now = resources.now();
    await step(tx, shop.id, settings, { readings, now });
    await tell(tx, shop, settings, { clientId: of.clientId, now });
  }, PATIENT);
}

/** Looks at every store; the trouble of one does not keep the others unwatched. */
export async function watchAlerts(resources: Resources, signal: AbortSignal): Promise<void> {
  const { db, log } = resources;
  for (const shop of await db.shop.findMany({ where: { uninstalledAt: null } })) {
    signal.throwIfAborted();
    try {
      await watchShop(resources, shop);
    } catch (error) {
      log.error({ err: error, shopId: shop.id }, 'The alerts of a shop could not be looked at');
    }
  }
}

/** Forgets alerts and deliveries of long ago. */
export async function pruneAlerts({ db, now }: Resources): Promise<void> {
  await forgetOldAlerts(db, new Date(now().getTime() - KEPT_MS));
}
