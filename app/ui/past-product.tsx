import { Banner, BlockStack, Box, Button, Card, Checkbox, InlineStack, List, Text } from '@shopify/polaris';
import { useState } from 'react';
import { counted, formatInstant } from './formats';
import type { PastGroup, Restorable } from './past-fields';
import { PastCard } from './past-table';

/** A field that was not restored, and why. */
export interface LeftField {
  label: string;
  reason: string;
}

/**
 * A product as it was at a moment, beside today: what differs can be chosen and restored. What is on record of stock is
 * not chosen unless asked for: what was sold since would come back.
 */
export function PastProduct(props: {
  /** ISO 8601. */
  moment: string;
  timeZone: string;
  groups: PastGroup[];
  /** Of all pages. */
  restorables: Restorable[];
  differences: number;
  onlyDifferences: boolean;
  onOnlyDifferences: (only: boolean) => void;
  restoring: boolean;
  left: LeftField[];
  onRestore: (fields: Restorable[]) => void;
}) {
  const { restorables, groups, timeZone } = props;
  const usual = () => new Set(restorables.filter(({ isStock }) => !isStock).map(({ key }) => key));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(usual);
  const choosing = {
    choosable: new Set(restorables.map(({ key }) => key)),
    chosen,
    onChoose: (key: string, isChosen: boolean) => {
      const next = new Set(chosen);
      if (isChosen) next.add(key);
      else next.delete(key);
      setChosen(next);
    },
  };
  const selected = restorables.filter(({ key }) => chosen.has(key));
  const shown = new Set(groups.flatMap(({ fields }) => fields.map(({ key }) => key)));
  const elsewhere = selected.filter(({ key }) => !shown.has(key)).length;
  const hasStock = restorables.some(({ isStock }) => isStock);
  return (
    <BlockStack gap="400">
      <Card>
        <BlockStack gap="300">
          <InlineStack align="space-between" gap="200" blockAlign="center">
            <Text as="h2" variant="headingMd">
              {`As it was on ${formatInstant(props.moment, timeZone, { seconds: true })}`}
            </Text>
            <Checkbox
              label="Only differences"
              checked={props.onlyDifferences}
              onChange={props.onOnlyDifferences}
            />
          </InlineStack>
          <Text as="p">
            {props.differences === 0
              ? 'Nothing has changed since.'
              : `${counted(props.differences, 'field')} ${props.differences === 1 ? 'differs' : 'differ'} from today.`}
            {hasStock && ' Stock is not chosen by itself: what was sold since would come back.'}
          </Text>
          {restorables.length > 0 && (
            <>
              <InlineStack gap="200" blockAlign="center">
                <Button
                  variant="primary"
                  disabled={selected.length === 0}
                  loading={props.restoring}
                  onClick={() => props.onRestore(selected)}
                >
                  {`Restore ${counted(selected.length, 'field')}`}
                </Button>
                <Button onClick={() => setChosen(new Set(choosing.choosable))}>Choose all</Button>
                <Button onClick={() => setChosen(new Set())}>Choose none</Button>
                {elsewhere > 0 && (
                  <Text as="span" tone="subdued">{`${elsewhere} of them on other pages`}</Text>
                )}
              </InlineStack>
              <Text as="p" tone="subdued">
                The values are written into your catalog and go to Shopify like any other change. The timeline
                keeps what they replace, so that you can take it back.
              </Text>
            </>
          )}
        </BlockStack>
      </Card>
      {props.left.length > 0 && (
        <Banner tone="warning" title={`${counted(props.left.length, 'field')} not restored`}>
          <List>
            {props.left.map(({ label, reason }) => (
              <List.Item key={label}>{`${label}: ${reason}`}</List.Item>
            ))}
          </List>
        </Banner>
      )}
      {groups.map((group) => (
        <PastCard key={group.key} group={group} timeZone={timeZone} choosing={choosing} />
      ))}
      {groups.length === 0 && props.differences > 0 && (
        <Box padding="400">
          <Text as="p">No field to show on this page.</Text>
        </Box>
      )}
    </BlockStack>
  );
}
