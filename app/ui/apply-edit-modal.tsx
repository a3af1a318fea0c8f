import { BlockStack, List, Modal, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';
import { counted } from './formats';

/** Asks for the number of products to be typed before an edit beyond the shop's limits is applied. */
export function ApplyEditModal(props: {
  products: number;
  /** Why it must be confirmed. */
  reasons: string[];
  applying: boolean;
  onApply: (confirmation: string) => void;
  onClose: () => void;
}) {
  const { products, reasons } = props;
  const [typed, setTyped] = useState('');
  const expected = String(products);
  const fits = typed.trim() === expected;
  const [tried, setTried] = useState(false);
  const apply = () => {
    setTried(true);
    if (fits) props.onApply(typed.trim());
  };
  return (
    <Modal
      open
      onClose={props.onClose}
      title={`Apply to ${counted(products, 'product')}?`}
      primaryAction={{
        content: `Apply to ${counted(products, 'product')}`,
        destructive: true,
        loading: props.applying,
        onAction: apply,
      }}
      secondaryActions={[{ content: 'Back to the plan', onAction: props.onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <List>
            {reasons.map((reason) => (
              <List.Item key={reason}>{reason}</List.Item>
            ))}
          </List>
          <Text as="p">It is written to your catalog and to Shopify. You can take it back afterwards.</Text>
          <TextField
            label={`Type ${expected}, the number of products, to confirm`}
            value={typed}
            onChange={setTyped}
            autoComplete="off"
            inputMode="numeric"
            {...(tried && !fits ? { error: `“${typed}” is not ${expected}. Type ${expected}.` } : {})}
          />
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}
