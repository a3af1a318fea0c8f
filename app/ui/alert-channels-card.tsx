import {
  Badge,
  BlockStack,
  Box,
  Button,
  ButtonGroup,
  Card,
  Divider,
  InlineStack,
  Modal,
  Text,
} from '@shopify/polaris';
import { useState } from 'react';
import { kindWords } from './alert-channel-form';
import { CopyField } from './copy-field';

export interface ChannelView {
  id: string;
  kind: string;
  name: string;
  shownTarget: string;
  onlyCritical: boolean;
  isOn: boolean;
}

/** Where the store is told. */
export function AlertChannelsCard(props: {
  channels: ChannelView[];
  /** The channel that a test is being sent to. */
  testing: string | null;
  onAdd: () => void;
  onChange: (channel: ChannelView) => void;
  onTest: (id: string) => void;
  onRemove: (id: string) => void;
}) {
  const { channels, testing, onAdd, onChange, onTest, onRemove } = props;
  const [leaving, setLeaving] = useState<ChannelView | null>(null);
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            Channels
          </Text>
          <Button onClick={onAdd}>Add channel</Button>
        </InlineStack>
        <Text as="p" tone="subdued">
          Alerts always stand here and on Home. Channels tell people elsewhere.
        </Text>
        {channels.map((channel) => (
          <BlockStack gap="300" key={channel.id}>
            <Divider />
            <InlineStack align="space-between" blockAlign="center" gap="300">
              <Box>
                <InlineStack gap="200" blockAlign="center" align="start">
                  <Text as="h3" variant="headingSm">
                    {channel.name}
                  </Text>
                  <Badge>{kindWords(channel.kind)}</Badge>
                  {channel.onlyCritical && <Badge tone="info">Only critical</Badge>}
                  {!channel.isOn && <Badge tone="attention">Not in use</Badge>}
                </InlineStack>
                <Text as="p" tone="subdued" breakWord>
                  {channel.shownTarget}
                </Text>
              </Box>
              <ButtonGroup>
                <Button
                  loading={testing === channel.id}
                  onClick={() => onTest(channel.id)}
                  accessibilityLabel={`Send a test to ${channel.name}`}
                >
                  Send a test
                </Button>
                <Button onClick={() => onChange(channel)} accessibilityLabel={`Change ${channel.name}`}>
                  Change
                </Button>
                <Button
                  tone="critical"
                  variant="tertiary"
                  onClick={() => setLeaving(channel)}
                  accessibilityLabel={`Remove ${channel.name}`}
                >
                  Remove
                </Button>
              </ButtonGroup>
            </InlineStack>
          </BlockStack>
        ))}
      </BlockStack>
      {leaving !== null && (
        <Modal
          open
          onClose={() => setLeaving(null)}
          title={`Remove ${leaving.name}?`}
          primaryAction={{
            content: 'Remove channel',
            destructive: true,
            onAction: () => {
              onRemove(leaving.id);
              setLeaving(null);
            },
          }}
          secondaryActions={[{ content: 'Cancel', onAction: () => setLeaving(null) }]}
        >
          <Modal.Section>
            <Text as="p">
              It is told nothing any more, also not that what fires now is over. Its part of the log goes,
              too.
            </Text>
          </Modal.Section>
        </Modal>
      )}
    </Card>
  );
}

/** The secret of a new webhook, shown once. */
export function WebhookSecretModal({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Modal
      open
      onClose={onClose}
      title="Secret of the webhook"
      primaryAction={{ content: 'I have stored it', onAction: onClose }}
    >
      <Modal.Section>
        <BlockStack gap="300">
          <Text as="p">
            Messages are signed with it, as Standard Webhooks says. Store it now: it is shown only once.
          </Text>
          <CopyField label="Secret" value={secret} />
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}
