import { BlockStack, InlineGrid } from '@shopify/polaris';
import type { ChangeForm } from './edit-change-form';
import { SelectControl, TextControl } from './edit-controls';
import type { ChangeFieldsProps } from './edit-controls';
import { EditPictures } from './edit-pictures';

const WAYS: { value: ChangeForm['mediaWay']; label: string }[] = [
  { value: 'add', label: 'Add pictures' },
  { value: 'replace', label: 'Replace all pictures' },
  { value: 'move', label: 'Move a picture' },
  { value: 'alt', label: 'Set the alternative text of all' },
  { value: 'remove', label: 'Remove one picture' },
  { value: 'remove-all', label: 'Remove all pictures' },
];

/** What becomes of the products' pictures. */
export function EditMediaFields(props: ChangeFieldsProps) {
  const { form, onChange, problemOf, name } = props;
  const place = (control: 'position' | 'moveTo', label: string, helpText?: string) => (
    <TextControl
      control={name(control)}
      problemOf={problemOf}
      label={label}
      inputMode="numeric"
      value={form[control]}
      onChange={(text) => onChange({ [control]: text })}
      {...(helpText !== undefined && { helpText })}
    />
  );
  return (
    <BlockStack gap="400">
      <SelectControl
        control={name('mediaWay')}
        problemOf={problemOf}
        label="How"
        choices={WAYS}
        value={form.mediaWay}
        onChange={(mediaWay) => onChange({ mediaWay })}
      />
      {(form.mediaWay === 'add' || form.mediaWay === 'replace') && <EditPictures {...props} />}
      {form.mediaWay === 'move' && (
        <InlineGrid columns={2} gap="300">
          {place('position', 'From position', '1 is the main picture.')}
          {place('moveTo', 'To position')}
        </InlineGrid>
      )}
      {form.mediaWay === 'remove' && place('position', 'Position', '1 is the main picture.')}
      {form.mediaWay === 'alt' && (
        <TextControl
          control={name('alt')}
          problemOf={problemOf}
          label="Alternative text"
          value={form.alt}
          onChange={(alt) => onChange({ alt })}
          placeholder="{title} by {vendor}, picture {position}"
          helpText="{title}, {vendor} and {position} stand for what each product has. Empty takes the text away."
        />
      )}
    </BlockStack>
  );
}
