/** The controls of the editor of bulk edits: each is found by its name, and shows its own problem. */
import { Select, TextField } from '@shopify/polaris';
import type { SelectProps, TextFieldProps } from '@shopify/polaris';
import type { ChangeForm } from './edit-change-form';

/** What is to be said of a control; undefined: nothing. */
export type ProblemOf = (control: string) => string | undefined;

/** Of the controls of one change. */
export interface ChangeFieldsProps {
  form: ChangeForm;
  /** What was typed, and only that. */
  onChange: (part: Partial<ChangeForm>) => void;
  /** Controls are those of ChangeForm. */
  problemOf: ProblemOf;
  /** Name of a control of this change within the page. */
  name: (control: string) => string;
}

/** The id by which a control is found in the page. */
export const controlId = (control: string): string => `edit-${control}`;

/** Moves the focus to a control; false where the page does not show it. */
export function focusControl(control: string): boolean {
  const element = document.getElementById(controlId(control));
  element?.focus();
  return element !== null;
}

interface Named {
  control: string;
  problemOf: ProblemOf;
}

export function TextControl({
  control,
  problemOf,
  ...field
}: Named &
  Omit<TextFieldProps, 'id' | 'error' | 'autoComplete' | 'onChange'> & { onChange: (text: string) => void }) {
  return (
    <TextField autoComplete="off" id={controlId(control)} error={problemOf(control) ?? false} {...field} />
  );
}

export function SelectControl<Value extends string>({
  control,
  problemOf,
  choices,
  onChange,
  ...select
}: Named &
  Omit<SelectProps, 'id' | 'error' | 'options' | 'onChange' | 'value'> & {
    value: Value | '';
    choices: readonly { value: Value; label: string }[];
    onChange: (value: Value) => void;
  }) {
  return (
    <Select
      id={controlId(control)}
      error={problemOf(control) ?? false}
      options={[...choices]}
      onChange={(chosen) => {
        const choice = choices.find(({ value }) => value === chosen);
        if (choice !== undefined) onChange(choice.value);
      }}
      {...select}
    />
  );
}
