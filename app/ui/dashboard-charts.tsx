import { Card, InlineGrid } from '@shopify/polaris';
import { memo } from 'react';
import { seriesOf } from './dashboard-figures';
import type { DashboardFigures } from './dashboard-figures';
import { formatCount } from './formats';
import { TimeChart } from './time-chart';

interface Drawn {
  parts: DashboardFigures['parts'];
  range: DashboardFigures['range'];
  /** Points that Shopify restores a second; null: nobody knows yet. */
  restoreRate: number | null;
  timeZone: string;
}

/** The charts of a range: drawn anew only when their numbers moved, which is most of what showing something new takes. */
export const DashboardCharts = memo(
  Charts,
  (before, after) => JSON.stringify(before) === JSON.stringify(after),
);

function Charts({ parts, range, restoreRate, timeZone }: Drawn) {
  const common = { timeZone, bucket: range === '90d' ? ('day' as const) : ('moment' as const) };
  const pointsEach =
    restoreRate === null ? '' : ` Shopify restores ${formatCount(restoreRate * 60)} points a minute.`;
  return (
    <InlineGrid columns={{ xs: 1, lg: 2 }} gap="400">
      <Card>
        <TimeChart
          {...common}
          title="Changes"
          description="Changed fields by how they ended: carried to Shopify, taken into your catalog, failed, or left to you as a conflict."
          kind="stacked"
          series={seriesOf(parts, [
            { key: 'pushed', name: 'To Shopify', unit: 'changes' },
            { key: 'failed', name: 'Failed', unit: 'changes' },
            { key: 'pulled', name: 'Into your catalog', unit: 'changes' },
            { key: 'conflicted', name: 'In conflict', unit: 'changes' },
          ])}
        />
      </Card>
      <Card>
        <TimeChart
          {...common}
          title="Products of sync runs"
          description="Products that sync runs looked at: updated, or skipped because there was nothing to do."
          kind="stacked"
          series={seriesOf(parts, [
            { key: 'runApplied', name: 'Updated', unit: 'products' },
            { key: 'runFailed', name: 'Failed', unit: 'products' },
            { key: 'runSkipped', name: 'Nothing to do', unit: 'products' },
            { key: 'runConflicted', name: 'In conflict', unit: 'products' },
          ])}
        />
      </Card>
      <Card>
        <TimeChart
          {...common}
          title="From source to confirmed"
          description="How long changes took from the moment they were made until they were confirmed: half of them, 95% and 99% took no longer. Within 5% of the true time."
          kind="line"
          empty="No change was confirmed in this time whose beginning is known. Runs over the whole catalog do not count here."
          series={seriesOf(parts, [
            { key: 'p50', name: 'Half', unit: 'ms' },
            { key: 'p95', name: '95%', unit: 'ms' },
            { key: 'p99', name: '99%', unit: 'ms' },
          ])}
        />
      </Card>
      <Card>
        <TimeChart
          {...common}
          title="API points and calls"
          description={`What was spent on calls to Shopify, points on the left and calls on the right.${pointsEach}`}
          kind="line"
          series={seriesOf(parts, [
            { key: 'points', name: 'Points', unit: 'points' },
            { key: 'calls', name: 'Calls', unit: 'calls' },
          ])}
        />
      </Card>
      <Card>
        <TimeChart
          {...common}
          title="Cache hits"
          description="How many of a hundred looks at a product needed no read from Shopify, counted by the hour."
          kind="line"
          empty="Nothing was looked up in this time."
          series={seriesOf(parts, [{ key: 'hitRate', name: 'Hit rate', unit: '%' }])}
        />
      </Card>
      <Card>
        <TimeChart
          {...common}
          title="Sent to Shopify"
          description="Bytes of the requests."
          kind="bar"
          series={seriesOf(parts, [{ key: 'bytesSent', name: 'Sent', unit: 'bytes' }])}
        />
      </Card>
    </InlineGrid>
  );
}
