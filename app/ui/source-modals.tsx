import { Modal, Text } from '@shopify/polaris';

const WORDS = {
  disconnect: {
    title: 'Disconnect your database?',
    confirm: 'Disconnect',
    text: 'Changes of your table are no longer taken over, and the mapping is forgotten. The catalog and your store keep their products. What your server keeps for Lockstep (a replication slot) is dropped.',
  },
  reread: {
    title: 'Read all rows again?',
    confirm: 'Read all rows',
    text: 'What the table says is taken over for every mapped field, also where a value was changed in the catalog or in Shopify since. What differs then goes to Shopify.',
  },
} as const;

export type ConfirmedOrder = keyof typeof WORDS;

/** Asks before something that cannot simply be taken back. */
export function SourceOrderModal(props: {
  order: ConfirmedOrder;
  busy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { title, confirm, text } = WORDS[props.order];
  return (
    <Modal
      open
      onClose={props.onClose}
      title={title}
      primaryAction={{
        content: confirm,
        destructive: props.order === 'disconnect',
        loading: props.busy,
        onAction: props.onConfirm,
      }}
      secondaryActions={[{ content: 'Cancel', onAction: props.onClose }]}
    >
      <Modal.Section>
        <Text as="p">{text}</Text>
      </Modal.Section>
    </Modal>
  );
}
