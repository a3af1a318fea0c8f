import { Banner, BlockStack, Box, Card, InlineGrid, InlineStack, Link, Text } from '@shopify/polaris';
import type { ExplainedVariant } from '~/core/price-explanation';
import { moneyText } from './money-text';
import { PriceSteps } from './price-steps';

/** "Why is this price?", variant by variant; nothing where all prices are simply the catalog's. */
export function WhyThisPrice(props: {
  variants: { title: string; explained: ExplainedVariant }[];
  currencyCode: string;
}) {
  const { variants, currencyCode } = props;
  if (variants.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            Why is this price?
          </Text>
          <Link url="/app/store-rules">Store rules</Link>
        </InlineStack>
        {variants.map(({ title, explained: { variantId, price, compareAtPrice } }) => (
          <Box key={variantId} borderBlockStartWidth="025" borderColor="border" paddingBlockStart="300">
            <BlockStack gap="200">
              <Text as="h3" variant="headingSm">
                {title === '' ? 'Variant' : title}
              </Text>
              {price.problem !== null && <Banner tone="critical">{price.problem}</Banner>}
              <InlineGrid columns={{ xs: 1, md: 2 }} gap="400">
                <BlockStack gap="100">
                  <Text as="h4" tone="subdued">
                    {`Price: ${price.effective === null ? 'none' : moneyText(price.effective, currencyCode)} ${currencyCode}`}
                  </Text>
                  <PriceSteps catalogs={price.catalogs} steps={price.steps} currencyCode={currencyCode} />
                </BlockStack>
                {(compareAtPrice.catalogs !== null || compareAtPrice.effective !== null) && (
                  <BlockStack gap="100">
                    <Text as="h4" tone="subdued">
                      {compareAtPrice.effective === null
                        ? 'No compare-at price'
                        : `Compare-at price: ${moneyText(compareAtPrice.effective, currencyCode)} ${currencyCode}`}
                    </Text>
                    <PriceSteps
                      catalogs={compareAtPrice.catalogs}
                      steps={compareAtPrice.steps}
                      currencyCode={currencyCode}
                    />
                  </BlockStack>
                )}
              </InlineGrid>
            </BlockStack>
          </Box>
        ))}
      </BlockStack>
    </Card>
  );
}
