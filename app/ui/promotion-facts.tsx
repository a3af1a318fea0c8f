import { Banner, BlockStack, Card, InlineGrid, Link, List, Text } from '@shopify/polaris';
import type { PromotionState } from '~/core/promotion';
import { Figure } from './figure';
import { counted, formatCount, formatInstant } from './formats';
import { followWords, isMissed, priorityWords, promotionStateWords, spanWords } from './promotion-words';

export interface PromotionFacts {
  id: string;
  name: string;
  state: PromotionState;
  priority: number;
  showsBaseAsCompareAt: boolean;
  startsAt: string;
  endsAt: string | null;
  products: number;
  variants: number;
  productsToFollow: number;
  createdBy: string;
  createdAt: string;
  activatedAt: string | null;
  endedAt: string | null;
  endedBy: string | null;
}

/** When a promotion is on and for what, what it changes, and how far Shopify is. */
export function PromotionFactsCard(props: { promotion: PromotionFacts; what: string[]; timeZone: string }) {
  const { promotion, what, timeZone } = props;
  const { startsAt, endsAt } = promotion;
  const follow = followWords(promotion);
  return (
    <Card>
      <BlockStack gap="400">
        <InlineGrid columns={{ xs: 1, sm: 2, md: 4 }} gap="400">
          <Figure label="Starts" value={formatInstant(startsAt, timeZone)} />
          <Figure
            label="Ends"
            value={endsAt === null ? 'When somebody ends it' : formatInstant(endsAt, timeZone)}
          />
          <Figure label="Priority" value={priorityWords(promotion.priority)} />
          <Figure label="For" value={counted(promotion.products, 'product')} />
        </InlineGrid>
        <BlockStack gap="200">
          <Text as="h2" variant="headingMd">
            What it does
          </Text>
          <List>
            {what.map((sentence) => (
              <List.Item key={sentence}>{sentence}</List.Item>
            ))}
            {promotion.showsBaseAsCompareAt && (
              <List.Item>Show the regular price as compare-at price</List.Item>
            )}
          </List>
          <Text as="p" tone="subdued">
            {`For ${counted(promotion.variants, 'variant')} in this store only. Prices are reckoned from the regular price as it is then, so a change of it in your catalog counts during the promotion and stays afterwards.`}
          </Text>
        </BlockStack>
        {follow !== null && (
          <div role="status" aria-live="polite">
            <Text as="p" fontWeight="semibold">
              {follow}
            </Text>
          </div>
        )}
        <Text as="p" tone="subdued">
          {history(promotion, timeZone)}
        </Text>
        <Text as="p">
          <Link url={`/app/audit?${new URLSearchParams({ actor: `Promotion "${promotion.name}"` })}`}>
            What it wrote, in the audit log
          </Link>
          {' · '}
          <Link url={`/app/edits/${promotion.id}`}>How it was planned</Link>
        </Text>
      </BlockStack>
    </Card>
  );
}

/** Who scheduled it, when it began, and how it ended. */
function history(promotion: PromotionFacts, timeZone: string): string {
  const { activatedAt, endedAt, endedBy, state } = promotion;
  const at = (iso: string) => formatInstant(iso, timeZone);
  const end = state === 'cancelled' ? 'Cancelled' : 'Ended';
  return [
    `Scheduled by ${promotion.createdBy}, ${at(promotion.createdAt)}.`,
    ...(activatedAt === null ? [] : [`Began ${at(activatedAt)}.`]),
    ...(endedAt === null ? [] : [`${end} ${at(endedAt)}${endedBy === null ? '' : ` by ${endedBy}`}.`]),
  ].join(' ');
}

/** What a person should know or do about a promotion. */
export function PromotionBanners(props: {
  promotion: PromotionFacts;
  /** Compare-at prices above the lowest price of 30 days. */
  aboveLowest: number;
}) {
  const { promotion, aboveLowest } = props;
  const isAhead = promotion.state === 'scheduled' || promotion.state === 'active';
  return (
    <>
      {isMissed(promotion) && (
        <Banner tone="warning" title="This promotion never began">
          The app was not running from its start to its end, so no price was changed. Make it again with other
          times.
        </Banner>
      )}
      {aboveLowest > 0 && isAhead && (
        <Banner
          tone="warning"
          title={`${counted(aboveLowest, 'compare-at price is', 'compare-at prices are')} above the lowest price of the last 30 days`}
          action={{ content: 'Show them', url: '?show=warning-compare-at-above-lowest-price' }}
        >
          In the EU an announced reduction must name the lowest price of the 30 days before it. Lower the
          compare-at price, or do not show it.
        </Banner>
      )}
    </>
  );
}

export interface Overlap {
  id: string;
  name: string;
  state: PromotionState;
  priority: number;
  startsAt: string;
  endsAt: string | null;
  sharedVariants: number;
  wins: boolean;
}

/** Promotions that share variants and time with this one, and which of the two wins. Nothing where there is none. */
export function OverlapsCard({ overlapping, timeZone }: { overlapping: Overlap[]; timeZone: string }) {
  if (overlapping.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Overlaps
        </Text>
        <List>
          {overlapping.map((other) => (
            <List.Item key={other.id}>
              <Text as="span" fontWeight="semibold">
                {other.wins ? 'It wins: ' : 'This one wins: '}
              </Text>
              <Link url={`/app/promotions/${other.id}`}>{other.name}</Link>
              {` · ${promotionStateWords({ ...other, activatedAt: '' }).label.toLowerCase()}, ${spanWords(other, timeZone)} · priority ${priorityWords(other.priority).toLowerCase()} · ${formatCount(other.sharedVariants)} shared ${other.sharedVariants === 1 ? 'variant' : 'variants'}`}
            </List.Item>
          ))}
        </List>
        <Text as="p" tone="subdued">
          For a price that both change, the higher priority wins; of the same priority, the later start. When
          the winner ends, the other one’s price comes back.
        </Text>
      </BlockStack>
    </Card>
  );
}
