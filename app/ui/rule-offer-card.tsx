import { BlockStack, Box, Button, Card, Collapsible, InlineStack, Link, List, Text } from '@shopify/polaris';
import { useId, useState } from 'react';
import type { FieldValue } from '~/core/decision';
import { fieldLabel, fieldText } from './field-words';
import { counted, formatCount, formatInstant } from './formats';
import { groupLabel } from './group-words';

export interface OfferedRule {
  group: string;
  policy: 'source-wins' | 'remote-wins';
  streak: number;
  considered: number;
  same: number;
  differing: {
    id: string;
    productId: string;
    productTitle: string;
    field: string;
    source: FieldValue;
    remote: FieldValue;
    choice: string;
    value: FieldValue;
    resolvedAt: string;
  }[];
  moreDiffering: number;
  waiting: number;
}

const LONGEST = 80;

function short(field: string, value: FieldValue): string {
  const text = fieldText(field.split(':')[0] ?? field, value);
  if (text === '') return 'empty';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A rule that the merchant's answers ask for, with what it would have done; nothing happens without a press. */
export function RuleOfferCard(props: {
  offer: OfferedRule;
  locations: Record<string, string>;
  timeZone: string;
  saving: boolean;
  onAnswer: (accepted: boolean) => void;
}) {
  const { offer, locations, timeZone, saving } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const winner = offer.policy === 'source-wins' ? 'your catalog' : 'Shopify';
  const group = groupLabel(offer.group);
  const differs = offer.differing.length + offer.moreDiffering;
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">{`${group}: let ${winner} win from now on?`}</Text>
          <Text as="p">
            {`You kept ${winner} ${formatCount(offer.streak)} times in a row. A rule would answer such conflicts for you.`}{' '}
            {offer.waiting > 0 &&
              `It would also settle the ${offer.waiting === 1 ? 'one that waits' : `${formatCount(offer.waiting)} that wait`} now.`}
          </Text>
          <Text as="p">
            {`Of the last ${counted(offer.considered, 'conflict')} of this kind it would have answered ${formatCount(offer.same)} as you did and ${formatCount(differs)} otherwise.`}
          </Text>
        </BlockStack>
        {differs > 0 && (
          <BlockStack gap="200" inlineAlign="start">
            <Button
              variant="plain"
              disclosure={isOpen ? 'up' : 'down'}
              ariaExpanded={isOpen}
              ariaControls={id}
              onClick={() => setOpen(!isOpen)}
            >
              Show those it would have answered otherwise
            </Button>
            <Collapsible id={id} open={isOpen}>
              <List>
                {offer.differing.map((one) => (
                  <List.Item key={one.id}>
                    <Link url={`/app/products/${one.productId}`}>{one.productTitle}</Link>
                    {`, ${fieldLabel(one.field, locations)}: catalog ${short(one.field, one.source)}, Shopify ${short(one.field, one.remote)}. You ${
                      one.choice === 'value'
                        ? `wrote ${short(one.field, one.value)}`
                        : `kept ${one.choice === 'source' ? 'the catalog' : 'Shopify'}`
                    } on ${formatInstant(one.resolvedAt, timeZone)}.`}
                  </List.Item>
                ))}
              </List>
              {offer.moreDiffering > 0 && (
                <Box paddingBlockStart="200">
                  <Text as="p" tone="subdued">{`And ${formatCount(offer.moreDiffering)} more.`}</Text>
                </Box>
              )}
            </Collapsible>
          </BlockStack>
        )}
        <InlineStack gap="200">
          <Button onClick={() => props.onAnswer(true)} loading={saving} variant="primary">
            {`Let ${winner} win for ${group.toLowerCase()}`}
          </Button>
          <Button onClick={() => props.onAnswer(false)} disabled={saving}>
            No, ask me each time
          </Button>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}
