import { useFetcher } from '@remix-run/react';
import { Banner, BlockStack, Modal, Text, TextField } from '@shopify/polaris';
import { useEffect, useRef, useState } from 'react';
import type { EditProblem } from '~/core/bulk-edit';
import type { ActionAnswer } from './action-answer';
import { useAnswerToast } from './action-answer';
import { moneyText } from './money-text';
import type { OpenedPrice } from './price-matrix-table';
import { rowName } from './price-matrix-table';
import { PriceSteps } from './price-steps';

export interface PriceAnswer {
  answer: ActionAnswer;
  problem: EditProblem | null;
}

/** One price of the matrix: why it is so, and another one in its place. */
export function PriceCellModal(props: {
  opened: OpenedPrice;
  catalogCurrencyCode: string;
  onClose: () => void;
}) {
  const { opened, catalogCurrencyCode, onClose } = props;
  const { row, store, cell } = opened;
  const currencyCode = store?.currencyCode ?? catalogCurrencyCode;
  const seen = cell === null ? row.catalogs : cell.shall;
  const shown = seen === null ? '' : moneyText(seen, currencyCode);
  const [price, setPrice] = useState(shown);
  const fetcher = useFetcher<PriceAnswer>();
  const [problem, setProblem] = useState<EditProblem | null>(null);
  useAnswerToast(fetcher.data?.answer, ({ ok }) => {
    setProblem(fetcher.data?.problem ?? null);
    if (ok) onClose();
  });
  const field = useRef<HTMLDivElement>(null);
  useEffect(() => field.current?.querySelector('input')?.focus(), []);
  const send = (body: Record<string, string | null>) =>
    fetcher.submit(JSON.stringify(body), { method: 'post', encType: 'application/json' });
  const save = () =>
    send({
      intent: store === null ? 'set-catalog' : 'set-store',
      shopId: store?.shopId ?? null,
      ...{ productId: row.productId, variantId: row.variantId, price: price.trim(), seen },
    });
  const where = store?.name ?? 'the catalog';
  const busy = fetcher.state !== 'idle';
  return (
    <Modal
      open
      onClose={onClose}
      title={`Price in ${where}`}
      primaryAction={{
        content: store === null ? 'Set in the catalog' : 'Set for this store',
        onAction: save,
        loading: busy,
        disabled: price.trim() === shown,
      }}
      secondaryActions={[
        ...(store !== null && cell?.overrideId != null
          ? [
              {
                content: 'Take the store’s own price away',
                onAction: () => send({ intent: 'revoke', shopId: store.shopId, overrideId: cell.overrideId }),
                disabled: busy,
              },
            ]
          : []),
        { content: 'Cancel', onAction: onClose },
      ]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <Text as="p" fontWeight="semibold">
            {rowName(row)}
          </Text>
          {cell !== null && (
            <BlockStack gap="200">
              <Text as="h3" variant="headingSm">
                Why is this price?
              </Text>
              <PriceSteps catalogs={row.catalogs} steps={cell.steps} currencyCode={currencyCode} />
              {cell.problem !== null && <Banner tone="critical">{cell.problem}</Banner>}
              {cell.state === 'differs' && (
                <Text as="p" tone="caution">
                  {`Shopify was last seen to hold ${cell.held === null ? 'none' : moneyText(cell.held, currencyCode)}. The next sync brings both together.`}
                </Text>
              )}
              {cell.state === 'not-chosen' && (
                <Text as="p" tone="subdued">
                  The rules of this store do not choose this product: it is left as Shopify has it.
                </Text>
              )}
              {cell.state === 'absent' && (
                <Text as="p" tone="subdued">
                  Shopify does not have this variant yet, as far as is known.
                </Text>
              )}
            </BlockStack>
          )}
          <div ref={field}>
            <TextField
              autoComplete="off"
              label={`New price in ${where}`}
              inputMode="decimal"
              suffix={currencyCode}
              value={price}
              onChange={(typed) => {
                setPrice(typed);
                setProblem(null);
              }}
              error={problem === null ? false : `${problem.reason} ${problem.remedy}`}
              helpText={
                store === null
                  ? 'Every store follows by its own rules.'
                  : 'Stands over the store’s rules and under its promotions, until you take it away.'
              }
            />
          </div>
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}
