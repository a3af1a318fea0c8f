/** What the app is compared with: clients without any cleverness, written against the wire alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SourceProduct } from '~/core/product-state';

const SET_PRICE = `mutation SetPrice($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants) {
    productVariants { id price }
    userErrors { field message }
  }
}`;

const SET_PRODUCT = `mutation SetProduct($input: ProductSetInput!, $identifier: ProductSetIdentifiers!) {
  productSet(input: $input, identifier: $identifier) {
    product { id }
    userErrors { field message }
  }
}`;

export interface PriceChange {
  productId: string;
  variantId: string;
  price: string;
}

const answer = z.object({
  data: z
    .object({ productVariantsBulkUpdate: z.object({ userErrors: z.array(z.unknown()).length(0) }) })
    .optional(),
  errors: z.array(z.object({ extensions: z.object({ code: z.string() }) })).optional(),
});

/** One product a call, waiting for each answer; after THROTTLED it waits a second. Returns milliseconds and calls. */
export async function sendOneByOne(
  shop: { origin: string; domain: string; token: string },
  changes: PriceChange[],
): Promise<{ ms: number; calls: number; bytes: number }> {
  const startedAt = performance.now();
  let calls = 0;
  let bytes = 0;
  for (const { productId, variantId, price } of changes) {
    const body = JSON.stringify({
      query: SET_PRICE,
      variables: { productId, variants: [{ id: variantId, price }] },
    });
    for (;;) {
      calls += 1;
      bytes += Buffer.byteLength(body);
      const response = await fetch(`${shop.origin}/admin/api/2026-10/graphql.json`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-shopify-access-token': shop.token,
          'X-Shopify-Shop-Domain-Emulated': shop.domain,
        },
        body,
      });
      const told = answer.parse(await response.json());
      if (told.data) break;
      if (told.errors?.[0]?.extensions.code !== 'THROTTLED')
        throw new Error(`The plain client was refused: ${JSON.stringify(told)}`);
      await sleep(1_000);
    }
  }
  return { ms: performance.now() - startedAt, calls, bytes };
}

/** Bytes of a client that sends the whole product for any change. */
export function wholeProductBytes(product: SourceProduct, remoteId: string, locationId: string): number {
  const { seoTitle, seoDescription, published: _published, ...fields } = product.fields;
  const input = {
    ...fields,
    seo: { title: seoTitle, description: seoDescription },
    tags: product.tags,
    productOptions: product.options.map(({ name, values }) => ({
      name,
      values: values.map((value) => ({ name: value })),
    })),
    files: product.media.map(({ url, alt }) => ({ originalSource: url, alt, contentType: 'IMAGE' })),
    metafields: Object.values(product.metafields),
    variants: product.variants.map(
      ({ fields: { cost, tracked, requiresShipping, weight, sku, ...rest }, optionValues, inventory }) => ({
        ...rest,
        sku,
        optionValues: optionValues.map((name, index) => ({ optionName: product.options[index]?.name, name })),
        inventoryItem: {
          cost,
          tracked,
          requiresShipping,
          measurement: { weight: weight && { value: Number(weight.value), unit: weight.unit } },
        },
        inventoryQuantities: Object.values(inventory).map((quantity) => ({
          locationId,
          name: 'available',
          quantity,
        })),
      }),
    ),
  };
  return Buffer.byteLength(
    JSON.stringify({ query: SET_PRODUCT, variables: { input, identifier: { id: remoteId } } }),
  );
}
