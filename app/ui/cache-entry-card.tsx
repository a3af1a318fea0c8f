import { useFetcher } from '@remix-run/react';
import {
  BlockStack,
  Button,
  ButtonGroup,
  Card,
  InlineGrid,
  InlineStack,
  Select,
  Text,
} from '@shopify/polaris';
import type { ActionAnswer } from './action-answer';
import { useAnswerToast } from './action-answer';
import { entryBadge, entrySentence, ttlOptions, ttlWords } from './cache-words';
import type { ShownEntry } from './cache-words';
import { Figure } from './figure';
import { formatInstant } from './formats';
import { StateBadge } from './state-badge';

interface Entry extends ShownEntry {
  productId: string;
  fingerprint: string | null;
  variants: number;
  fetchedAt: string | null;
  confirmedAt: string | null;
  isPinned: boolean;
  ttlSeconds: number | null;
  usualTtlSeconds: number;
}

/** What is cached of a product, and what may be done to it. */
export function CacheEntryCard({ entry, timeZone }: { entry: Entry; timeZone: string }) {
  const fetcher = useFetcher<ActionAnswer>();
  useAnswerToast(fetcher.data);
  const busy = fetcher.state === 'idle' ? null : fetcher.formData?.get('intent');
  const submit = (intent: string, more: Record<string, string> = {}) =>
    fetcher.submit({ intent, productId: entry.productId, ...more }, { method: 'post', action: '/app/cache' });
  const at = (instant: string | null) => (instant === null ? 'Never' : formatInstant(instant, timeZone));
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            Cache
          </Text>
          <StateBadge words={entryBadge(entry)} />
        </InlineStack>
        <Text as="p">{entrySentence(entry, timeZone)}</Text>
        <InlineGrid columns={{ xs: 1, sm: 3 }} gap="400">
          <Figure label="Read or written" value={at(entry.fetchedAt)} />
          <Figure label="Last confirmed" value={at(entry.confirmedAt)} />
          <Figure
            label="Fingerprint"
            value={entry.fingerprint === null ? 'None' : entry.fingerprint.slice(0, 12)}
          />
        </InlineGrid>
        <InlineStack gap="300" blockAlign="end" wrap>
          <Select
            label="Trusted for"
            options={ttlOptions(entry.ttlSeconds, `As the store: ${ttlWords(entry.usualTtlSeconds)}`)}
            value={entry.ttlSeconds === null ? '' : String(entry.ttlSeconds)}
            onChange={(seconds) => submit('ttl', { seconds })}
            disabled={busy !== null}
          />
          <ButtonGroup>
            <Button
              onClick={() => submit('refresh')}
              loading={busy === 'refresh'}
              accessibilityLabel="Refresh: read this product from Shopify now"
            >
              Refresh
            </Button>
            <Button
              onClick={() => submit(entry.isPinned ? 'unpin' : 'pin')}
              loading={busy === 'pin' || busy === 'unpin'}
            >
              {entry.isPinned ? 'Unpin' : 'Pin'}
            </Button>
            <Button
              onClick={() => submit('invalidate')}
              loading={busy === 'invalidate'}
              disabled={entry.state === 'invalidated' || entry.state === 'empty'}
              accessibilityLabel="Invalidate: have the next sync read this product from Shopify"
            >
              Invalidate
            </Button>
          </ButtonGroup>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}
