import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { BlockStack, Card, InlineGrid } from '@shopify/polaris';
import { useDeferredValue } from 'react';
import { answerDashboard } from '~/dashboard.server';
import { authenticateShop } from '~/shopify.server';
import { DashboardCharts } from '~/ui/dashboard-charts';
import { useDashboardFigures } from '~/ui/dashboard-figures';
import { DashboardErrors } from '~/ui/dashboard-errors';
import { DashboardStatusCard } from '~/ui/dashboard-status-card';
import { DashboardTotals } from '~/ui/dashboard-totals';
import { PageFrame } from '~/ui/page-frame';
import { RangeButtons } from '~/ui/range-buttons';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Dashboard · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  return { initial: await answerDashboard(resources, shop, request.url), timeZone: shop.timezone };
}

/** What Lockstep does, as it happens: it reads itself again whenever something was recorded. */
export default function Dashboard() {
  const { initial, timeZone } = useLoaderData<typeof loader>();
  const { figures, stream } = useDashboardFigures(initial.range, initial);
  // The numbers first: charts take longer.
  const drawn = useDeferredValue(figures);
  const [, setSearch] = useSearchParams();
  return (
    <PageFrame title="Dashboard">
      <div data-stream={stream}>
        <BlockStack gap="400">
          <RangeButtons
            chosen={initial.range}
            onChoose={(range) =>
              setSearch(
                (search) => {
                  search.set('range', range);
                  return search;
                },
                { preventScrollReset: true },
              )
            }
          />
          <InlineGrid columns={{ xs: 1, md: 2 }} gap="400">
            <DashboardStatusCard figures={figures} stream={stream} />
            <DashboardTotals figures={figures} />
          </InlineGrid>
          <DashboardCharts
            parts={drawn.parts}
            range={drawn.range}
            restoreRate={drawn.budget?.restoreRate ?? null}
            timeZone={timeZone}
          />
          <Card>
            <DashboardErrors errors={figures.errors} />
          </Card>
        </BlockStack>
      </div>
    </PageFrame>
  );
}
