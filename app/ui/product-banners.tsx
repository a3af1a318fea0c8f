/** What is to be said of a product before its figures, and what to do about it. */
import { Banner, List } from '@shopify/polaris';
import type { ProductPlace } from '~/core/product-rules';

export function ProductBanners({
  product,
  place,
  problems,
  isRemoteOld,
}: {
  product: { id: string; ambiguous: boolean; syncState: string; lastReason: string | null };
  place: ProductPlace;
  /** What Shopify has no field for. */
  problems: readonly string[];
  /** It may have moved in Shopify since it was read. */
  isRemoteOld: boolean;
}) {
  return (
    <>
      {product.ambiguous && (
        <Banner
          tone="warning"
          title="Several products of your store could be this one"
          action={{ content: 'Choose the right one', url: '/app/matches' }}
        >
          Nothing is written for it until you have chosen.
        </Banner>
      )}
      {product.syncState === 'failed' && (
        <Banner tone="critical" title="Shopify did not take this product">
          {product.lastReason ?? 'The list of changes below says why.'} Correct it in your catalog, then press
          “Sync now”.
        </Banner>
      )}
      {product.syncState === 'conflict' && place !== 'left-alone' && (
        <Banner
          tone="warning"
          title="Changed on both sides"
          action={{ content: 'Settle its conflicts', url: `/app/conflicts?product=${product.id}` }}
        >
          The fields marked “Conflict” below hold different values. Choose for each which one stays.
        </Banner>
      )}
      {problems.length > 0 && (
        <Banner tone="warning" title="Shopify cannot be told everything">
          <List>
            {problems.map((problem) => (
              <List.Item key={problem}>{problem}</List.Item>
            ))}
          </List>
        </Banner>
      )}
      {place !== 'chosen' && (
        <Banner
          tone="info"
          title="The rules of this store do not choose this product"
          action={{ content: 'Store rules', url: '/app/store-rules' }}
        >
          {place === 'left-alone'
            ? 'What the store has of it is left as it is; nothing of it reaches your catalog.'
            : 'Where the store has it, it is a draft, and otherwise in step with your catalog.'}
        </Banner>
      )}
      {isRemoteOld && (
        <Banner tone="info">
          Something may have changed in Shopify since it was last read. The next sync reads this product
          again.
        </Banner>
      )}
    </>
  );
}
