import { BlockStack, Box, InlineStack, Link, Text } from '@shopify/polaris';
import type { ReactNode } from 'react';
import { formatDay, formatTime } from './formats';
import { calendarDays } from './promotion-calendar-month';
import type { CalendarEvent, CalendarPromotion } from './promotion-calendar-month';
import { promotionStateWords } from './promotion-words';
import { StateBadge } from './state-badge';

/** A month day by day, for narrow screens: what is on from before, and what begins or ends on which day. */
export function PromotionDays(props: {
  month: string;
  today: string;
  promotions: CalendarPromotion[];
  timeZone: string;
}) {
  const { month, today, promotions, timeZone } = props;
  const { onFromBefore, days } = calendarDays(month, promotions, timeZone);
  if (onFromBefore.length === 0 && days.length === 0)
    return (
      <Box padding="400">
        <Text as="p" tone="subdued">
          No promotion is on in this month.
        </Text>
      </Box>
    );
  return (
    <BlockStack>
      {onFromBefore.length > 0 && (
        <Section title="On at the start of the month">
          {onFromBefore.map((promotion) => (
            <Entry key={promotion.id} promotion={promotion} note={null} />
          ))}
        </Section>
      )}
      {days.map(({ day, events }) => (
        <Section key={day} title={`${formatDay(day)}${day === today ? ' (today)' : ''}`}>
          {events.map((event) => (
            <Entry
              key={`${event.promotion.id} ${event.turn}`}
              promotion={event.promotion}
              note={eventWords(event, timeZone)}
            />
          ))}
        </Section>
      ))}
    </BlockStack>
  );
}

const eventWords = ({ turn, at }: CalendarEvent, timeZone: string) =>
  `${turn === 'starts' ? 'Starts' : 'Ends'} ${formatTime(at, timeZone)}`;

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box padding="400" borderBlockEndWidth="025" borderColor="border">
      <BlockStack gap="200">
        <Text as="h3" variant="headingSm">
          {title}
        </Text>
        <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>{children}</ul>
      </BlockStack>
    </Box>
  );
}

function Entry({ promotion, note }: { promotion: CalendarPromotion; note: string | null }) {
  return (
    <li style={{ paddingBlock: 'var(--p-space-100)' }}>
      <InlineStack align="space-between" gap="200" wrap={false} blockAlign="start">
        <BlockStack>
          <Link url={`/app/promotions/${promotion.id}`} removeUnderline>
            <Text as="span" fontWeight="semibold" breakWord>
              {promotion.name}
            </Text>
          </Link>
          {note !== null && (
            <Text as="span" tone="subdued">
              {note}
            </Text>
          )}
        </BlockStack>
        <StateBadge words={promotionStateWords(promotion)} />
      </InlineStack>
    </li>
  );
}
