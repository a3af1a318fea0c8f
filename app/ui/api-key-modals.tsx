import { Banner, BlockStack, ChoiceList, Modal, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';
import { API_SCOPES } from '~/core/api-scopes';
import type { ApiScope } from '~/core/api-scopes';
import { SCOPE_CHOICES } from './api-scope-words';
import { CopyField } from './copy-field';

/** Longest name of a key. */
export const LONGEST_NAME = 60;

/** Asks what a new key is for, and then shows its text: it can be shown only once. */
export function CreateKeyModal(props: {
  saving: boolean;
  /** Why the last try made none. */
  error: string | null;
  /** The key, once it is made. */
  made: { name: string; text: string } | null;
  onCreate: (name: string, scopes: ApiScope[]) => void;
  onClose: () => void;
}) {
  const { saving, error, made, onCreate, onClose } = props;
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ApiScope[]>([]);
  if (made !== null)
    return (
      <Modal
        open
        onClose={onClose}
        title={`The key of ${made.name}`}
        primaryAction={{ content: 'I have kept it', onAction: onClose }}
      >
        <Modal.Section>
          <BlockStack gap="400">
            <Banner tone="warning" title="Copy the key now">
              It is not shown again. Who has it can do what it may: keep it like a password.
            </Banner>
            <CopyField label="API key" value={made.text} monospaced />
          </BlockStack>
        </Modal.Section>
      </Modal>
    );
  const isReady = name.trim() !== '' && scopes.length > 0;
  return (
    <Modal
      open
      onClose={onClose}
      title="Create an API key"
      primaryAction={{
        content: 'Create key',
        loading: saving,
        disabled: !isReady,
        onAction: () => onCreate(name.trim(), scopes),
      }}
      secondaryActions={[{ content: 'Cancel', onAction: onClose }]}
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
            helpText="What uses it, for example “ERP”. The audit log names the key’s changes by it."
            {...(error === null ? {} : { error })}
          />
          <ChoiceList
            title="What it may do"
            allowMultiple
            choices={SCOPE_CHOICES}
            selected={scopes}
            onChange={(chosen) => setScopes(API_SCOPES.filter((scope) => chosen.includes(scope)))}
          />
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}

/** Asks before a key is ended. */
export function RevokeKeyModal(props: {
  name: string;
  saving: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Modal
      open
      onClose={props.onClose}
      title={`Revoke ${props.name}?`}
      primaryAction={{
        content: 'Revoke key',
        destructive: true,
        loading: props.saving,
        onAction: props.onConfirm,
      }}
      secondaryActions={[{ content: 'Cancel', onAction: props.onClose }]}
    >
      <Modal.Section>
        <Text as="p">
          What uses this key is shut out at once, and a revoked key cannot be used again. Syncs and bulk edits
          that it started go on.
        </Text>
      </Modal.Section>
    </Modal>
  );
}
