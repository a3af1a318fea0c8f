import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData, useNavigate } from '@remix-run/react';
import { BlockStack, Box, Card, Checkbox, InlineGrid, InlineStack, Link, Text } from '@shopify/polaris';
import { z } from 'zod';
import { readCacheEntry } from '~/db/pages/cache-entry.server';
import { readLiveState } from '~/db/pages/live.server';
import { readStoreOverrides } from '~/db/pages/override-items.server';
import { readExplainedPrices } from '~/db/pages/price-explanation.server';
import { readProductDetail } from '~/db/pages/product-detail.server';
import { readOverlaidFields } from '~/db/pages/store-overrides.server';
import { readThreeStates } from '~/db/pages/three-states.server';
import { readValueNames } from '~/db/pages/value-names.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { startRun } from '~/sync/start-run';
import { loadSyncScope } from '~/sync/sync-scope';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { adminProductUrl } from '~/ui/admin-url';
import { CacheEntryCard } from '~/ui/cache-entry-card';
import { ChangeList } from '~/ui/change-list';
import { ComparisonCard } from '~/ui/comparison-table';
import { Figure } from '~/ui/figure';
import { counted, formatInstant } from '~/ui/formats';
import { useLiveState } from '~/ui/live';
import { OnlyInThisStore } from '~/ui/only-in-this-store';
import type { PromotedField } from '~/ui/only-in-this-store';
import { PageFrame } from '~/ui/page-frame';
import { Pager, pageNumber } from '~/ui/pager';
import { ProductBanners } from '~/ui/product-banners';
import { isDifference } from '~/ui/compared-field';
import { compareStates } from '~/ui/state-comparison';
import { StateBadge } from '~/ui/state-badge';
import { statusWords, syncStateWords } from '~/ui/state-words';
import { WhyThisPrice } from '~/ui/why-this-price';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Product · Lockstep' }];

const VARIANTS_A_PAGE = 10;
/** Overrides that the page shows; all of them are on the page of overrides. */
const OVERRIDES_SHOWN = 100;
const notFound = () => new Response('There is no such product in this catalog.', { status: 404 });

/** What the store holds of the product otherwise than the catalog says. */
async function readOnlyHere(
  resources: Awaited<ReturnType<typeof authenticateShop>>['resources'],
  shopId: string,
  productId: string,
) {
  const scope = await loadSyncScope(resources, shopId);
  if (scope === null) throw notFound();
  const [overrides, overlaid, explained] = await Promise.all([
    readStoreOverrides(resources.db, scope, { productId, before: null, limit: OVERRIDES_SHOWN }),
    readOverlaidFields(resources.db, scope, productId),
    readExplainedPrices(resources.db, scope, productId),
  ]);
  const promoted = overlaid.flatMap(({ path, catalogs, effective, holder }): PromotedField[] =>
    holder.kind === 'promotion'
      ? [
          {
            variantId: path.variant,
            field: path.field,
            catalogs,
            effective,
            promotion: { id: holder.id, name: holder.name },
          },
        ]
      : [],
  );
  const names = await readValueNames(
    resources.db,
    scope.accountId,
    promoted.map(({ variantId, field }) => ({ field, variantId, values: [] })),
  );
  return {
    ...{ overrides, promoted, explained },
    hasRules: scope.rules.inForce !== null,
    ids: { ...Object.fromEntries(names), ...overrides.names.ids },
  };
}

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const productId = z.uuid().safeParse(params['id']).data;
  if (productId === undefined) throw notFound();
  const { searchParams } = new URL(request.url);
  const onlyDifferences = searchParams.get('only') === 'differences';
  const now = resources.now();
  const { confirmAfterMs } = resources.settings;
  const [product, states, live, onlyHere, cacheEntry] = await Promise.all([
    readProductDetail(resources.db, shop, productId),
    readThreeStates(resources.db, { shopId: shop.id, productId, now: resources.now() }),
    readLiveState(resources.db, shop.id, resources.now()),
    readOnlyHere(resources, shop.id, productId),
    readCacheEntry(resources.db, { shopId: shop.id, productId }, { now, confirmAfterMs }),
  ]);
  if (product === null || states === null) throw notFound();
  const compared = compareStates(states, {
    policy: states.policy,
    canPublish: shop.publicationId !== null,
    locations: product.locations,
  });
  const wanted = <T extends { verdict: Parameters<typeof isDifference>[0] }>(fields: T[]) =>
    onlyDifferences ? fields.filter((field) => isDifference(field.verdict)) : fields;
  const variants = compared.variants.filter((variant) => !onlyDifferences || variant.differences > 0);
  const pages = Math.max(1, Math.ceil(variants.length / VARIANTS_A_PAGE));
  const page = Math.min(pageNumber(searchParams.get('variants')), pages);
  return {
    product,
    live,
    onlyHere,
    cacheEntry,
    onlyDifferences,
    isRemoteOld: states.isRemoteOld,
    place: states.place,
    problems: states.problems,
    timeZone: shop.timezone,
    currencyCode: shop.currencyCode,
    differences: compared.differences,
    fields: wanted(compared.product),
    variants: variants
      .slice((page - 1) * VARIANTS_A_PAGE, page * VARIANTS_A_PAGE)
      .map((variant) => ({ ...variant, fields: wanted(variant.fields) })),
    variantsTotal: compared.variants.length,
    page,
    pages,
  };
}

