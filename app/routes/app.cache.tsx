import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useNavigate } from '@remix-run/react';
import { BlockStack, Box, Button, ButtonGroup, Card, InlineGrid, Text } from '@shopify/polaris';
import { z } from 'zod';
import type { ProductSelection } from '~/core/bulk-edit';
import {
  CACHE_RANGES,
  readCacheContents,
  readCacheFigures,
  readHottest,
  readSkips,
  readStalest,
} from '~/db/pages/cache.server';
import { readCacheListener } from '~/db/pages/cache-listener.server';
import { readWarming, readWarms } from '~/db/pages/cache-warming.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { controlCache, setStoreTtl } from '~/sync/control-cache';
import type { CacheOrder } from '~/sync/control-cache';
import { removeCacheListener, saveCacheListener, switchCacheListener } from '~/sync/save-cache-listener';
import { MOST_ALLOWANCE, startCacheWarm } from '~/sync/start-cache-warm';
import { notAllowed, refusedAnswer } from '~/ui/action-answer';
import { CacheCharts } from '~/ui/cache-charts';
import { CacheControlCard } from '~/ui/cache-control-card';
import { CacheListenerCard } from '~/ui/cache-listener-card';
import type { ListenerAnswer } from '~/ui/cache-listener-card';
import { CacheLists } from '~/ui/cache-lists';
import { CacheWarmingCard } from '~/ui/cache-warming-card';
import { Figure } from '~/ui/figure';
import { counted, formatCount } from '~/ui/formats';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Cache · Lockstep' }];

const RANGES = ['24h', '7d', '30d'] as const;
const ranges = z.enum(RANGES).catch('24h');

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { db, settings } = resources;
  const now = resources.now();
  const range = ranges.parse(new URL(request.url).searchParams.get('range'));
  const span = { ...CACHE_RANGES[range], now };
  const [figures, contents, skips, hottest, stalest, warming, warms, listener] = await Promise.all([
    readCacheFigures(db, shop.id, span),
    readCacheContents(db, shop.id),
    readSkips(db, shop.id, span),
    readHottest(db, shop.id, now),
    readStalest(db, shop.id),
    readWarming(db, shop.id, span),
    readWarms(db, shop.id),
    readCacheListener(db, shop.id),
  ]);
  return {
    ...{ range, figures, contents, skips, hottest, stalest, warming, warms, listener },
    storeTtlSeconds: shop.cacheTtlSeconds,
    usualTtlSeconds: Math.round(settings.confirmAfterMs / 1_000),
    timeZone: shop.timezone,
  };
}

/** "": as it is otherwise. */
const seconds = z
  .string()
  .regex(/^\d{0,9}$/)
  .transform((text) => (text === '' ? null : Number(text)));
const chosen = { query: z.string().max(10_000).optional(), productId: z.uuid().optional() };
const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.enum(['invalidate', 'refresh', 'pin', 'unpin']), ...chosen }),
  z.object({ intent: z.literal('ttl'), seconds, ...chosen }),
  z.object({ intent: z.literal('store-ttl'), seconds }),
  z.object({ intent: z.literal('listen'), url: z.string().max(2_048) }),
  z.object({ intent: z.literal('listener-on') }),
  z.object({ intent: z.literal('listener-off') }),
  z.object({ intent: z.literal('unlisten') }),
  z.object({ intent: z.literal('warm'), points: z.string(), ...chosen }),
]);
type Asked = z.output<typeof intent>;

function selectionOf(asked: {
  query?: string | undefined;
  productId?: string | undefined;
}): ProductSelection {
  return asked.productId === undefined
    ? { kind: 'query', query: asked.query ?? '' }
    : { kind: 'products', productIds: [asked.productId] };
}

/** What is done to the entries of a selection. */
type EntryAsked = Extract<Asked, { intent: 'invalidate' | 'refresh' | 'pin' | 'unpin' } | { intent: 'ttl' }>;

function orderOf(asked: EntryAsked): {
  order: CacheOrder;
  done: (products: string) => string;
} {
  switch (asked.intent) {
    case 'invalidate':
      return {
        order: { kind: 'invalidate', by: 'person' },
        done: (products) => `The next sync reads ${products}`,
      };
    case 'refresh':
      return { order: { kind: 'refresh' }, done: (products) => `Reading ${products}` };
    case 'pin':
      return {
        order: { kind: 'control', change: { isPinned: true } },
        done: (products) => `${products} pinned`,
      };
    case 'unpin':
      return {
        order: { kind: 'control', change: { isPinned: false } },
        done: (products) => `${products} no longer pinned`,
      };
    case 'ttl':
      return {
        order: { kind: 'control', change: { ttlSeconds: asked.seconds } },
        done: (products) => `Saved for ${products}`,
      };
  }
}

