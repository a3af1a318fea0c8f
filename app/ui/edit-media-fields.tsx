import { BlockStack, Box, Button, InlineGrid, InlineStack } from '@shopify/polaris';
import type { NewPicture } from '~/core/bulk-edit';
import { NO_PICTURE } from './edit-change-form';
import type { ChangeForm } from './edit-change-form';
import { SelectControl, TextControl } from './edit-controls';
import type { ChangeFieldsProps } from './edit-controls';

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
      {(form.mediaWay === 'add' || form.mediaWay === 'replace') && <Pictures {...props} />}
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

/** Shopify's own limit is higher; a longer list is made by the API. */
const MOST_PICTURES = 20;

function Pictures({ form, onChange, problemOf, name }: ChangeFieldsProps) {
  const { pictures } = form;
  const set = (at: number, part: Partial<NewPicture>) =>
    onChange({ pictures: pictures.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  return (
    <BlockStack gap="400">
      {pictures.map((picture, at) => (
        <Box
          key={at}
          {...(at > 0 && { borderBlockStartWidth: '025', borderColor: 'border', paddingBlockStart: '300' })}
        >
          <BlockStack gap="200">
            <TextControl
              control={name(`pictures.${at}`)}
              problemOf={problemOf}
              label={pictures.length === 1 ? 'Address of the picture' : `Address of picture ${at + 1}`}
              inputMode="url"
              placeholder="https://"
              value={picture.url}
              onChange={(url) => set(at, { url })}
            />
            <TextControl
              control={name(`pictures.${at}.alt`)}
              problemOf={problemOf}
              label={pictures.length === 1 ? 'Alternative text' : `Alternative text of picture ${at + 1}`}
              value={picture.alt}
              onChange={(alt) => set(at, { alt })}
            />
            {pictures.length > 1 && (
              <InlineStack align="end">
                <Button
                  variant="tertiary"
                  tone="critical"
                  accessibilityLabel={`Remove picture ${at + 1}`}
                  onClick={() => onChange({ pictures: pictures.filter((_, index) => index !== at) })}
                >
                  Remove
                </Button>
              </InlineStack>
            )}
          </BlockStack>
        </Box>
      ))}
      <InlineStack>
        <Button
          disabled={pictures.length >= MOST_PICTURES}
          onClick={() => onChange({ pictures: [...pictures, NO_PICTURE] })}
        >
          Add another picture
        </Button>
      </InlineStack>
    </BlockStack>
  );
}
