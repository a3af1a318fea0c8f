import { useFetcher } from '@remix-run/react';
import { BlockStack, Button, Card, InlineStack, ProgressBar, SkeletonBodyText, Text } from '@shopify/polaris';
import { useEffect } from 'react';
import type { ActionAnswer } from './action-answer';
import { useAnswerToast } from './action-answer';
import { counted, formatCount, formatInstant, formatShare } from './formats';
import { StateBadge } from './state-badge';

export interface StoreCheck {
  id: string;
  state: string;
  lane: string;
  causedBy: string;
  productsTotal: number;
  productsScanned: number;
  productsDrifted: number;
  error: string | null;
  startedAt: string;
  finishedAt: string | null;
}

export interface DriftState {
  drift: { linked: number; drifted: number; since: string | null };
  running: StoreCheck | null;
  last: StoreCheck | null;
  canCheck: boolean;
}

const PATH = '/app/reconciliation';
const ASK_MS = 2_000;

/**
 * How far catalog and store are known to be apart, and the check of the store that finds more. It reads by itself: with a
 * large catalog the figures take seconds, and the page need not wait for them.
 */
export function DriftCard({ timeZone }: { timeZone: string }) {
  const poll = useFetcher<DriftState>();
  const act = useFetcher<ActionAnswer>();
  useAnswerToast(act.data);
  const state = poll.data;
  const running = state?.running ?? null;

  const { load } = poll;
  useEffect(() => load(PATH), [load]);
  const isIdle = poll.state === 'idle';
  const runningId = running?.id ?? null;
  useEffect(() => {
    if (runningId === null || !isIdle) return;
    const timer = setTimeout(() => load(PATH), ASK_MS);
    return () => clearTimeout(timer);
  }, [runningId, isIdle, load]);

  const submit = (fields: Record<string, string>) => act.submit(fields, { method: 'post', action: PATH });
  const acting = act.state !== 'idle';
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            Drift
          </Text>
          {running !== null && (
            <StateBadge words={{ label: 'Checking', tone: 'info', progress: 'partiallyComplete' }} />
          )}
        </InlineStack>
        {state === undefined ? (
          <SkeletonBodyText lines={3} />
        ) : (
          <Score drift={state.drift} timeZone={timeZone} />
        )}
        {running !== null && <Progress check={running} />}
        {state !== undefined && running === null && state.drift.linked > 0 && (
          <LastCheck check={state.last} timeZone={timeZone} />
        )}
        {running !== null ? (
          <Button
            onClick={() => submit({ intent: 'cancel', reconciliationId: running.id })}
            loading={acting}
            fullWidth
          >
            Cancel the check
          </Button>
        ) : (
          <Button
            onClick={() => submit({ intent: 'check' })}
            loading={acting}
            disabled={state?.canCheck !== true}
            fullWidth
          >
            Check the store now
          </Button>
        )}
      </BlockStack>
    </Card>
  );
}

function Score({ drift, timeZone }: { drift: DriftState['drift']; timeZone: string }) {
  if (drift.linked === 0)
    return (
      <Text as="p" tone="subdued">
        No product is linked yet. After the first sync you see here how far your catalog and your store are
        apart.
      </Text>
    );
  return (
    <BlockStack gap="100">
      <Text as="p" variant="headingLg" numeric>
        {formatShare(drift.drifted, drift.linked)} of products
      </Text>
      <Text as="p" tone="subdued">
        {drift.drifted === 0
          ? `All ${formatCount(drift.linked)} linked products agree in your catalog and in Shopify.`
          : `${formatCount(drift.drifted)} of ${counted(drift.linked, 'linked product')} differ between your catalog and Shopify${
              drift.since === null ? '.' : `, the oldest since ${formatInstant(drift.since, timeZone)}.`
            }`}
      </Text>
    </BlockStack>
  );
}

function Progress({ check }: { check: StoreCheck }) {
  const { productsScanned: done, productsTotal: total } = check;
  const percent = total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : 0;
  const found =
    check.productsDrifted > 0 ? ` ${counted(check.productsDrifted, 'difference')} found so far.` : '';
  return (
    <BlockStack gap="200">
      <ProgressBar progress={percent} size="small" tone="primary" ariaLabelledBy="check-progress" />
      <Text as="p" id="check-progress">
        {check.lane === 'bulk' && done === 0
          ? 'Shopify is writing out the whole store. Large stores take some minutes.'
          : `${formatCount(done)} of ${counted(total, 'product')} compared.${found}`}
      </Text>
    </BlockStack>
  );
}

const ENDS: Record<string, string> = { cancelled: 'cancelled', failed: 'failed' };

function LastCheck({ check, timeZone }: { check: StoreCheck | null; timeZone: string }) {
  if (check === null)
    return (
      <Text as="p" tone="subdued">
        The store has not been checked yet. A check compares every linked product with Shopify and finds what
        no notification told of.
      </Text>
    );
  const end = ENDS[check.state];
  const found =
    check.productsDrifted === 0
      ? 'nothing had been missed'
      : `${counted(check.productsDrifted, 'product')} had changed unnoticed and ${check.productsDrifted === 1 ? 'was' : 'were'} synced`;
  const lane = check.lane === 'bulk' ? 'in bulk' : 'page by page';
  return (
    <BlockStack gap="100">
      <Text as="p" tone={check.state === 'failed' ? 'critical' : 'subdued'}>
        {`Last check ${end === undefined ? '' : `${end} `}${formatInstant(check.finishedAt ?? check.startedAt, timeZone)}: ${counted(check.productsScanned, 'product')} read ${lane}, ${found}.`}
      </Text>
      {check.error !== null && (
        <Text as="p" tone={check.state === 'failed' ? 'critical' : 'subdued'}>
          {check.error}
        </Text>
      )}
    </BlockStack>
  );
}
