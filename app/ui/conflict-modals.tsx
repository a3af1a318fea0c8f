import { Banner, BlockStack, ChoiceList, Modal, Select, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';
import type { ValueKind } from '~/core/value-kind';
import { conflictName } from './conflict-items';
import type { ConflictItem } from './conflict-items';

const YES_NO = [
  { label: 'Yes', value: 'true' },
  { label: 'No', value: 'false' },
];

const OPTIONS: Partial<Record<ValueKind, { label: string; value: string }[]>> = {
  'yes-no': YES_NO,
  'metafield-yes-no': YES_NO,
  status: [
    { label: 'Active', value: 'ACTIVE' },
    { label: 'Draft', value: 'DRAFT' },
    { label: 'Archived', value: 'ARCHIVED' },
    { label: 'Unlisted', value: 'UNLISTED' },
  ],
  'inventory-policy': [
    { label: 'Stop selling', value: 'DENY' },
    { label: 'Continue selling', value: 'CONTINUE' },
  ],
};

const HINTS: Partial<Record<ValueKind, string>> = {
  money: 'An amount with a point, for example 12.50',
  'optional-money': 'An amount with a point, for example 12.50; empty for none',
  quantity: 'A whole number of units',
  weight: 'A number with its unit, for example 1.5 kg',
  'metafield-integer': 'A whole number',
  'metafield-decimal': 'A number with a point, for example 1.5',
};

function inputMode(kind: ValueKind | null): 'decimal' | 'numeric' | 'text' {
  if (kind === 'money' || kind === 'optional-money' || kind === 'metafield-decimal') return 'decimal';
  return kind === 'quantity' || kind === 'metafield-integer' ? 'numeric' : 'text';
}

/** Asks for a third value. Make it anew (by `key`) for each conflict. */
export function EditConflictModal(props: {
  item: ConflictItem;
  saving: boolean;
  /** Why the last value was not taken. */
  error: string | null;
  onSave: (typed: string) => void;
  onClose: () => void;
}) {
  const { item, saving, error, onSave, onClose } = props;
  const [typed, setTyped] = useState(item.typed);
  const options = item.kind === null ? undefined : OPTIONS[item.kind];
  const lines = item.kind === 'long-text' || item.kind === 'metafield-long-text' ? 6 : undefined;
  const hint = item.kind === null ? undefined : HINTS[item.kind];
  return (
    <Modal
      open
      onClose={onClose}
      title={`Another value: ${conflictName(item)}`}
      primaryAction={{ content: 'Use on both sides', onAction: () => onSave(typed), loading: saving }}
      secondaryActions={[{ content: 'Cancel', onAction: onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <Text as="p" breakWord>
            {`Your catalog: ${item.catalogText === '' ? 'empty' : item.catalogText}`}
          </Text>
          <Text as="p" breakWord>
            {`Shopify: ${item.shopifyText === '' ? 'empty' : item.shopifyText}`}
          </Text>
          {options === undefined ? (
            <TextField
              label={item.label}
              value={typed}
              onChange={setTyped}
              autoComplete="off"
              autoFocus
              inputMode={inputMode(item.kind)}
              {...(lines === undefined ? {} : { multiline: lines })}
              {...(hint === undefined ? {} : { helpText: hint })}
              {...(error === null ? {} : { error })}
            />
          ) : (
            <Select
              label={item.label}
              options={options}
              value={typed}
              onChange={setTyped}
              {...(error === null ? {} : { error })}
            />
          )}
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}

const DAY_MS = 86_400_000;
const SPANS = [
  { value: 'day', label: 'For a day' },
  { value: 'week', label: 'For a week' },
  { value: 'until', label: 'Until a day' },
];

/** The instant that a choice means, seen from now; null where no day is chosen yet. */
function wakeAt(span: string, day: string): Date | null {
  if (span === 'day') return new Date(Date.now() + DAY_MS);
  if (span === 'week') return new Date(Date.now() + 7 * DAY_MS);
  const at = new Date(`${day}T08:00`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Asks how long conflicts stay out of sight. */
export function SnoozeModal(props: {
  title: string;
  saving: boolean;
  onSave: (until: Date) => void;
  onClose: () => void;
}) {
  const [span, setSpan] = useState('day');
  const [day, setDay] = useState('');
  const [error, setError] = useState<string | null>(null);
  const save = () => {
    const until = wakeAt(span, day);
    if (until === null || until.getTime() <= Date.now()) setError('Choose a day that is still to come.');
    else props.onSave(until);
  };
  return (
    <Modal
      open
      onClose={props.onClose}
      title={props.title}
      primaryAction={{ content: 'Snooze', onAction: save, loading: props.saving }}
      secondaryActions={[{ content: 'Cancel', onAction: props.onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <Text as="p">
            Until then it is out of your sight. Both sides keep what they have, and nothing is written.
          </Text>
          <ChoiceList
            title="How long"
            choices={SPANS}
            selected={[span]}
            onChange={([chosen]) => setSpan(chosen ?? span)}
          />
          {span === 'until' && (
            <TextField
              label="Day"
              type="date"
              value={day}
              onChange={(chosen) => {
                setDay(chosen);
                setError(null);
              }}
              autoComplete="off"
              helpText="It comes back at 8 in the morning, by your clock."
              {...(error === null ? {} : { error })}
            />
          )}
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}

/** Asks what others should know of a conflict and who sees to it. */
export function NoteModal(props: {
  item: ConflictItem;
  saving: boolean;
  onSave: (written: { note: string; assignee: string }) => void;
  onClose: () => void;
}) {
  const { item, saving, onSave, onClose } = props;
  const [note, setNote] = useState(item.note);
  const [assignee, setAssignee] = useState(item.assignee);
  return (
    <Modal
      open
      onClose={onClose}
      title={`Note: ${conflictName(item)}`}
      primaryAction={{ content: 'Save', onAction: () => onSave({ note, assignee }), loading: saving }}
      secondaryActions={[{ content: 'Cancel', onAction: onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <TextField
            label="Note"
            value={note}
            onChange={setNote}
            autoComplete="off"
            multiline={3}
            maxLength={2_000}
          />
          <TextField
            label="Assigned to"
            value={assignee}
            onChange={setAssignee}
            autoComplete="off"
            maxLength={100}
            helpText="The name of a colleague; empty for nobody"
          />
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}

/** Asks before many conflicts are answered at once. */
export function KeepManyModal(props: {
  count: string;
  side: 'source' | 'remote';
  saving: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const isCatalog = props.side === 'source';
  return (
    <Modal
      open
      onClose={props.onClose}
      title={`Keep ${isCatalog ? 'catalog' : 'Shopify'} for ${props.count}?`}
      primaryAction={{
        content: isCatalog ? 'Keep catalog' : 'Keep Shopify',
        onAction: props.onConfirm,
        loading: props.saving,
      }}
      secondaryActions={[{ content: 'Cancel', onAction: props.onClose }]}
    >
      <Modal.Section>
        <Banner tone="warning">
          {isCatalog
            ? 'What Shopify holds in these fields is replaced by what your catalog holds.'
            : 'What your catalog holds in these fields is replaced by what Shopify holds.'}{' '}
          The audit log keeps both values.
        </Banner>
      </Modal.Section>
    </Modal>
  );
}
