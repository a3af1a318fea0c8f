/** What a promotion did, as a CSV file for a spreadsheet. */
import { stringify } from 'csv-stringify/sync';
import type { Comparison, PeriodSums, Span, Verdict } from '~/core/promotion-effect';
import { spreadsheetCell } from '~/core/spreadsheet-cell';
import type { EffectView } from '~/db/pages/promotion-effect.server';

const SALES = [
  'Period',
  'From',
  'To',
  'Days',
  'Units',
  'Revenue',
  'Units, rest of the store',
  'Revenue, rest of the store',
  'Currency',
];
const CHANGES = [
  'Change against the rest of the store',
  'Of',
  'Estimate',
  'Low (95 %)',
  'High (95 %)',
  'Too little to tell',
];

const csv = (rows: string[][]): string =>
  stringify(
    rows.map((row) => row.map(spreadsheetCell)),
    { quoted_match: /[\r\n]/ },
  );

function changeRows(name: string, { units, revenue }: Comparison): string[][] {
  const row = (of: string, verdict: Verdict) =>
    verdict.kind === 'too-little'
      ? [name, of, '', '', '', verdict.reason]
      : [name, of, ...[verdict.change, verdict.low, verdict.high].map((change) => change.toFixed(4)), ''];
  return [row('Units', units), row('Revenue', revenue)];
}

/** The periods of an effect and then its changes, as CSV text. */
export async function* exportPromotionEffect({
  effect,
  currencyCode,
}: Extract<EffectView, { kind: 'effect' }>): AsyncGenerator<string> {
  const { periods } = effect;
  const row = (name: string, span: Span, sums: PeriodSums) => [
    ...[name, span.first, span.last, String(sums.days), String(sums.units), sums.revenue],
    ...[String(sums.restUnits), sums.restRevenue, currencyCode],
  ];
  yield csv([
    SALES,
    row('Before', periods.before, effect.before),
    row('During', periods.during, effect.during),
    ...(effect.after && periods.after ? [row('After', periods.after, effect.after)] : []),
  ]);
  yield csv([
    CHANGES,
    ...changeRows('During', effect.effect),
    ...(effect.aftermath ? changeRows('After', effect.aftermath) : []),
  ]);
}
