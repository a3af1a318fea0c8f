import { BlockStack, DataTable, Link, Text } from '@shopify/polaris';
import { formatCount } from './formats';

/** What failed most in the range, by the code that Shopify, or the app, gave. */
export function DashboardErrors({ errors }: { errors: readonly { code: string; changes: number }[] }) {
  return (
    <section aria-label="Errors">
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          Errors
        </Text>
        {errors.length === 0 ? (
          <Text as="p">Nothing failed in this time.</Text>
        ) : (
          <DataTable
            columnContentTypes={['text', 'numeric']}
            headings={['Code', 'Changes that failed']}
            rows={errors.map(({ code, changes }) => [
              code === '' ? 'None given' : code,
              formatCount(changes),
            ])}
          />
        )}
        <Link url="/app/audit?state=failed">What failed, and what to do</Link>
      </BlockStack>
    </section>
  );
}
