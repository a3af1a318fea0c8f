import { useFetcher } from '@remix-run/react';
import {
  BlockStack,
  Button,
  ButtonGroup,
  Card,
  Checkbox,
  InlineGrid,
  List,
  Select,
  Text,
  TextField,
} from '@shopify/polaris';
import { useState } from 'react';
import type { ActionAnswer } from './action-answer';
import { useAnswerToast } from './action-answer';
import { ttlOptions, ttlWords } from './cache-words';
import { counted, formatCount, formatInstant } from './formats';

interface ShownWarm {
  id: string;
  state: 'selecting' | 'running' | 'finished' | 'failed';
  productsSelected: number;
  productsFresh: number;
  productsLeftOut: number;
  productsTotal: number;
  productsDone: number;
  points: number;
  error: string | null;
  createdAt: string;
}

function warmWords(warm: ShownWarm): string {
  const leftOut =
    warm.productsLeftOut === 0 ? '' : ` ${formatCount(warm.productsLeftOut)} were beyond the points allowed.`;
  switch (warm.state) {
    case 'selecting':
      return 'Waits for its turn.';
    case 'running':
      return `${formatCount(warm.productsDone)} of ${counted(warm.productsTotal, 'product')} looked at.${leftOut}`;
    case 'failed':
      return warm.error ?? 'It failed.';
    case 'finished':
      return `${counted(warm.productsDone, 'product')} looked at for about ${formatCount(warm.points)} points, ${formatCount(warm.productsFresh)} were fresh.${leftOut}`;
  }
}

/** What is done to the cache of many products, chosen by a search; and how long the store's is trusted. */
export function CacheControlCard(props: {
  storeTtlSeconds: number | null;
  usualTtlSeconds: number;
  warms: ShownWarm[];
  timeZone: string;
}) {
  const { storeTtlSeconds, usualTtlSeconds, warms, timeZone } = props;
  const fetcher = useFetcher<ActionAnswer>();
  useAnswerToast(fetcher.data);
  const [query, setQuery] = useState('');
  const [isAll, setIsAll] = useState(false);
  const [points, setPoints] = useState('10000');
  const [ttl, setTtl] = useState('');
  const [storeTtl, setStoreTtl] = useState(storeTtlSeconds === null ? '' : String(storeTtlSeconds));
  const busy = fetcher.state === 'idle' ? null : fetcher.formData?.get('intent');
  const submit = (intent: string, more: Record<string, string> = {}) =>
    fetcher.submit({ intent, query: isAll ? '' : query, ...more }, { method: 'post', action: '/app/cache' });
  const button = (intent: string, label: string, more?: Record<string, string>) => (
    <Button
      onClick={() => submit(intent, more)}
      loading={busy === intent}
      disabled={(busy !== null && busy !== intent) || (!isAll && query.trim() === '')}
    >
      {label}
    </Button>
  );
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Control
        </Text>
        <TextField
          label="Products"
          value={query}
          onChange={setQuery}
          autoComplete="off"
          placeholder="vendor:Fjell tag:sale"
          disabled={isAll}
          helpText="Shopify's search syntax over your catalog."
          clearButton
          onClearButtonClick={() => setQuery('')}
        />
        <Checkbox label="All products" checked={isAll} onChange={setIsAll} />
        <InlineGrid columns={{ xs: 1, md: 2 }} gap="400">
          <BlockStack gap="200">
            <TextField
              label="Points to take at most"
              type="number"
              min={1}
              max={1_000_000}
              value={points}
              onChange={setPoints}
              autoComplete="off"
              connectedRight={button('warm', 'Read what is not fresh', { points })}
            />
          </BlockStack>
          <Select
            label="Trusted for"
            options={ttlOptions(null, 'As the store')}
            value={ttl}
            onChange={setTtl}
          />
        </InlineGrid>
        <ButtonGroup>
          {button('invalidate', 'Have the next sync read them')}
          {button('pin', 'Pin')}
          {button('unpin', 'Unpin')}
          {button('ttl', 'Set how long they are trusted', { seconds: ttl })}
        </ButtonGroup>
        {warms.length > 0 && (
          <BlockStack gap="100">
            <Text as="h3" variant="headingSm">
              Asked for lately
            </Text>
            <List>
              {warms.map((warm) => (
                <List.Item key={warm.id}>
                  {formatInstant(warm.createdAt, timeZone)}: {warmWords(warm)}
                </List.Item>
              ))}
            </List>
          </BlockStack>
        )}
        <Select
          label="What was last seen in this store is trusted for"
          options={ttlOptions(storeTtlSeconds, `As the app is set up: ${ttlWords(usualTtlSeconds)}`)}
          value={storeTtl}
          onChange={(seconds) => {
            setStoreTtl(seconds);
            submit('store-ttl', { seconds });
          }}
          helpText="What was seen longer ago is looked at once more before it is written over. Longer saves points; an edit in Shopify of which no webhook told may then be written over."
        />
      </BlockStack>
    </Card>
  );
}
