import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useNavigate } from '@remix-run/react';
import {
  Box,
  Button,
  ButtonGroup,
  Card,
  EmptyState,
  InlineStack,
  Tabs,
  Text,
  useBreakpoints,
} from '@shopify/polaris';
import { ChevronLeftIcon, ChevronRightIcon } from '@shopify/polaris-icons';
import { instantOf } from '~/core/local-time';
import { PROMOTION_STATES } from '~/core/promotion';
import { readPromotionCalendar, readPromotions } from '~/db/pages/promotions.server';
import type { PromotionRow } from '~/db/pages/promotions.server';
import { authenticateShop } from '~/shopify.server';
import { CursorPager } from '~/ui/cursor-pager';
import { changeSentence } from '~/ui/edit-words';
import { formatMonth } from '~/ui/formats';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';
import { PromotionCalendar } from '~/ui/promotion-calendar';
import { dayOf, monthAfter, readMonth, shownDays } from '~/ui/promotion-calendar-month';
import { PromotionDays } from '~/ui/promotion-days';
import { promotionStateWords } from '~/ui/promotion-words';
import { PromotionsTable } from '~/ui/promotions-table';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Promotions · Lockstep' }];

const PROMOTIONS_A_PAGE = 25;

const shown = ({ changes, ...promotion }: PromotionRow) => ({
  ...promotion,
  what: changes.map((change) => changeSentence(change)),
});

/** `view=list` with `state` and `before`, else the calendar of `month`. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { db } = resources;
  const { searchParams } = new URL(request.url);
  const { timezone: timeZone } = shop;
  const today = dayOf(resources.now(), timeZone);
  const month = readMonth(searchParams.get('month'), today);
  const state = PROMOTION_STATES.find((one) => one === searchParams.get('state')) ?? null;
  const common = { timeZone, today, month, state };
  if (searchParams.get('view') === 'list') {
    const before = searchParams.get('before');
    const states = state === null ? [] : [state];
    const { rows, next } = await readPromotions(db, shop.id, { states, before, limit: PROMOTIONS_A_PAGE });
    const isEmpty = rows.length === 0 && state === null && before === null;
    return { ...common, view: 'list' as const, isEmpty, next, promotions: rows.map(shown) };
  }
  const days = shownDays(month);
  const [rows, any] = await Promise.all([
    readPromotionCalendar(db, shop.id, {
      from: instantOf(days.from, timeZone) ?? new Date(days.from),
      to: instantOf(days.until, timeZone) ?? new Date(days.until),
    }),
    readPromotions(db, shop.id, { states: [], before: null, limit: 1 }),
  ]);
  return {
    ...common,
    view: 'calendar' as const,
    isEmpty: any.rows.length === 0,
    next: null,
    promotions: rows.map(shown),
  };
}

type Data = Awaited<ReturnType<typeof loader>>;

export default function Promotions() {
  const data = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  useReadingAgain('seldom');
  const make = { content: 'Make a promotion', url: '/app/edits/new?target=promotion' };
  if (data.isEmpty)
    return (
      <PageFrame title="Promotions">
        <Card padding="0">
          <EmptyState heading="Prices for a time" image={bothSides} action={make}>
            <p>
              A promotion starts and ends by itself. It is reckoned from the regular price: what changes in
              your catalog meanwhile counts, and stays when it is over.
            </p>
          </EmptyState>
        </Card>
      </PageFrame>
    );
  return (
    <PageFrame
      title="Promotions"
      fullWidth={data.view === 'calendar'}
      primaryAction={make}
      secondaryActions={[{ content: 'Overrides of this store', url: '/app/overrides' }]}
    >
      <Card padding="0">
        <Box padding="400">
          <InlineStack align="space-between" blockAlign="center" gap="300">
            {data.view === 'calendar' ? (
              <MonthTurner data={data} />
            ) : (
              <Text as="h2" variant="headingMd">
                All promotions
              </Text>
            )}
            <div role="group" aria-label="Show as">
              <ButtonGroup variant="segmented">
                <Button pressed={data.view === 'calendar'} onClick={() => navigate('/app/promotions')}>
                  Calendar
                </Button>
                <Button pressed={data.view === 'list'} onClick={() => navigate('?view=list')}>
                  List
                </Button>
              </ButtonGroup>
            </div>
          </InlineStack>
        </Box>
        {data.view === 'calendar' ? <Month data={data} /> : <List data={data} />}
      </Card>
    </PageFrame>
  );
}

function MonthTurner({ data: { month, today } }: { data: Pick<Data, 'month' | 'today'> }) {
  const [former, next] = [monthAfter(month, -1), monthAfter(month, 1)];
  return (
    <InlineStack gap="300" blockAlign="center">
      <ButtonGroup>
        <Button
          icon={ChevronLeftIcon}
          url={`?month=${former}`}
          accessibilityLabel={`Previous month, ${formatMonth(former)}`}
        />
        <Button
          icon={ChevronRightIcon}
          url={`?month=${next}`}
          accessibilityLabel={`Next month, ${formatMonth(next)}`}
        />
        {month !== today.slice(0, 7) && <Button url="/app/promotions">Today</Button>}
      </ButtonGroup>
      <div aria-live="polite">
        <Text as="h2" variant="headingMd">
          {formatMonth(month)}
        </Text>
      </div>
    </InlineStack>
  );
}

function Month({ data }: { data: Data }) {
  const { smDown } = useBreakpoints();
  const { month, today, promotions, timeZone } = data;
  const given = { month, today, promotions, timeZone };
  return smDown ? <PromotionDays {...given} /> : <PromotionCalendar key={month} {...given} />;
}

const TABS = [
  { id: 'all', content: 'All' },
  ...PROMOTION_STATES.map((state) => ({
    id: state,
    content: promotionStateWords({ state, activatedAt: '' }).label,
  })),
];

function List({ data }: { data: Data }) {
  const navigate = useNavigate();
  const selected = Math.max(
    0,
    TABS.findIndex(({ id }) => id === data.state),
  );
  return (
    <Tabs
      tabs={TABS}
      selected={selected}
      onSelect={(at) =>
        navigate(at === 0 ? '?view=list' : `?view=list&state=${TABS[at]?.id ?? ''}`, {
          preventScrollReset: true,
        })
      }
    >
      <PromotionsTable promotions={data.promotions} timeZone={data.timeZone} />
      <CursorPager parameter="before" next={data.next} label="Pages of promotions" />
    </Tabs>
  );
}
