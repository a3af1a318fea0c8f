import { BlockStack, Button, Card, InlineStack, Text } from '@shopify/polaris';

/** Before anything is connected: where products come from. */
export function SourceChoiceCard({ onConnect }: { onConnect: () => void }) {
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Where your products come from
        </Text>
        <Text as="p">
          They come from Lockstep’s own catalog: you fill it by import, by the API, by SQL or here in the app.
        </Text>
        <Text as="p">
          If your products are in a PostgreSQL, MySQL or MariaDB database of your own, Lockstep can fill its
          catalog from there: you say which column is what, it reads all rows once and follows every change
          from then on.
        </Text>
        <InlineStack>
          <Button variant="primary" onClick={onConnect}>
            Connect my database
          </Button>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}
