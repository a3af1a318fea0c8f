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
import { Figure } from './figure';
import { counted, formatCount, formatRate, formatSpan } from './formats';
import { useProgress } from './live';
import type { LiveRun } from './live';
import { runStateWords, triggerWords } from './state-words';
import { StateBadge } from './state-badge';

interface Props {
  run: LiveRun;
  now: string;
  connected: boolean;
  cancelling: boolean;
  onCancel: () => void;
  /** Shows the run's own page; absent where this is it. */
  detailsUrl?: string;
}

/** A run while it is under way: how far, how fast, how long still, what it has cost so far. */
export function RunProgressCard({ run, now, connected, cancelling, onCancel, detailsUrl }: Props) {
  const adopting = run.state !== 'running';
  const { fraction, perSecond, secondsLeft } = useProgress(
    run.id,
    run.productsTotal,
    run.productsDone,
    now,
    run.startedAt,
  );
  const percent = Math.floor(fraction * 100);
  const stopping = cancelling || run.cancelRequested;
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <InlineStack gap="200" blockAlign="center">
            <Text as="h2" variant="headingMd">
              Sync under way
            </Text>
            <StateBadge
              words={stopping ? { label: 'Stopping', tone: 'attention' } : runStateWords(run.state)}
            />
            <Text as="span" tone="subdued">
              {triggerWords(run.trigger)}
            </Text>
          </InlineStack>
          <InlineStack gap="200">
            {detailsUrl !== undefined && <Button url={detailsUrl}>Details</Button>}
            <Button onClick={onCancel} loading={cancelling} disabled={stopping}>
              Cancel sync
            </Button>
          </InlineStack>
        </InlineStack>
        <BlockStack gap="200">
          <ProgressBar progress={percent} size="small" tone="primary" ariaLabelledBy="run-progress" />
          <Text as="p" id="run-progress">
            {phase(run, percent)}
          </Text>
        </BlockStack>
        <InlineGrid columns={{ xs: 2, sm: 4 }} gap="400">
          <Figure label="Speed" value={perSecond === null ? '–' : `${formatRate(perSecond)} products/s`} />
          <Figure
            label="Time left"
            value={adopting || secondsLeft === null ? '–' : `about ${formatSpan(secondsLeft)}`}
          />
          <Figure label="API points used" value={formatCount(run.points)} />
          <Figure label="API calls" value={formatCount(run.calls)} />
        </InlineGrid>
        {(run.counts['failed'] ?? 0) > 0 && (
          <Text as="p" tone="critical">
            {counted(run.counts['failed'] ?? 0, 'product')} failed so far; the run goes on with the others.
          </Text>
        )}
        {!connected && (
          <Banner tone="warning">
            The app does not answer at the moment. The sync goes on; this page asks again.
          </Banner>
        )}
      </BlockStack>
    </Card>
  );
}

function phase(run: LiveRun, percent: number): string {
  if (run.state === 'queued') return 'Waiting for a worker to start.';
  if (run.state === 'adopting')
    return `Looking at what the store already holds: ${counted(run.adoptedScanned, 'product')} so far.`;
  return `${formatCount(run.productsDone)} of ${counted(run.productsTotal, 'product')} done (${percent}%)`;
}
