import { Banner, BlockStack, Box, Link, List, Modal, Text } from '@shopify/polaris';
import type { FieldValue } from '~/core/decision';
import { fieldLabel, fieldText } from './field-words';
import { counted, formatCount } from './formats';
import { effectWords } from './group-words';

export interface ShownPreview {
  products: number;
  lookedAt: number;
  unread: number;
  productsChanged: number;
  fieldsChanged: number;
  counts: { from: string; to: string; fields: number }[];
  examples: {
    productId: string;
    title: string;
    path: { variant: string | null; field: string };
    from: string;
    to: string;
    source: FieldValue;
    remote: FieldValue;
  }[];
}

const LONGEST = 60;

function short(field: string, value: FieldValue): string {
  const text = fieldText(field.split(':')[0] ?? field, value);
  if (text === '') return 'empty';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What the edited policies would change now, before they are saved. */
export function PolicyPreviewModal(props: {
  preview: ShownPreview;
  locations: Record<string, string>;
  /** What the change of the mode does; null where it stays. */
  modeNote: string | null;
  saving: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { preview, locations, modeNote } = props;
  return (
    <Modal
      open
      onClose={props.onClose}
      title="What this would change now"
      primaryAction={{ content: 'Save policies', onAction: props.onConfirm, loading: props.saving }}
      secondaryActions={[{ content: 'Back', onAction: props.onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          {modeNote !== null && <Banner tone="warning">{modeNote}</Banner>}
          <Text as="p" fontWeight="semibold">
            {preview.fieldsChanged === 0
              ? 'Nothing that differs now would be decided otherwise.'
              : `${counted(preview.fieldsChanged, 'field')} of ${counted(preview.productsChanged, 'product')} would be decided otherwise:`}
          </Text>
          {preview.counts.length > 0 && (
            <List>
              {preview.counts.map(({ from, to, fields }) => (
                <List.Item key={`${from} ${to}`}>
                  {`${counted(fields, 'field')}: ${effectWords(from)} → ${effectWords(to)}`}
                </List.Item>
              ))}
            </List>
          )}
          {preview.lookedAt < preview.products && (
            <Text as="p">
              {`Looked at the first ${formatCount(preview.lookedAt)} of ${counted(preview.products, 'linked product')}, those known to differ first.`}
            </Text>
          )}
          {preview.unread > 0 && (
            <Text as="p">
              {`${counted(preview.unread, 'product')} must be read again from Shopify first and ${preview.unread === 1 ? 'is' : 'are'} not counted.`}
            </Text>
          )}
          {preview.examples.length > 0 && (
            <BlockStack gap="200">
              <Text as="h3" variant="headingSm">
                {preview.examples.length < preview.fieldsChanged
                  ? `The first ${formatCount(preview.examples.length)}`
                  : 'Each of them'}
              </Text>
              {preview.examples.map(({ productId, title, path, from, to, source, remote }) => (
                <Box
                  key={`${productId} ${path.variant ?? ''} ${path.field}`}
                  borderBlockStartWidth="025"
                  borderColor="border"
                  paddingBlockStart="200"
                >
                  <Text as="p" breakWord>
                    <Link url={`/app/products/${productId}`}>
                      {title === '' ? 'Untitled product' : title}
                    </Link>
                    {` · ${fieldLabel(path.field, locations)}`}
                  </Text>
                  <Text as="p" breakWord>
                    {`Catalog ${short(path.field, source)}, Shopify ${short(path.field, remote)}`}
                  </Text>
                  <Text as="p" tone="subdued">
                    {`Now ${effectWords(from)}; then ${effectWords(to)}`}
                  </Text>
                </Box>
              ))}
            </BlockStack>
          )}
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}
