import { Banner, BlockStack, Text } from '@shopify/polaris';
import type { ProductSelection } from '~/core/bulk-edit';
import type { EditorPreview } from './editor-requests';
import { counted } from './formats';

/** How many are selected; SKUs that the catalog lacks are named. */
export function SelectedCounts(props: {
  preview: EditorPreview | null;
  isStale: boolean;
  selection: ProductSelection | null;
}) {
  const { preview, isStale, selection } = props;
  const canCount = selection !== null;
  const isAll = selection?.kind === 'query' && selection.query.trim() === '';
  const selected = preview?.selected ?? null;
  const missing = preview?.missing ?? { count: 0, first: [] };
  const text = !canCount
    ? ''
    : selected === null
      ? isStale
        ? 'Counting…'
        : ''
      : `${counted(selected.products, 'product')}, ${counted(selected.variants, 'variant')} selected${isAll ? ': your whole catalog' : ''}`;
  return (
    <BlockStack gap="200">
      <div role="status" aria-live="polite">
        <Text as="p" fontWeight="semibold" tone={isStale ? 'subdued' : 'base'}>
          {text}
        </Text>
      </div>
      {canCount && missing.count > 0 && (
        <Banner tone="warning" title={`${counted(missing.count, 'SKU is', 'SKUs are')} not in your catalog`}>
          <Text as="p" breakWord>
            {`${missing.first.join(', ')}${missing.count > missing.first.length ? ` and ${missing.count - missing.first.length} more` : ''}. Upper and lower case matter. The others are edited.`}
          </Text>
        </Banner>
      )}
    </BlockStack>
  );
}
