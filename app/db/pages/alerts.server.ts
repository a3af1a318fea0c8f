/** Read model of Alerts: what fires and did, the channels, and what was sent. */
import { z } from 'zod';
import { ALERT_RULES } from '~/core/alert-rules';
import type { AlertRule, Severity } from '~/core/alert-rules';
import { readAlertSettings } from '../alert-settings.server';
import type { AlertSettings } from '../alert-settings.server';
import type { Queryable } from '../client.server';

export interface EpisodeItem {
  id: string;
  rule: AlertRule;
  severity: Severity;
  threshold: number;
  value: number | null;
  detail: string;
  firedAt: string;
  recoveredAt: string | null;
}

export interface ChannelItem {
  id: string;
  kind: string;
  name: string;
  shownTarget: string;
  onlyCritical: boolean;
  isOn: boolean;
}

export interface DeliveryItem {
  id: string;
  channel: string;
  subject: string;
  state: string;
  attempts: number;
  problem: string | null;
  createdAt: string;
  endedAt: string | null;
  /** When it is tried again, while it waits. */
  nextAt: string | null;
}

export interface AlertsModel {
  settings: AlertSettings;
  firing: EpisodeItem[];
  past: EpisodeItem[];
  channels: ChannelItem[];
  deliveries: DeliveryItem[];
}

const SHOWN_PAST = 20;
const SHOWN_DELIVERIES = 30;

const subject = z.object({ subject: z.string() });

type EpisodeRow = Awaited<ReturnType<Queryable['alertEpisode']['findMany']>>[number];

function itemOf(row: EpisodeRow): EpisodeItem[] {
  const rule = ALERT_RULES.find((one) => one === row.rule);
  if (rule === undefined || row.firedAt === null) return [];
  const { id, threshold, value, detail, firedAt, recoveredAt } = row;
  return [
    {
      ...{ id, rule, threshold, value, detail, firedAt: firedAt.toISOString() },
      severity: row.severity === 'critical' ? 'critical' : 'warning',
      recoveredAt: recoveredAt?.toISOString() ?? null,
    },
  ];
}

/** What fires in the store now, critical first. */
export async function readFiring(db: Queryable, shopId: string): Promise<EpisodeItem[]> {
  const rows = await db.alertEpisode.findMany({
    where: { shopId, state: 'firing' },
    orderBy: [{ severity: 'asc' }, { firedAt: 'desc' }],
  });
  return rows.flatMap(itemOf);
}

export async function readAlerts(db: Queryable, shopId: string): Promise<AlertsModel> {
  const [settings, firing, past, channels, deliveries] = await Promise.all([
    readAlertSettings(db, shopId),
    readFiring(db, shopId),
    db.alertEpisode.findMany({
      where: { shopId, state: 'recovered', firedAt: { not: null } },
      orderBy: { beganAt: 'desc' },
      take: SHOWN_PAST,
    }),
    db.alertChannel.findMany({ where: { shopId }, orderBy: { createdAt: 'asc' } }),
    db.alertDelivery.findMany({
      where: { shopId },
      orderBy: [{ createdAt: 'desc' }, { position: 'desc' }],
      take: SHOWN_DELIVERIES,
    }),
  ]);
  const names = new Map(channels.map(({ id, name }) => [id, name]));
  return {
    settings,
    firing,
    past: past.flatMap(itemOf),
    channels: channels.map(({ id, kind, name, shownTarget, onlyCritical, isOn }) => ({
      ...{ id, kind, name, shownTarget, onlyCritical, isOn },
    })),
    deliveries: deliveries.map(({ id, channelId, state, attempts, problem, message, ...at }) => ({
      ...{ id, state, attempts, problem, channel: names.get(channelId) ?? '' },
      subject: subject.parse(message).subject,
      createdAt: at.createdAt.toISOString(),
      endedAt: at.endedAt?.toISOString() ?? null,
      nextAt: state === 'waiting' ? at.nextAt.toISOString() : null,
    })),
  };
}
