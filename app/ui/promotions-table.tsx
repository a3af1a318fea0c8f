import { BlockStack, Box, IndexTable, InlineStack, Link, Text, useBreakpoints } from '@shopify/polaris';
import type { PromotionState } from '~/core/promotion';
import { counted, formatCount, formatInstant } from './formats';
import { priorityWords, promotionStateWords, spanWords } from './promotion-words';
import { StateBadge } from './state-badge';

export interface PromotionsTableRow {
  id: string;
  name: string;
  state: PromotionState;
  activatedAt: string | null;
  /** What it does, a sentence a change. */
  what: string[];
  priority: number;
  startsAt: string;
  endsAt: string | null;
  products: number;
  createdBy: string;
}

interface CellProps {
  promotion: PromotionsTableRow;
  timeZone: string;
}

/** Promotions, the latest start first. */
export function PromotionsTable(props: { promotions: PromotionsTableRow[]; timeZone: string }) {
  const { promotions, timeZone } = props;
  const { smDown } = useBreakpoints();
  return (
    <IndexTable
      condensed={smDown}
      selectable={false}
      resourceName={{ singular: 'promotion', plural: 'promotions' }}
      itemCount={promotions.length}
      emptyState={
        <Box padding="400">
          <Text as="p" tone="subdued" alignment="center">
            No promotion is in this state.
          </Text>
        </Box>
      }
      headings={[
        { title: 'Promotion' },
        { title: 'State' },
        { title: 'Starts' },
        { title: 'Ends' },
        { title: 'Products', alignment: 'end' },
        { title: 'Priority' },
      ]}
    >
      {promotions.map((promotion, index) => (
        <IndexTable.Row id={promotion.id} key={promotion.id} position={index}>
          {smDown ? (
            <PhoneCell promotion={promotion} timeZone={timeZone} />
          ) : (
            <WideCells promotion={promotion} timeZone={timeZone} />
          )}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

function Name({ promotion }: { promotion: PromotionsTableRow }) {
  return (
    <Link url={`/app/promotions/${promotion.id}`} dataPrimaryLink removeUnderline>
      <Text as="span" fontWeight="semibold" breakWord>
        {promotion.name}
      </Text>
    </Link>
  );
}

function What({ promotion }: { promotion: PromotionsTableRow }) {
  return (
    <Text as="span" tone="subdued">
      {promotion.what.join('. ')}
    </Text>
  );
}

function WideCells({ promotion, timeZone }: CellProps) {
  const { startsAt, endsAt } = promotion;
  return (
    <>
      <IndexTable.Cell>
        <div style={{ whiteSpace: 'normal', minWidth: 200, maxWidth: 360, overflowWrap: 'anywhere' }}>
          <BlockStack>
            <Name promotion={promotion} />
            <What promotion={promotion} />
          </BlockStack>
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <StateBadge words={promotionStateWords(promotion)} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <time dateTime={startsAt}>{formatInstant(startsAt, timeZone)}</time>
      </IndexTable.Cell>
      <IndexTable.Cell>
        {endsAt === null ? 'No end' : <time dateTime={endsAt}>{formatInstant(endsAt, timeZone)}</time>}
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Text as="span" alignment="end" numeric>
          {formatCount(promotion.products)}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell>{priorityWords(promotion.priority)}</IndexTable.Cell>
    </>
  );
}

function PhoneCell({ promotion, timeZone }: CellProps) {
  return (
    <td style={{ padding: 'var(--p-space-300) var(--p-space-400)', width: '100%', whiteSpace: 'normal' }}>
      <BlockStack gap="100">
        <InlineStack align="space-between" gap="200" wrap={false} blockAlign="start">
          <Name promotion={promotion} />
          <StateBadge words={promotionStateWords(promotion)} />
        </InlineStack>
        <What promotion={promotion} />
        <Text as="span">{spanWords(promotion, timeZone)}</Text>
        <Text as="span" tone="subdued" variant="bodySm">
          {`${counted(promotion.products, 'product')} · Priority ${priorityWords(promotion.priority).toLowerCase()}`}
        </Text>
      </BlockStack>
    </td>
  );
}
