import { BlockStack, Modal, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';
import { percentProblem } from './policy-cards';

/** Asks before a store goes live, or before a share of it does. */
export function ModeModal(props: {
  to: 'live' | 'canary';
  percent: number;
  decisions: string;
  saving: boolean;
  onConfirm: (percent: number) => void;
  onClose: () => void;
}) {
  const [percent, setPercent] = useState(String(props.percent));
  const problem = percentProblem(percent);
  const isLive = props.to === 'live';
  return (
    <Modal
      open
      onClose={props.onClose}
      title={isLive ? 'Go live?' : 'Start the canary?'}
      primaryAction={{
        content: isLive ? 'Go live' : 'Start canary',
        loading: props.saving,
        onAction: () => {
          if (isLive) props.onConfirm(props.percent);
          else if (problem === null) props.onConfirm(Number(percent));
        },
      }}
      secondaryActions={[{ content: 'Cancel', onAction: props.onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <Text as="p">
            {isLive
              ? `A sync of all products starts now and writes what this report shows (${props.decisions}). The report is cleared.`
              : 'A sync starts now. It writes this share of the products, always the same ones, and reports the others anew.'}
          </Text>
          {!isLive && (
            <TextField
              label="Share of the products"
              value={percent}
              onChange={setPercent}
              autoComplete="off"
              inputMode="numeric"
              suffix="%"
              {...(problem === null ? {} : { error: problem })}
            />
          )}
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}
