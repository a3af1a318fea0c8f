import { BlockStack, Box, Text } from '@shopify/polaris';

/** How the merchant's own system writes the catalog, with the id its rows must carry. */
export function SqlInstructions({ accountId }: { accountId: string }) {
  const example = [
    'INSERT INTO catalog.product (account_id, handle, title)',
    `VALUES ('${accountId}', 'two-person-tent', 'Two-person tent');`,
    '',
    'UPDATE catalog.variant SET price = 24.90',
    `WHERE account_id = '${accountId}' AND sku = 'TENT-2P';`,
  ].join('\n');
  return (
    <BlockStack gap="200">
      <Text as="p">
        Your own system may write the tables of the PostgreSQL schema “catalog”. Each row carries your account
        id.
      </Text>
      <Box background="bg-surface-tertiary" borderRadius="200" padding="300" overflowX="scroll">
        {/* A region that scrolls must be reachable by keyboard. */}
        <pre style={{ margin: 0, fontSize: 12 }} tabIndex={0} aria-label="Example in SQL">
          {example}
        </pre>
      </Box>
    </BlockStack>
  );
}
