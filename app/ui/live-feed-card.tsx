import { BlockStack, Box, Button, Card, InlineStack, Link, SkeletonBodyText, Text } from '@shopify/polaris';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { newOnes } from '~/core/live-feed';
import { BeforeAfter } from './audit-table';
import { changeStateWords, directionWords } from './change-words';
import { fieldLabel } from './field-words';
import { counted, formatTime } from './formats';
import { useLiveFeed } from './live-feed';
import type { FeedItem, FeedWaiting, LiveFeed } from './live-feed';
import { latencyWords, newsWords, stepWords, waitingBadge, waitingWords } from './live-feed-words';
import { StateBadge } from './state-badge';
import type { StateWords } from './state-words';

/** A screen reader is told of news at most this often: a busy store must not talk without end. */
const SAY_EVERY_MS = 15_000;
const MOST_SAID = 100;

/**
 * The newest changes as they happen, each with its steps and how long they took. It reads by itself: the page need not wait
 * for it, and stays when it cannot be read.
 */
export function LiveFeedCard({ timeZone }: { timeZone: string }) {
  const { feed: newest, stream } = useLiveFeed();
  const [held, setHeld] = useState<LiveFeed | null>(null);
  const isPaused = held !== null;
  const feed = held ?? newest;
  const missed = held === null || newest === null ? 0 : newOnes(held.items, newest.items).length;
  const said = useSpokenNews(newest, isPaused);
  return (
    <Card padding="0">
      <section aria-label="Live changes" data-stream={stream}>
        <Box padding="400">
          <BlockStack gap="200">
            <InlineStack align="space-between" blockAlign="center" gap="200">
              <InlineStack gap="200" blockAlign="center">
                <Text as="h2" variant="headingMd">
                  Live
                </Text>
                <StateBadge words={isPaused ? PAUSED : stream === 'open' ? STREAMING : ASKING} />
              </InlineStack>
              <Button
                pressed={isPaused}
                disabled={newest === null}
                onClick={() => setHeld(isPaused ? null : newest)}
                accessibilityLabel={isPaused ? 'Go on with the live changes' : 'Pause the live changes'}
              >
                {isPaused ? 'Go on' : 'Pause'}
              </Button>
            </InlineStack>
            {feed !== null && feed.items.length > 0 && (
              <Text as="p" tone="subdued">
                {latencyWords(feed.latency)}
              </Text>
            )}
            {missed > 0 && <Text as="p">{`${counted(missed, 'newer change')} since you paused.`}</Text>}
          </BlockStack>
        </Box>
        <div role="status" aria-live="polite">
          <Text as="p" visuallyHidden>
            {said}
          </Text>
        </div>
        {feed === null ? <Skeleton /> : <Changes {...{ feed, timeZone }} />}
      </section>
    </Card>
  );
}

const STREAMING: StateWords = { label: 'As it happens', tone: 'success', progress: 'complete' };
const ASKING: StateWords = { label: 'Every few seconds', progress: 'partiallyComplete' };
const PAUSED: StateWords = { label: 'Paused', tone: 'attention', progress: 'incomplete' };

/** What to say of new rows, gathered; of those that come while it is paused, when it goes on. */
function useSpokenNews(feed: LiveFeed | null, isPaused: boolean): string {
  const [said, setSaid] = useState('');
  const before = useRef<FeedItem[] | null>(null);
  const unsaid = useRef<FeedItem[]>([]);
  const saidAt = useRef(0);
  useEffect(() => {
    if (feed === null) return;
    const fresh = newOnes(before.current, feed.items);
    before.current = feed.items;
    unsaid.current = [...fresh, ...unsaid.current].slice(0, MOST_SAID);
    if (isPaused || unsaid.current.length === 0) return;
    const timer = setTimeout(
      () => {
        setSaid(newsWords(unsaid.current));
        unsaid.current = [];
        saidAt.current = Date.now();
      },
      Math.max(0, saidAt.current + SAY_EVERY_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [feed, isPaused]);
  return said;
}

function Skeleton() {
  return (
    <Box padding="400" paddingBlockStart="0">
      <div role="status" aria-label="Reading the newest changes">
        <BlockStack gap="400">
          <SkeletonBodyText lines={2} />
          <SkeletonBodyText lines={2} />
          <SkeletonBodyText lines={2} />
        </BlockStack>
      </div>
    </Box>
  );
}

function Changes({ feed, timeZone }: { feed: LiveFeed; timeZone: string }) {
  const { items, waiting, names } = feed;
  if (items.length + waiting.length === 0)
    return (
      <Box padding="400" paddingBlockStart="0">
        <Text as="p" tone="subdued">
          Nothing has changed yet. As soon as a product changes in your catalog or in Shopify, you see it here
          on its way: committed, decided, sent, confirmed.
        </Text>
      </Box>
    );
  return (
    <ol style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {waiting.map((each) => (
        <WaitingRow key={`waiting ${each.productId}`} waiting={each} now={feed.now} />
      ))}
      {items.map((item) => (
        <ItemRow key={item.id} {...{ item, names, timeZone }} />
      ))}
    </ol>
  );
}

function Row(props: {
  productId: string;
  title: string;
  variant: string | null;
  words: StateWords;
  steps: ReactNode;
  children?: ReactNode;
}) {
  const variant = props.variant === '' ? 'A variant that is gone' : props.variant;
  return (
    <li>
      <Box padding="300" paddingInline="400" borderBlockStartWidth="025" borderColor="border">
        <BlockStack gap="100">
          <InlineStack align="space-between" blockAlign="start" gap="200" wrap={false}>
            <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              <Link url={`/app/products/${props.productId}`} removeUnderline>
                <Text as="span" fontWeight="semibold" breakWord>
                  {props.title === '' ? 'A product that is gone' : props.title}
                </Text>
              </Link>
              {variant !== null && (
                <Text as="span" tone="subdued" breakWord>
                  {` · ${variant}`}
                </Text>
              )}
            </div>
            <StateBadge words={props.words} />
          </InlineStack>
          {props.children}
          <Text as="p" tone="subdued" variant="bodySm" numeric>
            {props.steps}
          </Text>
        </BlockStack>
      </Box>
    </li>
  );
}

function WaitingRow({ waiting, now }: { waiting: FeedWaiting; now: string }) {
  const { productId, title } = waiting;
  return (
    <Row
      {...{ productId, title, variant: null }}
      words={waitingBadge(waiting)}
      steps={waitingWords(waiting, now)}
    />
  );
}

function ItemRow(props: { item: FeedItem; names: LiveFeed['names']; timeZone: string }) {
  const { item, names, timeZone } = props;
  const { productId, title, variant, direction, field, before, after, more, message, at } = item;
  const steps = stepWords(direction, item);
  return (
    <Row
      {...{ productId, title, variant }}
      words={changeStateWords(item.state)}
      steps={
        <>
          <time dateTime={at}>{formatTime(at, timeZone, { seconds: true })}</time>
          {['', directionWords(direction), ...(steps === '' ? [] : [steps])].join(' · ')}
        </>
      }
    >
      <InlineStack gap="150" blockAlign="start">
        <Text as="span" fontWeight="medium">
          {fieldLabel(field, names.locations)}
        </Text>
        <BeforeAfter {...{ field, before, after, names }} />
        {more > 0 && (
          <Text as="span" tone="subdued">
            {`and ${counted(more, 'more change')}`}
          </Text>
        )}
      </InlineStack>
      {message !== null && item.state !== 'applied' && (
        <Text as="p" tone="subdued" breakWord>
          {message}
        </Text>
      )}
    </Row>
  );
}
