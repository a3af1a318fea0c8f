import { BlockStack, Card, Checkbox, Divider, InlineGrid, Select, Text, TextField } from '@shopify/polaris';
import { ALERT_RULES, RULE_FACTS, SEVERITIES } from '~/core/alert-rules';
import type { AlertRule, RuleUnit } from '~/core/alert-rules';
import type { RuleForm } from './alert-settings-form';
import { typedThresholdProblem } from './alert-settings-form';

const SEVERITY_OPTIONS = [
  { value: 'warning', label: 'Warning' },
  { value: 'critical', label: 'Critical' },
];

const SUFFIXES: Record<RuleUnit, string> = {
  failures: 'failures',
  percent: '%',
  minutes: 'min',
  products: 'products',
  deviations: 'deviations',
  days: 'days',
};

/** Each rule with its threshold. */
export function AlertRulesCard(props: {
  rules: Record<AlertRule, RuleForm>;
  onChange: (rule: AlertRule, form: RuleForm) => void;
}) {
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Rules
        </Text>
        {ALERT_RULES.map((rule, index) => (
          <BlockStack gap="400" key={rule}>
            {index > 0 && <Divider />}
            <Rule rule={rule} form={props.rules[rule]} onChange={(form) => props.onChange(rule, form)} />
          </BlockStack>
        ))}
      </BlockStack>
    </Card>
  );
}

function Rule(props: { rule: AlertRule; form: RuleForm; onChange: (form: RuleForm) => void }) {
  const { rule, form, onChange } = props;
  const { title, measures, unit, fires } = RULE_FACTS[rule];
  const way = fires === 'below' ? 'below' : 'from';
  const problem = typedThresholdProblem(rule, form);
  return (
    <InlineGrid columns={{ xs: 1, md: '2fr 1fr 1fr' }} gap="300" alignItems="start">
      <Checkbox
        label={title}
        helpText={`${measures}.`}
        checked={form.isOn}
        onChange={(isOn) => onChange({ ...form, isOn })}
      />
      <TextField
        label={`${title}: fires ${way}`}
        labelHidden
        prefix={way}
        value={form.threshold}
        onChange={(threshold) => onChange({ ...form, threshold })}
        autoComplete="off"
        inputMode="decimal"
        suffix={SUFFIXES[unit]}
        disabled={!form.isOn}
        {...(problem === null ? {} : { error: problem })}
      />
      <Select
        label={`${title}: severity`}
        labelHidden
        options={SEVERITY_OPTIONS}
        value={form.severity}
        disabled={!form.isOn}
        onChange={(chosen) => {
          const severity = SEVERITIES.find((one) => one === chosen);
          if (severity !== undefined) onChange({ ...form, severity });
        }}
      />
    </InlineGrid>
  );
}
