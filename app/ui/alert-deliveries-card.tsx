import { BlockStack, Box, Card, InlineStack, Text } from '@shopify/polaris';
import { formatInstant } from './formats';
import { StateBadge } from './state-badge';
import { deliveryStateWords } from './state-words';

export interface DeliveryView {
  id: string;
  channel: string;
  subject: string;
  state: string;
  attempts: number;
  problem: string | null;
  createdAt: string;
  nextAt: string | null;
}

function attemptsWords({ attempts, nextAt }: DeliveryView, timeZone: string): string {
  const tried = attempts > 1 ? `, ${attempts} attempts` : '';
  const again = nextAt !== null && attempts > 0 ? `, again at ${formatInstant(nextAt, timeZone)}` : '';
  return `${tried}${again}`;
}

/** What was sent to channels, newest first, and what became of it. */
export function AlertDeliveriesCard(props: { deliveries: DeliveryView[]; timeZone: string }) {
  const { deliveries, timeZone } = props;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          What was sent
        </Text>
        {deliveries.length === 0 ? (
          <Text as="p" tone="subdued">
            Nothing yet.
          </Text>
        ) : (
          deliveries.map((delivery) => (
            <Box key={delivery.id}>
              <InlineStack gap="200" blockAlign="center">
                <Text as="h3" fontWeight="semibold" breakWord>
                  {delivery.subject}
                </Text>
                <StateBadge words={deliveryStateWords(delivery.state)} />
              </InlineStack>
              <Text as="p" tone="subdued">
                {`${delivery.channel} · ${formatInstant(delivery.createdAt, timeZone)}${attemptsWords(delivery, timeZone)}`}
              </Text>
              {delivery.problem !== null && (
                <Text as="p" breakWord>
                  {delivery.problem}
                </Text>
              )}
            </Box>
          ))
        )}
      </BlockStack>
    </Card>
  );
}
