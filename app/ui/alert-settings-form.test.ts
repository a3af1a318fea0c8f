import { describe, expect, it } from 'vitest';
import { ALERT_RULES, RULE_FACTS, ruleSettings } from '~/core/alert-rules';
import { alertSettingsForm, readAlertSettingsForm } from './alert-settings-form';

const stored = {
  rules: ruleSettings({ 'hit-rate': { isOn: false, threshold: 12.5, severity: 'critical' } }),
  quietHours: { from: '21:30', until: '06:00' },
  remindHours: 12,
  summary: { at: '09:15', isAlways: true },
};

describe('the settings of alerts', () => {
  it('come back as they were stored', () => {
    for (const settings of [stored, { ...stored, quietHours: null, summary: null }])
      expect(readAlertSettingsForm(alertSettingsForm(settings))).toEqual({ kind: 'read', settings });
  });

  it.each([
    ['', 'from 1 to 1440'],
    ['0', 'from 1 to 1440'],
    ['soon', 'from 1 to 1440'],
  ])('are refused with the rule’s name where its threshold is “%s”', (threshold, words) => {
    const form = alertSettingsForm(stored);
    const rules = { ...form.rules, 'price-delay': { ...form.rules['price-delay'], threshold } };
    const read = readAlertSettingsForm({ ...form, rules });
    expect(read).toMatchObject({ kind: 'problem', problem: expect.stringContaining(words) });
    expect(read.kind === 'problem' && read.problem).toContain(RULE_FACTS['price-delay'].title);
  });

  it('are refused where hours cannot be', () => {
    const form = alertSettingsForm(stored);
    const problems = [
      { ...form, quiet: { isOn: true, from: '22:00', until: '' } },
      { ...form, quiet: { isOn: true, from: '22:00', until: '22:00' } },
      { ...form, remindHours: '1.5' },
      { ...form, summary: { isOn: true, at: '8', isAlways: false } },
    ].map((typed) => readAlertSettingsForm(typed));
    expect(problems.map((read) => read.kind === 'problem' && read.problem.split(':')[0])).toEqual([
      'Quiet hours',
      'Quiet hours',
      'Reminders',
      'Daily summary',
    ]);
    expect(
      readAlertSettingsForm({ ...form, quiet: { isOn: false, from: '', until: '' } }).kind,
      'of what is switched off nothing matters',
    ).toBe('read');
  });

  it('take a decimal comma', () => {
    const form = alertSettingsForm(stored);
    const rules = { ...form.rules, 'error-rate': { ...form.rules['error-rate'], threshold: ' 2,5 ' } };
    const read = readAlertSettingsForm({ ...form, rules });
    expect(read.kind === 'read' && read.settings.rules['error-rate'].threshold).toBe(2.5);
  });

  it('have defaults within what makes sense', () => {
    for (const rule of ALERT_RULES) {
      const { threshold, least, most } = RULE_FACTS[rule];
      expect(threshold >= least && threshold <= most, rule).toBe(true);
    }
  });
});
