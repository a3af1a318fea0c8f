import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { BlockStack, Card, InlineStack, Select } from '@shopify/polaris';
import { z } from 'zod';
import { priceLine } from '~/core/price-line';
import { readPriceHistories } from '~/db/price-history.server';
import { authenticateShop } from '~/shopify.server';
import { ExportButton } from '~/ui/export-button';
import { PageFrame } from '~/ui/page-frame';
import { TimeChart } from '~/ui/time-chart';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Prices of a product · Lockstep' }];

const notFound = () => new Response('There is no such product in this catalog.', { status: 404 });

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { db } = resources;
  const id = z.uuid().safeParse(params['id']);
  if (!id.success) throw notFound();
  const product = await db.catalogProduct.findFirst({
    where: { id: id.data, accountId: shop.accountId },
    select: { id: true, title: true },
  });
  if (product === null) throw notFound();
  const variants = await db.catalogVariant.findMany({
    where: { productId: product.id, accountId: shop.accountId },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
    select: { id: true, sku: true, option1: true, option2: true, option3: true },
  });
  const asked = new URL(request.url).searchParams.get('variant');
  const chosen = variants.find(({ id: variantId }) => variantId === asked) ?? variants[0];
  const now = resources.now();
  const history =
    chosen === undefined
      ? undefined
      : (await readPriceHistories(db, shop.id, [product.id], now)).get(chosen.id);
  return {
    product,
    chosen: chosen?.id ?? '',
    variants: variants.map(({ id: value, sku, option1, option2, option3 }) => ({
      value,
      label:
        [option1, option2, option3].filter((option) => option !== null).join(' / ') ||
        (sku ?? 'The only one'),
    })),
    points:
      history === undefined
        ? []
        : priceLine(history, now).map(({ at, amount }) => ({ at: at.toISOString(), amount })),
    currency: shop.currencyCode,
    timeZone: shop.timezone,
  };
}

/** What a variant cost in the store over time, as far as the record reaches. */
export default function Prices() {
  const { product, chosen, variants, points, currency, timeZone } = useLoaderData<typeof loader>();
  const [, setSearch] = useSearchParams();
  return (
    <PageFrame
      title={`Prices of ${product.title}`}
      backAction={{ content: product.title, url: `/app/products/${product.id}` }}
    >
      <Card>
        <BlockStack gap="300">
          <InlineStack align="space-between" blockAlign="end" gap="200">
            <Select
              label="Variant"
              options={variants}
              value={chosen}
              onChange={(variant) => setSearch({ variant })}
            />
            <ExportButton
              path={`/app/products/${product.id}/prices/csv`}
              name="prices"
              what="prices of all variants"
            />
          </InlineStack>
          <TimeChart
            title="Price in the store"
            description="As Shopify confirmed it. A price holds until the next point; the last one is now."
            kind="step"
            timeZone={timeZone}
            empty="Nothing is on record of this price: it has not been synced yet."
            series={[
              {
                name: 'Price',
                unit: currency,
                // For the drawing only: the export has the amounts as they are on record.
                points: points.map(({ at, amount }) => ({
                  at,
                  value: amount === null ? null : Number(amount),
                })),
              },
            ]}
          />
        </BlockStack>
      </Card>
    </PageFrame>
  );
}
