import { BlockStack, Box, Card, InlineStack, Link, Pagination, Text } from '@shopify/polaris';
import { BeforeAfter } from './audit-table';
import type { AuditTableRow, ChangeNames } from './audit-table';
import { changeStateWords, directionWords } from './change-words';
import { fieldLabel } from './field-words';
import { formatInstant } from './formats';
import { StateBadge } from './state-badge';

/** Changes of one cause that were recorded together. */
interface Moment {
  at: string;
  causedBy: string;
  direction: string;
  runId: string | null;
  rows: AuditTableRow[];
}

function momentsOf(rows: AuditTableRow[]): Moment[] {
  const moments: Moment[] = [];
  for (const row of rows) {
    const last = moments.at(-1);
    if (
      last?.at === row.at &&
      last.causedBy === row.causedBy &&
      last.direction === row.direction &&
      last.runId === row.runId
    )
      last.rows.push(row);
    else
      moments.push({
        at: row.at,
        causedBy: row.causedBy,
        direction: row.direction,
        runId: row.runId,
        rows: [row],
      });
  }
  return moments;
}

const justBefore = (at: string) => new Date(Date.parse(at) - 1).toISOString();

/** What happened to a product, newest first; each moment can be looked at from before and after. */
export function HistoryTimeline(props: {
  rows: AuditTableRow[];
  names: ChangeNames;
  timeZone: string;
  urlOf: (moment: string) => string;
  onNewer: (() => void) | null;
  onOlder: (() => void) | null;
}) {
  const { names, timeZone, urlOf } = props;
  const moments = momentsOf(props.rows);
  return (
    <Card padding="0">
      <Box padding="400">
        <Text as="h2" variant="headingMd">
          Timeline
        </Text>
      </Box>
      {moments.length === 0 && (
        <Box padding="400" paddingBlockStart="0">
          <Text as="p" tone="subdued">
            Nothing is on record for this product. Its first change will start the timeline.
          </Text>
        </Box>
      )}
      <ol style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {moments.map((moment) => {
          const time = formatInstant(moment.at, timeZone, { seconds: true });
          return (
            <li key={moment.rows[0]?.id}>
              <Box padding="400" borderBlockStartWidth="025" borderColor="border">
                <BlockStack gap="200">
                  <InlineStack align="space-between" gap="200">
                    <Text as="h3" variant="headingSm">
                      <time dateTime={moment.at}>{time}</time>
                    </Text>
                    <InlineStack gap="300">
                      <Link
                        url={urlOf(justBefore(moment.at))}
                        accessibilityLabel={`Before ${time}: the product as it was`}
                      >
                        Before
                      </Link>
                      <Link
                        url={urlOf(moment.at)}
                        accessibilityLabel={`After ${time}: the product as it was`}
                      >
                        After
                      </Link>
                    </InlineStack>
                  </InlineStack>
                  <Text as="p" tone="subdued" variant="bodySm">
                    {`${directionWords(moment.direction)} · ${moment.causedBy}`}
                    {moment.runId !== null && (
                      <>
                        {' · '}
                        <Link url={`/app/runs/${moment.runId}`} accessibilityLabel={`Sync run of ${time}`}>
                          run
                        </Link>
                      </>
                    )}
                  </Text>
                  {moment.rows.map((row) => (
                    <InlineStack key={row.id} align="space-between" gap="200" blockAlign="start">
                      <BlockStack>
                        <Text as="span" fontWeight="medium">
                          {[
                            fieldLabel(row.field, names.locations),
                            row.variant === '' ? 'A variant that is gone' : row.variant,
                          ]
                            .filter((part) => part !== null)
                            .join(' · ')}
                        </Text>
                        <BeforeAfter field={row.field} before={row.before} after={row.after} names={names} />
                        {row.message !== null && (
                          <Text as="span" tone="subdued">
                            {row.message}
                          </Text>
                        )}
                      </BlockStack>
                      <StateBadge words={changeStateWords(row.state)} />
                    </InlineStack>
                  ))}
                </BlockStack>
              </Box>
            </li>
          );
        })}
      </ol>
      {(props.onNewer ?? props.onOlder) !== null && (
        <Box padding="300" borderBlockStartWidth="025" borderColor="border">
          <InlineStack align="center">
            <Pagination
              accessibilityLabel="Pages of the timeline"
              hasPrevious={props.onNewer !== null}
              hasNext={props.onOlder !== null}
              onPrevious={() => props.onNewer?.()}
              onNext={() => props.onOlder?.()}
              previousTooltip="Newer"
              nextTooltip="Older"
            />
          </InlineStack>
        </Box>
      )}
    </Card>
  );
}
