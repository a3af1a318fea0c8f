import { useNavigate } from '@remix-run/react';
import { BlockStack, Button, Card, InlineStack, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';

/** Asks for a moment by the shop's clock, and shows the product as it was then. */
export function MomentPicker({
  shown,
  latest,
  timeZone,
}: {
  shown: string;
  latest: string;
  timeZone: string;
}) {
  const navigate = useNavigate();
  const [moment, setMoment] = useState(shown);
  const show = () => {
    if (moment !== '') navigate(`?on=${encodeURIComponent(moment)}`, { preventScrollReset: true });
  };
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          show();
        }}
      >
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            Look at a moment
          </Text>
          <InlineStack gap="300" blockAlign="end">
            <TextField
              label="Day and time"
              type="datetime-local"
              step={1}
              max={latest}
              value={moment}
              onChange={setMoment}
              autoComplete="off"
            />
            <Button submit variant="primary" disabled={moment === ''}>
              Show the product
            </Button>
          </InlineStack>
          <Text as="p" tone="subdued">
            {`By the clock of your store (${timeZone}). Or choose a moment from the timeline below.`}
          </Text>
        </BlockStack>
      </form>
    </Card>
  );
}
