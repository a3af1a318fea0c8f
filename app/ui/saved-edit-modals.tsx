import { BlockStack, Box, Button, ChoiceList, InlineStack, Modal, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';
import type { SavedEditRow } from './editor-requests';
import { LONGEST_NAME } from './edit-name';
import { changeSentence, selectionSentence } from './edit-words';

/** Asks under which name to keep the edit, or its selection alone. Make it anew for each edit. */
export function SaveEditModal(props: {
  suggested: string;
  /** The changes are complete: the whole edit can be kept. */
  isWhole: boolean;
  /** The products are those of a search or of filters. */
  isSearch: boolean;
  saved: SavedEditRow[];
  saving: boolean;
  onSave: (name: string, whole: boolean) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(props.suggested);
  const [isAsked, setAsked] = useState(false);
  const [kept, setKept] = useState(props.isWhole ? 'edit' : 'selection');
  const isReplacing = props.saved.some((one) => one.name === name.trim());
  const save = () => {
    setAsked(true);
    if (name.trim() !== '') props.onSave(name.trim(), kept === 'edit');
  };
  return (
    <Modal
      open
      onClose={props.onClose}
      title="Save for later"
      primaryAction={{ content: isReplacing ? 'Replace' : 'Save', onAction: save, loading: props.saving }}
      secondaryActions={[{ content: 'Cancel', onAction: props.onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <TextField
            label="Name"
            value={name}
            onChange={setName}
            autoComplete="off"
            autoFocus
            maxLength={LONGEST_NAME}
            error={isAsked && name.trim() === '' ? 'Write a name to find it by.' : false}
            {...(isReplacing && { helpText: 'What was saved under this name is replaced.' })}
          />
          <ChoiceList
            title="What to keep"
            choices={[
              {
                value: 'edit',
                label: 'Products and changes',
                disabled: !props.isWhole,
                ...(!props.isWhole && { helpText: 'Complete the changes first.' }),
              },
              { value: 'selection', label: 'Only which products' },
            ]}
            selected={[kept]}
            onChange={([chosen]) => setKept(chosen ?? kept)}
          />
          {props.isSearch && (
            <Text as="p" tone="subdued">
              What is kept is the search: later it finds the products that match it then.
            </Text>
          )}
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}

function sentence({ selection, changes }: SavedEditRow, locations: Record<string, string>): string {
  const products = selectionSentence(selection);
  if (changes === null) return `Selects ${products}`;
  return `${changes.map((change) => changeSentence(change, locations)).join('; ')} on ${products}`;
}

/** The saved edits, to take one up again or to delete it. */
export function SavedEditsModal(props: {
  saved: SavedEditRow[];
  locations: Record<string, string>;
  /** Id of the one that is being deleted. */
  deleting: string | null;
  onLoad: (edit: SavedEditRow) => void;
  onDelete: (id: string) => void;
  onClose: () => void;
}) {
  return (
    <Modal
      open
      onClose={props.onClose}
      title="Saved edits"
      secondaryActions={[{ content: 'Close', onAction: props.onClose }]}
    >
      {props.saved.length === 0 ? (
        <Modal.Section>
          <Text as="p">
            Nothing is saved yet. “Save for later” keeps what you have made here under a name.
          </Text>
        </Modal.Section>
      ) : (
        props.saved.map((edit) => (
          <Modal.Section key={edit.id}>
            <BlockStack gap="200">
              <Box>
                <Text as="h3" variant="headingSm" breakWord>
                  {edit.name}
                </Text>
                <Text as="p" tone="subdued" breakWord>
                  {sentence(edit, props.locations)}
                </Text>
              </Box>
              <InlineStack gap="200">
                <Button accessibilityLabel={`Load ${edit.name}`} onClick={() => props.onLoad(edit)}>
                  Load
                </Button>
                <Button
                  variant="tertiary"
                  tone="critical"
                  accessibilityLabel={`Delete ${edit.name}`}
                  loading={props.deleting === edit.id}
                  onClick={() => props.onDelete(edit.id)}
                >
                  Delete
                </Button>
              </InlineStack>
            </BlockStack>
          </Modal.Section>
        ))
      )}
    </Modal>
  );
}
