import { Badge, BlockStack, Box, Button, Card, Divider, InlineStack, Text } from '@shopify/polaris';
import { thresholdWords } from '~/core/alert-message';
import { RULE_FACTS } from '~/core/alert-rules';
import type { AlertRule, Severity } from '~/core/alert-rules';
import { formatInstant } from './formats';

export interface EpisodeView {
  id: string;
  rule: AlertRule;
  severity: Severity;
  threshold: number;
  value: number | null;
  detail: string;
  firedAt: string;
  recoveredAt: string | null;
}

export function SeverityBadge({ severity }: { severity: Severity }) {
  return severity === 'critical' ? (
    <Badge tone="critical" progress="incomplete">
      Critical
    </Badge>
  ) : (
    <Badge tone="warning" progress="partiallyComplete">
      Warning
    </Badge>
  );
}

/** What fires now, each with what was found and what to do. */
export function FiringAlerts({ firing, timeZone }: { firing: EpisodeView[]; timeZone: string }) {
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Firing now
        </Text>
        {firing.length === 0 ? (
          <Text as="p" tone="subdued">
            Nothing. Every rule that is switched on is looked at each minute.
          </Text>
        ) : (
          firing.map((episode, index) => (
            <BlockStack gap="400" key={episode.id}>
              {index > 0 && <Divider />}
              <Firing episode={episode} timeZone={timeZone} />
            </BlockStack>
          ))
        )}
      </BlockStack>
    </Card>
  );
}

function Firing({ episode, timeZone }: { episode: EpisodeView; timeZone: string }) {
  const { rule, severity, threshold, value, detail, firedAt } = episode;
  const { title, remedy, page } = RULE_FACTS[rule];
  return (
    <BlockStack gap="200" inlineAlign="start">
      <InlineStack gap="200" blockAlign="center">
        <Text as="h3" variant="headingSm">
          {title}
        </Text>
        <SeverityBadge severity={severity} />
      </InlineStack>
      {detail !== '' && (
        <Text as="p" breakWord>
          {detail}
        </Text>
      )}
      <Text as="p" tone="subdued">
        {`Since ${formatInstant(firedAt, timeZone)}. ${thresholdWords(rule, threshold, value)}`}
      </Text>
      <Text as="p">{remedy}</Text>
      <Button url={page} accessibilityLabel={`Look at it: ${title}`}>
        Look at it
      </Button>
    </BlockStack>
  );
}

/** What fired before, newest first. */
export function PastAlerts({ past, timeZone }: { past: EpisodeView[]; timeZone: string }) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Over again
        </Text>
        {past.length === 0 ? (
          <Text as="p" tone="subdued">
            Nothing has fired before.
          </Text>
        ) : (
          past.map(({ id, rule, severity, firedAt, recoveredAt, detail }) => (
            <Box key={id}>
              <InlineStack gap="200" blockAlign="center">
                <Text as="h3" fontWeight="semibold">
                  {RULE_FACTS[rule].title}
                </Text>
                <SeverityBadge severity={severity} />
              </InlineStack>
              <Text as="p" tone="subdued">
                {`${formatInstant(firedAt, timeZone)}${recoveredAt === null ? '' : ` until ${formatInstant(recoveredAt, timeZone)}`}`}
              </Text>
              {detail !== '' && (
                <Text as="p" breakWord>
                  {detail}
                </Text>
              )}
            </Box>
          ))
        )}
      </BlockStack>
    </Card>
  );
}
