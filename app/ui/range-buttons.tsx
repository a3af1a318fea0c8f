import { Box, Button, ButtonGroup } from '@shopify/polaris';
import { DASHBOARD_RANGES } from '~/core/dashboard-range';
import type { DashboardRange } from '~/core/dashboard-range';

const WORDS: Record<DashboardRange, { short: string; long: string }> = {
  '1h': { short: '1 h', long: 'Last hour' },
  '6h': { short: '6 h', long: 'Last 6 hours' },
  '24h': { short: '24 h', long: 'Last 24 hours' },
  '7d': { short: '7 d', long: 'Last 7 days' },
  '30d': { short: '30 d', long: 'Last 30 days' },
  '90d': { short: '90 d', long: 'Last 90 days' },
};

export const rangeWords = (range: DashboardRange): string => WORDS[range].long;

/** How far back the page looks. */
export function RangeButtons({
  chosen,
  onChoose,
}: {
  chosen: DashboardRange;
  onChoose: (range: DashboardRange) => void;
}) {
  return (
    <Box paddingInline={{ xs: '400', sm: '0' }}>
      <div role="group" aria-label="How far back">
        <ButtonGroup variant="segmented" noWrap>
          {DASHBOARD_RANGES.map((range) => (
            <Button
              key={range}
              pressed={range === chosen}
              onClick={() => onChoose(range)}
              accessibilityLabel={`${WORDS[range].short}: ${WORDS[range].long.toLowerCase()}`}
            >
              {WORDS[range].short}
            </Button>
          ))}
        </ButtonGroup>
      </div>
    </Box>
  );
}
