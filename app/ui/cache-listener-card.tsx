import { useFetcher } from '@remix-run/react';
import { Banner, BlockStack, Button, ButtonGroup, Card, List, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';
import type { ActionAnswer } from './action-answer';
import { useAnswerToast } from './action-answer';
import { CopyField } from './copy-field';
import { counted, formatInstant } from './formats';

export type ListenerAnswer = ActionAnswer & { secret?: string };

interface ShownListener {
  shownUrl: string;
  isOn: boolean;
  dropped: number;
  waiting: number;
  messages: {
    id: string;
    products: number;
    state: string;
    attempts: number;
    problem: string | null;
    nextAt: string;
    createdAt: string;
  }[];
}

function messageWords(message: ShownListener['messages'][number], timeZone: string): string {
  switch (message.state) {
    case 'delivered':
      return 'Delivered';
    case 'failed':
      return `Given up after ${counted(message.attempts, 'attempt')}: ${message.problem ?? ''}`;
    default:
      return message.problem === null
        ? 'Waits'
        : `${message.problem} Tried again ${formatInstant(message.nextAt, timeZone, { seconds: true })}`;
  }
}

/** An address that is told when what is cached changes, and what became of the messages. */
export function CacheListenerCard({
  listener,
  timeZone,
}: {
  listener: ShownListener | null;
  timeZone: string;
}) {
  const fetcher = useFetcher<ListenerAnswer>();
  useAnswerToast(fetcher.data);
  const [url, setUrl] = useState('');
  const [isChanging, setChanging] = useState(false);
  const busy = fetcher.state === 'idle' ? null : fetcher.formData?.get('intent');
  const submit = (intent: string, more: Record<string, string> = {}) => {
    setChanging(false);
    fetcher.submit({ intent, ...more }, { method: 'post', action: '/app/cache' });
  };
  const secret = fetcher.data?.secret;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Tell another system
        </Text>
        <Text as="p" tone="subdued">
          A system of yours that caches products, too, can be told which ones changed: signed messages as
          Standard Webhooks says, up to 250 products each, repeated until it answers.
        </Text>
        {secret !== undefined && (
          <Banner tone="success" title="Copy the secret now: it is shown once">
            <CopyField label="Secret of the signature" value={secret} monospaced />
          </Banner>
        )}
        {listener === null || isChanging ? (
          <TextField
            label="Address"
            type="url"
            value={url}
            onChange={setUrl}
            autoComplete="off"
            placeholder="https://"
            connectedRight={
              <Button
                onClick={() => submit('listen', { url: url.trim() })}
                loading={busy === 'listen'}
                disabled={url.trim() === ''}
              >
                Tell this address
              </Button>
            }
          />
        ) : (
          <BlockStack gap="300">
            <Text as="p" breakWord fontWeight="semibold">
              {listener.shownUrl}
            </Text>
            <Text as="p">
              {listener.isOn
                ? `${counted(listener.waiting, 'message')} waiting.`
                : 'Switched off: nothing is told.'}
              {listener.dropped > 0 &&
                ` ${counted(listener.dropped, 'product')} were not told of: too much waited already.`}
            </Text>
            <ButtonGroup>
              <Button
                onClick={() => submit(listener.isOn ? 'listener-off' : 'listener-on')}
                loading={busy === 'listener-off' || busy === 'listener-on'}
              >
                {listener.isOn ? 'Switch off' : 'Switch on'}
              </Button>
              <Button onClick={() => setChanging(true)}>Change the address</Button>
              <Button tone="critical" onClick={() => submit('unlisten')} loading={busy === 'unlisten'}>
                Remove
              </Button>
            </ButtonGroup>
            {listener.messages.length > 0 && (
              <List>
                {listener.messages.map((message) => (
                  <List.Item key={message.id}>
                    {formatInstant(message.createdAt, timeZone, { seconds: true })},{' '}
                    {counted(message.products, 'product')}: {messageWords(message, timeZone)}
                  </List.Item>
                ))}
              </List>
            )}
          </BlockStack>
        )}
      </BlockStack>
    </Card>
  );
}
