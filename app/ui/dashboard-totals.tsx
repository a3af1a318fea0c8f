import { BlockStack, Card, InlineGrid, Text } from '@shopify/polaris';
import type { DashboardFigures } from './dashboard-figures';
import { totalOf } from './dashboard-figures';
import { Figure } from './figure';
import { formatBytes, formatCount, formatLatency, formatRate, formatShare, secondsBetween } from './formats';
import { rangeWords } from './range-buttons';

const latency = (ms: number | null) => (ms === null ? '–' : formatLatency(ms));

/** What the whole range came to. */
export function DashboardTotals({ figures }: { figures: DashboardFigures }) {
  const { parts, range, now } = figures;
  const of = (key: Parameters<typeof totalOf>[1]) => totalOf(parts, key);
  const changes = of('pushed') + of('pulled');
  const looked = of('runApplied') + of('runSkipped') + of('runConflicted') + of('runFailed');
  const [first] = parts;
  const minutes = first === undefined ? 1 : Math.max(1, secondsBetween(first.at, now) / 60);
  return (
    <Card>
      <section aria-label={rangeWords(range)}>
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            {rangeWords(range)}
          </Text>
          <InlineGrid columns={2} gap="300">
            <Figure
              label="Changes carried"
              value={`${formatCount(changes)} (${changes > 0 && changes / minutes < 0.1 ? 'under 0.1' : formatRate(changes / minutes)} a minute)`}
            />
            <Figure
              label="Changes that failed"
              value={`${formatCount(of('failed'))} (${formatShare(of('failed'), changes + of('failed'))})`}
            />
            <Figure
              label="Products of runs with nothing to do"
              value={looked === 0 ? '–' : formatShare(of('runSkipped'), looked)}
            />
            <Figure
              label="From source to confirmed"
              value={`median ${latency(figures.latency.p50)}, 99% within ${latency(figures.latency.p99)}`}
            />
            <Figure
              label="API calls"
              value={`${formatCount(of('calls'))} (${formatCount(of('throttled'))} throttled)`}
            />
            <Figure
              label="API points used"
              value={`${formatCount(of('points'))}, ${formatBytes(of('bytesSent'))} sent`}
            />
          </InlineGrid>
        </BlockStack>
      </section>
    </Card>
  );
}
