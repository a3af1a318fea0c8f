import { BlockStack, Card, Checkbox, InlineGrid, Text, TextField } from '@shopify/polaris';
import { limitProblem, LIMITS } from './edit-limits-form';
import type { EditLimitsForm } from './edit-limits-form';

/** What a bulk edit may do without being confirmed. */
export function EditLimits({
  limits,
  onChange,
}: {
  limits: EditLimitsForm;
  onChange: (limits: EditLimitsForm) => void;
}) {
  const percent = (field: 'catalogPercent' | 'changePercent') => {
    const problem = limitProblem(field, limits[field]);
    return (
      <TextField
        label={LIMITS[field].label}
        value={limits[field]}
        onChange={(typed) => onChange({ ...limits, [field]: typed })}
        autoComplete="off"
        inputMode="decimal"
        suffix="%"
        placeholder="No limit"
        helpText={LIMITS[field].help}
        {...(problem === null ? {} : { error: problem })}
      />
    );
  };
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Limits of large changes
        </Text>
        <Text as="p">
          An edit that goes beyond them is not applied until somebody types the number of its products.
        </Text>
        <InlineGrid columns={{ xs: 1, sm: 2 }} gap="300">
          {percent('catalogPercent')}
          {percent('changePercent')}
        </InlineGrid>
        <Checkbox
          label="Confirm edits that set stock to zero or below"
          checked={limits.zeroStock}
          onChange={(zeroStock) => onChange({ ...limits, zeroStock })}
        />
        <Checkbox
          label="A second person must confirm"
          helpText="Whoever made an edit beyond the limits cannot apply it: somebody else of your staff does."
          checked={limits.secondPerson}
          onChange={(secondPerson) => onChange({ ...limits, secondPerson })}
        />
        <Checkbox
          label="Hold changes from your database and by API, too"
          helpText="Beyond these limits they wait under Held changes until somebody approves them. Up to 10 products, and single ones that sell out, always pass."
          checked={limits.source}
          onChange={(source) => onChange({ ...limits, source })}
        />
      </BlockStack>
    </Card>
  );
}
