import { BlockStack, Card, InlineGrid } from '@shopify/polaris';
import type { CacheMiss } from '~/core/cache-outcome';
import { MISS_GROUPS } from './cache-words';
import type { ChartSeries } from './chart-series';
import { Figure } from './figure';
import { formatBytes, formatCount } from './formats';
import { TimeChart } from './time-chart';

export interface ShownFigures {
  looks: number;
  hits: number;
  hitRate: number | null;
  misses: Record<CacheMiss, number>;
  savedReads: number;
  savedPoints: number;
  savedBytes: number;
  spentPoints: number;
}

export interface ShownPoint {
  at: string;
  figures: ShownFigures;
}

const percent = (rate: number | null) => (rate === null ? '–' : `${(rate * 100).toFixed(1)}%`);

function seriesOf(
  name: string,
  unit: string,
  points: readonly ShownPoint[],
  value: (figures: ShownFigures) => number | null,
): ChartSeries {
  return { name, unit, points: points.map(({ at, figures }) => ({ at, value: value(figures) })) };
}

/** What the cache was worth in a range, as figures and over time. */
export function CacheCharts({
  total,
  points,
  timeZone,
}: {
  total: ShownFigures;
  points: readonly ShownPoint[];
  timeZone: string;
}) {
  const misses = MISS_GROUPS.flatMap(({ name, causes }) => {
    const series = seriesOf(name, 'products', points, ({ misses: own }) =>
      causes.reduce((sum, cause) => sum + own[cause], 0),
    );
    return series.points.some(({ value }) => value !== 0) ? [series] : [];
  });
  return (
    <BlockStack gap="400">
      <Card>
        <InlineGrid columns={{ xs: 2, sm: 3, md: 6 }} gap="400">
          <Figure label="Hit rate" value={percent(total.hitRate)} />
          <Figure label="Products looked at" value={formatCount(total.looks)} />
          <Figure label="Read from Shopify" value={formatCount(total.looks - total.hits)} />
          <Figure label="Reads saved" value={formatCount(total.savedReads)} />
          <Figure label="Points saved, about" value={formatCount(total.savedPoints)} />
          <Figure label="Data saved, about" value={formatBytes(total.savedBytes)} />
        </InlineGrid>
      </Card>
      <InlineGrid columns={{ xs: 1, md: 2 }} gap="400">
        <Card>
          <TimeChart
            title="Hit rate"
            description="Share of the products looked at for which nothing had to be read from Shopify."
            kind="line"
            timeZone={timeZone}
            series={[
              seriesOf('Hit rate', '%', points, ({ hitRate }) => (hitRate === null ? null : hitRate * 100)),
            ]}
          />
        </Card>
        <Card>
          <TimeChart
            title="Why products were read"
            description="Products that had to be read from Shopify, by the reason. Nothing is ever dropped to make room."
            kind="stacked"
            timeZone={timeZone}
            series={misses}
            empty="Nothing had to be read in this time."
          />
        </Card>
        <Card>
          <TimeChart
            title="Points saved and taken"
            description="What reading would have cost without the cache, estimated, beside what reading took."
            kind="bar"
            timeZone={timeZone}
            series={
              total.looks === 0
                ? []
                : [
                    seriesOf('Saved, about', 'points', points, ({ savedPoints }) => Math.round(savedPoints)),
                    seriesOf('Taken by reads', 'points', points, ({ spentPoints }) =>
                      Math.round(spentPoints),
                    ),
                  ]
            }
          />
        </Card>
        <Card>
          <TimeChart
            title="Products looked at"
            description="Products that syncs looked at, from the cache and by reading."
            kind="stacked"
            timeZone={timeZone}
            series={
              total.looks === 0
                ? []
                : [
                    seriesOf('From the cache', 'products', points, ({ hits }) => hits),
                    seriesOf('Read from Shopify', 'products', points, ({ looks, hits }) => looks - hits),
                  ]
            }
          />
        </Card>
      </InlineGrid>
    </BlockStack>
  );
}
