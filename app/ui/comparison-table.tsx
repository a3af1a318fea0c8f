import { BlockStack, Box, Card, Icon, InlineGrid, InlineStack, Text, useBreakpoints } from '@shopify/polaris';
import {
  AlertTriangleIcon,
  ArrowLeftIcon,
  ArrowRightIcon,
  CheckIcon,
  MinusIcon,
  StoreIcon,
  XCircleIcon,
} from '@shopify/polaris-icons';
import type { IconProps } from '@shopify/polaris';
import type { ComparedField, Verdict } from './compared-field';
import { isDifference } from './compared-field';
import { LongValue } from './long-value';

interface VerdictWords {
  label: string;
  icon: IconProps['source'];
  tone: NonNullable<IconProps['tone']>;
}

const VERDICTS: Record<Verdict, VerdictWords> = {
  same: { label: 'Same', icon: CheckIcon, tone: 'success' },
  'to-shopify': { label: 'Goes to Shopify', icon: ArrowRightIcon, tone: 'info' },
  'to-catalog': { label: 'Goes to the catalog', icon: ArrowLeftIcon, tone: 'info' },
  conflict: { label: 'Conflict', icon: AlertTriangleIcon, tone: 'caution' },
  unmanaged: { label: 'Not managed', icon: MinusIcon, tone: 'subdued' },
  'only-in-shopify': { label: 'Only in Shopify', icon: StoreIcon, tone: 'subdued' },
  'deleted-in-shopify': { label: 'Deleted in Shopify', icon: MinusIcon, tone: 'subdued' },
  'not-chosen': { label: 'Left alone', icon: MinusIcon, tone: 'subdued' },
  'not-possible': { label: 'Not possible', icon: XCircleIcon, tone: 'critical' },
};

function VerdictMark({ verdict }: { verdict: Verdict }) {
  const { label, icon, tone } = VERDICTS[verdict];
  return (
    <InlineStack gap="100" wrap={false} blockAlign="center">
      <Box>
        <Icon source={icon} tone={tone} />
      </Box>
      <Text as="span" fontWeight={isDifference(verdict) ? 'semibold' : 'regular'}>
        {label}
      </Text>
    </InlineStack>
  );
}

const cell: React.CSSProperties = {
  padding: 'var(--p-space-200) var(--p-space-300)',
  textAlign: 'start',
  verticalAlign: 'top',
  borderBlockStart: '1px solid var(--p-color-border)',
  overflowWrap: 'anywhere',
};

/** Fields with their three states; a difference has a sign and words, not only a colour. */
export function ComparisonTable({ caption, fields }: { caption: string; fields: ComparedField[] }) {
  const { mdDown } = useBreakpoints();
  if (fields.length === 0)
    return (
      <Box padding="400">
        <Text as="p" tone="subdued">
          Nothing differs.
        </Text>
      </Box>
    );
  if (mdDown) return <StackedFields fields={fields} />;
  return (
    <table style={{ width: '100%', borderCollapse: 'collapse', tableLayout: 'fixed' }}>
      <caption className="Polaris-Text--visuallyHidden">{caption}</caption>
      <thead>
        <tr>
          {['Field', 'Your catalog', 'Last agreed', 'Shopify', 'Next sync'].map((heading, index) => (
            <th
              key={heading}
              scope="col"
              style={{
                ...cell,
                borderBlockStart: 'none',
                width: index === 0 ? '18%' : index === 4 ? '17%' : undefined,
              }}
            >
              <Text as="span" variant="bodySm" tone="subdued">
                {heading}
              </Text>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr
            key={field.field}
            style={
              isDifference(field.verdict) ? { background: 'var(--p-color-bg-surface-warning)' } : undefined
            }
          >
            <th scope="row" style={cell}>
              <Text as="span" fontWeight="medium">
                {field.label}
              </Text>
            </th>
            <td style={cell}>
              <LongValue text={field.catalog} />
            </td>
            <td style={cell}>
              <LongValue text={field.agreed} />
            </td>
            <td style={cell}>
              <LongValue text={field.shopify} />
            </td>
            <td style={cell}>
              <VerdictMark verdict={field.verdict} />
              {field.note !== null && (
                <Text as="p" tone="subdued">
                  {field.note}
                </Text>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The same on a phone: one block a field. */
function StackedFields({ fields }: { fields: ComparedField[] }) {
  return (
    <BlockStack>
      {fields.map((field) => (
        <Box
          key={field.field}
          padding="300"
          borderBlockStartWidth="025"
          borderColor="border"
          {...(isDifference(field.verdict) ? { background: 'bg-surface-warning' as const } : {})}
        >
          <BlockStack gap="100">
            <InlineStack align="space-between" gap="200">
              <Text as="h4" variant="headingSm">
                {field.label}
              </Text>
              <VerdictMark verdict={field.verdict} />
            </InlineStack>
            {field.verdict === 'same' ? (
              <LongValue text={field.shopify} />
            ) : (
              <InlineGrid columns={3} gap="200">
                {(
                  [
                    ['Catalog', field.catalog],
                    ['Agreed', field.agreed],
                    ['Shopify', field.shopify],
                  ] as const
                ).map(([side, text]) => (
                  <BlockStack key={side}>
                    <Text as="span" variant="bodySm" tone="subdued">
                      {side}
                    </Text>
                    <LongValue text={text} />
                  </BlockStack>
                ))}
              </InlineGrid>
            )}
            {field.note !== null && <Text as="p">{field.note}</Text>}
          </BlockStack>
        </Box>
      ))}
    </BlockStack>
  );
}

/** A comparison under a heading of its own. */
export function ComparisonCard(props: { title: string; note?: string; fields: ComparedField[] }) {
  return (
    <Card padding="0">
      <Box padding="400">
        <BlockStack gap="050">
          <Text as="h3" variant="headingMd">
            {props.title}
          </Text>
          {props.note !== undefined && (
            <Text as="p" tone="subdued">
              {props.note}
            </Text>
          )}
        </BlockStack>
      </Box>
      <ComparisonTable caption={props.title} fields={props.fields} />
    </Card>
  );
}
