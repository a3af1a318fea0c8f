import { BlockStack, Box, Button, Card, InlineStack, Link, List, Text } from '@shopify/polaris';
import type { FieldValue } from '~/core/decision';
import type { ChangeNames } from './audit-table';
import { changeText } from './change-words';
import { fieldLabel } from './field-words';
import { counted } from './formats';
import { OverridesTable } from './overrides-table';
import type { OverrideItem } from './overrides-table';
import { useRevokeOverrides } from './revoke-overrides';

/** A field that a promotion holds now. */
export interface PromotedField {
  variantId: string | null;
  field: string;
  catalogs: FieldValue;
  effective: FieldValue;
  promotion: { id: string; name: string };
}

/** What one store holds of a product otherwise than the catalog says. Nothing where there is nothing. */
export function OnlyInThisStore(props: {
  productId: string;
  /** The first of them. */
  overrides: OverrideItem[];
  overridesTotal: number;
  promoted: PromotedField[];
  names: ChangeNames;
  timeZone: string;
}) {
  const { productId, overrides, overridesTotal, promoted, names, timeZone } = props;
  const { revoke, dialog } = useRevokeOverrides();
  if (overridesTotal === 0 && promoted.length === 0) return null;
  return (
    <Card padding="0">
      <Box padding="400">
        <BlockStack gap="200">
          <InlineStack align="space-between" blockAlign="center" gap="200">
            <Text as="h2" variant="headingMd">
              Only in this store
            </Text>
            {overridesTotal > 0 && (
              <Button onClick={() => revoke({ kind: 'product', productId, count: overridesTotal })}>
                Revoke all
              </Button>
            )}
          </InlineStack>
          {overridesTotal > 0 && (
            <Text as="p" tone="subdued">
              {`${counted(overridesTotal, 'override')}: what the catalog says does not reach these fields until you revoke.`}
              {overridesTotal > overrides.length && ` The newest ${overrides.length} are shown.`}
            </Text>
          )}
          {promoted.length > 0 && <Promoted promoted={promoted} names={names} />}
        </BlockStack>
      </Box>
      {overrides.length > 0 && (
        <OverridesTable
          rows={overrides}
          names={names}
          timeZone={timeZone}
          isOneProduct
          onRevoke={(ids) => revoke({ kind: 'ids', ids })}
        />
      )}
      {dialog}
    </Card>
  );
}

/** Fields that are shown of a product with many variants. */
const SHOWN = 12;

function Promoted({ promoted, names }: { promoted: PromotedField[]; names: ChangeNames }) {
  const more = promoted.length - SHOWN;
  const text = (field: string, value: FieldValue) => changeText(field, value, names.ids) || 'empty';
  return (
    <BlockStack gap="100">
      <Text as="h3" variant="headingSm">
        Under a promotion now
      </Text>
      <List>
        {promoted.slice(0, SHOWN).map(({ variantId, field, catalogs, effective, promotion }) => (
          <List.Item key={`${variantId ?? ''} ${field}`}>
            {`${[names.ids[variantId ?? ''], fieldLabel(field, names.locations)].filter(Boolean).join(', ')}: ${text(field, effective)} (catalog: ${text(field, catalogs)}), by `}
            <Link url={`/app/promotions/${promotion.id}`}>{promotion.name}</Link>
          </List.Item>
        ))}
      </List>
      {more > 0 && <Text as="p" tone="subdued">{`and ${counted(more, 'more', 'more')}`}</Text>}
    </BlockStack>
  );
}
