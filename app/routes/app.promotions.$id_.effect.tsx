import type { LoaderFunctionArgs } from '@remix-run/node';
import { z } from 'zod';
import { csvResponse } from '~/csv-response.server';
import { readPromotionEffect } from '~/db/pages/promotion-effect.server';
import { authenticateShop } from '~/shopify.server';
import { exportPromotionEffect } from '~/sync/export-promotion-effect';

/** What a promotion did, as a CSV file. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const promotionId = z.uuid().safeParse(params['id']).data;
  const now = resources.now();
  const view =
    promotionId === undefined
      ? null
      : await readPromotionEffect(resources.db, { shopId: shop.id, promotionId, now });
  if (view?.effect.kind !== 'effect')
    throw new Response('Nothing is known yet of what this promotion did.', { status: 404 });
  return csvResponse(exportPromotionEffect(view.effect), 'promotion-effect', now);
}
