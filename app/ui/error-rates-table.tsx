import { DataTable, Link, Text } from '@shopify/polaris';
import type { ErrorGroup } from '~/core/analytics-query';
import { NAMELESS } from './analytics-words';
import { formatCount, formatShare } from './formats';

/** How often changes failed, group by group. */
export function ErrorRatesTable({
  rates,
  by,
}: {
  rates: readonly { name: string; productId: string | null; applied: number | null; failed: number }[];
  by: ErrorGroup;
}) {
  if (rates.length === 0) return <Text as="p">Nothing failed in this time.</Text>;
  return (
    <DataTable
      columnContentTypes={['text', 'numeric', 'numeric', 'numeric']}
      headings={[by === 'code' ? 'Code' : 'Of', 'Failed', 'Carried', 'Failed of all']}
      rows={rates.map(({ name, productId, applied, failed }) => {
        const shown = name === '' ? NAMELESS[by] : name;
        return [
          productId === null ? (
            shown
          ) : (
            <Link key="product" url={`/app/products/${productId}`} removeUnderline>
              {shown}
            </Link>
          ),
          formatCount(failed),
          applied === null ? '–' : formatCount(applied),
          applied === null ? '–' : formatShare(failed, applied + failed),
        ];
      })}
    />
  );
}
