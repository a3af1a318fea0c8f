import { BlockStack, IndexTable, InlineStack, Link, Text, useBreakpoints } from '@shopify/polaris';
import { formatCount, formatInstant, formatSpan, secondsBetween } from './formats';
import { endStateWords, runStateWords, triggerWords } from './state-words';
import { StateBadge } from './state-badge';

export interface RunsTableRow {
  id: string;
  trigger: string;
  causedBy: string;
  state: string;
  productsTotal: number;
  counts: Record<string, number>;
  calls: number;
  points: number;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

const SHOWN = ['applied', 'skipped', 'conflicted', 'failed', 'cancelled'] as const;

/** "12 applied, 480 nothing to do": the end states that occurred. */
function summary(counts: Record<string, number>): string {
  const parts = SHOWN.filter((state) => (counts[state] ?? 0) > 0).map(
    (state) => `${formatCount(counts[state] ?? 0)} ${endStateWords(state).label.toLowerCase()}`,
  );
  return parts.length === 0 ? 'No product looked at' : parts.join(', ');
}

/** Sync runs, newest first. */
export function RunsTable({ runs, timeZone }: { runs: RunsTableRow[]; timeZone: string }) {
  const { smDown } = useBreakpoints();
  return (
    <IndexTable
      condensed={smDown}
      selectable={false}
      resourceName={{ singular: 'sync run', plural: 'sync runs' }}
      itemCount={runs.length}
      headings={[
        { title: 'Started' },
        { title: 'State' },
        { title: 'Products' },
        { title: 'Took', alignment: 'end' },
        { title: 'API points', alignment: 'end' },
      ]}
    >
      {runs.map((run, index) => {
        const started = formatInstant(run.createdAt, timeZone);
        const link = (
          <Link url={`/app/runs/${run.id}`} dataPrimaryLink removeUnderline>
            <Text as="span" fontWeight="semibold">
              {started}
            </Text>
          </Link>
        );
        const took =
          run.startedAt === null || run.finishedAt === null
            ? '–'
            : formatSpan(secondsBetween(run.startedAt, run.finishedAt));
        return (
          <IndexTable.Row id={run.id} key={run.id} position={index}>
            {smDown ? (
              <td style={{ padding: 'var(--p-space-300) var(--p-space-400)', width: '100%' }}>
                <BlockStack gap="100">
                  <InlineStack align="space-between" gap="200">
                    {link}
                    <StateBadge words={runStateWords(run.state)} />
                  </InlineStack>
                  <Text as="span">{summary(run.counts)}</Text>
                  <Text
                    as="span"
                    tone="subdued"
                  >{`${triggerWords(run.trigger)} · ${formatCount(run.points)} points`}</Text>
                </BlockStack>
              </td>
            ) : (
              <>
                <IndexTable.Cell>
                  <BlockStack>
                    {link}
                    <Text as="span" tone="subdued">
                      {triggerWords(run.trigger)}
                    </Text>
                  </BlockStack>
                </IndexTable.Cell>
                <IndexTable.Cell>
                  <StateBadge words={runStateWords(run.state)} />
                </IndexTable.Cell>
                <IndexTable.Cell>
                  <div style={{ whiteSpace: 'normal', minWidth: 140 }}>{summary(run.counts)}</div>
                </IndexTable.Cell>
                <IndexTable.Cell>
                  <Text as="span" alignment="end" numeric>
                    {took}
                  </Text>
                </IndexTable.Cell>
                <IndexTable.Cell>
                  <Text as="span" alignment="end" numeric>
                    {formatCount(run.points)}
                  </Text>
                </IndexTable.Cell>
              </>
            )}
          </IndexTable.Row>
        );
      })}
    </IndexTable>
  );
}
