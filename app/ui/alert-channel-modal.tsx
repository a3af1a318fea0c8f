import { BlockStack, Button, Checkbox, Modal, Select, Text, TextField } from '@shopify/polaris';
import { CHANNEL_KINDS, KIND_WORDS, isComplete } from './alert-channel-form';
import type { ChannelForm } from './alert-channel-form';

const KIND_OPTIONS = CHANNEL_KINDS.map((value) => ({ value, label: KIND_WORDS[value].label }));

/** Adds a channel, or changes one: `isNew` false. */
export function AlertChannelModal(props: {
  form: ChannelForm;
  isNew: boolean;
  isSaving: boolean;
  /** Why it was refused. */
  error: string | null;
  onChange: (form: ChannelForm) => void;
  onSave: () => void;
  onClose: () => void;
}) {
  const { form, isNew, isSaving, error, onChange, onSave, onClose } = props;
  const { label, help } = KIND_WORDS[form.kind];
  return (
    <Modal
      open
      onClose={onClose}
      title={isNew ? 'Add a channel' : `Change ${form.name}`}
      primaryAction={{
        content: isNew ? 'Add channel' : 'Save channel',
        loading: isSaving,
        disabled: !isComplete(form),
        onAction: onSave,
      }}
      secondaryActions={[{ content: 'Cancel', onAction: onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          {isNew && (
            <Select
              label="Kind"
              options={KIND_OPTIONS}
              value={form.kind}
              onChange={(chosen) => {
                const kind = CHANNEL_KINDS.find((one) => one === chosen);
                if (kind !== undefined) onChange({ ...form, kind });
              }}
            />
          )}
          <Text as="p" tone="subdued">
            {help}
          </Text>
          <TextField
            label="Name"
            value={form.name}
            onChange={(name) => onChange({ ...form, name })}
            autoComplete="off"
            maxLength={100}
            placeholder={label}
          />
          {form.isAddressTyped ? (
            <AddressFields form={form} onChange={onChange} />
          ) : (
            <Button onClick={() => onChange({ ...form, isAddressTyped: true })}>Change where it leads</Button>
          )}
          {form.kind !== 'sms' && (
            <Checkbox
              label="Only what is critical"
              checked={form.onlyCritical}
              onChange={(onlyCritical) => onChange({ ...form, onlyCritical })}
            />
          )}
          {!isNew && (
            <Checkbox label="In use" checked={form.isOn} onChange={(isOn) => onChange({ ...form, isOn })} />
          )}
          {error !== null && (
            <div role="alert">
              <Text as="p" tone="critical">
                {error}
              </Text>
            </div>
          )}
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}

function AddressFields({ form, onChange }: { form: ChannelForm; onChange: (form: ChannelForm) => void }) {
  switch (form.kind) {
    case 'email':
      return (
        <TextField
          label="Recipients"
          value={form.recipients}
          onChange={(recipients) => onChange({ ...form, recipients })}
          autoComplete="off"
          multiline={3}
          helpText="E-mail addresses, one a line."
        />
      );
    case 'slack':
    case 'webhook':
      return (
        <TextField
          label="Address"
          type="url"
          value={form.url}
          onChange={(url) => onChange({ ...form, url })}
          autoComplete="off"
          placeholder={form.kind === 'slack' ? 'https://hooks.slack.com/services/…' : 'https://'}
        />
      );
    case 'sms':
      return <SmsFields sms={form.sms} onChange={(sms) => onChange({ ...form, sms })} />;
  }
}

function SmsFields(props: { sms: ChannelForm['sms']; onChange: (sms: ChannelForm['sms']) => void }) {
  const { sms, onChange } = props;
  const field = (name: keyof ChannelForm['sms'], label: string, helpText?: string) => (
    <TextField
      label={label}
      value={sms[name]}
      onChange={(text) => onChange({ ...sms, [name]: text })}
      autoComplete="off"
      type={name === 'authToken' ? 'password' : 'text'}
      {...(helpText === undefined ? {} : { helpText })}
    />
  );
  return (
    <BlockStack gap="300">
      {field('to', 'Phone number', 'With its country: +491701234567.')}
      {field('from', 'From', 'A number or name of your account.')}
      {field('accountSid', 'Account SID')}
      {field('authToken', 'Auth token')}
      {field('origin', 'Service', 'Leave it for Twilio.')}
    </BlockStack>
  );
}
