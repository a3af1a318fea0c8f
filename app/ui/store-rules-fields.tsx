/** Fields and choices of the cards of a store's rules. */
import { ChoiceList, TextField } from '@shopify/polaris';
import type { RulesForm } from './store-rules-form';

export interface RulesCardProps {
  form: RulesForm;
  onChange: (part: Partial<RulesForm>) => void;
  /** What is to be said of a field of the rules; undefined: nothing. */
  problemOf: (field: string) => string | undefined;
  /** Of the store. */
  currencyCode: string;
}

/** A field that shows its own problem. */
export function Field(props: {
  label: string;
  value: string;
  problem: string | undefined;
  onChange: (text: string) => void;
  suffix?: string;
  helpText?: string;
  placeholder?: string;
  type?: 'text' | 'date' | 'url';
}) {
  const { problem, suffix, helpText, placeholder } = props;
  return (
    <TextField
      autoComplete="off"
      label={props.label}
      value={props.value}
      onChange={props.onChange}
      type={props.type ?? 'text'}
      inputMode={props.type === undefined ? 'decimal' : props.type === 'url' ? 'url' : 'text'}
      error={problem ?? false}
      {...(suffix !== undefined && { suffix })}
      {...(helpText !== undefined && { helpText })}
      {...(placeholder !== undefined && { placeholder })}
    />
  );
}

export function Choice<Value extends string>(props: {
  title: string;
  titleHidden?: boolean;
  value: Value;
  choices: readonly { value: Value; label: string; helpText?: string }[];
  onChange: (value: Value) => void;
}) {
  return (
    <ChoiceList
      title={props.title}
      titleHidden={props.titleHidden ?? false}
      choices={props.choices.map(({ value, label, helpText }) => ({
        ...{ value, label },
        ...(helpText !== undefined && { helpText }),
      }))}
      selected={[props.value]}
      onChange={([chosen]) => {
        const known = props.choices.find(({ value }) => value === chosen);
        if (known !== undefined) props.onChange(known.value);
      }}
    />
  );
}
