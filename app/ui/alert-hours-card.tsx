import { BlockStack, Card, Checkbox, InlineGrid, Text, TextField } from '@shopify/polaris';
import type { AlertSettingsForm } from './alert-settings-form';
import { remindProblem, timeProblem } from './alert-settings-form';

function TimeField(props: {
  label: string;
  value: string;
  isOn: boolean;
  onChange: (value: string) => void;
}) {
  const problem = props.isOn ? timeProblem(props.value) : null;
  return (
    <TextField
      label={props.label}
      type="time"
      value={props.value}
      onChange={props.onChange}
      autoComplete="off"
      disabled={!props.isOn}
      {...(problem === null ? {} : { error: problem })}
    />
  );
}

/** When channels are told: quiet hours, reminders, the daily summary. */
export function AlertHoursCard(props: {
  form: AlertSettingsForm;
  timeZone: string;
  onChange: (changes: Partial<AlertSettingsForm>) => void;
}) {
  const { form, timeZone, onChange } = props;
  const { quiet, summary, remindHours } = form;
  const problem = remindProblem(remindHours);
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          When
        </Text>
        <Text as="p" tone="subdued">{`Times are those of your store: ${timeZone}.`}</Text>
        <Checkbox
          label="Quiet hours"
          helpText="Warnings wait until they are over. What is critical is told at once."
          checked={quiet.isOn}
          onChange={(isOn) => onChange({ quiet: { ...quiet, isOn } })}
        />
        <InlineGrid columns={2} gap="300">
          <TimeField
            label="Quiet from"
            value={quiet.from}
            isOn={quiet.isOn}
            onChange={(from) => onChange({ quiet: { ...quiet, from } })}
          />
          <TimeField
            label="Quiet until"
            value={quiet.until}
            isOn={quiet.isOn}
            onChange={(until) => onChange({ quiet: { ...quiet, until } })}
          />
        </InlineGrid>
        <TextField
          label="Remind of what still fires every"
          value={remindHours}
          onChange={(typed) => onChange({ remindHours: typed })}
          autoComplete="off"
          inputMode="numeric"
          suffix="hours"
          {...(problem === null ? {} : { error: problem })}
        />
        <Checkbox
          label="Daily summary by e-mail"
          helpText="What failed within a day, why, and what to do. It goes to every e-mail channel."
          checked={summary.isOn}
          onChange={(isOn) => onChange({ summary: { ...summary, isOn } })}
        />
        <InlineGrid columns={{ xs: 1, sm: 2 }} gap="300" alignItems="center">
          <TimeField
            label="Sent at"
            value={summary.at}
            isOn={summary.isOn}
            onChange={(at) => onChange({ summary: { ...summary, at } })}
          />
          <Checkbox
            label="Also where nothing failed"
            checked={summary.isAlways}
            disabled={!summary.isOn}
            onChange={(isAlways) => onChange({ summary: { ...summary, isAlways } })}
          />
        </InlineGrid>
      </BlockStack>
    </Card>
  );
}
