import { useState } from 'react';
import { BlockStack, Box, Card, Checkbox, ChoiceList, Select, Text, TextField } from '@shopify/polaris';
import { productFields, targetWords, transformsOf, variantFields } from '~/core/source-mapping';
import type {
  FieldRule,
  ProductField,
  RelationDescription,
  SourceMapping,
  VariantField,
} from '~/core/source-mapping';
import type { DatabaseKind } from '~/core/database-kind';
import { modeGuarantees, sourceModes } from '~/core/source-mode';
import type { SourceMode } from '~/core/source-mode';
import { KeyChoice, Metafields, NamedRules, textRule } from './source-rule-lists';
import { SourceRuleRow, columnOptions } from './source-rule-row';
import { sourceFieldWords } from './source-words';

export interface SourceTermsForm {
  mode: SourceMode;
  scanColumn: string | null;
  missingRows: 'remove' | 'keep';
  writeBack: boolean;
}

const targetsOf = (field: string): readonly string[] =>
  Object.entries(targetWords).find(([name]) => name === field)?.[1] ?? [];

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
  kind: DatabaseKind;
  relation: RelationDescription;
  mapping: SourceMapping;
  terms: SourceTermsForm;
  onMapping: (mapping: SourceMapping) => void;
  onTerms: (terms: SourceTermsForm) => void;
}) {
  const { relation, mapping, terms, onMapping, onTerms } = props;
  const { columns } = relation;
  const guarantees = modeGuarantees[props.kind];
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
            fresh={() => ({ name: '', rule: textRule(null) })}
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
            fresh={() => ({ location: '', rule: { ...textRule(null), transform: { kind: 'integer' } } })}
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
              label: guarantees[mode].name,
              helpText: guarantees[mode].guarantee,
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
