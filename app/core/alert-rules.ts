/** What is watched in a store, as data: each rule measures one value, and fires where it passes its threshold. */

export const ALERT_RULES = [
  'sync-failures',
  'error-rate',
  'hit-rate',
  'rate-limit',
  'price-delay',
  'replication-lag',
  'drift',
  'anomaly',
  'token',
] as const;
export type AlertRule = (typeof ALERT_RULES)[number];

export const SEVERITIES = ['warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type RuleUnit = 'failures' | 'percent' | 'minutes' | 'products' | 'deviations' | 'days';

export interface RuleFacts {
  /** What a message is headed with while it fires. */
  title: string;
  /** What its value is, for whoever sets the threshold. */
  measures: string;
  unit: RuleUnit;
  fires: 'at-or-above' | 'below';
  threshold: number;
  /** Thresholds that make sense. */
  least: number;
  most: number;
  severity: Severity;
  /** How long the value must be past the threshold before anybody is told; 0: at once. */
  forMinutes: number;
  /** How long it must be well on the other side before it counts as over. */
  clearMinutes: number;
  remedy: string;
  /** Page of the app that shows the matter. */
  page: string;
}

export const RULE_FACTS: Record<AlertRule, RuleFacts> = {
  'sync-failures': {
    title: 'Syncing fails',
    measures: 'Runs that failed and jobs that gave up within a day, and were not made good since',
    ...{ unit: 'failures', fires: 'at-or-above', threshold: 1, least: 1, most: 1_000 },
    ...{ severity: 'critical', forMinutes: 0, clearMinutes: 2 },
    remedy: 'Open Sync runs, read why, mend the cause and press Retry.',
    page: '/app/runs',
  },
  'error-rate': {
    title: 'Many changes fail',
    measures: 'Share of the changes of the last 15 minutes that failed, of at least 10',
    ...{ unit: 'percent', fires: 'at-or-above', threshold: 5, least: 0.1, most: 100 },
    ...{ severity: 'critical', forMinutes: 2, clearMinutes: 5 },
    remedy: 'Open the audit log and filter by “Failed”: each row says what Shopify refused and what to do.',
    page: '/app/audit?state=failed',
  },
  'hit-rate': {
    title: 'The cache helps little',
    measures:
      'Share of the known products looked at in the last hours that need not be read from Shopify, of at least 20',
    ...{ unit: 'percent', fires: 'below', threshold: 50, least: 1, most: 100 },
    ...{ severity: 'warning', forMinutes: 10, clearMinutes: 10 },
    remedy:
      'Much was edited in Shopify itself, or webhooks do not arrive: look at the conflicts and check the store.',
    page: '/app/cache',
  },
  'rate-limit': {
    title: 'Shopify’s rate limit is nearly used up',
    measures: 'Share of the points in use; 100 % after an answer “throttled” within 15 minutes',
    ...{ unit: 'percent', fires: 'at-or-above', threshold: 98, least: 50, most: 100 },
    ...{ severity: 'warning', forMinutes: 5, clearMinutes: 5 },
    remedy:
      'Syncs wait for points and go on by themselves. Where it stays, look for another app or process that uses the same points.',
    page: '/app/runs',
  },
  'price-delay': {
    title: 'Prices are late',
    measures: 'Age of the oldest price change of your catalog that is not in Shopify',
    ...{ unit: 'minutes', fires: 'at-or-above', threshold: 5, least: 1, most: 1_440 },
    ...{ severity: 'critical', forMinutes: 0, clearMinutes: 2 },
    remedy: 'Look whether a worker runs and whether Shopify answers; then press “Sync now” on Home.',
    page: '/app/products?sync=pending',
  },
  'replication-lag': {
    title: 'Changes of the database are followed late',
    measures:
      'How far behind your database is what Lockstep knows of it; always past where it cannot be read',
    ...{ unit: 'minutes', fires: 'at-or-above', threshold: 5, least: 1, most: 1_440 },
    ...{ severity: 'critical', forMinutes: 2, clearMinutes: 2 },
    remedy: 'Settings and Source say what is the matter and the statement that mends it.',
    page: '/app/settings',
  },
  drift: {
    title: 'Shopify held other values than Lockstep knew',
    measures: 'Products that the last check of the store found changed, without a webhook having told of it',
    ...{ unit: 'products', fires: 'at-or-above', threshold: 1, least: 1, most: 1_000_000 },
    ...{ severity: 'warning', forMinutes: 0, clearMinutes: 0 },
    remedy:
      'They were asked for and are merged by your policies. Check the store again: where it stays, webhooks are lost.',
    page: '/app',
  },
  anomaly: {
    title: 'Unusually many changes',
    measures:
      'How far the changes of the last hour lie above those of the same hour in the last weeks, in usual deviations',
    ...{ unit: 'deviations', fires: 'at-or-above', threshold: 6, least: 2, most: 1_000 },
    ...{ severity: 'warning', forMinutes: 5, clearMinutes: 5 },
    remedy: 'Look in the audit log who or what caused them; a bulk edit can be undone as a whole.',
    page: '/app/audit',
  },
  token: {
    title: 'The connection to Shopify needs you',
    measures: 'Days for which Lockstep may still work for the store without anybody opening the app',
    ...{ unit: 'days', fires: 'below', threshold: 7, least: 1, most: 60 },
    ...{ severity: 'critical', forMinutes: 2, clearMinutes: 0 },
    remedy: 'Open the app once in the store’s admin: that connects it anew.',
    page: '/app',
  },
};

/** What a store has chosen for a rule. */
export interface RuleSetting {
  isOn: boolean;
  threshold: number;
  severity: Severity;
}

export type RuleSettings = Record<AlertRule, RuleSetting>;

/** Something of every rule. */
export function eachRule<T>(of: (rule: AlertRule) => T): Record<AlertRule, T> {
  return {
    'sync-failures': of('sync-failures'),
    'error-rate': of('error-rate'),
    'hit-rate': of('hit-rate'),
    'rate-limit': of('rate-limit'),
    'price-delay': of('price-delay'),
    'replication-lag': of('replication-lag'),
    drift: of('drift'),
    anomaly: of('anomaly'),
    token: of('token'),
  };
}

/** The store's choices, and for the rest the defaults. */
export function ruleSettings(chosen: Partial<Record<AlertRule, RuleSetting>>): RuleSettings {
  const of = (rule: AlertRule): RuleSetting => {
    const { threshold, severity } = RULE_FACTS[rule];
    return chosen[rule] ?? { isOn: true, threshold, severity };
  };
  return eachRule(of);
}

/** Why a threshold cannot be; null: it can. */
export function thresholdProblem(rule: AlertRule, threshold: number): string | null {
  const { least, most } = RULE_FACTS[rule];
  if (Number.isFinite(threshold) && threshold >= least && threshold <= most) return null;
  return `Write a number from ${least} to ${most}.`;
}

export interface Reading {
  /** Null: there is too little to judge by, and so nothing to complain of. */
  value: number | null;
  /** True where the matter is past every threshold whatever the value: it cannot even be measured. */
  isBeyond: boolean;
  /** What was found, in words. */
  detail: string;
}

export const NOTHING_READ: Reading = { value: null, isBeyond: false, detail: '' };

/** Share of the threshold by which a value must be on the other side to be clear: what wavers around it does not flap. */
const MARGIN = 0.2;

/** Whether a reading is past the threshold. */
export function isPast(rule: AlertRule, threshold: number, { value, isBeyond }: Reading): boolean {
  if (isBeyond) return true;
  if (value === null) return false;
  return RULE_FACTS[rule].fires === 'below' ? value < threshold : value >= threshold;
}

/** Whether a reading is well on the other side of the threshold. What is neither past nor clear changes nothing. */
export function isClear(rule: AlertRule, threshold: number, { value, isBeyond }: Reading): boolean {
  if (isBeyond) return false;
  if (value === null) return true;
  const { fires, most } = RULE_FACTS[rule];
  return fires === 'below'
    ? value >= Math.min(threshold * (1 + MARGIN), most)
    : value < threshold * (1 - MARGIN);
}
