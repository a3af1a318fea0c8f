import { BlockStack, Card, InlineGrid, InlineStack, Link, Text } from '@shopify/polaris';
import type { DashboardFigures } from './dashboard-figures';
import { Figure } from './figure';
import { counted, formatBytes, formatCount, formatLatency, formatShare, formatSpan } from './formats';
import type { StreamState } from './live-stream';
import { StateBadge } from './state-badge';
import type { StateWords } from './state-words';

const ACTIVITIES: Record<DashboardFigures['status']['activity'], StateWords> = {
  running: { label: 'A sync runs', tone: 'info', progress: 'partiallyComplete' },
  working: { label: 'Looking at products', tone: 'info', progress: 'partiallyComplete' },
  waiting: { label: 'Products wait', tone: 'attention', progress: 'incomplete' },
  quiet: { label: 'Nothing to do', tone: 'success', progress: 'complete' },
};

const FOLLOWING: Record<DashboardFigures['status']['capture'], string> = {
  following: '',
  waiting: 'reconnecting',
  refused: 'needs you',
  silent: 'no worker runs',
  off: 'not followed',
};

/** How things stand now, whatever the range. */
export function DashboardStatusCard({ figures, stream }: { figures: DashboardFigures; stream: StreamState }) {
  const { status, budget } = figures;
  const { waiting, capture, lagMs, retainedBytes } = status;
  return (
    <Card>
      <section aria-label="Now">
        <BlockStack gap="300">
          <InlineStack align="space-between" blockAlign="center" gap="200">
            <Text as="h2" variant="headingMd">
              Now
            </Text>
            <InlineStack gap="200">
              <StateBadge words={ACTIVITIES[status.activity]} />
              <StateBadge
                words={
                  stream === 'open'
                    ? { label: 'As it happens', tone: 'success', progress: 'complete' }
                    : { label: 'Every few seconds', progress: 'partiallyComplete' }
                }
              />
            </InlineStack>
          </InlineStack>
          <InlineGrid columns={2} gap="300">
            <Figure
              label="Products waiting"
              value={
                waiting.products === 0
                  ? '0'
                  : `${formatCount(waiting.products)}, the first for ${formatSpan(waiting.oldestSeconds)}`
              }
            />
            <Figure label="Jobs at work" value={formatCount(status.jobs)} />
            <Figure
              label="Behind your database"
              value={lagMs === null ? FOLLOWING[capture] : lagMs === 0 ? 'Up to date' : formatLatency(lagMs)}
            />
            <Figure
              label="Log kept for us"
              value={retainedBytes === null ? '–' : formatBytes(retainedBytes)}
            />
            <Figure
              label="API points left"
              value={
                budget === null
                  ? '–'
                  : `${formatCount(budget.available)} of ${formatCount(budget.maximum)} (${formatShare(budget.available, budget.maximum)})`
              }
            />
            <Figure
              label="Restored"
              value={budget === null ? '–' : `${formatCount(budget.restoreRate)} points a second`}
            />
          </InlineGrid>
          <InlineStack gap="400">
            <Link url="/app/conflicts">{counted(status.conflicts, 'open conflict')}</Link>
            <Link url="/app/runs">{counted(status.deadLetters, 'job')} given up</Link>
          </InlineStack>
        </BlockStack>
      </section>
    </Card>
  );
}
