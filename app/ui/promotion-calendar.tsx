import { Link } from '@remix-run/react';
import { BlockStack, Box, Button, Icon, InlineStack, Text } from '@shopify/polaris';
import { AlertTriangleIcon, CalendarTimeIcon, CheckIcon, PlayIcon, XIcon } from '@shopify/polaris-icons';
import { useState } from 'react';
import type { CSSProperties } from 'react';
import { WEEKDAYS, counted, formatDay, formatMonth } from './formats';
import { calendarWeeks } from './promotion-calendar-month';
import type { CalendarBar, CalendarPromotion, CalendarWeek } from './promotion-calendar-month';
import { isMissed, promotionStateWords, spanWords } from './promotion-words';

/** Bars of a week that are shown at first, one below the other. */
const LANES_SHOWN = 5;

type Look = { icon: typeof PlayIcon; style: CSSProperties };

const LOOKS: Record<CalendarPromotion['state'] | 'missed', Look> = {
  scheduled: {
    icon: CalendarTimeIcon,
    style: {
      border: '1px dashed var(--p-color-border-emphasis)',
      background: 'var(--p-color-bg-surface-info)',
      color: 'var(--p-color-text)',
    },
  },
  active: {
    icon: PlayIcon,
    style: {
      border: '1px solid var(--p-color-border-success)',
      background: 'var(--p-color-bg-fill-success-secondary)',
      color: 'var(--p-color-text)',
      fontWeight: 'var(--p-font-weight-semibold)',
    },
  },
  ended: {
    icon: CheckIcon,
    style: {
      border: '1px solid var(--p-color-border)',
      background: 'var(--p-color-bg-surface-secondary)',
      color: 'var(--p-color-text-secondary)',
    },
  },
  cancelled: {
    icon: XIcon,
    style: {
      border: '1px dotted var(--p-color-border)',
      background: 'var(--p-color-bg-surface-secondary)',
      color: 'var(--p-color-text-secondary)',
    },
  },
  missed: {
    icon: AlertTriangleIcon,
    style: {
      border: '1px dotted var(--p-color-border-critical)',
      background: 'var(--p-color-bg-surface-critical)',
      color: 'var(--p-color-text)',
    },
  },
};

const lookOf = (promotion: CalendarPromotion): Look =>
  LOOKS[isMissed(promotion) ? 'missed' : promotion.state];

interface Props {
  month: string;
  /** The day that the shop's clock shows. */
  today: string;
  promotions: CalendarPromotion[];
  timeZone: string;
}

/** A month as a table of days, with a bar across the days of each promotion. */
export function PromotionCalendar({ month, today, promotions, timeZone }: Props) {
  const weeks = calendarWeeks(month, promotions, timeZone);
  return (
    <BlockStack>
      <table style={{ width: '100%', tableLayout: 'fixed', borderCollapse: 'collapse' }}>
        <caption>
          <Text as="span" visuallyHidden>
            {`Promotions in ${formatMonth(month)}`}
          </Text>
        </caption>
        <thead>
          <tr>
            {WEEKDAYS.map((weekday) => (
              <th key={weekday} scope="col" style={HEAD}>
                <abbr title={weekday} style={{ textDecoration: 'none' }}>
                  {weekday.slice(0, 3)}
                </abbr>
              </th>
            ))}
          </tr>
        </thead>
        {weeks.map((week) => (
          <Week key={week.days[0]} week={week} month={month} today={today} timeZone={timeZone} />
        ))}
      </table>
      <Box padding="300" borderBlockStartWidth="025" borderColor="border">
        <Legend />
      </Box>
    </BlockStack>
  );
}

const HEAD: CSSProperties = {
  padding: 'var(--p-space-200)',
  textAlign: 'start',
  fontWeight: 'var(--p-font-weight-medium)',
  color: 'var(--p-color-text-secondary)',
};
const EDGE = '1px solid var(--p-color-border-secondary)';

function Week(props: { week: CalendarWeek; month: string; today: string; timeZone: string }) {
  const { week, month, today, timeZone } = props;
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? week.lanes : week.lanes.slice(0, LANES_SHOWN);
  const hidden = week.lanes.slice(shown.length).flat().length;
  return (
    <tbody style={{ borderBlockStart: EDGE }}>
      <tr>
        {week.days.map((day) => (
          <td key={day} style={{ padding: 'var(--p-space-150) var(--p-space-200)', borderInlineStart: EDGE }}>
            <Day day={day} isOutside={!day.startsWith(month)} isToday={day === today} />
          </td>
        ))}
      </tr>
      {shown.map((lane, at) => (
        <tr key={at}>
          <Lane lane={lane} timeZone={timeZone} />
        </tr>
      ))}
      {hidden > 0 && (
        <tr>
          <td colSpan={7} style={{ padding: '0 var(--p-space-200) var(--p-space-150)' }}>
            <Button variant="plain" onClick={() => setWhole(true)}>
              {`Show ${counted(hidden, 'more', 'more')} of this week`}
            </Button>
          </td>
        </tr>
      )}
      <tr aria-hidden="true">
        {week.days.map((day) => (
          <td
            key={day}
            style={{ height: shown.length === 0 ? 56 : 'var(--p-space-300)', borderInlineStart: EDGE }}
          />
        ))}
      </tr>
    </tbody>
  );
}

