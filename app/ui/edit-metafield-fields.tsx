import { BlockStack, Checkbox, InlineGrid } from '@shopify/polaris';
import { SelectControl, TextControl } from './edit-controls';
import type { ChangeFieldsProps } from './edit-controls';

const METAFIELD_TYPES = [
  { value: 'single_line_text_field', label: 'Text, one line' },
  { value: 'multi_line_text_field', label: 'Text, several lines' },
  { value: 'number_integer', label: 'Whole number' },
  { value: 'number_decimal', label: 'Number with decimals' },
  { value: 'boolean', label: 'True or false' },
  { value: 'date', label: 'Date' },
  { value: 'date_time', label: 'Date and time' },
  { value: 'url', label: 'Web address' },
  { value: 'color', label: 'Color' },
  { value: 'json', label: 'JSON' },
];

/** Which metafield, and its value. */
export function EditMetafieldFields({ form, onChange, problemOf, name }: ChangeFieldsProps) {
  const isKnown = METAFIELD_TYPES.some(({ value }) => value === form.type);
  return (
    <BlockStack gap="400">
      <SelectControl
        control={name('of')}
        problemOf={problemOf}
        label="Of"
        choices={[
          { value: 'product', label: 'The product' },
          { value: 'variant', label: 'Each variant' },
        ]}
        value={form.of}
        onChange={(of) => onChange({ of })}
      />
      <InlineGrid columns={2} gap="300">
        <TextControl
          control={name('namespace')}
          problemOf={problemOf}
          label="Namespace"
          value={form.namespace}
          onChange={(namespace) => onChange({ namespace })}
        />
        <TextControl
          control={name('key')}
          problemOf={problemOf}
          label="Key"
          value={form.key}
          onChange={(key) => onChange({ key })}
        />
      </InlineGrid>
      <SelectControl
        control={name('type')}
        problemOf={problemOf}
        label="Type"
        choices={isKnown ? METAFIELD_TYPES : [...METAFIELD_TYPES, { value: form.type, label: form.type }]}
        value={form.type}
        onChange={(type) => onChange({ type })}
      />
      <BlockStack gap="200">
        <TextControl
          control={name('text')}
          problemOf={problemOf}
          label="Value"
          value={form.text}
          onChange={(text) => onChange({ text })}
          disabled={form.isCleared}
          {...(['multi_line_text_field', 'json'].includes(form.type) && { multiline: 3 })}
        />
        <Checkbox
          label="Remove the metafield instead"
          checked={form.isCleared}
          onChange={(isCleared) => onChange({ isCleared })}
        />
      </BlockStack>
    </BlockStack>
  );
}
