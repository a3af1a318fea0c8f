import { BlockStack, Text } from '@shopify/polaris';

/** One number with what it is, e.g. "API points used: 1,240". */
export function Figure({ label, value }: { label: string; value: string }) {
  return (
    <BlockStack gap="050">
      <Text as="span" tone="subdued" variant="bodySm">
        {label}
      </Text>
      <Text as="span" variant="headingMd" numeric>
        {value}
      </Text>
    </BlockStack>
  );
}