function Day({ day, isOutside, isToday }: { day: string; isOutside: boolean; isToday: boolean }) {
  return (
    <time
      dateTime={day}
      aria-label={`${formatDay(day)}${isToday ? ', today' : ''}`}
      {...(isToday && { 'aria-current': 'date' })}
      style={{
        display: 'inline-block',
        minWidth: 24,
        padding: '2px 4px',
        borderRadius: 'var(--p-border-radius-full)',
        textAlign: 'center',
        color: isOutside ? 'var(--p-color-text-secondary)' : 'var(--p-color-text)',
        ...(isToday && {
          background: 'var(--p-color-bg-fill-brand)',
          color: 'var(--p-color-text-brand-on-bg-fill)',
          fontWeight: 'var(--p-font-weight-semibold)',
        }),
      }}
    >
      {Number(day.slice(8))}
    </time>
  );
}

/** Bars of one height, and the days between them. */
function Lane({ lane, timeZone }: { lane: CalendarBar[]; timeZone: string }) {
  const before = (at: number) => {
    const former = lane[at - 1];
    return former === undefined ? 0 : former.from + former.length;
  };
  const last = before(lane.length);
  return (
    <>
      {lane.map((bar, at) => (
        <Cells key={bar.promotion.id} gap={bar.from - before(at)} bar={bar} timeZone={timeZone} />
      ))}
      <Gap days={7 - last} />
    </>
  );
}

function Gap({ days }: { days: number }) {
  return Array.from({ length: days }, (_, at) => <td key={at} style={{ borderInlineStart: EDGE }} />);
}

function Cells({ gap, bar, timeZone }: { gap: number; bar: CalendarBar; timeZone: string }) {
  return (
    <>
      <Gap days={gap} />
      <td colSpan={bar.length} style={{ padding: '2px 0', borderInlineStart: EDGE }}>
        <Bar bar={bar} timeZone={timeZone} />
      </td>
    </>
  );
}

function Bar({ bar, timeZone }: { bar: CalendarBar; timeZone: string }) {
  const { promotion, comesFromBefore, goesOn } = bar;
  const { icon, style } = lookOf(promotion);
  const words = `${promotionStateWords(promotion).label}, ${spanWords(promotion, timeZone)}`;
  const open = { borderStartStartRadius: 0, borderEndStartRadius: 0, borderInlineStart: 'none' };
  return (
    <Link
      to={`/app/promotions/${promotion.id}`}
      title={`${promotion.name}: ${words}`}
      style={{
        display: 'flex',
        alignItems: 'center',
        gap: 'var(--p-space-100)',
        marginInlineStart: comesFromBefore ? 0 : 'var(--p-space-100)',
        marginInlineEnd: goesOn ? 0 : 'var(--p-space-100)',
        padding: '2px var(--p-space-150)',
        borderRadius: 'var(--p-border-radius-150)',
        textDecoration: 'none',
        ...style,
        ...(comesFromBefore && open),
        ...(goesOn && { borderStartEndRadius: 0, borderEndEndRadius: 0, borderInlineEnd: 'none' }),
      }}
    >
      <span aria-hidden="true" style={{ flex: 'none' }}>
        <Icon source={icon} />
      </span>
      <span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
        {promotion.name}
        <Text as="span" visuallyHidden>
          {`: ${words}`}
        </Text>
      </span>
    </Link>
  );
}

const STATES = [
  ['scheduled', 'Scheduled'],
  ['active', 'On now'],
  ['ended', 'Ended'],
  ['missed', 'Missed'],
] as const;

function Legend() {
  return (
    <InlineStack gap="400" blockAlign="center">
      {STATES.map(([state, label]) => (
        <InlineStack key={state} gap="100" blockAlign="center">
          <span
            aria-hidden="true"
            style={{ ...LOOKS[state].style, borderRadius: 'var(--p-border-radius-150)', padding: '0 4px' }}
          >
            <Icon source={LOOKS[state].icon} />
          </span>
          <Text as="span" variant="bodySm" tone="subdued">
            {label}
          </Text>
        </InlineStack>
      ))}
      <Text as="span" variant="bodySm" tone="subdued">
        Where two overlap, the upper one wins.
      </Text>
    </InlineStack>
  );
}
