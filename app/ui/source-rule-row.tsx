import { Box, InlineGrid, Select, TextField } from '@shopify/polaris';
import { usualTransform } from '~/core/source-mapping';
import type {
  ColumnDescription,
  FieldRule,
  ProductField,
  Transform,
  TransformKind,
  VariantField,
} from '~/core/source-mapping';
import { useState } from 'react';
import { readWords, transformWords, wordsText } from './source-words';

const NONE = '';
const ALWAYS = '\u0000always';

const WEIGHTS = [
  { value: 'GRAMS', label: 'grams' },
  { value: 'KILOGRAMS', label: 'kilograms' },
  { value: 'OUNCES', label: 'ounces' },
  { value: 'POUNDS', label: 'pounds' },
] as const;

const MARKS = [
  { value: '.', label: 'point (12.50)' },
  { value: ',', label: 'comma (12,50)' },
] as const;

export const columnOptions = (columns: ColumnDescription[]) =>
  columns.map(({ name, type }) => ({ value: name, label: `${name} (${type})` }));

/** "=" lines are typed freely; what they mean so far is the rule. */
function WordsField(props: {
  label: string;
  words: Record<string, string>;
  help: string;
  onChange: (words: Record<string, string>) => void;
}) {
  const [text, setText] = useState(() => wordsText(props.words));
  return (
    <TextField
      label={props.label}
      helpText={props.help}
      value={text}
      multiline={3}
      autoComplete="off"
      monospaced
      onChange={(typed) => {
        setText(typed);
        props.onChange(readWords(typed));
      }}
    />
  );
}

function TransformDetail(props: {
  label: string;
  transform: Transform;
  targets: readonly string[];
  onChange: (transform: Transform) => void;
}) {
  const { label, transform, targets, onChange } = props;
  switch (transform.kind) {
    case 'minor-units':
      return (
        <Select
          label={`${label}: decimals`}
          options={['0', '1', '2', '3', '4']}
          value={String(transform.decimals)}
          onChange={(decimals) => onChange({ kind: 'minor-units', decimals: Number(decimals) })}
        />
      );
    case 'decimal':
      return (
        <Select
          label={`${label}: decimal mark`}
          options={[...MARKS]}
          value={transform.mark}
          onChange={(mark) => onChange({ kind: 'decimal', mark: mark === ',' ? ',' : '.' })}
        />
      );
    case 'weight':
      return (
        <Select
          label={`${label}: unit`}
          options={[...WEIGHTS]}
          value={transform.unit}
          onChange={(unit) =>
            onChange({
              ...transform,
              unit: WEIGHTS.find(({ value }) => value === unit)?.value ?? 'KILOGRAMS',
            })
          }
        />
      );
    case 'list':
      return (
        <TextField
          label={`${label}: separator`}
          value={transform.separator}
          maxLength={5}
          autoComplete="off"
          onChange={(separator) => onChange({ kind: 'list', separator })}
        />
      );
    case 'words':
      return (
        <WordsField
          label={`${label}: your word = ours`}
          words={transform.words}
          help={`One a line. Ours: ${targets.join(', ')}.`}
          onChange={(words) => onChange({ kind: 'words', words })}
        />
      );
    default:
      return null;
  }
}

/** One field: the column that feeds it, and how it is read. Null: not mapped. */
export function SourceRuleRow(props: {
  label: string;
  field: ProductField | VariantField;
  columns: ColumnDescription[];
  kinds: TransformKind[];
  targets: readonly string[];
  rule: FieldRule | null;
  onChange: (rule: FieldRule | null) => void;
}) {
  const { label, field, columns, kinds, rule, onChange } = props;
  const choose = (value: string) => {
    if (value === NONE) return onChange(null);
    const transform = rule?.transform ?? usualTransform(field);
    onChange({ column: value === ALWAYS ? null : value, otherwise: rule?.otherwise ?? null, transform });
  };
  return (
    <Box paddingBlock="200" borderBlockStartWidth="025" borderColor="border">
      <InlineGrid columns={{ xs: 1, md: 4 }} gap="200" alignItems="start">
        <Select
          label={label}
          options={[
            { value: NONE, label: 'Not mapped' },
            { value: ALWAYS, label: 'The same for all' },
            ...columnOptions(columns),
          ]}
          value={rule === null ? NONE : (rule.column ?? ALWAYS)}
          onChange={choose}
        />
        {rule !== null && kinds.length > 1 && (
          <Select
            label={`${label}: how it is read`}
            options={kinds.map((kind) => ({ value: kind, label: transformWords[kind] }))}
            value={rule.transform.kind}
            onChange={(chosen) => {
              const kind = kinds.find((one) => one === chosen);
              if (kind !== undefined) onChange({ ...rule, transform: usualTransform(field, kind) });
            }}
          />
        )}
        {rule !== null && (
          <TransformDetail
            label={label}
            transform={rule.transform}
            targets={props.targets}
            onChange={(transform) => onChange({ ...rule, transform })}
          />
        )}
        {rule !== null && (
          <TextField
            label={rule.column === null ? `${label}: value` : `${label}: where empty`}
            value={rule.otherwise ?? ''}
            placeholder={rule.column === null ? '' : 'Nothing'}
            autoComplete="off"
            onChange={(text) => onChange({ ...rule, otherwise: text === '' ? null : text })}
          />
        )}
      </InlineGrid>
    </Box>
  );
}
