import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { BlockStack, Box, Select } from '@shopify/polaris';
import { useState } from 'react';
import { readAnalyticsQuery } from '~/core/analytics-query';
import {
  readErrorRates,
  readMostChanged,
  readPeakHours,
  readUpdatedPeriods,
} from '~/db/pages/analytics.server';
import { authenticateShop } from '~/shopify.server';
import { AnalyticsCard } from '~/ui/analytics-card';
import { ERROR_CHOICES, GRAIN_CHOICES, MOST_CHOICES, SPAN_CHOICES } from '~/ui/analytics-words';
import { ErrorRatesTable } from '~/ui/error-rates-table';
import { MostChangedTable } from '~/ui/most-changed-table';
import { PageFrame } from '~/ui/page-frame';
import { TimeChart } from '~/ui/time-chart';
import { WeekHeatMap } from '~/ui/week-heat-map';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Analytics · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const query = readAnalyticsQuery(new URL(request.url).searchParams);
  const { db } = resources;
  const [now, { span }] = [resources.now(), query];
  const [updates, products, peaks, errors] = await Promise.all([
    readUpdatedPeriods(db, shop, { span, grain: query.grain, now }),
    readMostChanged(db, shop, { span, of: query.most, now }),
    readPeakHours(db, shop, { span, now }),
    readErrorRates(db, shop, { span, by: query.errors, now }),
  ]);
  return { query, updates, products, peaks, errors, timeZone: shop.timezone };
}

const PEAKS = [
  { value: 'changes', label: 'Changes carried' },
  { value: 'runs', label: 'Sync runs begun' },
];

/** What sync did over months: how much, on what, when, and what failed. */
export default function Analytics() {
  const { query, updates, products, peaks, errors, timeZone } = useLoaderData<typeof loader>();
  const [, setSearch] = useSearchParams();
  const [peak, setPeak] = useState('changes');
  const choose = (name: string) => (value: string) =>
    setSearch(
      (search) => {
        search.set(name, value);
        return search;
      },
      { preventScrollReset: true },
    );
  const exportOf = (part: string) =>
    `/app/analytics/export?${new URLSearchParams({ ...query, part }).toString()}`;
  return (
    <PageFrame title="Analytics" subtitle={`Days and hours are those of your store (${timeZone}).`}>
      <BlockStack gap="400">
        <Box maxWidth="320px" paddingInline={{ xs: '400', sm: '0' }}>
          <Select label="Time" options={SPAN_CHOICES} value={query.span} onChange={choose('span')} />
        </Box>
        <AnalyticsCard
          title="Products updated"
          description=""
          hasOwnTitle
          choice={{
            label: 'Group by',
            options: GRAIN_CHOICES,
            value: query.grain,
            onChange: choose('grain'),
          }}
          exportPath={exportOf('updates')}
        >
          <TimeChart
            title="Products updated"
            description="Products of which sync carried a change, each counted once a day, week or month; and the changes of fields."
            kind="bar"
            bucket={query.grain === 'month' ? 'month' : 'day'}
            // Days as such: of no time zone.
            timeZone="UTC"
            empty="No product was updated in this time."
            series={[
              { key: 'products' as const, name: 'Products', unit: 'products' },
              { key: 'changes' as const, name: 'Changes', unit: 'changes' },
            ].map(({ key, name, unit }) => ({
              name,
              unit,
              points: updates.map((row) => ({ at: `${row.start}T00:00:00.000Z`, value: row[key] })),
            }))}
          />
        </AnalyticsCard>
        <AnalyticsCard
          title="Most changed products"
          description="The 50 products of which sync carried most changes. Open one's prices to see them over time."
          choice={{
            label: 'Of which time',
            options: MOST_CHOICES,
            value: query.most,
            onChange: choose('most'),
          }}
          exportPath={exportOf('products')}
        >
          <MostChangedTable products={products} />
        </AnalyticsCard>
        <AnalyticsCard
          title="Peak times"
          description="When in the week sync has most to do. Darker hours hold more."
          choice={{ label: 'What is counted', options: PEAKS, value: peak, onChange: setPeak }}
          exportPath={exportOf('peaks')}
        >
          <WeekHeatMap
            title="Peak times"
            values={peaks.map((hour) => (peak === 'runs' ? hour.runs : hour.changes))}
            unit={peak === 'runs' ? 'sync runs' : 'changes'}
          />
        </AnalyticsCard>
        <AnalyticsCard
          title="Errors"
          description="Changes that failed beside those that were carried, for groups in which any failed."
          choice={{
            label: 'Group by',
            options: ERROR_CHOICES,
            value: query.errors,
            onChange: choose('errors'),
          }}
          exportPath={exportOf('errors')}
        >
          <ErrorRatesTable rates={errors} by={query.errors} />
        </AnalyticsCard>
      </BlockStack>
    </PageFrame>
  );
}
