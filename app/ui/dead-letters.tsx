import { Banner, BlockStack, Box, Button, Card, InlineStack, Link, Text } from '@shopify/polaris';
import { counted, formatInstant } from './formats';
import { jobWords } from './state-words';

export interface DeadLetter {
  id: string;
  job: string;
  reason: string;
  attempts: number;
  products: number;
  runId: string | null;
  failedAt: string;
}

/** Jobs that gave up, why, and a way to try them again. Nothing where there are none. */
export function DeadLetters(props: {
  letters: DeadLetter[];
  timeZone: string;
  /** The one that is being retried now. */
  retrying: string | null;
  onRetry: (id: string) => void;
}) {
  const { letters, timeZone, retrying, onRetry } = props;
  if (letters.length === 0) return null;
  return (
    <Card padding="0">
      <Box padding="400">
        <Banner tone="critical" title={`${counted(letters.length, 'job')} gave up`}>
          Each was tried several times. Mend the reason it names, then press Retry: it reads your catalog and
          Shopify again, so nothing is written twice.
        </Banner>
      </Box>
      {letters.map((letter) => (
        <Box key={letter.id} padding="400" borderBlockStartWidth="025" borderColor="border">
          <InlineStack align="space-between" blockAlign="start" gap="300" wrap={false}>
            <BlockStack gap="100">
              <Text as="h3" variant="headingSm">
                {jobWords(letter.job)}
              </Text>
              <Text as="p" breakWord>
                {letter.reason}
              </Text>
              <Text as="p" tone="subdued">
                {[
                  formatInstant(letter.failedAt, timeZone),
                  counted(letter.attempts, 'attempt'),
                  letter.products > 0 ? counted(letter.products, 'product') : '',
                ]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </Text>
              {letter.runId !== null && <Link url={`/app/runs/${letter.runId}`}>Show its run</Link>}
            </BlockStack>
            <Button
              onClick={() => onRetry(letter.id)}
              loading={retrying === letter.id}
              accessibilityLabel={`Retry ${jobWords(letter.job)} of ${formatInstant(letter.failedAt, timeZone)}`}
            >
              Retry
            </Button>
          </InlineStack>
        </Box>
      ))}
    </Card>
  );
}