export const action = actionOf('edit', notAllowed, act);

async function act({ params, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const productId = z.uuid().parse(params['id']);
  const product = await readProductDetail(resources.db, shop, productId);
  if (product === null) throw notFound();
  await startRun(resources, { shopId: shop.id, trigger: 'manual', causedBy: actor, productIds: [productId] });
  return { ok: true, message: 'Sync started' };
}

const PRESENCE = {
  both: undefined,
  catalog: 'Only in your catalog so far',
  shopify: 'Only in Shopify',
} as const;

export default function Product() {
  const data = useLoaderData<typeof loader>();
  const { product, timeZone, differences, onlyHere } = data;
  const { state: live } = useLiveState(data.live);
  const navigate = useNavigate();
  const sync = useFetcher<typeof action>();
  useAnswerToast(sync.data);
  const busy = live.run !== null && product.requested;
  return (
    <PageFrame
      title={product.title === '' ? 'Untitled product' : product.title}
      titleMetadata={
        <InlineStack gap="100">
          <StateBadge words={syncStateWords(product.syncState)} />
          <StateBadge
            words={
              product.status === null
                ? { label: 'Deleted in catalog', tone: 'attention' }
                : statusWords(product.status)
            }
          />
        </InlineStack>
      }
      subtitle={product.handle}
      backAction={{ content: 'Products', url: '/app/products' }}
      primaryAction={{
        content: 'Sync now',
        onAction: () => sync.submit({}, { method: 'post' }),
        loading: sync.state !== 'idle' || busy,
      }}
      secondaryActions={[
        { content: 'History', url: `/app/products/${product.id}/history` },
        { content: 'Prices', url: `/app/products/${product.id}/prices` },
        { content: 'Edit in this store only', url: `/app/edits/new?ids=${product.id}&target=store` },
        ...(product.remoteId === null
          ? []
          : [
              {
                content: 'Open in Shopify',
                onAction: () => window.open(adminProductUrl(product.remoteId ?? ''), '_blank'),
              },
            ]),
      ]}
    >
      <BlockStack gap="400">
        <ProductBanners
          product={product}
          place={data.place}
          problems={data.problems}
          isRemoteOld={data.isRemoteOld}
        />
        <Card>
          <InlineGrid columns={{ xs: 1, sm: 3 }} gap="400">
            <Figure label="Last decision" value={product.lastDecision ?? 'Not looked at yet'} />
            <Figure
              label="Last synced"
              value={product.lastSyncedAt === null ? 'Never' : formatInstant(product.lastSyncedAt, timeZone)}
            />
            <Figure label="Differences now" value={counted(differences, 'field')} />
          </InlineGrid>
          {(product.lastReason !== null || product.lastRunId !== null) && (
            <div style={{ paddingBlockStart: 'var(--p-space-300)' }}>
              <Text as="p">
                {product.lastReason}{' '}
                {product.lastRunId !== null && (
                  <Link url={`/app/runs/${product.lastRunId}`}>Show its last run</Link>
                )}
              </Text>
            </div>
          )}
        </Card>
        <OnlyInThisStore
          productId={product.id}
          overrides={onlyHere.overrides.rows}
          overridesTotal={onlyHere.overrides.total}
          promoted={onlyHere.promoted}
          names={{ ids: onlyHere.ids, locations: product.locations }}
          timeZone={timeZone}
        />
        <WhyThisPrice
          currencyCode={data.currencyCode}
          variants={data.variants.flatMap(({ id, title }) => {
            const explained = onlyHere.explained.find(({ variantId }) => variantId === id);
            return explained === undefined ? [] : [{ title, explained }];
          })}
        />
        <Box paddingInline={{ xs: '400', sm: '0' }}>
          <InlineStack align="space-between" blockAlign="center" gap="200">
            <Text as="h2" variant="headingLg">
              Catalog, agreed, Shopify
            </Text>
            <Checkbox
              label="Only differences"
              checked={data.onlyDifferences}
              onChange={(only) =>
                navigate(only ? '?only=differences' : '?', { preventScrollReset: true, replace: true })
              }
            />
          </InlineStack>
        </Box>
        {(onlyHere.hasRules || onlyHere.overrides.total > 0 || onlyHere.promoted.length > 0) && (
          <Box paddingInline={{ xs: '400', sm: '0' }}>
            <Text as="p" tone="subdued">
              “Your catalog” is shown under the rules of this store, and what is held only in it.
            </Text>
          </Box>
        )}
        <ComparisonCard title="Product" fields={data.fields} />
        {data.variants.map((variant) => {
          const note = PRESENCE[variant.presence];
          return (
            <ComparisonCard
              key={variant.id}
              title={variant.title === '' ? 'Variant' : `Variant ${variant.title}`}
              fields={variant.fields}
              {...(note === undefined ? {} : { note })}
            />
          );
        })}
        <Pager
          parameter="variants"
          page={data.page}
          pages={data.pages}
          label={`Pages of ${counted(data.variantsTotal, 'variant')}`}
        />
        {data.cacheEntry?.remoteId != null && <CacheEntryCard entry={data.cacheEntry} timeZone={timeZone} />}
        <ChangeList changes={product.changes} locations={product.locations} timeZone={timeZone} />
      </BlockStack>
    </PageFrame>
  );
}
