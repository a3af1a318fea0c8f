import { BlockStack, Card, Checkbox, Text } from '@shopify/polaris';

/** Whether compare-at prices are held against the lowest price of 30 days. */
export function LowestPriceSwitch(props: {
  isOn: boolean;
  /** Nobody has chosen yet: the store's currency says so. */
  isByCurrency: boolean;
  onChange: (isOn: boolean) => void;
}) {
  const { isOn, isByCurrency, onChange } = props;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Lowest price of 30 days
        </Text>
        <Checkbox
          label="Warn of compare-at prices above it"
          checked={isOn}
          onChange={onChange}
          helpText={`In the EU an announced reduction must name the lowest price of the 30 days before it, so edits and promotions show that price, from this store’s own history, and warn where a compare-at price is higher.${isByCurrency ? ' As long as you do not choose, your currency decides.' : ''}`}
        />
      </BlockStack>
    </Card>
  );
}
