import { BlockStack, Card, Link, Text, TextField } from '@shopify/polaris';

export const RETENTION_DAYS = { min: 1, max: 3650 } as const;

/** What is wrong with a number of days as it was typed; null where nothing is. */
export function retentionProblem(days: string): string | null {
  const count = Number(days);
  return /^\d{1,4}$/.test(days) && count >= RETENTION_DAYS.min && count <= RETENTION_DAYS.max
    ? null
    : `Write a whole number of days from ${RETENTION_DAYS.min} to ${RETENTION_DAYS.max}.`;
}

/** How long the audit log is kept. */
export function AuditRetention({ days, onChange }: { days: string; onChange: (days: string) => void }) {
  const problem = retentionProblem(days);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Audit log
        </Text>
        <TextField
          label="Keep changes for"
          type="number"
          min={RETENTION_DAYS.min}
          max={RETENTION_DAYS.max}
          suffix="days"
          value={days}
          onChange={onChange}
          autoComplete="off"
          helpText="What is older is deleted for good, and a product can no longer be restored to before it. Changes of fields in open conflict are kept."
          {...(problem === null ? {} : { error: problem })}
        />
        <Text as="p" tone="subdued">
          <Link url="/app/audit">Open the audit log</Link> to export what you want to keep.
        </Text>
      </BlockStack>
    </Card>
  );
}
