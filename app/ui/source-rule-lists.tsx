/** Parts of a mapping of which there may be several: keys, options, locations, metafields. */
import { BlockStack, Button, InlineGrid, InlineStack, Select, Text, TextField } from '@shopify/polaris';
import type { ColumnDescription, FieldRule, SourceMapping } from '~/core/source-mapping';
import { columnOptions } from './source-rule-row';

/** A rule that takes a column as text. */
export const textRule = (column: string | null): FieldRule => ({
  column,
  otherwise: null,
  transform: { kind: 'text', trim: true },
});

/** Which columns make the keys: up to two, which is what tables have. */
export function KeyChoice(props: {
  label: string;
  help: string;
  columns: ColumnDescription[];
  chosen: string[];
  onChange: (columns: string[]) => void;
}) {
  const { label, columns, chosen, onChange } = props;
  const [first = '', second = ''] = chosen;
  const choose = (one: string, other: string) => onChange([one, other].filter((name) => name !== ''));
  const none = { value: '', label: '—' };
  return (
    <InlineGrid columns={{ xs: 1, md: 2 }} gap="200">
      <Select
        label={label}
        helpText={props.help}
        options={[none, ...columnOptions(columns)]}
        value={first}
        onChange={(name) => choose(name, second)}
      />
      <Select
        label={`${label}: and`}
        options={[none, ...columnOptions(columns)]}
        value={second}
        disabled={first === ''}
        onChange={(name) => choose(first, name)}
      />
    </InlineGrid>
  );
}

/** A list of rules with a name of their own: options, locations. */
export function NamedRules<T extends { rule: FieldRule }>(props: {
  heading: string;
  nameLabel: string;
  add: string;
  columns: ColumnDescription[];
  items: T[];
  most: number;
  nameOf: (item: T) => string;
  named: (item: T, name: string) => T;
  fresh: () => T;
  onChange: (items: T[]) => void;
}) {
  const { items, onChange, columns } = props;
  const change = (index: number, item: T) => onChange(items.map((one, at) => (at === index ? item : one)));
  return (
    <BlockStack gap="200">
      <Text as="h3" variant="headingSm">
        {props.heading}
      </Text>
      {items.map((item, index) => (
        <InlineGrid key={index} columns={{ xs: 1, md: '1fr 1fr auto' }} gap="200" alignItems="end">
          <TextField
            label={`${props.nameLabel} ${index + 1}`}
            value={props.nameOf(item)}
            autoComplete="off"
            onChange={(name) => change(index, props.named(item, name))}
          />
          <Select
            label={`${props.nameLabel} ${index + 1}: column`}
            options={[{ value: '', label: '—' }, ...columnOptions(columns)]}
            value={item.rule.column ?? ''}
            onChange={(column) =>
              change(index, { ...item, rule: { ...item.rule, column: column === '' ? null : column } })
            }
          />
          <Button
            accessibilityLabel={`Remove ${props.nameLabel.toLowerCase()} ${index + 1}`}
            onClick={() => onChange(items.filter((_, at) => at !== index))}
          >
            Remove
          </Button>
        </InlineGrid>
      ))}
      {items.length < props.most && (
        <InlineStack>
          <Button onClick={() => onChange([...items, props.fresh()])}>{props.add}</Button>
        </InlineStack>
      )}
    </BlockStack>
  );
}

export function Metafields(props: {
  columns: ColumnDescription[];
  mapping: SourceMapping;
  onChange: (mapping: SourceMapping) => void;
}) {
  const { columns, mapping, onChange } = props;
  const change = (index: number, part: Partial<SourceMapping['metafields'][number]>) =>
    onChange({
      ...mapping,
      metafields: mapping.metafields.map((one, at) => (at === index ? { ...one, ...part } : one)),
    });
  return (
    <BlockStack gap="200">
      <Text as="h3" variant="headingSm">
        Metafields
      </Text>
      {mapping.metafields.map((metafield, index) => (
        <InlineGrid key={index} columns={{ xs: 1, md: 3 }} gap="200" alignItems="end">
          <Select
            label={`Metafield ${index + 1}: of`}
            options={[
              { value: 'product', label: 'the product' },
              { value: 'variant', label: 'the variant' },
            ]}
            value={metafield.owner}
            onChange={(owner) => change(index, { owner: owner === 'variant' ? 'variant' : 'product' })}
          />
          <TextField
            label={`Metafield ${index + 1}: namespace`}
            value={metafield.namespace}
            autoComplete="off"
            onChange={(namespace) => change(index, { namespace })}
          />
          <TextField
            label={`Metafield ${index + 1}: key`}
            value={metafield.key}
            autoComplete="off"
            onChange={(key) => change(index, { key })}
          />
          <TextField
            label={`Metafield ${index + 1}: type`}
            value={metafield.type}
            autoComplete="off"
            onChange={(type) => change(index, { type })}
          />
          <Select
            label={`Metafield ${index + 1}: column`}
            options={[{ value: '', label: '—' }, ...columnOptions(columns)]}
            value={metafield.rule.column ?? ''}
            onChange={(column) => change(index, { rule: textRule(column === '' ? null : column) })}
          />
          <Button
            accessibilityLabel={`Remove metafield ${index + 1}`}
            onClick={() =>
              onChange({ ...mapping, metafields: mapping.metafields.filter((_, at) => at !== index) })
            }
          >
            Remove
          </Button>
        </InlineGrid>
      ))}
      <InlineStack>
        <Button
          onClick={() =>
            onChange({
              ...mapping,
              metafields: [
                ...mapping.metafields,
                {
                  owner: 'product',
                  namespace: 'custom',
                  key: '',
                  type: 'single_line_text_field',
                  rule: textRule(null),
                },
              ],
            })
          }
        >
          Add metafield
        </Button>
      </InlineStack>
    </BlockStack>
  );
}
