import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { Box, Card, EmptyState, Text } from '@shopify/polaris';
import { z } from 'zod';
import { readStoreOverrides } from '~/db/pages/override-items.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { revokeOverrides } from '~/sync/revoke-overrides';
import { loadSyncScope } from '~/sync/sync-scope';
import { notAllowed } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';
import { CursorPager } from '~/ui/cursor-pager';
import { counted } from '~/ui/formats';
import { useReadingAgain } from '~/ui/live';
import { OverridesTable } from '~/ui/overrides-table';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';
import { useRevokeOverrides } from '~/ui/revoke-overrides';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Overrides of this store · Lockstep' }];

const OVERRIDES_A_PAGE = 50;

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const before = new URL(request.url).searchParams.get('before');
  const scope = await loadSyncScope(resources, shop.id);
  if (scope === null) throw new Response('The app is not installed on this store.', { status: 404 });
  const found = await readStoreOverrides(resources.db, scope, {
    productId: null,
    before,
    limit: OVERRIDES_A_PAGE,
  });
  return { ...found, timeZone: shop.timezone };
}

const selection = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ids'), ids: z.array(z.uuid()).min(1).max(1_000) }),
  z.object({ kind: z.literal('product'), productId: z.uuid() }),
  z.object({ kind: z.literal('all') }),
]);

export const action = actionOf('edit', notAllowed, act);

async function act({ request, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const chosen = selection.parse(await request.json());
  const outcome = await revokeOverrides(resources, { shopId: shop.id, selection: chosen, causedBy: actor });
  if (outcome.kind === 'gone') return { ok: false, message: 'The app is not installed on this store' };
  if (outcome.overrides === 0) return { ok: false, message: 'They were revoked already' };
  return { ok: true, message: `${counted(outcome.overrides, 'override')} revoked` };
}

export default function Overrides() {
  const { rows, next, total, names, timeZone } = useLoaderData<typeof loader>();
  const { revoke, dialog } = useRevokeOverrides();
  useReadingAgain('seldom');
  const make = { content: 'Edit this store only', url: '/app/edits/new?target=store' };
  const isEmpty = total === 0;
  return (
    <PageFrame
      title="Overrides of this store"
      backAction={{ content: 'Products', url: '/app/products' }}
      {...(isEmpty
        ? {}
        : {
            primaryAction: make,
            secondaryActions: [
              {
                content: 'Revoke all',
                destructive: true,
                onAction: () => revoke({ kind: 'all', count: total }),
              },
            ],
          })}
    >
      <Card padding="0">
        {isEmpty ? (
          <EmptyState heading="This store follows your catalog in everything" image={bothSides} action={make}>
            <p>
              An override gives a field a value of its own in this store, until you revoke it. The other
              stores and your catalog stay as they are.
            </p>
          </EmptyState>
        ) : (
          <>
            <Box padding="400">
              <Text as="p" tone="subdued">
                {`${counted(total, 'override')}: what this store holds, whatever the catalog says. The newest come first.`}
              </Text>
            </Box>
            <OverridesTable
              key={rows[0]?.id ?? ''}
              rows={rows}
              names={names}
              timeZone={timeZone}
              onRevoke={(ids) => revoke({ kind: 'ids', ids })}
            />
            <CursorPager parameter="before" next={next} label="Pages of overrides" />
          </>
        )}
      </Card>
      {dialog}
    </PageFrame>
  );
}
