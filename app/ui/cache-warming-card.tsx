import { BlockStack, Card, InlineGrid, List, Text } from '@shopify/polaris';
import { counted, formatCount, formatInstant } from './formats';
import { TimeChart } from './time-chart';

interface ShownWarming {
  points: { at: string; ended: number; used: number; expectedUsed: number; points: number }[];
  upcoming: { expectedAt: string | null; reason: string; products: number; warmed: number }[];
  starts: { at: string; kind: string; products: number }[];
}

const REASONS: Record<string, string> = { habit: 'by habit', promotion: 'a promotion' };
const KINDS: Record<string, string> = { run: 'Sync', edit: 'Bulk edit', promotion: 'Promotion' };

/** What warming expected, and what became of it. */
export function CacheWarmingCard({ warming, timeZone }: { warming: ShownWarming; timeZone: string }) {
  const { points, upcoming, starts } = warming;
  return (
    <Card>
      <BlockStack gap="400">
        <TimeChart
          title="Warming: forecast and outcome"
          description="Products that were read some minutes before work was expected: how many were expected to be needed, how many were, and how many were read for nothing."
          kind="bar"
          timeZone={timeZone}
          series={
            points.length === 0
              ? []
              : [
                  {
                    name: 'Expected to be needed',
                    unit: 'products',
                    points: points.map(({ at, expectedUsed }) => ({ at, value: Math.round(expectedUsed) })),
                  },
                  {
                    name: 'Needed',
                    unit: 'products',
                    points: points.map(({ at, used }) => ({ at, value: used })),
                  },
                  {
                    name: 'Read for nothing',
                    unit: 'products',
                    points: points.map(({ at, ended, used }) => ({ at, value: ended - used })),
                  },
                ]
          }
          empty="Nothing was warmed in this time: when your store works at the same times for some weeks, or a promotion is planned, its products are read beforehand."
        />
        <InlineGrid columns={{ xs: 1, md: 2 }} gap="400">
          <BlockStack gap="100">
            <Text as="h3" variant="headingSm">
              Expected now
            </Text>
            {upcoming.length === 0 ? (
              <Text as="p" tone="subdued">
                No work is expected within the next minutes.
              </Text>
            ) : (
              <List>
                {upcoming.map(({ expectedAt, reason, products, warmed }) => (
                  <List.Item key={`${expectedAt ?? ''} ${reason}`}>
                    {expectedAt === null ? 'Soon' : formatInstant(expectedAt, timeZone)},{' '}
                    {REASONS[reason] ?? reason}: {counted(products, 'product')}, {formatCount(warmed)} read
                  </List.Item>
                ))}
              </List>
            )}
          </BlockStack>
          <BlockStack gap="100">
            <Text as="h3" variant="headingSm">
              Work that began
            </Text>
            {starts.length === 0 ? (
              <Text as="p" tone="subdued">
                Nothing was learned yet.
              </Text>
            ) : (
              <List>
                {starts.map(({ at, kind, products }) => (
                  <List.Item key={at}>
                    {formatInstant(at, timeZone)}: {KINDS[kind] ?? kind}, {counted(products, 'product')}
                  </List.Item>
                ))}
              </List>
            )}
          </BlockStack>
        </InlineGrid>
      </BlockStack>
    </Card>
  );
}
