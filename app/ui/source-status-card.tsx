import { Banner, BlockStack, Box, Card, InlineGrid, InlineStack, ProgressBar, Text } from '@shopify/polaris';
import type { DatabaseKind } from '~/core/database-kind';
import { Figure } from './figure';
import { counted, formatBytes, formatCount, formatInstant, formatShare } from './formats';
import { RowProblems } from './source-check-card';
import { LOG_TITLES, slotWarning } from './source-words';
import { StateBadge } from './state-badge';

export interface SourceStatus {
  kind: DatabaseKind;
  table: string;
  wanted: string;
  phase: string;
  mode: string;
  rowsRead: number;
  rowsExpected: number;
  followedAt: string | null;
  changedAt: string | null;
  lagBytes: number | null;
  slotState: string | null;
  missingRows: string;
  problem: { reason: string; remedy: string; at: string } | null;
  counts: { products: number; broken: number; missing: number };
  writeBack: boolean;
  writeBacks: { waiting: number; written: number; left: number };
  leftWriteBacks: { title: string; field: string; state: string; message: string | null }[];
  broken: { row: string; column: string | null; value: string | null; reason: string; remedy: string }[];
}

function badgeOf({ wanted, phase, problem }: SourceStatus) {
  if (wanted !== 'running') return { label: 'Paused' };
  if (problem !== null) return { label: 'Cannot go on', tone: 'critical' as const };
  return phase === 'snapshot'
    ? { label: 'Reading all rows', tone: 'info' as const }
    : { label: 'Following changes', tone: 'success' as const };
}

/** How the feeding from the merchant's own database is going, and what there is to do. */
export function SourceStatusCard(props: {
  status: SourceStatus;
  timeZone: string;
  onAcceptMissing: () => void;
  busy: boolean;
}) {
  const { status, timeZone } = props;
  const { counts, problem } = status;
  const warning = slotWarning(status.kind, status.lagBytes, status.slotState);
  const isHeld = status.missingRows === 'remove' && status.phase === 'following' && counts.missing > 0;
  const isReading = status.phase === 'snapshot' && status.wanted === 'running' && problem === null;
  return (
    <BlockStack gap="400">
      {problem !== null && (
        <Banner
          tone="critical"
          title={problem.reason}
          action={{ content: 'Check, and see the script', url: '/app/source?edit=mapping' }}
        >
          <p>{`${problem.remedy} Last tried ${formatInstant(problem.at, timeZone, { seconds: true })}.`}</p>
        </Banner>
      )}
      {warning !== null && (
        <Banner tone="warning" title={LOG_TITLES[status.kind]}>
          <p>{warning}</p>
        </Banner>
      )}
      {isHeld && (
        <Banner
          tone="warning"
          title={`${counted(counts.missing, 'product')} lost all their rows`}
          action={{
            content: `Take ${counted(counts.missing, 'product')} out of the catalog`,
            onAction: props.onAcceptMissing,
            loading: props.busy,
          }}
        >
          <p>
            That is so many at once that nothing was removed. If your table is being filled anew, wait:
            products whose rows come back go on as before.
          </p>
        </Banner>
      )}
      <Card>
        <BlockStack gap="400">
          <InlineStack align="space-between" blockAlign="center" gap="200">
            <Text as="h2" variant="headingMd">
              {status.table}
            </Text>
            <StateBadge words={badgeOf(status)} />
          </InlineStack>
          {isReading && (
            <BlockStack gap="200">
              <ProgressBar
                progress={
                  status.rowsExpected === 0 ? 0 : Math.min(100, (100 * status.rowsRead) / status.rowsExpected)
                }
                ariaLabelledBy="source-rows"
              />
              <Text as="p" id="source-rows">
                {status.rowsExpected === 0
                  ? 'Counting the rows'
                  : `${formatCount(status.rowsRead)} of ${counted(status.rowsExpected, 'row')} (${formatShare(status.rowsRead, status.rowsExpected)})`}
              </Text>
              <Text as="p" tone="subdued">
                You can leave this page; reading goes on. Changes made meanwhile are taken over afterwards.
              </Text>
            </BlockStack>
          )}
          <InlineGrid columns={{ xs: 2, md: 4 }} gap="400">
            <Figure label="Products" value={formatCount(counts.products)} />
            <Figure label="Products to mend" value={formatCount(counts.broken)} />
            <Figure
              label="Last change"
              value={status.changedAt === null ? 'None yet' : formatInstant(status.changedAt, timeZone)}
            />
            {status.mode === 'stream' ? (
              <Figure
                label={status.kind === 'mysql' ? 'Log still to be read' : 'Log kept for Lockstep'}
                value={status.lagBytes === null ? '—' : formatBytes(status.lagBytes)}
              />
            ) : (
              <Figure
                label="Last looked"
                value={status.followedAt === null ? '—' : formatInstant(status.followedAt, timeZone)}
              />
            )}
          </InlineGrid>
        </BlockStack>
      </Card>
      {status.writeBack && (
        <Card>
          <BlockStack gap="300">
            <Text as="h2" variant="headingMd">
              Written back
            </Text>
            <InlineGrid columns={{ xs: 2, md: 4 }} gap="400">
              <Figure label="Written into your table" value={formatCount(status.writeBacks.written)} />
              <Figure label="Waiting" value={formatCount(status.writeBacks.waiting)} />
              <Figure label="Left as they are" value={formatCount(status.writeBacks.left)} />
            </InlineGrid>
            {status.leftWriteBacks.map(({ title, field, message }, index) => (
              <Text as="p" key={index}>{`${title} · ${field}: ${message ?? ''}`}</Text>
            ))}
          </BlockStack>
        </Card>
      )}
      {status.broken.length > 0 && (
        <Card>
          <BlockStack gap="300">
            <Text as="h2" variant="headingMd">
              Rows to mend
            </Text>
            <Text as="p">
              Their products stay as they are until every row of them can be read. Mend the rows in your
              database, or the mapping: they are taken over by themselves.
            </Text>
            <Box>
              <RowProblems problems={status.broken} />
            </Box>
          </BlockStack>
        </Card>
      )}
    </BlockStack>
  );
}
