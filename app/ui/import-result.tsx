import {
  Banner,
  BlockStack,
  Box,
  Button,
  Card,
  InlineGrid,
  InlineStack,
  Link,
  ProgressBar,
  Text,
  useBreakpoints,
} from '@shopify/polaris';
import { Figure } from './figure';
import { counted, formatCount, formatRate, formatSpan } from './formats';
import { useProgress } from './live';
import type { LiveImport } from './live';
import { importStateWords } from './state-words';
import { StateBadge } from './state-badge';

export interface ImportProblemRow {
  line: number | null;
  handle: string;
  column: string;
  value: string;
  reason: string;
  remedy: string;
}

export interface ImportResultView {
  id: string;
  filename: string;
  state: string;
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  problems: ImportProblemRow[];
  problemsTotal: number;
  unsyncedColumns: string[];
  error: string | null;
  syncRunId: string | null;
}

/** An import while it is under way. */
export function ImportProgressCard(props: {
  running: LiveImport;
  now: string;
  cancelling: boolean;
  onCancel: () => void;
}) {
  const { running, now, cancelling, onCancel } = props;
  const { fraction, perSecond, secondsLeft } = useProgress(
    running.id,
    running.rows,
    running.rowsDone,
    now,
    null,
  );
  const stopping = cancelling || running.cancelRequested;
  const rate = perSecond === null ? '' : ` · ${formatRate(perSecond)} rows/s`;
  const left = secondsLeft === null ? '' : ` · about ${formatSpan(secondsLeft)} left`;
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <InlineStack gap="200" blockAlign="center">
            <Text as="h2" variant="headingMd" breakWord>
              {`Importing ${running.filename}`}
            </Text>
            <StateBadge
              words={stopping ? { label: 'Stopping', tone: 'attention' } : importStateWords(running.state)}
            />
          </InlineStack>
          <Button onClick={onCancel} loading={cancelling} disabled={stopping}>
            Cancel import
          </Button>
        </InlineStack>
        <ProgressBar
          progress={Math.floor(fraction * 100)}
          size="small"
          tone="primary"
          ariaLabelledBy="import-progress"
        />
        <Text as="p" id="import-progress">
          {running.rows === 0
            ? 'It starts in a moment. You may leave this page: the import goes on.'
            : `${formatCount(running.rowsDone)} of ${counted(running.rows, 'row')} read${rate}${left}. You may leave this page.`}
        </Text>
      </BlockStack>
    </Card>
  );
}

/** What an ended import did, and what of the file was not taken. */
export function ImportResult({ result, children }: { result: ImportResultView; children?: React.ReactNode }) {
  return (
    <BlockStack gap="400">
      <Card>
        <BlockStack gap="400">
          <InlineStack gap="200" blockAlign="center">
            <Text as="h2" variant="headingMd" breakWord>
              {result.filename}
            </Text>
            <StateBadge words={importStateWords(result.state)} />
          </InlineStack>
          {result.error !== null && <Banner tone="critical">{result.error}</Banner>}
          <InlineGrid columns={{ xs: 2, sm: 5 }} gap="400">
            <Figure label="Products created" value={formatCount(result.created)} />
            <Figure label="Products updated" value={formatCount(result.updated)} />
            <Figure label="Unchanged" value={formatCount(result.unchanged)} />
            <Figure label="Rows read" value={formatCount(result.rows)} />
            <Figure label="Rows rejected" value={formatCount(result.rejected)} />
          </InlineGrid>
          {result.syncRunId !== null && (
            <Text as="p">
              The changes go to Shopify: <Link url={`/app/runs/${result.syncRunId}`}>show the sync run</Link>.
            </Text>
          )}
          {result.unsyncedColumns.length > 0 && (
            <Banner tone="info" title="Columns that are kept but not synced">
              <p>{`${result.unsyncedColumns.join(', ')}. They come back when you export.`}</p>
            </Banner>
          )}
        </BlockStack>
      </Card>
      {result.problemsTotal > 0 && (
        <Card padding="0">
          <Box padding="400">
            <BlockStack gap="100">
              <Text as="h2" variant="headingMd">
                {counted(result.problemsTotal, 'problem')}
              </Text>
              <Text as="p" tone="subdued">
                Correct these lines and import the file again: what was already taken stays as it is.
              </Text>
            </BlockStack>
          </Box>
          <ProblemsTable problems={result.problems} />
          {children}
        </Card>
      )}
    </BlockStack>
  );
}

const cell: React.CSSProperties = {
  padding: 'var(--p-space-200) var(--p-space-400)',
  textAlign: 'start',
  verticalAlign: 'top',
  borderBlockStart: '1px solid var(--p-color-border)',
  overflowWrap: 'anywhere',
};

function ProblemsTable({ problems }: { problems: ImportProblemRow[] }) {
  const { smDown } = useBreakpoints();
  if (smDown)
    return (
      <BlockStack>
        {problems.map((problem, index) => (
          <Box key={index} padding="400" borderBlockStartWidth="025" borderColor="border">
            <BlockStack gap="100">
              <Text as="h3" variant="headingSm">
                {[problem.line === null ? 'The file' : `Line ${problem.line}`, problem.column]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
              <Text as="p" breakWord>
                {problem.value === '' ? problem.reason : `“${problem.value}”: ${problem.reason}`}
              </Text>
              <Text as="p" tone="subdued">
                {problem.remedy}
              </Text>
            </BlockStack>
          </Box>
        ))}
      </BlockStack>
    );
  return (
    <table style={{ width: '100%', borderCollapse: 'collapse' }}>
      <caption className="Polaris-Text--visuallyHidden">Problems of the file by line</caption>
      <thead>
        <tr>
          {['Line', 'Column', 'Value', 'Reason', 'What to do'].map((heading) => (
            <th key={heading} scope="col" style={cell}>
              <Text as="span" variant="bodySm" tone="subdued">
                {heading}
              </Text>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {problems.map((problem, index) => (
          <tr key={index}>
            <td style={cell}>{problem.line ?? '–'}</td>
            <td style={cell}>{problem.column === '' ? '–' : problem.column}</td>
            <td style={{ ...cell, maxWidth: 220 }}>{problem.value === '' ? '–' : problem.value}</td>
            <td style={cell}>{problem.reason}</td>
            <td style={cell}>{problem.remedy === '' ? '–' : problem.remedy}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
