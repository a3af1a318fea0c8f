import { BlockStack, Button, Card, Checkbox, InlineGrid, InlineStack, Text } from '@shopify/polaris';
import { DeleteIcon } from '@shopify/polaris-icons';
import { EditAmountFields } from './edit-amount-fields';
import { EDIT_FIELDS } from './edit-change-form';
import type { EditField } from './edit-change-form';
import { SelectControl, TextControl } from './edit-controls';
import type { ChangeFieldsProps } from './edit-controls';
import { EditMediaFields } from './edit-media-fields';
import { EditMetafieldFields } from './edit-metafield-fields';
import { fieldLabel } from './field-words';

export interface ShopTerms {
  currencyCode: string;
  /** Active ones. */
  locations: { gid: string; name: string }[];
}

const LABELS: Partial<Record<EditField, string>> = { inventory: 'Stock', metafield: 'Metafield' };

const FIELD_CHOICES = EDIT_FIELDS.map((value) => ({ value, label: LABELS[value] ?? fieldLabel(value, {}) }));

/** One change of an edit: of what, and to what. */
export function EditChangeCard(
  props: ChangeFieldsProps & {
    number: number;
    shop: ShopTerms;
    /** Those that can be changed; one that is chosen already is shown all the same. */
    fields: readonly EditField[];
    onRemove: (() => void) | null;
  },
) {
  const { form, onChange, problemOf, name, number, fields, onRemove } = props;
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {number === 1 && onRemove === null ? 'Change' : `Change ${number}`}
          </Text>
          {onRemove !== null && (
            <Button
              variant="tertiary"
              icon={DeleteIcon}
              accessibilityLabel={`Remove change ${number}`}
              onClick={onRemove}
            />
          )}
        </InlineStack>
        <SelectControl
          control={name('field')}
          problemOf={problemOf}
          label="What to change"
          choices={FIELD_CHOICES.filter(({ value }) => fields.includes(value) || value === form.field)}
          value={form.field}
          onChange={(field) =>
            onChange({ field, ...(field === 'price' && form.way === 'clear' && { way: 'percent-less' }) })
          }
        />
        <Fields {...props} />
      </BlockStack>
    </Card>
  );
}

function Fields(props: ChangeFieldsProps & { shop: ShopTerms }) {
  switch (props.form.field) {
    case 'price':
    case 'compareAtPrice':
    case 'cost':
      return <EditAmountFields {...props} field={props.form.field} currencyCode={props.shop.currencyCode} />;
    case 'tags':
      return <TagFields {...props} />;
    case 'inventory':
      return <StockFields {...props} />;
    case 'media':
      return <EditMediaFields {...props} />;
    case 'status':
      return <StatusField {...props} />;
    case 'metafield':
      return <EditMetafieldFields {...props} />;
    default:
      return <TextFields {...props} field={props.form.field} />;
  }
}

function TagFields({ form, onChange, problemOf, name }: ChangeFieldsProps) {
  return (
    <BlockStack gap="400">
      <SelectControl
        control={name('tagWay')}
        problemOf={problemOf}
        label="How"
        choices={[
          { value: 'add', label: 'Add tags' },
          { value: 'remove', label: 'Remove tags' },
          { value: 'replace', label: 'Replace all tags' },
          { value: 'rename', label: 'Rename a tag' },
        ]}
        value={form.tagWay}
        onChange={(tagWay) => onChange({ tagWay })}
      />
      {form.tagWay === 'rename' ? (
        <InlineGrid columns={{ xs: 1, sm: 2 }} gap="300">
          <TextControl
            control={name('from')}
            problemOf={problemOf}
            label="Tag as it is now"
            value={form.from}
            onChange={(from) => onChange({ from })}
            helpText="Only products that have it are changed."
          />
          <TextControl
            control={name('to')}
            problemOf={problemOf}
            label="New tag"
            value={form.to}
            onChange={(to) => onChange({ to })}
          />
        </InlineGrid>
      ) : (
        <TextControl
          control={name('tags')}
          problemOf={problemOf}
          label={{ add: 'Tags to add', remove: 'Tags to remove', replace: 'Tags from then on' }[form.tagWay]}
          value={form.tags}
          onChange={(tags) => onChange({ tags })}
          disabled={form.tagWay === 'replace' && form.isCleared}
          placeholder="summer, sale"
          helpText="Separate several by commas."
        />
      )}
      {form.tagWay === 'replace' && (
        <Checkbox
          label="Remove all tags instead"
          checked={form.isCleared}
          onChange={(isCleared) => onChange({ isCleared })}
        />
      )}
    </BlockStack>
  );
}

function StockFields({ form, onChange, problemOf, name, shop }: ChangeFieldsProps & { shop: ShopTerms }) {
  const choices = shop.locations.map(({ gid, name: label }) => ({ value: gid, label }));
  return (
    <BlockStack gap="400">
      <SelectControl
        control={name('locationId')}
        problemOf={problemOf}
        label="Location"
        choices={choices}
        placeholder="Choose a location"
        value={form.locationId}
        onChange={(locationId) => onChange({ locationId })}
      />
      <InlineGrid columns={2} gap="300">
        <SelectControl
          control={name('stockWay')}
          problemOf={problemOf}
          label="How"
          choices={[
            { value: 'set', label: 'Set to' },
            { value: 'raise', label: 'Raise by' },
            { value: 'lower', label: 'Lower by' },
          ]}
          value={form.stockWay}
          onChange={(stockWay) => onChange({ stockWay })}
        />
        <TextControl
          control={name('quantity')}
          problemOf={problemOf}
          label="Units"
          inputMode="numeric"
          value={form.quantity}
          onChange={(quantity) => onChange({ quantity })}
        />
      </InlineGrid>
      <Text as="p" tone="subdued">
        The available quantity. Variants whose stock is not tracked are left as they are.
      </Text>
    </BlockStack>
  );
}

function StatusField({ form, onChange, problemOf, name }: ChangeFieldsProps) {
  return (
    <SelectControl
      control={name('status')}
      problemOf={problemOf}
      label="New status"
      choices={[
        { value: 'ACTIVE', label: 'Active' },
        { value: 'DRAFT', label: 'Draft' },
        { value: 'ARCHIVED', label: 'Archived' },
        { value: 'UNLISTED', label: 'Unlisted' },
      ]}
      value={form.status}
      onChange={(status) => onChange({ status })}
    />
  );
}

type PlainField = 'vendor' | 'productType' | 'seoTitle' | 'seoDescription';

const TEXTS: Record<PlainField, { clear: string; help?: string }> = {
  vendor: { clear: 'Empty the vendor instead' },
  productType: { clear: 'Empty the product type instead' },
  seoTitle: {
    clear: 'Empty it instead',
    help: 'The same for every product. Where it is empty Shopify shows the product’s title.',
  },
  seoDescription: {
    clear: 'Empty it instead',
    help: 'The same for every product. Where it is empty Shopify shows the product’s description.',
  },
};

function TextFields({ form, onChange, problemOf, name, field }: ChangeFieldsProps & { field: PlainField }) {
  const { clear, help } = TEXTS[field];
  return (
    <BlockStack gap="200">
      <TextControl
        control={name('text')}
        problemOf={problemOf}
        label={`New ${fieldLabel(field, {}).replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())}`}
        value={form.text}
        onChange={(text) => onChange({ text })}
        disabled={form.isCleared}
        {...(field === 'seoDescription' && { multiline: 3 })}
        {...(help !== undefined && { helpText: help })}
      />
      <Checkbox label={clear} checked={form.isCleared} onChange={(isCleared) => onChange({ isCleared })} />
    </BlockStack>
  );
}
