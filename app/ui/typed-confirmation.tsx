import { BlockStack, List, Modal, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';

/** Asks for the number of products to be typed before what goes beyond the shop's limits is done. */
export function TypedConfirmation(props: {
  /** What the button says. */
  confirm: string;
  products: number;
  consequence: string;
  /** Why it must be confirmed. */
  reasons: string[];
  applying: boolean;
  onApply: (confirmation: string) => void;
  onClose: () => void;
}) {
  const { products, reasons, confirm } = props;
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
      title={`${confirm}?`}
      primaryAction={{
        content: confirm,
        destructive: true,
        loading: props.applying,
        onAction: apply,
      }}
      secondaryActions={[{ content: 'Back', onAction: props.onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <List>
            {reasons.map((reason) => (
              <List.Item key={reason}>{reason}</List.Item>
            ))}
          </List>
          <Text as="p">{props.consequence}</Text>
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
