import { BlockStack, Button, Card, InlineStack, Link, ProgressBar, Text } from '@shopify/polaris';
import type { ReactNode } from 'react';
import type { EditTarget } from '~/core/promotion';
import { counted, formatCount, formatSpan } from './formats';
import { useProgress } from './live';
import type { Progress } from './progress';

/** What the progress of an edit is told from. */
export interface EditInProgress {
  id: string;
  state: string;
  target: EditTarget['kind'];
  createdAt: string;
  startedAt: string | null;
  cancelRequested: boolean;
  productsSelected: number;
  productsWalked: number;
  productsToChange: number;
  productsWritten: number;
  run: {
    id: string;
    productsTotal: number;
    productsDone: number;
    startedAt: string | null;
    counts: { failed: number };
  } | null;
}

interface Props {
  edit: EditInProgress;
  /** The instant of the figures (ISO 8601). */
  now: string;
  cancelling: boolean;
  onCancel: () => void;
}

function Bar({ id, words, progress }: { id: string; words: ReactNode; progress: Progress }) {
  return (
    <BlockStack gap="150">
      <Text as="p" id={id}>
        {words}
      </Text>
      <ProgressBar
        progress={Math.floor(progress.fraction * 100)}
        size="small"
        tone="primary"
        ariaLabelledBy={id}
      />
    </BlockStack>
  );
}

function timeLeft({ secondsLeft }: Progress): string {
  if (secondsLeft === null) return 'Reckoning how long it takes…';
  return secondsLeft < 1 ? 'Done in a moment' : `About ${formatSpan(secondsLeft)} left`;
}

function Frame(props: {
  title: string;
  left: string | null;
  action: ReactNode;
  hint: string;
  children: ReactNode;
}) {
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <InlineStack gap="300" blockAlign="center">
            <Text as="h2" variant="headingMd">
              {props.title}
            </Text>
            {props.left !== null && (
              <Text as="span" tone="subdued">
                {props.left}
              </Text>
            )}
          </InlineStack>
          {props.action}
        </InlineStack>
        {props.children}
        <Text as="p" tone="subdued">
          {props.hint}
        </Text>
      </BlockStack>
    </Card>
  );
}

/** An edit that is being planned: how many of the selected products were looked at. */
export function PlanningCard({ edit, now, cancelling, onCancel }: Props) {
  const progress = useProgress(
    `${edit.id} plan`,
    edit.productsSelected,
    edit.productsWalked,
    now,
    edit.createdAt,
  );
  const stopping = cancelling || edit.cancelRequested;
  return (
    <Frame
      title={stopping ? 'Stopping' : 'Working out what changes'}
      left={edit.productsWalked === 0 || stopping ? null : timeLeft(progress)}
      action={
        <Button onClick={onCancel} disabled={stopping}>
          Cancel edit
        </Button>
      }
      hint="Nothing is changed yet: you see every change before you apply it. You can leave this page and come back."
    >
      <Bar
        id="edit-planning"
        progress={progress}
        words={
          edit.productsSelected === 0
            ? 'Finding the products…'
            : `${formatCount(edit.productsWalked)} of ${counted(edit.productsSelected, 'product')} looked at`
        }
      />
    </Frame>
  );
}

/** An edit that is being written, or that Shopify still follows: how far each is, and how to stop it. */
export function ApplyingCard({ edit, now, cancelling, onCancel }: Props) {
  const { run } = edit;
  const isWriting = edit.state === 'applying';
  const written = useProgress(
    `${edit.id} write`,
    edit.productsToChange,
    edit.productsWritten,
    now,
    edit.startedAt,
  );
  const followed = useProgress(
    `${edit.id} run`,
    run?.productsTotal ?? 0,
    run?.productsDone ?? 0,
    now,
    run?.startedAt ?? null,
  );
  const stopping = isWriting && (cancelling || edit.cancelRequested);
  const title = stopping ? 'Stopping' : isWriting ? 'Applying' : 'Shopify is following';
  return (
    <Frame
      title={title}
      left={stopping ? null : timeLeft(run === null ? written : followed)}
      action={
        isWriting && (
          <Button onClick={onCancel} disabled={stopping}>
            Cancel edit
          </Button>
        )
      }
      hint={
        isWriting
          ? 'Cancelling stops between two chunks: what was written goes to Shopify, the rest stays as it is. You can leave this page; the edit goes on.'
          : 'You can leave this page; it goes on.'
      }
    >
      <Bar
        id="edit-writing"
        progress={written}
        words={`${edit.target === 'store' ? 'Your overrides' : 'Your catalog'}: ${formatCount(edit.productsWritten)} of ${counted(edit.productsToChange, 'product')} written`}
      />
      {run !== null && (
        <Bar
          id="edit-following"
          progress={followed}
          words={
            <>
              {`Shopify: ${formatCount(run.productsDone)} of ${counted(run.productsTotal, 'product')} done · `}
              <Link url={`/app/runs/${run.id}`}>Sync run</Link>
            </>
          }
        />
      )}
      {run !== null && run.counts.failed > 0 && (
        <Text as="p" tone="critical">
          {`${counted(run.counts.failed, 'product')} failed in Shopify so far; the edit goes on with the others.`}
        </Text>
      )}
    </Frame>
  );
}
