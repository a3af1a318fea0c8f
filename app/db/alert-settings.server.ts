/** What a store wants to be told, and when: app.alert_settings. */
import { z } from 'zod';
import { ALERT_RULES, SEVERITIES, ruleSettings } from '~/core/alert-rules';
import type { RuleSettings } from '~/core/alert-rules';
import type { QuietHours } from '~/core/quiet-hours';
import type { Queryable } from './client.server';

export interface AlertSettings {
  rules: RuleSettings;
  quietHours: QuietHours | null;
  remindHours: number;
  summary: { at: string; isAlways: boolean } | null;
}

const ruleSetting = z.object({ isOn: z.boolean(), threshold: z.number(), severity: z.enum(SEVERITIES) });
/** A rule that no longer exists is left out. */
const chosenRules = z.partialRecord(z.enum(ALERT_RULES), ruleSetting);

const REMIND_HOURS = 6;

/** The store's settings, with the defaults where it has chosen nothing. */
export async function readAlertSettings(db: Queryable, shopId: string): Promise<AlertSettings> {
  const row = await db.alertSettings.findUnique({ where: { shopId } });
  if (row === null)
    return { rules: ruleSettings({}), quietHours: null, remindHours: REMIND_HOURS, summary: null };
  const { quietFrom: from, quietUntil: until, summaryAt, summaryAlways, remindHours } = row;
  return {
    rules: ruleSettings(chosenRules.parse(row.rules)),
    quietHours: from === null || until === null ? null : { from, until },
    remindHours,
    summary: summaryAt === null ? null : { at: summaryAt, isAlways: summaryAlways },
  };
}

/** Stores all settings of the store. */
export async function writeAlertSettings(
  db: Queryable,
  shopId: string,
  { rules, quietHours, remindHours, summary }: AlertSettings,
): Promise<void> {
  const stored = {
    rules: JSON.parse(JSON.stringify(rules)),
    quietFrom: quietHours?.from ?? null,
    quietUntil: quietHours?.until ?? null,
    remindHours,
    summaryAt: summary?.at ?? null,
    summaryAlways: summary?.isAlways ?? false,
  };
  await db.alertSettings.upsert({ where: { shopId }, create: { shopId, ...stored }, update: stored });
}

/** Stores that want a daily summary, and have the app. */
export async function shopsWithSummary(db: Queryable): Promise<string[]> {
  const rows = await db.$queryRaw<{ shopId: string }[]>`
    SELECT settings.shop_id AS "shopId" FROM app.alert_settings settings
    JOIN app.shop shop ON shop.id = settings.shop_id AND shop.uninstalled_at IS NULL
    WHERE settings.summary_at IS NOT NULL`;
  return rows.map(({ shopId }) => shopId);
}
