import { BlockStack, Card, DataTable, List, Text, useBreakpoints } from '@shopify/polaris';
import { counted, formatCount, formatLatency } from './formats';

interface StoreWindow {
  shopId: string;
  times: number;
  medianMs: number | null;
  p99Ms: number | null;
}

interface Oversold {
  shopId: string;
  units: number;
  articles: number;
}

const span = (ms: number | null) => (ms === null ? 'Not measured yet' : formatLatency(ms));

/** How soon each store shows what another one sold, and what was sold meanwhile that was no longer there. */
export function StockWindowsCard(props: {
  names: ReadonlyMap<string, string>;
  days: number;
  windows: StoreWindow[];
  oversold: Oversold[];
}) {
  const { names, days, windows, oversold } = props;
  const { smDown } = useBreakpoints();
  const unitsOf = (shopId: string) => oversold.find((each) => each.shopId === shopId)?.units ?? 0;
  const rows = windows.map(({ shopId, medianMs, p99Ms, times }) => ({
    name: names.get(shopId) ?? 'Store',
    median: span(medianMs),
    most: span(p99Ms),
    times: formatCount(times),
    units: formatCount(unitsOf(shopId)),
  }));
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            Oversell window
          </Text>
          <Text as="p" tone="subdued">
            {`From a sale or return in another store until this one showed it, in the last ${days} days. Meanwhile it may sell what is gone.`}
          </Text>
        </BlockStack>
        {smDown ? (
          <List>
            {rows.map(({ name, median, most, units }) => (
              <List.Item key={name}>
                {`${name}: half within ${median}, 99 % within ${most}; ${units} sold after the last one`}
              </List.Item>
            ))}
          </List>
        ) : (
          <DataTable
            columnContentTypes={['text', 'numeric', 'numeric', 'numeric', 'numeric']}
            headings={['Store', 'Half within', '99 % within', 'Times', 'Units sold after the last one']}
            rows={rows.map(({ name, median, most, times, units }) => [name, median, most, times, units])}
          />
        )}
        {oversold.length > 0 && (
          <Text as="p">
            {`${counted(
              oversold.reduce((sum, { units }) => sum + units, 0),
              'unit',
            )} were sold after the last one was gone. Hold back as many as are sold within the window.`}
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}
