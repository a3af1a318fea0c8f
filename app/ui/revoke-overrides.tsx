import { useFetcher } from '@remix-run/react';
import { Modal, Text } from '@shopify/polaris';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useAnswerToast } from './action-answer';
import type { ActionAnswer } from './action-answer';
import { counted } from './formats';

/** Which overrides: these, all of a product, or all of the store. */
export type Revoking =
  | { kind: 'ids'; ids: string[] }
  | { kind: 'product'; productId: string; count: number }
  | { kind: 'all'; count: number };

/** Revokes overrides once it is confirmed. `dialog` is to be put on the page; `busy` while they are being revoked. */
export function useRevokeOverrides(): {
  revoke: (what: Revoking) => void;
  busy: boolean;
  dialog: ReactNode;
} {
  const fetcher = useFetcher<ActionAnswer>();
  const [asked, setAsked] = useState<Revoking | null>(null);
  useAnswerToast(fetcher.data, () => setAsked(null));
  const busy = fetcher.state !== 'idle';
  const dialog = asked !== null && (
    <Modal
      open
      onClose={() => setAsked(null)}
      title={`Revoke ${counted(asked.kind === 'ids' ? asked.ids.length : asked.count, 'override')}?`}
      primaryAction={{
        content: 'Revoke',
        destructive: true,
        loading: busy,
        onAction: () =>
          fetcher.submit(asked.kind === 'all' ? { kind: 'all' } : asked, {
            method: 'post',
            encType: 'application/json',
            action: '/app/overrides',
          }),
      }}
      secondaryActions={[{ content: 'Keep', onAction: () => setAsked(null) }]}
    >
      <Modal.Section>
        <Text as="p">
          This store follows your catalog again, and Shopify gets what the catalog says. To set the values
          again you make another edit of this store.
        </Text>
      </Modal.Section>
    </Modal>
  );
  return { revoke: setAsked, busy, dialog };
}
