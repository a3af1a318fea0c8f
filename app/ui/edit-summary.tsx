import { Banner, BlockStack, Card, InlineGrid, InlineStack, Link, List, Text } from '@shopify/polaris';
import type { EditTarget, PromotionState } from '~/core/promotion';
import { fieldsLeft } from './edit-views';
import type { EditFigures } from './edit-views';
import { editStateWords, warningWords } from './edit-words';
import { Figure } from './figure';
import { counted, formatCount, formatInstant, formatSpan } from './formats';
import { promotionStateWords, spanWords } from './promotion-words';

/** Another edit of a chain of undos. */
export interface LinkedEdit {
  id: string;
  name: string;
}

/** Which products, and what is changed of them, as it was asked for. */
export function EditPurpose(props: {
  products: string;
  what: string[];
  /** Where it applies, and when. */
  where: string[];
  undoes: LinkedEdit | null;
  undoneBy: (LinkedEdit & { state: string })[];
}) {
  const { products, what, where, undoes, undoneBy } = props;
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {undoes === null ? 'What it does' : 'What it takes back'}
        </Text>
        {undoes !== null && (
          <Text as="p">
            <Link url={`/app/edits/${undoes.id}`}>{undoes.name}</Link>
            {': each field gets back what it held before, unless somebody changed it since.'}
          </Text>
        )}
        {undoes === null && (
          <>
            <List>
              {what.map((sentence) => (
                <List.Item key={sentence}>{sentence}</List.Item>
              ))}
            </List>
            <Text as="p" tone="subdued" breakWord>
              {`For ${products}.`}
            </Text>
            {where.map((sentence) => (
              <Text as="p" key={sentence}>
                {sentence}
              </Text>
            ))}
          </>
        )}
        {undoneBy.map(({ id, name, state }) => (
          <Text as="p" key={id}>
            {'Taken back by '}
            <Link url={`/app/edits/${id}`}>{name}</Link>
            {` (${editStateWords(state).label.toLowerCase()}).`}
          </Text>
        ))}
      </BlockStack>
    </Card>
  );
}

interface Forecasted {
  lane: string;
  calls: number;
  points: number;
  seconds: number;
}

const LANES: Record<string, string> = {
  documents: 'in batches',
  bulk: 'in bulk',
};

/** "120 calls in batches, 1,200 API points. …" */
function forecastWords({ lane, calls, points }: Forecasted): string {
  return `${counted(calls, 'call')} ${LANES[lane] ?? lane}, ${counted(points, 'API point')}. The time holds while nothing else is synced.`;
}

/** What the plan comes to, and what carrying it to Shopify takes. */
export function PlanSummary(props: {
  edit: EditFigures & {
    productsToChange: number;
    productsSelected: number;
    forecast: Forecasted | null;
  };
  /** Why no forecast can be made, or what else there is to know of the way to Shopify. */
  note: string | null;
}) {
  const { edit, note } = props;
  const { forecast } = edit;
  const warnings = Object.entries(edit.warnings).filter(([, fields]) => fields > 0);
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          The plan
        </Text>
        <InlineGrid columns={{ xs: 2, sm: 4 }} gap="400">
          <Figure
            label="Products"
            value={
              edit.productsToChange === edit.productsSelected
                ? formatCount(edit.productsToChange)
                : `${formatCount(edit.productsToChange)} of ${formatCount(edit.productsSelected)}`
            }
          />
          <Figure label="Changes" value={formatCount(edit.fieldsToChange)} />
          <Figure label="Left as they are" value={formatCount(edit.fieldsSkipped)} />
          <Figure
            label="Time in Shopify"
            value={forecast === null ? '–' : `about ${formatSpan(Math.max(1, forecast.seconds))}`}
          />
        </InlineGrid>
        {(forecast !== null || note !== null) && (
          <Text as="p" tone="subdued">
            {[forecast === null ? null : forecastWords(forecast), note]
              .filter((part) => part !== null)
              .join(' ')}
          </Text>
        )}
        {warnings.length > 0 && (
          <BlockStack gap="100">
            <Text as="h3" variant="headingSm">
              Look at these before you apply
            </Text>
            <InlineStack gap="400">
              {warnings.map(([code, fields]) => (
                <Link key={code} url={`?show=warning-${code}`}>
                  {`${warningWords(code)}: ${counted(fields, 'field')}`}
                </Link>
              ))}
            </InlineStack>
          </BlockStack>
        )}
      </BlockStack>
    </Card>
  );
}

/** What became of an edit that has ended, here and in Shopify. */
export function EditResult(props: {
  edit: EditFigures & {
    startedAt: string | null;
    finishedAt: string | null;
    confirmedBy: string | null;
    target: EditTarget['kind'];
    run: { id: string; productsTotal: number; counts: Record<string, number> } | null;
  };
  /** Where there is no run: how Shopify gets it. */
  note: string | null;
  timeZone: string;
}) {
  const { edit, note, timeZone } = props;
  const { run } = edit;
  const left = fieldsLeft(edit);
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Result
        </Text>
        <InlineGrid columns={{ xs: 2, sm: 3, md: 5 }} gap="400">
          <Figure label="Fields changed" value={formatCount(edit.fieldsApplied)} />
          <Figure label="Changed meanwhile" value={formatCount(edit.fieldsMoved)} />
          <Figure label="Not possible" value={formatCount(edit.fieldsRefused)} />
          <Figure label="Not reached" value={formatCount(left)} />
          <Figure label="Left as they are" value={formatCount(edit.fieldsSkipped)} />
        </InlineGrid>
        {run !== null && (
          <Text as="p">
            {`Shopify took ${counted(run.counts['applied'] ?? 0, 'product')} of ${formatCount(run.productsTotal)}${
              (run.counts['failed'] ?? 0) > 0 ? `, ${formatCount(run.counts['failed'] ?? 0)} failed` : ''
            }. `}
            <Link url={`/app/runs/${run.id}`}>Sync run</Link>
          </Text>
        )}
        {run === null && note !== null && <Text as="p">{note}</Text>}
        {edit.target === 'store' && <Link url="/app/overrides">Overrides of this store</Link>}
        {edit.startedAt !== null && edit.finishedAt !== null && (
          <Text as="p" tone="subdued">
            {`Applied by ${edit.confirmedBy ?? 'itself'} at ${formatInstant(edit.startedAt, timeZone)}, ended ${formatInstant(edit.finishedAt, timeZone)}.`}
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}

const PROMOTION_TITLES: Record<PromotionState, string> = {
  scheduled: 'This promotion is on the calendar',
  active: 'This promotion is on',
  ended: 'This promotion has ended',
  cancelled: 'This promotion was cancelled',
};

/** A promotion that was planned here: where it is now. */
export function ScheduledBanner(props: {
  editId: string;
  /** Null: it was deleted since. */
  promotion: {
    state: PromotionState;
    activatedAt: string | null;
    startsAt: string;
    endsAt: string | null;
  } | null;
  timeZone: string;
}) {
  const { editId, promotion, timeZone } = props;
  if (promotion === null)
    return <Banner tone="info">The promotion was deleted. What it did is in the audit log.</Banner>;
  return (
    <Banner
      tone={promotion.state === 'ended' || promotion.state === 'cancelled' ? 'info' : 'success'}
      title={PROMOTION_TITLES[promotion.state]}
      action={{ content: 'Show the promotion', url: `/app/promotions/${editId}` }}
    >
      {`${promotionStateWords(promotion).label}: ${spanWords(promotion, timeZone)}.`}
    </Banner>
  );
}
