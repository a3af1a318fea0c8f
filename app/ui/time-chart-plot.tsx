/** The drawing of a chart: a chunk of its own, loaded in the browser by the first page that shows one. */
import { useId } from 'react';
import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import {
  chartRows,
  formatAmount,
  formatPointTime,
  formatTick,
  formatTimeTick,
  hasSign,
  seriesStyle,
} from './chart-series';
import type { ChartBucket, ChartKind, ChartSeries } from './chart-series';
import { SeriesPattern } from './series-pattern';

const GREY = '#616161';

export function TimeChartPlot({
  title,
  series,
  kind,
  bucket,
  timeZone,
  height,
}: {
  title: string;
  series: readonly ChartSeries[];
  kind: ChartKind;
  bucket: ChartBucket;
  timeZone: string;
  height: number;
}) {
  const id = useId().replaceAll(':', '');
  const rows = chartRows(series);
  const isLine = kind === 'line' || kind === 'step';
  const spanMs = (rows.at(-1)?.time ?? 0) - (rows[0]?.time ?? 0);
  const units = [...new Set(series.map(({ unit }) => unit))];
  const axisOf = (unit: string) => String(Math.min(units.indexOf(unit), 1));
  return (
    <ResponsiveContainer width="100%" height={height}>
      <ComposedChart
        data={rows}
        margin={{ top: 8, right: units.length > 1 ? 0 : 12, bottom: 0, left: 0 }}
        aria-label={`${title}. Use the arrow keys to go from point to point.`}
      >
        {!isLine && (
          <defs>
            {series.map(({ name }, place) => (
              <SeriesPattern key={name} id={`${id}${place}`} place={place} />
            ))}
          </defs>
        )}
        <CartesianGrid vertical={false} stroke="#e3e3e3" />
        <XAxis
          dataKey="time"
          {...(isLine
            ? { type: 'number' as const, scale: 'time' as const, domain: ['dataMin', 'dataMax'] }
            : {})}
          tickFormatter={(time: number) => formatTimeTick(time, spanMs, bucket, timeZone)}
          tick={{ fontSize: 12, fill: GREY }}
          stroke="#8a8a8a"
          minTickGap={28}
        />
        {units.slice(0, 2).map((unit, place) => (
          <YAxis
            key={unit}
            yAxisId={String(place)}
            orientation={place === 0 ? 'left' : 'right'}
            tickFormatter={(value: number) => formatTick(value, unit)}
            tick={{ fontSize: 12, fill: GREY }}
            stroke="#8a8a8a"
            width="auto"
            // Prices are compared with each other, counts with nothing.
            domain={kind === 'step' ? ['auto', 'auto'] : [0, 'auto']}
            allowDecimals={kind === 'step' || ['ms', '%', 'bytes'].includes(unit)}
          />
        ))}
        <Tooltip
          isAnimationActive={false}
          labelFormatter={(label) => formatPointTime(new Date(Number(label)).toISOString(), bucket, timeZone)}
          formatter={(value, name) =>
            formatAmount(Number(value), series.find((one) => one.name === name)?.unit ?? '')
          }
          contentStyle={{ fontSize: 13, color: '#303030' }}
        />
        {series.map(({ name, unit }, place) => {
          const { colour, dash } = seriesStyle(place);
          return isLine ? (
            <Line
              key={name}
              name={name}
              dataKey={(row: { values: (number | null)[] }) => row.values[place]}
              yAxisId={axisOf(unit)}
              type={kind === 'step' ? 'stepAfter' : 'linear'}
              stroke={colour}
              strokeWidth={2}
              strokeDasharray={dash}
              dot={({ index, cx, cy }: { index?: number; cx?: number; cy?: number }) =>
                cx !== undefined && cy !== undefined && hasSign(rows, index ?? 0, place) ? (
                  <circle key={index} cx={cx} cy={cy} r={2.5} fill={colour} />
                ) : (
                  <g key={index} />
                )
              }
              isAnimationActive={false}
            />
          ) : (
            <Bar
              key={name}
              name={name}
              dataKey={(row: { values: (number | null)[] }) => row.values[place]}
              yAxisId={axisOf(unit)}
              {...(kind === 'stacked' ? { stackId: 'all' } : {})}
              fill={`url(#${id}${place})`}
              stroke={colour}
              isAnimationActive={false}
            />
          );
        })}
      </ComposedChart>
    </ResponsiveContainer>
  );
}
