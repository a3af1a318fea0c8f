import { BlockStack, Checkbox, Modal, Text } from '@shopify/polaris';
import { useState } from 'react';
import type { PromotionState } from '~/core/promotion';
import { MomentControl } from './edit-target-card';
import { readTarget, targetForm } from './edit-target-form';

/** Times to change; what is not named stays. */
export interface NewTimes {
  /** ISO 8601. */
  startsAt?: string;
  /** Null: no end. */
  endsAt?: string | null;
}

interface Timed {
  name: string;
  state: PromotionState;
  startsAt: string;
  endsAt: string | null;
  priority: number;
  showsBaseAsCompareAt: boolean;
}

/** Asks for other times: of a promotion that is on for another end only. Make it anew for each promotion. */
export function PromotionTimesModal(props: {
  promotion: Timed;
  timeZone: string;
  saving: boolean;
  onSave: (times: NewTimes) => void;
  onClose: () => void;
}) {
  const { promotion, timeZone } = props;
  const isOn = promotion.state === 'active';
  const clock = { timeZone, now: new Date() };
  const { startsAt, endsAt, ...terms } = promotion;
  const [held] = useState(() => ({
    ...targetForm(
      {
        kind: 'promotion',
        terms: {
          ...terms,
          startsAt: new Date(startsAt),
          endsAt: endsAt === null ? null : new Date(endsAt),
        },
      },
      clock,
    ),
    startsAtOnce: isOn,
  }));
  const [form, setForm] = useState(held);
  const [isAsked, setAsked] = useState(false);
  const { target, problems } = readTarget(form, clock);
  const shown = problems.filter(({ isMissing }) => isAsked || !isMissing);
  const problemOf = (control: string) => shown.find((one) => one.control === control)?.message;
  const save = () => {
    setAsked(true);
    if (target?.kind !== 'promotion') return;
    const wanted = target.terms;
    props.onSave({
      ...(form.startsAt !== held.startsAt && { startsAt: wanted.startsAt.toISOString() }),
      ...((form.endsAt !== held.endsAt || form.isOpenEnded !== held.isOpenEnded) && {
        endsAt: wanted.endsAt?.toISOString() ?? null,
      }),
    });
  };
  return (
    <Modal
      open
      onClose={props.onClose}
      title={`When “${promotion.name}” is on`}
      primaryAction={{ content: 'Change times', onAction: save, loading: props.saving }}
      secondaryActions={[{ content: 'Keep them', onAction: props.onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          {isOn ? (
            <Text as="p">It has begun, so only its end can be moved.</Text>
          ) : (
            <MomentControl
              control="startsAt"
              label="Starts"
              value={form.startsAt}
              onChange={(typed) => setForm({ ...form, startsAt: typed })}
              problemOf={problemOf}
              timeZone={timeZone}
            />
          )}
          <MomentControl
            control="endsAt"
            label="Ends"
            value={form.endsAt}
            onChange={(typed) => setForm({ ...form, endsAt: typed })}
            disabled={form.isOpenEnded}
            problemOf={problemOf}
            timeZone={timeZone}
          />
          <Checkbox
            label="No end: until I end it"
            checked={form.isOpenEnded}
            onChange={(isOpenEnded) => setForm({ ...form, isOpenEnded })}
          />
          <Text as="p" tone="subdued">
            {`By the clock of your store (${timeZone}).`}
          </Text>
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}

export type PromotionEnd = 'end' | 'cancel' | 'delete';

const QUESTIONS: Record<PromotionEnd, { title: string; yes: string; no: string; text: string }> = {
  end: {
    title: 'End the promotion now?',
    yes: 'End now',
    no: 'Let it go on',
    text: 'Its prices go back to the regular ones at once, or to those of another promotion that is on. It cannot be continued.',
  },
  cancel: {
    title: 'Cancel the promotion?',
    yes: 'Cancel promotion',
    no: 'Keep it',
    text: 'It will not begin. No price was changed by it.',
  },
  delete: {
    title: 'Delete the promotion?',
    yes: 'Delete promotion',
    no: 'Keep it',
    text: 'It disappears from the calendar and the list. What it did stays in the audit log.',
  },
};

/** Asks before a promotion is ended, cancelled or deleted. */
export function PromotionEndModal(props: {
  question: PromotionEnd;
  asking: boolean;
  onYes: () => void;
  onClose: () => void;
}) {
  const { title, yes, no, text } = QUESTIONS[props.question];
  return (
    <Modal
      open
      onClose={props.onClose}
      title={title}
      primaryAction={{ content: yes, destructive: true, loading: props.asking, onAction: props.onYes }}
      secondaryActions={[{ content: no, onAction: props.onClose }]}
    >
      <Modal.Section>
        <Text as="p">{text}</Text>
      </Modal.Section>
    </Modal>
  );
}
