import { useState } from 'react';
import {
  BlockStack,
  Box,
  Button,
  Card,
  Checkbox,
  ChoiceList,
  InlineGrid,
  InlineStack,
  Select,
  Text,
  TextField,
} from '@shopify/polaris';
import { productFields, targetWords, transformsOf, variantFields } from '~/core/source-mapping';
import type {
  ColumnDescription,
  FieldRule,
  ProductField,
  RelationDescription,
  SourceMapping,
  VariantField,
} from '~/core/source-mapping';
import { modeGuarantees, sourceModes } from '~/core/source-mode';
import type { SourceMode } from '~/core/source-mode';
import { SourceRuleRow, columnOptions } from './source-rule-row';
import { sourceFieldWords } from './source-words';

export interface SourceTermsForm {
  mode: SourceMode;
  scanColumn: string | null;
  missingRows: 'remove' | 'keep';
  writeBack: boolean;
}

const text = (column: string | null): FieldRule => ({
  column,
  otherwise: null,
  transform: { kind: 'text', trim: true },
});

const targetsOf = (field: string): readonly string[] =>
  Object.entries(targetWords).find(([name]) => name === field)?.[1] ?? [];

/** Which columns make the keys: up to two, which is what tables have. */
function KeyChoice(props: {
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
function NamedRules<T extends { rule: FieldRule }>(props: {
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

function Metafields(props: {
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
            onChange={(column) => change(index, { rule: text(column === '' ? null : column) })}
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
                  rule: text(null),
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

const watchedText = ({ watched }: SourceMapping) =>
  watched
    .map(({ relation, keyColumns }) => `${relation.schema}.${relation.name}: ${keyColumns.join(', ')}`)
    .join('\n');

function readWatched(typed: string): SourceMapping['watched'] {
  return typed.split('\n').flatMap((line) => {
    const [, schema, name, columns = ''] = /^\s*([^.:]+)\.([^:]+?)\s*:\s*(.+)$/.exec(line) ?? [];
    const keyColumns = columns.split(',').map((column) => column.trim());
    return schema === undefined || name === undefined || keyColumns.includes('')
      ? []
      : [{ relation: { schema, name }, keyColumns }];
  });
}

/** The tables behind a view, as "schema.table: column" a line. */
function WatchedTables({
  mapping,
  onChange,
}: {
  mapping: SourceMapping;
  onChange: (mapping: SourceMapping) => void;
}) {
  const [typed, setTyped] = useState(() => watchedText(mapping));
  return (
    <TextField
      label="Tables behind the view"
      helpText="One a line: “schema.table: column”, the column being the one that holds the product key. Their changes are watched. Not needed for the scan."
      multiline={3}
      autoComplete="off"
      monospaced
      value={typed}
      onChange={(text) => {
        setTyped(text);
        onChange({ ...mapping, watched: readWatched(text) });
      }}
    />
  );
}

/** Which column feeds which field, and how changes are followed. */
export function SourceMappingCard(props: {
  relation: RelationDescription;
  mapping: SourceMapping;
  terms: SourceTermsForm;
  onMapping: (mapping: SourceMapping) => void;
  onTerms: (terms: SourceTermsForm) => void;
}) {
  const { relation, mapping, terms, onMapping, onTerms } = props;
  const { columns } = relation;
  const ruleOf = (group: 'product' | 'variant', field: string, rule: FieldRule | null): SourceMapping => {
    const { [field]: _former, ...others }: Record<string, FieldRule | undefined> = mapping[group];
    return { ...mapping, [group]: rule === null ? others : { ...others, [field]: rule } };
  };
  const row = (
    group: 'product' | 'variant',
    field: ProductField | VariantField,
    rule: FieldRule | undefined,
  ) => (
    <SourceRuleRow
      key={field}
      label={sourceFieldWords[field]}
      field={field}
      columns={columns}
      kinds={transformsOf[field]}
      targets={targetsOf(field)}
      rule={rule ?? null}
      onChange={(changed) => onMapping(ruleOf(group, field, changed))}
    />
  );
  return (
    <>
      <Card>
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            What tells products and variants apart
          </Text>
          <Text as="p">
            Each row is a variant; rows with the same product key are one product. Where each row is a
            product, choose the same column for both.
          </Text>
          <KeyChoice
            label="Product key"
            help="The column that all variants of a product share."
            columns={columns}
            chosen={mapping.productKey}
            onChange={(productKey) => onMapping({ ...mapping, productKey })}
          />
          <KeyChoice
            label="Variant key"
            help="The column that no two variants share, for example the SKU."
            columns={columns}
            chosen={mapping.variantKey}
            onChange={(variantKey) => onMapping({ ...mapping, variantKey })}
          />
          <NamedRules
            heading="Options"
            nameLabel="Option"
            add="Add option"
            columns={columns}
            items={mapping.options}
            most={3}
            nameOf={({ name }) => name}
            named={(option, name) => ({ ...option, name })}
            fresh={() => ({ name: '', rule: text(null) })}
            onChange={(options) => onMapping({ ...mapping, options })}
          />
        </BlockStack>
      </Card>
      <Card>
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            Fields of the product
          </Text>
          <Box>{productFields.map((field) => row('product', field, mapping.product[field]))}</Box>
        </BlockStack>
      </Card>
      <Card>
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            Fields of each variant
          </Text>
          <Box>{variantFields.map((field) => row('variant', field, mapping.variant[field]))}</Box>
          <NamedRules
            heading="Stock"
            nameLabel="Location"
            add="Add location"
            columns={columns}
            items={mapping.quantities}
            most={50}
            nameOf={({ location }) => location}
            named={(level, location) => ({ ...level, location })}
            fresh={() => ({ location: '', rule: { ...text(null), transform: { kind: 'integer' } } })}
            onChange={(quantities) => onMapping({ ...mapping, quantities })}
          />
          <Text as="p" tone="subdued">
            Without a name: the default location of your store, from Settings.
          </Text>
          <Metafields columns={columns} mapping={mapping} onChange={onMapping} />
        </BlockStack>
      </Card>
      <Card>
        <BlockStack gap="400">
          <Text as="h2" variant="headingMd">
            How changes are followed
          </Text>
          {relation.kind === 'view' && <WatchedTables mapping={mapping} onChange={onMapping} />}
          <ChoiceList
            title="Way"
            choices={sourceModes.map((mode) => ({
              value: mode,
              label: modeGuarantees[mode].name,
              helpText: modeGuarantees[mode].guarantee,
            }))}
            selected={[terms.mode]}
            onChange={([chosen]) =>
              onTerms({ ...terms, mode: sourceModes.find((mode) => mode === chosen) ?? 'stream' })
            }
          />
          {terms.mode === 'scan' && (
            <Select
              label="Column that says when a row was changed"
              options={[{ value: '', label: '—' }, ...columnOptions(columns)]}
              value={terms.scanColumn ?? ''}
              onChange={(column) => onTerms({ ...terms, scanColumn: column === '' ? null : column })}
            />
          )}
          <ChoiceList
            title="When the rows of a product are deleted"
            choices={[
              {
                value: 'remove',
                label: 'Take it out of the catalog',
                helpText:
                  'Your store then archives or deletes it, as your policies say. If more than half are gone at once, Lockstep asks first.',
              },
              { value: 'keep', label: 'Keep it in the catalog as it is' },
            ]}
            selected={[terms.missingRows]}
            onChange={([chosen]) => onTerms({ ...terms, missingRows: chosen === 'keep' ? 'keep' : 'remove' })}
          />
          <Checkbox
            label="Write back what Shopify’s side wins"
            helpText="An edit in Shopify that wins by your policies is written into the mapped column of your row, if the row still holds what Lockstep last read of it. The role needs UPDATE on these columns; the script then grants it."
            checked={terms.writeBack}
            onChange={(writeBack) => onTerms({ ...terms, writeBack })}
          />
        </BlockStack>
      </Card>
    </>
  );
}

/** What a mapping needs before it can be asked about: rules without column and value say nothing. */
export function tidyMapping(mapping: SourceMapping): SourceMapping {
  const says = ({ column, otherwise }: FieldRule) => column !== null || otherwise !== null;
  return {
    ...mapping,
    options: mapping.options.filter(({ name, rule }) => name !== '' && says(rule)),
    quantities: mapping.quantities.filter(({ rule }) => says(rule)),
    metafields: mapping.metafields.filter(({ key, rule }) => key !== '' && says(rule)),
  };
}
