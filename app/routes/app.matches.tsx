import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { Banner, BlockStack, Card, EmptyState, Text } from '@shopify/polaris';
import { z } from 'zod';
import { readMatches } from '~/db/pages/matches.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { MatchRefused, resolveMatch } from '~/sync/resolve-match';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { counted } from '~/ui/formats';
import { CREATE_NEW, MatchCard } from '~/ui/match-card';
import type { Match } from '~/ui/match-card';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Products to match · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  return readMatches(resources.db, shop);
}

const choice = z.object({ productId: z.uuid(), remoteId: z.string().min(1) });

export const action = actionOf('review', notAllowed, act);

async function act({ request, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const { productId, remoteId } = choice.parse(Object.fromEntries(await request.formData()));
  const chosen = remoteId === CREATE_NEW ? null : remoteId;
  try {
    await resolveMatch(resources, { shopId: shop.id, productId, remoteId: chosen, causedBy: actor });
  } catch (error) {
    if (error instanceof MatchRefused) return { ok: false, message: error.message };
    throw error;
  }
  return { ok: true, message: chosen === null ? 'It will be created' : 'Linked' };
}

export default function Matches() {
  const { total, rows } = useLoaderData<typeof loader>();
  return (
    <PageFrame title="Products to match" backAction={{ content: 'Home', url: '/app' }}>
      {total === 0 ? (
        <Card>
          <EmptyState
            heading="Every product is matched"
            image={bothSides}
            action={{ content: 'Show products', url: '/app/products' }}
          >
            <p>When several products of your store could be one of your catalog, you choose here.</p>
          </EmptyState>
        </Card>
      ) : (
        <BlockStack gap="400">
          <Banner tone="info" title={`${counted(total, 'product')} to settle`}>
            Several products of your store have the same SKU or handle. Choose which one belongs to the
            product of your catalog. Nothing is written for it before.
          </Banner>
          {rows.map((match) => (
            <SettledMatch key={match.productId} match={match} />
          ))}
          {total > rows.length && (
            <Text as="p" tone="subdued" alignment="center">
              {counted(total - rows.length, 'more product')} follow when these are settled.
            </Text>
          )}
        </BlockStack>
      )}
    </PageFrame>
  );
}

function SettledMatch({ match }: { match: Match }) {
  const fetcher = useFetcher<typeof action>();
  useAnswerToast(fetcher.data);
  return (
    <MatchCard
      match={match}
      saving={fetcher.state !== 'idle'}
      onSave={(remoteId) => fetcher.submit({ productId: match.productId, remoteId }, { method: 'post' })}
    />
  );
}
