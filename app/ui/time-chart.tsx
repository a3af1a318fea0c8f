import { BlockStack, Box, Button, InlineStack, SkeletonBodyText, Text } from '@shopify/polaris';
import { Suspense, lazy, useId, useState, useSyncExternalStore } from 'react';
import { chartRows, describeSeries, formatAmount, formatPointTime, seriesStyle } from './chart-series';
import type { ChartBucket, ChartKind, ChartSeries } from './chart-series';
import { SeriesPattern } from './series-pattern';

export interface TimeChartProps {
  title: string;
  /** What the chart shows and how it is to be read, in a sentence or two: for those who do not see it, too. */
  description: string;
  series: readonly ChartSeries[];
  kind: ChartKind;
  /** What a point stands for; without it, a moment. */
  bucket?: ChartBucket;
  timeZone: string;
  /** What is said where no series has a figure. */
  empty?: string;
}

const HEIGHT = 220;

/** Whether the page has come to life does not change again. */
const untold = () => () => {};
const inBrowser = () => true;
const onServer = () => false;

/** The library draws by the size of its place, which only the browser knows; and no other page need load it. */
const Plot = lazy(async () => ({ default: (await import('./time-chart-plot')).TimeChartPlot }));

/**
 * Figures over time as a chart, or as a table of the same numbers. Series are told apart by colour, and by dash or pattern;
 * with the keyboard, Tab reaches the chart and the arrow keys go from point to point.
 */
export function TimeChart({
  title,
  description,
  series,
  kind,
  bucket = 'moment',
  timeZone,
  empty = 'Nothing was recorded in this time.',
}: TimeChartProps) {
  const [isTable, setIsTable] = useState(false);
  const isInBrowser = useSyncExternalStore(untold, inBrowser, onServer);
  const id = useId();
  const hasFigures = series.some(({ points }) => points.some(({ value }) => value !== null));
  return (
    <section aria-labelledby={`${id}title`} data-chart={title}>
      <BlockStack gap="200">
        <InlineStack align="space-between" blockAlign="center" gap="200" wrap={false}>
          <Text as="h2" variant="headingMd" id={`${id}title`}>
            {title}
          </Text>
          {hasFigures && (
            <Box minWidth="fit-content">
              <Button
                variant="plain"
                onClick={() => setIsTable(!isTable)}
                pressed={isTable}
                accessibilityLabel={`${isTable ? 'Show as chart' : 'Show as table'}: ${title}`}
              >
                {isTable ? 'Show as chart' : 'Show as table'}
              </Button>
            </Box>
          )}
        </InlineStack>
        <Text as="p" tone="subdued" variant="bodySm">
          {description}
        </Text>
        {!hasFigures && <Text as="p">{empty}</Text>}
        {hasFigures && isTable && (
          <ChartTable title={title} series={series} bucket={bucket} timeZone={timeZone} />
        )}
        {hasFigures && !isTable && (
          <>
            <Legend series={series} kind={kind} />
            <Text as="p" visuallyHidden id={`${id}summary`}>
              {series.map((one) => describeSeries(one, bucket, timeZone)).join(' ')}
            </Text>
            <div role="group" aria-label={title} aria-describedby={`${id}summary`} style={{ height: HEIGHT }}>
              {isInBrowser ? (
                <Suspense fallback={<SkeletonBodyText lines={6} />}>
                  <Plot
                    title={title}
                    series={series}
                    kind={kind}
                    bucket={bucket}
                    timeZone={timeZone}
                    height={HEIGHT}
                  />
                </Suspense>
              ) : (
                <SkeletonBodyText lines={6} />
              )}
            </div>
          </>
        )}
      </BlockStack>
    </section>
  );
}

/** The sign of each series with its name, as the chart draws it. */
function Legend({ series, kind }: { series: readonly ChartSeries[]; kind: ChartKind }) {
  const id = useId().replaceAll(':', '');
  return (
    <ul
      aria-label="Legend"
      style={{ display: 'flex', flexWrap: 'wrap', gap: '4px 16px', margin: 0, padding: 0 }}
    >
      {series.map(({ name }, place) => {
        const style = seriesStyle(place);
        const isLine = kind === 'line' || kind === 'step';
        return (
          <li key={name} style={{ display: 'flex', alignItems: 'center', gap: 6, listStyle: 'none' }}>
            <svg width="28" height="12" aria-hidden="true" focusable="false">
              {isLine ? (
                <line
                  x1="0"
                  x2="28"
                  y1="6"
                  y2="6"
                  stroke={style.colour}
                  strokeWidth="2"
                  strokeDasharray={style.dash}
                />
              ) : (
                <>
                  <defs>
                    <SeriesPattern id={`${id}${place}`} place={place} />
                  </defs>
                  <rect width="28" height="12" fill={`url(#${id}${place})`} stroke={style.colour} />
                </>
              )}
            </svg>
            <Text as="span" variant="bodySm">
              {name}
            </Text>
          </li>
        );
      })}
    </ul>
  );
}

const CELL = { padding: '4px 8px', textAlign: 'end', whiteSpace: 'nowrap' } as const;
const FIRST_CELL = { ...CELL, textAlign: 'start' } as const;

/** The same numbers, newest first. */
function ChartTable({
  title,
  series,
  bucket,
  timeZone,
}: {
  title: string;
  series: readonly ChartSeries[];
  bucket: ChartBucket;
  timeZone: string;
}) {
  const rows = chartRows(series).reverse();
  return (
    // Long: it scrolls by itself, and by the keyboard.
    <div
      role="region"
      aria-label={`${title}, table`}
      tabIndex={0}
      style={{ maxHeight: 320, overflow: 'auto' }}
    >
      <table style={{ width: '100%', borderCollapse: 'collapse', fontVariantNumeric: 'tabular-nums' }}>
        <caption className="Polaris-Text--visuallyHidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col" style={FIRST_CELL}>
              Time
            </th>
            {series.map(({ name }) => (
              <th key={name} scope="col" style={CELL}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.at} style={{ borderTop: '1px solid var(--p-color-border)' }}>
              <th scope="row" style={{ ...FIRST_CELL, fontWeight: 'normal' }}>
                {formatPointTime(row.at, bucket, timeZone)}
              </th>
              {series.map(({ name, unit }, place) => (
                <td key={name} style={CELL}>
                  {formatAmount(row.values[place] ?? null, unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
