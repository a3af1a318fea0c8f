import { BlockStack, Box, Card, InlineStack, Link, Text } from '@shopify/polaris';
import type { FieldValue } from '~/core/decision';
import { directionWords } from './change-words';
import { fieldLabel, fieldText } from './field-words';
import { formatInstant } from './formats';
import { endStateWords } from './state-words';
import { StateBadge } from './state-badge';

export interface RecordedChange {
  id: string;
  at: string;
  field: string;
  variant: string | null;
  direction: string;
  before: FieldValue;
  after: FieldValue;
  state: string;
  message: string | null;
  causedBy: string;
  points: number;
  runId: string | null;
}

const SHORT = 120;

function shortened(field: string, value: FieldValue): string {
  const text = fieldText(field.split(':')[0] ?? field, value);
  if (text === '') return 'empty';
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
}

/** The audit of one product: every write, with before, after, cause and cost. */
export function ChangeList(props: {
  changes: RecordedChange[];
  locations: Record<string, string>;
  timeZone: string;
}) {
  const { changes, locations, timeZone } = props;
  return (
    <Card padding="0">
      <Box padding="400">
        <Text as="h2" variant="headingMd">
          Changes
        </Text>
      </Box>
      {changes.length === 0 && (
        <Box padding="400" paddingBlockStart="0">
          <Text as="p" tone="subdued">
            Nothing was written for this product yet.
          </Text>
        </Box>
      )}
      {changes.map((change) => (
        <Box key={change.id} padding="400" borderBlockStartWidth="025" borderColor="border">
          <BlockStack gap="100">
            <InlineStack align="space-between" gap="200">
              <Text as="h3" variant="headingSm">
                {[fieldLabel(change.field, locations), change.variant]
                  .filter((part) => part !== null)
                  .join(' · ')}
              </Text>
              <StateBadge words={endStateWords(change.state)} />
            </InlineStack>
            <Text as="p" breakWord>
              <Text as="span" visuallyHidden>
                From
              </Text>{' '}
              {shortened(change.field, change.before)} <span aria-hidden="true">→</span>
              <Text as="span" visuallyHidden>
                to
              </Text>{' '}
              <Text as="span" fontWeight="semibold">
                {shortened(change.field, change.after)}
              </Text>
            </Text>
            {change.message !== null && <Text as="p">{change.message}</Text>}
            <Text as="p" tone="subdued" variant="bodySm">
              {`${directionWords(change.direction)} · ${formatInstant(change.at, timeZone)} · ${change.causedBy} · ${Number(change.points.toFixed(1))} points`}
              {change.runId !== null && (
                <>
                  {' · '}
                  <Link url={`/app/runs/${change.runId}`}>run</Link>
                </>
              )}
            </Text>
          </BlockStack>
        </Box>
      ))}
    </Card>
  );
}
