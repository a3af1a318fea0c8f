import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData, useNavigate, useNavigation } from '@remix-run/react';
import { Badge, BlockStack, Card, EmptyState, InlineGrid, Text } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { readLocationNames } from '~/db/pages/conflicts.server';
import { readLiveState } from '~/db/pages/live.server';
import { modeOf } from '~/db/pages/policies.server';
import { readShadowReport, SHADOW_KINDS } from '~/db/pages/shadow.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { setSyncMode } from '~/sync/set-sync-mode';
import { startRun } from '~/sync/start-run';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';
import { Figure } from '~/ui/figure';
import { counted, formatCount, formatInstant } from '~/ui/formats';
import { useLiveState } from '~/ui/live';
import { ModeModal } from '~/ui/mode-modal';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';
import { RunNote } from '~/ui/run-note';
import { ShadowDecisions, ShadowSummary } from '~/ui/shadow-tables';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Shadow report · Lockstep' }];

const address = z.object({
  kind: z.enum(SHADOW_KINDS).nullable().catch(null),
  after: z.coerce.bigint().nullable().catch(null),
  before: z.coerce.bigint().nullable().catch(null),
});

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { searchParams } = new URL(request.url);
  const { kind, after, before } = address.parse({
    kind: searchParams.get('kind'),
    after: searchParams.get('after'),
    before: searchParams.get('before'),
  });
  const [report, locations, live] = await Promise.all([
    readShadowReport(resources.db, shop, {
      kind,
      products: 'shadowed',
      cursor:
        after !== null
          ? { direction: 'after', id: after }
          : before !== null
            ? { direction: 'before', id: before }
            : null,
    }),
    readLocationNames(resources.db, [shop.id]),
    readLiveState(resources.db, shop.id, resources.now()),
  ]);
  return { report, kind, locations, live, ...modeOf(shop), timeZone: shop.timezone };
}

const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('live') }),
  z.object({ intent: z.literal('canary'), percent: z.coerce.number().int().min(1).max(100) }),
  z.object({ intent: z.literal('compare') }),
]);

export const action = actionOf({ intents: { compare: 'edit' }, otherwise: 'manage' }, notAllowed, act);

async function act({ request, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const asked = intent.parse(Object.fromEntries(await request.formData()));
  const shopId = shop.id;
  switch (asked.intent) {
    case 'live':
      await setSyncMode(resources, { shopId, mode: 'live', actor });
      return { ok: true, message: 'This store is live; a sync has started' };
    case 'canary':
      await setSyncMode(resources, { shopId, mode: 'canary', canaryPercent: asked.percent, actor });
      return { ok: true, message: `Canary of ${asked.percent} % started` };
    case 'compare':
      await startRun(resources, { shopId, trigger: 'manual', causedBy: actor });
      return { ok: true, message: 'Comparing all products' };
  }
}

const MODES = {
  live: { label: 'Live', note: 'All products are written: there is nothing to report.' },
  shadow: { label: 'Shadow', note: 'Nothing is written. This is what a sync would have done.' },
  canary: { label: 'Canary', note: 'Only a share of the products is written. This is about the others.' },
} as const;

export default function Shadow() {
  const {
    report,
    kind,
    locations,
    live: loaded,
    mode,
    canaryPercent,
    timeZone,
  } = useLoaderData<typeof loader>();
  const { state: live } = useLiveState(loaded);
  const navigate = useNavigate();
  const loading = useNavigation().state === 'loading';
  const fetcher = useFetcher<typeof action>();
  const [asked, setAsked] = useState<'live' | 'canary' | null>(null);
  useAnswerToast(fetcher.data, () => setAsked(null));
  const saving = fetcher.state !== 'idle';
  const turnTo = (parameters: Record<string, string>) =>
    navigate(`?${new URLSearchParams({ ...(kind === null ? {} : { kind }), ...parameters })}`);

  return (
    <PageFrame
      title="Shadow report"
      backAction={{ content: 'Policies', url: '/app/policies' }}
      titleMetadata={
        <Badge tone={mode === 'live' ? 'success' : 'info'}>
          {mode === 'canary' ? `Canary ${canaryPercent} %` : MODES[mode].label}
        </Badge>
      }
      {...(mode === 'live'
        ? {}
        : {
            primaryAction: { content: 'Go live', onAction: () => setAsked('live') },
            secondaryActions: [
              {
                content: mode === 'canary' ? 'Change the share' : 'Start canary',
                onAction: () => setAsked('canary'),
              },
              {
                content: 'Compare again',
                disabled: live.run !== null || saving,
                onAction: () => fetcher.submit({ intent: 'compare' }, { method: 'post' }),
              },
            ],
          })}
    >
      <BlockStack gap="400">
        <RunNote run={live.run} />
        <Card>
          <BlockStack gap="300">
            <Text as="p">{MODES[mode].note}</Text>
            {report.since !== null && (
              <InlineGrid columns={{ xs: 1, sm: 3 }} gap="400">
                <Figure label="Would be written" value={counted(report.decisions, 'field')} />
                <Figure label="In" value={counted(report.products, 'product')} />
                <Figure label="Since" value={formatInstant(report.since, timeZone)} />
              </InlineGrid>
            )}
          </BlockStack>
        </Card>
        {report.decisions === 0 ? (
          <Card>
            <EmptyState
              heading={mode === 'live' ? 'This store is live' : 'Nothing would be written'}
              image={bothSides}
              {...(mode === 'live'
                ? { action: { content: 'Choose shadow mode or a canary', url: '/app/policies' } }
                : {})}
            >
              <p>
                {mode === 'live'
                  ? 'To try out a mapping or a policy, let Lockstep compare and report without writing.'
                  : 'Catalog and Shopify agree as far as they were compared. Press “Compare again” after you changed something.'}
              </p>
            </EmptyState>
          </Card>
        ) : (
          <>
            <ShadowSummary summary={report.summary} />
            <ShadowDecisions
              rows={report.rows}
              choice={{
                kind,
                onKind: (chosen) => navigate(chosen === null ? '?' : `?kind=${chosen}`, { replace: true }),
              }}
              locations={locations}
              timeZone={timeZone}
              loading={loading}
              pagination={{
                hasPrevious: report.previous !== null,
                hasNext: report.next !== null,
                onPrevious: () => turnTo({ before: report.previous ?? '' }),
                onNext: () => turnTo({ after: report.next ?? '' }),
              }}
            />
          </>
        )}
      </BlockStack>
      {asked !== null && (
        <ModeModal
          to={asked}
          percent={canaryPercent}
          decisions={`${formatCount(report.decisions)} ${report.decisions === 1 ? 'field' : 'fields'}`}
          saving={saving}
          onConfirm={(percent) =>
            fetcher.submit(
              asked === 'live' ? { intent: 'live' } : { intent: 'canary', percent: String(percent) },
              { method: 'post' },
            )
          }
          onClose={() => setAsked(null)}
        />
      )}
    </PageFrame>
  );
}
