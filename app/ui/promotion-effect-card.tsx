import {
  Banner,
  BlockStack,
  Button,
  Card,
  InlineGrid,
  InlineStack,
  ProgressBar,
  Text,
} from '@shopify/polaris';
import type { PeriodSums, PromotionEffect } from '~/core/promotion-effect';
import { aftermathSentence, effectSentence, verdictWords } from './effect-words';
import { Figure } from './figure';
import { useFileDownload } from './file-download';
import { counted, formatCount, formatDay, formatInstant } from './formats';

export interface OrdersProgress {
  state: 'off' | 'reading' | 'followed' | 'problem';
  read: number;
  expected: number | null;
  problem: string | null;
  problemText: string | null;
  readAt: string | null;
}

export type ShownEffect =
  | { kind: 'effect'; effect: PromotionEffect; currencyCode: string; unknownVariants: number }
  | { kind: 'not-yet' }
  | { kind: 'never-on' }
  | { kind: 'not-read'; since: string | null; needed: string };

interface Props {
  promotionId: string;
  orders: OrdersProgress;
  effect: ShownEffect;
  timeZone: string;
  asking: boolean;
  onRead: () => void;
  onStop: () => void;
}

/** What the promotion did: numbers of before, during and after, and how sure the change is. */
export function PromotionEffectCard(props: Props) {
  const { orders, effect, promotionId } = props;
  const download = useFileDownload(`/app/promotions/${promotionId}/effect`, 'promotion-effect.csv');
  const isShown = effect.kind === 'effect';
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            What it did
          </Text>
          <InlineStack gap="200">
            {orders.state !== 'off' && orders.state !== 'reading' && (
              <Button onClick={props.onStop} loading={props.asking} variant="tertiary">
                Stop reading orders
              </Button>
            )}
            {isShown && (
              <Button onClick={() => void download.start()} loading={download.busy}>
                Export CSV
              </Button>
            )}
          </InlineStack>
        </InlineStack>
        {download.problem !== null && <Banner tone="critical">{download.problem}</Banner>}
        <Orders {...props} />
        {isShown ? (
          <Effect {...effect} />
        ) : (
          orders.state !== 'off' && <Text as="p">{waitingWords(effect)}</Text>
        )}
        {orders.readAt !== null && (
          <Text as="p" tone="subdued" variant="bodySm">
            {`Orders as of ${formatInstant(orders.readAt, props.timeZone)}. Test orders and cancelled orders count for nothing; what was refunded is taken off the day it was sold.`}
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}

/** Why there are no numbers. */
function waitingWords(effect: Exclude<ShownEffect, { kind: 'effect' }>): string {
  switch (effect.kind) {
    case 'not-yet':
      return 'There is something to see when its first day is over.';
    case 'never-on':
      return 'It was never on: there is nothing to measure.';
    case 'not-read':
      return effect.since === null
        ? `The orders since ${formatDay(effect.needed)} are still being read.`
        : `It takes the orders since ${formatDay(effect.needed)}, and the app sees them since ${formatDay(effect.since)}. Without the permission for older orders Shopify shows those of the last 60 days only.`;
  }
}

/** How far orders are read, and what to do about it. */
function Orders({ orders, asking, onRead, onStop }: Props) {
  const { state, read, expected } = orders;
  if (state === 'off')
    return (
      <BlockStack gap="200" inlineAlign="start">
        <Text as="p">
          To compare sales before, during and after it, the app reads your orders: which variants, how many
          and for how much. Names, addresses, e-mails and notes are never asked for.
        </Text>
        <Button onClick={onRead} loading={asking} variant="primary">
          {read > 0 ? 'Read orders again' : 'Read orders'}
        </Button>
      </BlockStack>
    );
  if (state === 'problem') return <Problem orders={orders} asking={asking} onRead={onRead} />;
  if (state === 'followed') return null;
  const percent =
    expected === null || expected === 0 ? 0 : Math.min(100, Math.floor((100 * read) / expected));
  return (
    <BlockStack gap="200">
      <InlineStack align="space-between" blockAlign="center" gap="200">
        <div role="status" aria-live="polite">
          <Text as="p">
            {expected === null
              ? `Reading orders: ${formatCount(read)} so far`
              : `Reading orders: ${formatCount(read)} of ${formatCount(expected)}`}
          </Text>
        </div>
        <Button onClick={onStop} loading={asking}>
          Cancel
        </Button>
      </InlineStack>
      <ProgressBar progress={percent} size="small" ariaLabelledBy="reading-orders" />
      <Text as="span" visuallyHidden id="reading-orders">
        Orders read
      </Text>
    </BlockStack>
  );
}

function Problem({ orders, asking, onRead }: Pick<Props, 'orders' | 'asking' | 'onRead'>) {
  const again = { content: 'Try again', onAction: onRead, loading: asking };
  switch (orders.problem) {
    case 'scope-missing':
      return (
        <Banner tone="warning" title="The app may not read orders" action={again}>
          The permission “read orders” was not granted. Open the app’s permissions under Settings, Apps in
          your Shopify admin, or install the app again and grant it. Everything else works without it.
        </Banner>
      );
    case 'not-approved':
      return (
        <Banner tone="warning" title="Shopify does not let the app read orders" action={again}>
          {`The app needs Shopify’s approval for orders (protected customer data), although it asks for nothing of your customers. Whoever runs the app asks for it in the Partner Dashboard. Shopify says: ${orders.problemText ?? ''}`}
        </Banner>
      );
    default:
      return (
        <Banner tone="critical" title="Orders could not be read" action={again}>
          {`${orders.problemText ?? ''} It is tried again within half an hour.`}
        </Banner>
      );
  }
}

const cell: React.CSSProperties = {
  padding: 'var(--p-space-200) var(--p-space-100)',
  borderBlockStart: '1px solid var(--p-color-border)',
  textAlign: 'end',
  verticalAlign: 'top',
  overflowWrap: 'anywhere',
};
const heading: React.CSSProperties = { ...cell, borderBlockStart: 'none' };
const rowHead: React.CSSProperties = { ...cell, textAlign: 'start', fontWeight: 'inherit' };

function Effect({ effect, currencyCode, unknownVariants }: Extract<ShownEffect, { kind: 'effect' }>) {
  const { effect: change, aftermath } = effect;
  const extra = change.extraRevenue;
  const afterwards = aftermathSentence(aftermath);
  return (
    <BlockStack gap="400">
      <Text as="p">{effectSentence(change.units, 'units')}</Text>
      <InlineGrid columns={{ xs: 1, md: 3 }} gap="400">
        <Figure label="Units against the rest of the store" value={verdictWords(change.units)} />
        <Figure label="Revenue against the rest of the store" value={verdictWords(change.revenue)} />
        <Figure
          label="Revenue beyond what was to be expected"
          value={
            extra === null
              ? 'Too little to tell'
              : `${money(extra.amount)} ${currencyCode} (between ${money(extra.low)} and ${money(extra.high)})`
          }
        />
      </InlineGrid>
      {afterwards !== null && <Text as="p">{afterwards}</Text>}
      <SalesTable effect={effect} currencyCode={currencyCode} />
      <Text as="p" tone="subdued" variant="bodySm">
        {[
          'Each day is compared with the same weekday before; what the rest of the store did over the same days is taken out.',
          'Days count whole, also those on which it began or ended.',
          'Another promotion, or an advertisement for these products alone, shows up as if it were the effect of this one.',
          ...(unknownVariants === 0
            ? []
            : [
                `${counted(unknownVariants, 'variant is', 'variants are')} no longer in this store and left out.`,
              ]),
        ].join(' ')}
      </Text>
    </BlockStack>
  );
}

/** "2026-11-10" as "10 Nov 2026". */
const shortDay = (day: string): string => formatInstant(`${day}T12:00:00Z`, 'UTC').split(',')[0] ?? day;

/** A column a period, so that all of it fits on a phone. */
function SalesTable({ effect, currencyCode }: { effect: PromotionEffect; currencyCode: string }) {
  const { periods, before, during, after } = effect;
  const columns = [
    { name: 'Before', span: periods.before, sums: before },
    { name: periods.isOn ? 'During, so far' : 'During', span: periods.during, sums: during },
    ...(after !== null && periods.after !== null
      ? [{ name: periods.isAfterPartial ? 'After, so far' : 'After', span: periods.after, sums: after }]
      : []),
  ];
  const rows: [string, (sums: PeriodSums) => string][] = [
    ['Days', ({ days }) => formatCount(days)],
    ['Units', ({ units }) => formatCount(units)],
    [`Revenue, ${currencyCode}`, ({ revenue }) => money(revenue)],
    ['Units, rest of the store', ({ restUnits }) => formatCount(restUnits)],
    [`Revenue, rest of the store, ${currencyCode}`, ({ restRevenue }) => money(restRevenue)],
  ];
  return (
    <table style={{ width: '100%', borderCollapse: 'collapse', tableLayout: 'fixed' }}>
      <caption className="Polaris-Text--visuallyHidden">Sales before, during and after the promotion</caption>
      <thead>
        <tr>
          <td style={heading} />
          {columns.map(({ name, span }) => (
            <th key={name} scope="col" style={heading}>
              {name}
              <Text as="p" tone="subdued" variant="bodySm">
                {`${shortDay(span.first)} to ${shortDay(span.last)}`}
              </Text>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, valueOf]) => (
          <tr key={label}>
            <th scope="row" style={rowHead}>
              {label}
            </th>
            {columns.map(({ name, sums }) => (
              <td key={name} style={cell}>
                {valueOf(sums)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** "1234.5" as "1,234.50", without going through a float. */
function money(decimal: string): string {
  const [, sign = '', whole = '0', cents = '00'] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  return `${sign === '' ? '' : '−'}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents.padEnd(2, '0').slice(0, 2)}`;
}