export const action = actionOf(
  {
    intents: {
      invalidate: 'edit',
      refresh: 'edit',
      pin: 'edit',
      unpin: 'edit',
      ttl: 'edit',
      warm: 'edit',
    },
    otherwise: 'manage',
  },
  notAllowed,
  act,
);

async function act({ request, resources, shop, actor }: Acting): Promise<ListenerAnswer> {
  const asked = intent.parse(Object.fromEntries(await request.formData()));
  const { id: shopId } = shop;
  if (asked.intent === 'store-ttl') {
    const problems = await setStoreTtl(resources, { shopId, seconds: asked.seconds });
    return problems.length > 0 ? refusedAnswer(problems) : { ok: true, message: 'Saved' };
  }
  if (asked.intent === 'listen') {
    const saved = await saveCacheListener(resources, { shopId, url: asked.url, createdBy: actor });
    return saved.kind === 'refused'
      ? refusedAnswer([saved])
      : { ok: true, message: 'Saved', secret: saved.secret };
  }
  if (asked.intent === 'unlisten') {
    await removeCacheListener(resources, shopId);
    return { ok: true, message: 'Nobody is told any more' };
  }
  if (asked.intent === 'listener-on' || asked.intent === 'listener-off') {
    const isOn = asked.intent === 'listener-on';
    await switchCacheListener(resources, { shopId, isOn });
    return { ok: true, message: isOn ? 'Switched on' : 'Switched off' };
  }
  const selection = selectionOf(asked);
  if (asked.intent === 'warm') {
    const allowance = Number(asked.points);
    if (!Number.isInteger(allowance) || allowance < 1 || allowance > MOST_ALLOWANCE)
      return {
        ok: false,
        message: `Write a whole number of points from 1 to ${formatCount(MOST_ALLOWANCE)}.`,
      };
    const started = await startCacheWarm(resources, { shopId, selection, allowance, causedBy: actor });
    if (started.kind === 'refused') return refusedAnswer(started.problems);
    return started.kind === 'started'
      ? { ok: true, message: 'Queued: it is read while the store has no other work' }
      : { ok: false, message: 'Several selections are being read already: wait until some are through.' };
  }
  const { order, done } = orderOf(asked);
  const outcome = await controlCache(resources, { shopId, selection, order, causedBy: actor });
  if (outcome.kind === 'refused') return refusedAnswer(outcome.problems);
  return { ok: true, message: done(counted(outcome.products, 'product')) };
}

const RANGE_LABELS = { '24h': '24 hours', '7d': '7 days', '30d': '30 days' } as const;

export default function Cache() {
  const data = useLoaderData<typeof loader>();
  const { range, figures, contents, timeZone } = data;
  const navigate = useNavigate();
  useReadingAgain('seldom');
  return (
    <PageFrame
      title="Cache"
      subtitle="What Lockstep knows of your store without asking Shopify"
      backAction={{ content: 'Home', url: '/app' }}
    >
      <BlockStack gap="400">
        <Box paddingInline={{ xs: '400', sm: '0' }}>
          <ButtonGroup variant="segmented">
            {RANGES.map((each) => (
              <Button
                key={each}
                pressed={each === range}
                onClick={() => navigate(`?range=${each}`, { preventScrollReset: true, replace: true })}
              >
                {RANGE_LABELS[each]}
              </Button>
            ))}
          </ButtonGroup>
        </Box>
        <CacheCharts total={figures.total} points={figures.points} timeZone={timeZone} />
        <Card>
          <BlockStack gap="300">
            <Text as="h2" variant="headingMd">
              In the cache now
            </Text>
            <InlineGrid columns={{ xs: 2, sm: 5 }} gap="400">
              <Figure label="Products" value={formatCount(contents.products - contents.empty)} />
              <Figure label="Not read yet" value={formatCount(contents.empty)} />
              <Figure label="To be read again" value={formatCount(contents.invalidated)} />
              <Figure label="Pinned" value={formatCount(contents.pinned)} />
              <Figure label="Trusted for a time of their own" value={formatCount(contents.ownTtl)} />
            </InlineGrid>
          </BlockStack>
        </Card>
        <CacheControlCard
          storeTtlSeconds={data.storeTtlSeconds}
          usualTtlSeconds={data.usualTtlSeconds}
          warms={data.warms}
          timeZone={timeZone}
        />
        <CacheWarmingCard warming={data.warming} timeZone={timeZone} />
        <CacheListenerCard listener={data.listener} timeZone={timeZone} />
        <CacheLists hottest={data.hottest} stalest={data.stalest} skips={data.skips} timeZone={timeZone} />
      </BlockStack>
    </PageFrame>
  );
}
