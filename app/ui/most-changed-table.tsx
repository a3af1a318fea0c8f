import { DataTable, Link, Text } from '@shopify/polaris';
import { formatCount } from './formats';

/** Products that were changed most, each with the way to its prices. */
export function MostChangedTable({
  products,
}: {
  products: readonly { productId: string; title: string; changes: number }[];
}) {
  if (products.length === 0) return <Text as="p">No product was changed in this time.</Text>;
  return (
    <DataTable
      columnContentTypes={['text', 'numeric', 'text']}
      headings={['Product', 'Changes', 'Prices']}
      rows={products.map(({ productId, title, changes }) => {
        const name = title === '' ? 'A product that is gone' : title;
        return [
          <Link key="product" url={`/app/products/${productId}`} removeUnderline>
            {name}
          </Link>,
          formatCount(changes),
          <Link
            key="prices"
            url={`/app/products/${productId}/prices`}
            accessibilityLabel={`Prices of ${name}`}
          >
            Prices
          </Link>,
        ];
      })}
    />
  );
}
