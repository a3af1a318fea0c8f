import { Banner, BlockStack, Box, Card, InlineGrid, InlineStack, Text } from '@shopify/polaris';
import type { CaptureFacts } from '~/core/capture-facts';
import { captureAlarm, captureBadge, captureSentence } from './capture-words';
import { Figure } from './figure';
import { formatBytes, formatInstant } from './formats';
import { StateBadge } from './state-badge';

/** What has to be done, with the statement that does it where there is one. */
function Problem({ message, remedy }: { message: string; remedy: string }) {
  return (
    <BlockStack gap="200">
      <Text as="p">{message}</Text>
      {remedy !== '' && (
        <Box background="bg-surface-tertiary" borderRadius="200" padding="300">
          <Text as="p" breakWord>
            {remedy}
          </Text>
        </Box>
      )}
    </BlockStack>
  );
}

/** On Home, only where somebody must do something. */
export function CaptureBanner({ capture }: { capture: CaptureFacts }) {
  const alarm = captureAlarm(capture);
  if (alarm !== null)
    return (
      <Banner
        tone="critical"
        title={alarm.title}
        action={{ content: 'See the figures', url: '/app/settings' }}
      >
        {alarm.text}
      </Banner>
    );
  const { state, problem } = capture;
  if (problem === null || state === 'waiting' || state === 'off') return null;
  return (
    <Banner tone="warning" title="Changes of your database are not followed">
      <BlockStack gap="200">
        <Text as="p">{captureSentence(capture)}</Text>
        <Problem message={problem.message} remedy={problem.remedy} />
        <Text as="p">Lockstep goes on by itself once it is done.</Text>
      </BlockStack>
    </Banner>
  );
}

/** In Settings: how it is doing. */
export function CaptureCard({ capture, timeZone }: { capture: CaptureFacts; timeZone: string }) {
  const { problem, retainedBytes, lastChangeAt, comparedAt, comparisonReason, isComparing } = capture;
  const instant = (iso: string | null) => (iso === null ? 'Never' : formatInstant(iso, timeZone));
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            Changes of your database
          </Text>
          <StateBadge words={captureBadge(capture)} />
        </InlineStack>
        <Text as="p">{captureSentence(capture)}</Text>
        {problem !== null && <Problem message={problem.message} remedy={problem.remedy} />}
        <InlineGrid columns={{ xs: 1, sm: 3 }} gap="300">
          <Figure label="Last change" value={instant(lastChangeAt)} />
          <Figure
            label="Kept by the database"
            value={retainedBytes === null ? '—' : formatBytes(retainedBytes)}
          />
          <Figure label="Everything compared" value={isComparing ? 'Now' : instant(comparedAt)} />
        </InlineGrid>
        {comparisonReason !== null && (
          <Text as="p" tone="subdued">
            {`Last compared because: ${comparisonReason}`}
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}
