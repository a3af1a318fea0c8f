/** Episodes of alerts and what channels were told of them: app.alert_episode, app.alert_notice. */
import { randomUUID } from 'node:crypto';
import type { AlertEpisode } from '#generated/prisma/client';
import type { Episode } from '~/core/alert-episode';
import type { Told } from '~/core/alert-notices';
import { ALERT_RULES } from '~/core/alert-rules';
import type { AlertRule } from '~/core/alert-rules';
import type { Queryable } from './client.server';

export type StoredEpisode = Episode & { id: string };

const ruleNamed = (text: string): AlertRule | undefined => ALERT_RULES.find((rule) => rule === text);

/** Null for an episode of a rule that no longer exists. */
function episodeOf({ shopId: _shopId, ...row }: AlertEpisode): StoredEpisode | null {
  const rule = ruleNamed(row.rule);
  if (rule === undefined) return null;
  const state = row.state === 'firing' || row.state === 'recovered' ? row.state : 'pending';
  return { ...row, rule, state, severity: row.severity === 'critical' ? 'critical' : 'warning' };
}

const known = (rows: AlertEpisode[]) => rows.flatMap((row) => episodeOf(row) ?? []);

/** Those that are not over, by rule. */
export async function readOpenEpisodes(
  db: Queryable,
  shopId: string,
): Promise<Map<AlertRule, StoredEpisode>> {
  const rows = await db.alertEpisode.findMany({ where: { shopId, state: { not: 'recovered' } } });
  return new Map(known(rows).map((episode) => [episode.rule, episode]));
}

/** Stores what became of a rule's episode; `before` is what was stored, `after` null that nothing came of it. */
export async function saveEpisode(
  db: Queryable,
  shopId: string,
  before: StoredEpisode | undefined,
  after: Episode | null,
): Promise<void> {
  if (after === null) {
    if (before !== undefined) await db.alertEpisode.deleteMany({ where: { id: before.id, shopId } });
    return;
  }
  if (before === undefined) await db.alertEpisode.create({ data: { ...after, id: randomUUID(), shopId } });
  else await db.alertEpisode.update({ where: { id: before.id }, data: { ...after } });
}

/** Those that fire, and those that were over since: what channels may still have to be told. */
export async function readEpisodesToTell(
  db: Queryable,
  shopId: string,
  since: Date,
): Promise<(StoredEpisode & { state: 'firing' | 'recovered'; firedAt: Date })[]> {
  const rows = await db.alertEpisode.findMany({
    where: {
      ...{ shopId, firedAt: { not: null } },
      OR: [{ state: 'firing' }, { state: 'recovered', recoveredAt: { gt: since } }],
    },
    orderBy: { firedAt: 'asc' },
  });
  return known(rows).flatMap(({ state, firedAt, ...episode }) =>
    state === 'pending' || firedAt === null ? [] : [{ ...episode, state, firedAt }],
  );
}

/** What channels were told of these episodes. */
export async function readTold(db: Queryable, shopId: string, episodeIds: string[]): Promise<Told[]> {
  return db.alertNotice.findMany({ where: { shopId, episodeId: { in: episodeIds } } });
}

export async function saveTold(db: Queryable, shopId: string, told: Told): Promise<void> {
  const { episodeId, channelId, ...instants } = told;
  await db.alertNotice.upsert({
    where: { episodeId_channelId: { episodeId, channelId } },
    create: { shopId, episodeId, channelId, ...instants },
    update: instants,
  });
}

/** Forgets what was over, sent or summed up before. */
export async function forgetOldAlerts(db: Queryable, before: Date): Promise<void> {
  await db.$executeRaw`
    WITH gone AS (DELETE FROM app.alert_episode WHERE state = 'recovered' AND recovered_at < ${before} RETURNING id)
    DELETE FROM app.alert_notice WHERE episode_id IN (SELECT id FROM gone)`;
  await db.$executeRaw`DELETE FROM app.alert_delivery WHERE state <> 'waiting' AND ended_at < ${before}`;
  await db.$executeRaw`DELETE FROM app.error_summary WHERE made_at < ${before}`;
}
