import { BlockStack, Button, Card, ChoiceList, InlineStack, Link, Text } from '@shopify/polaris';
import { useState } from 'react';
import { adminProductUrl } from './admin-url';

export interface Match {
  productId: string;
  title: string;
  handle: string;
  skus: string[];
  candidates: {
    remoteId: string;
    title: string;
    handle: string;
    skus: string[];
    matchedBy: 'sku' | 'handle';
  }[];
}

/** The answer "none of these". */
export const CREATE_NEW = 'create-new';

function described(parts: { handle: string; skus: string[] }): string {
  const skus = parts.skus.length === 0 ? 'no SKU' : `SKU ${parts.skus.slice(0, 5).join(', ')}`;
  return `${parts.handle} · ${skus}`;
}

/** One product of the catalog and those of the store that it could be. */
export function MatchCard(props: { match: Match; saving: boolean; onSave: (remoteId: string) => void }) {
  const { match, saving, onSave } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="050">
          <Text as="h2" variant="headingMd">
            {match.title}
          </Text>
          <Text as="p" tone="subdued">{`In your catalog: ${described(match)}`}</Text>
        </BlockStack>
        <ChoiceList
          title="Which product of your store is it?"
          name={`match-${match.productId}`}
          selected={chosen === null ? [] : [chosen]}
          onChange={([remoteId]) => setChosen(remoteId ?? null)}
          choices={[
            ...match.candidates.map((candidate) => ({
              value: candidate.remoteId,
              label: candidate.title === '' ? candidate.remoteId : candidate.title,
              helpText: (
                <>
                  {`${described(candidate)} · same ${candidate.matchedBy === 'sku' ? 'SKU' : 'handle'} · `}
                  <Link url={adminProductUrl(candidate.remoteId)} target="_blank">
                    Open in Shopify
                  </Link>
                </>
              ),
            })),
            {
              value: CREATE_NEW,
              label: 'None of these',
              helpText: 'A new product is created in your store.',
            },
          ]}
        />
        <InlineStack align="end">
          <Button
            variant="primary"
            disabled={chosen === null}
            loading={saving}
            onClick={() => {
              if (chosen !== null) onSave(chosen);
            }}
            accessibilityLabel={`Save the choice for ${match.title}`}
          >
            Save
          </Button>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}
