import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData, useNavigate, useNavigation } from '@remix-run/react';
import { Banner, BlockStack, Card, EmptyState, InlineGrid, List, Text } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { readLocationNames } from '~/db/pages/conflicts.server';
import { readLiveState } from '~/db/pages/live.server';
import { readShadowReport } from '~/db/pages/shadow.server';
import { readHold } from '~/db/pages/source-holds.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { approveSourceHold } from '~/sync/approve-source-hold';
import { startRun } from '~/sync/start-run';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';
import { guardWords } from '~/ui/edit-words';
import { Figure } from '~/ui/figure';
import { counted, formatInstant } from '~/ui/formats';
import { useLiveState } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';
import { RunNote } from '~/ui/run-note';
import { ShadowDecisions, ShadowSummary } from '~/ui/shadow-tables';
import { TypedConfirmation } from '~/ui/typed-confirmation';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Held changes · Lockstep' }];

const cursorText = z.coerce.bigint().nullable().catch(null);

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { searchParams } = new URL(request.url);
  const [after, before] = ['after', 'before'].map((name) => cursorText.parse(searchParams.get(name)));
  const [hold, report, locations, live] = await Promise.all([
    readHold(resources.db, shop.id),
    readShadowReport(resources.db, shop, {
      kind: null,
      products: 'held',
      cursor:
        after != null
          ? { direction: 'after', id: after }
          : before != null
            ? { direction: 'before', id: before }
            : null,
    }),
    readLocationNames(resources.db, [shop.id]),
    readLiveState(resources.db, shop.id, resources.now()),
  ]);
  return {
    hold,
    report,
    locations,
    live,
    isAsked: shop.guardSource,
    timeZone: shop.timezone,
  };
}

const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('approve'), holdId: z.uuid(), confirmation: z.string() }),
  z.object({ intent: z.literal('look') }),
]);

export const action = actionOf('review', notAllowed, act);

async function act({ request, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const asked = intent.parse(Object.fromEntries(await request.formData()));
  if (asked.intent === 'look') {
    await startRun(resources, { shopId: shop.id, trigger: 'manual', causedBy: actor });
    return { ok: true, message: 'Comparing again' };
  }
  const { holdId, confirmation } = asked;
  const approved = await approveSourceHold(resources, {
    shopId: shop.id,
    holdId,
    confirmation,
    causedBy: actor,
  });
  switch (approved.kind) {
    case 'started':
      return { ok: true, message: 'Approved; the changes go to Shopify' };
    case 'needs-confirmation':
      return {
        ok: false,
        message: `The number of products is ${approved.expected} now: look again and type ${approved.expected}`,
      };
    case 'not-held':
      return { ok: false, message: 'These changes are no longer held' };
  }
}

export default function HeldChanges() {
  const { hold, report, locations, live: loaded, isAsked, timeZone } = useLoaderData<typeof loader>();
  const { state: live } = useLiveState(loaded);
  const navigate = useNavigate();
  const loading = useNavigation().state === 'loading';
  const fetcher = useFetcher<typeof action>();
  const [isConfirming, setConfirming] = useState(false);
  useAnswerToast(fetcher.data, () => setConfirming(false));
  const busy = fetcher.state !== 'idle';

  return (
    <PageFrame
      title="Held changes"
      backAction={{ content: 'Home', url: '/app' }}
      {...(hold === null
        ? {}
        : {
            primaryAction: {
              content: `Approve ${counted(hold.products, 'product')}`,
              onAction: () => setConfirming(true),
            },
            secondaryActions: [
              {
                content: 'Compare again',
                disabled: live.run !== null || busy,
                onAction: () => fetcher.submit({ intent: 'look' }, { method: 'post' }),
              },
            ],
          })}
    >
      <BlockStack gap="400">
        <RunNote run={live.run} />
        {hold === null ? (
          <Card>
            <EmptyState
              heading="Nothing is held"
              image={bothSides}
              action={{ content: isAsked ? 'Change the limits' : 'Set limits', url: '/app/settings' }}
            >
              <p>
                {isAsked
                  ? 'Changes from your database or by API that go beyond your limits will wait here.'
                  : 'Changes from your database go to Shopify at once. In Settings you can have large ones wait here for an approval.'}
              </p>
            </EmptyState>
          </Card>
        ) : (
          <>
            <Banner tone="critical" title="These changes go beyond your limits">
              <BlockStack gap="200">
                <List>
                  {hold.findings.map(guardWords).map((words) => (
                    <List.Item key={words}>{words}</List.Item>
                  ))}
                </List>
                <Text as="p">
                  If they are a mistake, put the values in your database right and press “Compare again”: what
                  no longer goes beyond the limits is let go by itself.
                </Text>
              </BlockStack>
            </Banner>
            <Card>
              <InlineGrid columns={{ xs: 1, sm: 3 }} gap="400">
                <Figure label="Held" value={counted(hold.products, 'product')} />
                <Figure label="Since" value={formatInstant(hold.foundAt, timeZone)} />
                <Figure label="Compared" value={formatInstant(hold.lookedAt, timeZone)} />
              </InlineGrid>
            </Card>
            {report.decisions > 0 && (
              <>
                <ShadowSummary summary={report.summary} />
                <ShadowDecisions
                  rows={report.rows}
                  locations={locations}
                  timeZone={timeZone}
                  loading={loading}
                  pagination={{
                    hasPrevious: report.previous !== null,
                    hasNext: report.next !== null,
                    onPrevious: () => navigate(`?before=${report.previous ?? ''}`),
                    onNext: () => navigate(`?after=${report.next ?? ''}`),
                  }}
                />
              </>
            )}
          </>
        )}
      </BlockStack>
      {isConfirming && hold !== null && (
        <TypedConfirmation
          products={hold.products}
          confirm={`Approve ${counted(hold.products, 'product')}`}
          consequence="The values of your database are written to Shopify."
          reasons={hold.findings.map(guardWords)}
          applying={busy}
          onApply={(confirmation) =>
            fetcher.submit({ intent: 'approve', holdId: hold.id, confirmation }, { method: 'post' })
          }
          onClose={() => setConfirming(false)}
        />
      )}
    </PageFrame>
  );
}
