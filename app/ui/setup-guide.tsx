import {
  BlockStack,
  Box,
  Button,
  Card,
  Collapsible,
  Icon,
  InlineStack,
  ProgressBar,
  Text,
} from '@shopify/polaris';
import { CheckCircleIcon, ChevronDownIcon, ChevronUpIcon, MinusCircleIcon } from '@shopify/polaris-icons';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';

export interface SetupStep {
  id: string;
  title: string;
  done: boolean;
  content: ReactNode;
}

/** The steps that lead to a store in sync; the first open one is unfolded. */
export function SetupGuide({ steps, onDismiss }: { steps: SetupStep[]; onDismiss: () => void }) {
  const done = steps.filter((step) => step.done).length;
  const firstOpen = steps.find((step) => !step.done)?.id ?? null;
  // Null: whatever is the first open step; the merchant's own choice holds from then on.
  const [chosen, setChosen] = useState<{ id: string | null } | null>(null);
  const unfolded = chosen === null ? firstOpen : chosen.id;
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="start" gap="200" wrap={false}>
          <BlockStack gap="100">
            <Text as="h2" variant="headingMd">
              Set up Lockstep
            </Text>
            <Text as="p" tone="subdued">
              Three steps to a store that shows what your catalog says.
            </Text>
          </BlockStack>
          <Button variant="tertiary" onClick={onDismiss}>
            {done === steps.length ? 'Close guide' : 'Hide guide'}
          </Button>
        </InlineStack>
        <InlineStack gap="300" blockAlign="center" wrap={false}>
          <Box minWidth="fit-content">
            <Text as="span" id="setup-progress">{`${done} of ${steps.length} steps done`}</Text>
          </Box>
          <Box width="100%">
            <ProgressBar
              progress={(done / steps.length) * 100}
              size="small"
              tone="success"
              ariaLabelledBy="setup-progress"
            />
          </Box>
        </InlineStack>
        <BlockStack gap="200">
          {steps.map((step, index) => (
            <Step
              key={step.id}
              number={index + 1}
              step={step}
              open={unfolded === step.id}
              onToggle={() => setChosen({ id: unfolded === step.id ? null : step.id })}
            />
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}

function Step(props: { number: number; step: SetupStep; open: boolean; onToggle: () => void }) {
  const { number, step, open, onToggle } = props;
  const id = useId();
  return (
    <Box background={open ? 'bg-surface-secondary' : 'bg-surface'} borderRadius="200" padding="300">
      <BlockStack gap="200">
        <InlineStack gap="200" blockAlign="center" wrap={false}>
          <Box>
            <Icon
              source={step.done ? CheckCircleIcon : MinusCircleIcon}
              tone={step.done ? 'success' : 'subdued'}
              accessibilityLabel={step.done ? 'Done' : 'Not done yet'}
            />
          </Box>
          <Box width="100%">
            <Button
              variant="monochromePlain"
              textAlign="left"
              fullWidth
              disclosure={false}
              onClick={onToggle}
              ariaExpanded={open}
              ariaControls={id}
            >
              {`${number}. ${step.title}`}
            </Button>
          </Box>
          <Box>
            <Icon source={open ? ChevronUpIcon : ChevronDownIcon} tone="subdued" />
          </Box>
        </InlineStack>
        <Collapsible id={id} open={open}>
          <Box paddingInlineStart={{ xs: '0', sm: '800' }} paddingBlockEnd="100">
            {step.content}
          </Box>
        </Collapsible>
      </BlockStack>
    </Box>
  );
}
