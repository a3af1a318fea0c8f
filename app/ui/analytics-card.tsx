import { BlockStack, Card, InlineStack, Select, Text } from '@shopify/polaris';
import type { ReactNode } from 'react';
import { ExportButton } from './export-button';

/** One part of the analytics: what it shows, what can be chosen of it, and its export. */
export function AnalyticsCard({
  title,
  description,
  hasOwnTitle = false,
  choice,
  exportPath,
  children,
}: {
  title: string;
  description: string;
  /** The chart inside says both. */
  hasOwnTitle?: boolean;
  choice?: {
    label: string;
    options: { value: string; label: string }[];
    value: string;
    onChange: (value: string) => void;
  };
  exportPath: string;
  children: ReactNode;
}) {
  return (
    <Card>
      <section aria-label={title}>
        <BlockStack gap="300">
          <InlineStack align="space-between" blockAlign="center" gap="200">
            {hasOwnTitle ? (
              <span />
            ) : (
              <Text as="h2" variant="headingMd">
                {title}
              </Text>
            )}
            <InlineStack gap="200" blockAlign="center">
              {choice !== undefined && <Select {...choice} labelHidden />}
              <ExportButton path={exportPath} name={title.toLowerCase().replaceAll(' ', '-')} what={title} />
            </InlineStack>
          </InlineStack>
          {!hasOwnTitle && (
            <Text as="p" tone="subdued" variant="bodySm">
              {description}
            </Text>
          )}
          {children}
        </BlockStack>
      </section>
    </Card>
  );
}
