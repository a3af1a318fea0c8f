import { Autocomplete, InlineStack, Tag } from '@shopify/polaris';
import { useEffect, useId, useState } from 'react';

/** Choices that are offered at a time. */
const OFFERED = 50;

/** Several of many values, found by typing; one that is not among the choices can be used too. */
export function ManyChoice(props: {
  label: string;
  /** While nothing is chosen. */
  placeholder: string;
  choices: string[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}) {
  const { label, choices, chosen, onChange } = props;
  const id = useId();
  const [typed, setTyped] = useState('');
  /** After a choice Polaris goes on to name an option that is gone as the current one: the field begins anew instead. */
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (round > 0) document.getElementById(id)?.focus();
  }, [round, id]);
  const wanted = typed.trim().toLowerCase();
  const offered = choices
    .filter((choice) => !chosen.includes(choice) && choice.toLowerCase().includes(wanted))
    .slice(0, OFFERED);
  const isKnown = [...choices, ...chosen].some((choice) => choice.toLowerCase() === wanted);
  const add = (value: string) => {
    if (!chosen.includes(value)) onChange([...chosen, value]);
    setTyped('');
    setRound(round + 1);
  };
  return (
    <Autocomplete
      key={round}
      // One at a time: with several Polaris puts a checkbox into each option, which screen readers do not take apart.
      options={[
        ...offered.map((value) => ({ value, label: value })),
        // Last: Enter takes the first.
        ...(wanted === '' || isKnown ? [] : [{ value: typed.trim(), label: `Use “${typed.trim()}”` }]),
      ]}
      selected={[]}
      onSelect={([value]) => {
        if (value !== undefined) add(value);
      }}
      textField={
        <Autocomplete.TextField
          id={id}
          label={label}
          value={typed}
          onChange={setTyped}
          autoComplete="off"
          placeholder={chosen.length > 0 ? 'Add another' : props.placeholder}
          // Inside the field: the list of choices opens below it and would cover them.
          verticalContent={
            chosen.length > 0 && (
              <InlineStack gap="100">
                {chosen.map((value) => (
                  <Tag key={value} onRemove={() => onChange(chosen.filter((one) => one !== value))}>
                    {value}
                  </Tag>
                ))}
              </InlineStack>
            )
          }
        />
      }
    />
  );
}
