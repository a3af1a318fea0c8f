/** The settings of alerts as they are typed. */
import { ALERT_RULES, RULE_FACTS, eachRule, ruleSettings, thresholdProblem } from '~/core/alert-rules';
import type { AlertRule, RuleSettings, Severity } from '~/core/alert-rules';
import { isTimeOfDay } from '~/core/quiet-hours';
import type { QuietHours } from '~/core/quiet-hours';

export type RuleForm = { isOn: boolean; threshold: string; severity: Severity };

export type AlertSettingsForm = {
  rules: Record<AlertRule, RuleForm>;
  quiet: { isOn: boolean; from: string; until: string };
  remindHours: string;
  summary: { isOn: boolean; at: string; isAlways: boolean };
};

export interface ReadAlertSettings {
  rules: RuleSettings;
  quietHours: QuietHours | null;
  remindHours: number;
  summary: { at: string; isAlways: boolean } | null;
}

const NIGHT = { from: '22:00', until: '07:00' };
const MORNING = '08:00';
const MOST_REMIND_HOURS = 168;

/** The stored settings in the form; hours that are switched off show what they would sensibly be. */
export function alertSettingsForm(settings: ReadAlertSettings): AlertSettingsForm {
  const of = (rule: AlertRule): RuleForm => ({
    ...settings.rules[rule],
    threshold: String(settings.rules[rule].threshold),
  });
  return {
    rules: eachRule(of),
    quiet: { isOn: settings.quietHours !== null, ...(settings.quietHours ?? NIGHT) },
    remindHours: String(settings.remindHours),
    summary: {
      isOn: settings.summary !== null,
      at: settings.summary?.at ?? MORNING,
      isAlways: settings.summary?.isAlways ?? false,
    },
  };
}

const numberOf = (text: string) => (text.trim() === '' ? NaN : Number(text.trim().replace(',', '.')));

/** Why a rule's threshold cannot be as it is typed; null: it can. */
export function typedThresholdProblem(rule: AlertRule, { threshold }: RuleForm): string | null {
  return thresholdProblem(rule, numberOf(threshold));
}

/** Why reminders cannot come as often as is typed; null: they can. */
export function remindProblem(text: string): string | null {
  const hours = numberOf(text);
  return Number.isInteger(hours) && hours >= 1 && hours <= MOST_REMIND_HOURS
    ? null
    : `Write a whole number of hours from 1 to ${MOST_REMIND_HOURS}.`;
}

/** Why a time cannot be as it is typed; null: it can. */
export function timeProblem(text: string): string | null {
  return isTimeOfDay(text) ? null : 'Write a time such as 07:30.';
}

/** What is typed, to be stored; or the first thing that is wrong with it. */
export function readAlertSettingsForm(
  form: AlertSettingsForm,
): { kind: 'read'; settings: ReadAlertSettings } | { kind: 'problem'; problem: string } {
  const { rules, quiet, remindHours, summary } = form;
  const problem = [
    ...ALERT_RULES.map((rule) => named(RULE_FACTS[rule].title, typedThresholdProblem(rule, rules[rule]))),
    ...(quiet.isOn ? [named('Quiet hours', timeProblem(quiet.from) ?? timeProblem(quiet.until))] : []),
    quiet.isOn && quiet.from === quiet.until
      ? 'Quiet hours: they must end at another time than they begin.'
      : null,
    named('Reminders', remindProblem(remindHours)),
    ...(summary.isOn ? [named('Daily summary', timeProblem(summary.at))] : []),
  ].find((one) => one !== null);
  if (problem !== undefined) return { kind: 'problem', problem };
  return {
    kind: 'read',
    settings: {
      rules: ruleSettings(
        eachRule((rule) => ({ ...rules[rule], threshold: numberOf(rules[rule].threshold) })),
      ),
      quietHours: quiet.isOn ? { from: quiet.from, until: quiet.until } : null,
      remindHours: numberOf(remindHours),
      summary: summary.isOn ? { at: summary.at, isAlways: summary.isAlways } : null,
    },
  };
}

const named = (what: string, problem: string | null) => (problem === null ? null : `${what}: ${problem}`);
