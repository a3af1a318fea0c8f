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

/** Asks for the name of a system that pushes changes, and then shows what it must know: the secret can be shown only once. */
export function CreatePushModal(props: {
  saving: boolean;
  error: string | null;
  made: { name: string; address: string; secret: string } | null;
  onCreate: (name: string) => void;
  onClose: () => void;
}) {
  const { saving, error, made, onCreate, onClose } = props;
  const [name, setName] = useState('');
  if (made !== null)
    return (
      <Modal
        open
        onClose={onClose}
        title={`What ${made.name} must know`}
        primaryAction={{ content: 'I have kept it', onAction: onClose }}
      >
        <Modal.Section>
          <BlockStack gap="400">
            <Banner tone="warning" title="Copy the secret now">
              It is not shown again. Who has it can change your catalog: keep it like a password.
            </Banner>
            <CopyField label="Address" value={made.address} />
            <CopyField label="Secret" value={made.secret} monospaced />
          </BlockStack>
        </Modal.Section>
      </Modal>
    );
  return (
    <Modal
      open
      onClose={onClose}
      title="Add a system that pushes"
      primaryAction={{
        content: 'Add system',
        loading: saving,
        disabled: name.trim() === '',
        onAction: () => onCreate(name.trim()),
      }}
      secondaryActions={[{ content: 'Cancel', onAction: onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <Text as="p">
            A system that sends what changed by itself, such as your ERP. It signs each message as Standard
            Webhooks says; nothing but messages about products can be sent with it.
          </Text>
          <TextField
            label="Name"
            value={name}
            onChange={setName}
            autoComplete="off"
            autoFocus
            maxLength={LONGEST_NAME}
            helpText="The audit log names its changes by it."
            {...(error === null ? {} : { error })}
          />
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}

/** Asks before a key is ended. */
export function RevokeKeyModal(props: {
  name: string;
  what: 'key' | 'system';
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
        content: `Revoke ${props.what}`,
        destructive: true,
        loading: props.saving,
        onAction: props.onConfirm,
      }}
      secondaryActions={[{ content: 'Cancel', onAction: props.onClose }]}
    >
      <Modal.Section>
        <Text as="p">
          {`What uses this ${props.what} is shut out at once, and it cannot be used again. Syncs and bulk edits that it started go on.`}
        </Text>
      </Modal.Section>
    </Modal>
  );
}
