import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { BlockStack } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { readBulkEdit, readBulkEditFields } from '~/db/pages/bulk-edits.server';
import { readFieldNames } from '~/db/pages/edit-names.server';
import { readPromotionEffect } from '~/db/pages/promotion-effect.server';
import { readPromotion } from '~/db/pages/promotions.server';
import { readLocationNames } from '~/db/pages/value-names.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { cancelOrderImport } from '~/sync/cancel-order-import';
import { cancelPromotion } from '~/sync/cancel-promotion';
import { deletePromotion } from '~/sync/delete-promotion';
import { endPromotion } from '~/sync/end-promotion';
import { reschedulePromotion } from '~/sync/reschedule-promotion';
import { startOrderImport } from '~/sync/start-order-import';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { EditFieldsCard } from '~/ui/edit-fields-card';
import { viewFilter } from '~/ui/edit-views';
import { changeSentence } from '~/ui/edit-words';
import { useFollow } from '~/ui/follow-answer';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { cancelPromotionAnswer, deleteAnswer, endAnswer, timesAnswer } from '~/ui/promotion-answers';
import type { PromotionAnswer } from '~/ui/promotion-answers';
import { PromotionEffectCard } from '~/ui/promotion-effect-card';
import { OverlapsCard, PromotionBanners, PromotionFactsCard } from '~/ui/promotion-facts';
import { PromotionEndModal, PromotionTimesModal } from '~/ui/promotion-modals';
import type { PromotionEnd } from '~/ui/promotion-modals';
import { promotionStateWords, spanWords } from '~/ui/promotion-words';
import { StateBadge } from '~/ui/state-badge';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Promotion · Lockstep' }];

const FIELDS_A_PAGE = 50;

/** The position a page of fields goes on after; before the first where the address gives none. */
const place = z.coerce.number().int().min(-1).max(2_147_483_647).catch(-1);

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { db } = resources;
  const notFound = () => new Response('There is no such promotion in this store.', { status: 404 });
  const promotionId = z.uuid().safeParse(params['id']).data;
  if (promotionId === undefined) throw notFound();
  const { searchParams } = new URL(request.url);
  const view = searchParams.get('show');
  const after = place.parse(searchParams.get('after') ?? -1);
  const [promotion, sold, plan, page, locations] = await Promise.all([
    readPromotion(db, shop.id, promotionId),
    readPromotionEffect(db, { shopId: shop.id, promotionId, now: resources.now() }),
    readBulkEdit(db, shop.id, promotionId),
    readBulkEditFields(db, shop.id, promotionId, { ...viewFilter(view), after, limit: FIELDS_A_PAGE }),
    readLocationNames(db, shop.id),
  ]);
  if (promotion === null || sold === null) throw notFound();
  const { changes, ...facts } = promotion;
  return {
    promotion: facts,
    sold,
    what: changes.map((change) => changeSentence(change)),
    plan: plan && {
      state: plan.state,
      fieldsToChange: plan.fieldsToChange,
      fieldsSkipped: plan.fieldsSkipped,
      fieldsApplied: 0,
      fieldsMoved: 0,
      fieldsRefused: 0,
      warnings: plan.warnings,
    },
    fields: page.rows,
    next: page.next === null ? null : String(page.next),
    view: view ?? 'all',
    names: { ids: await readFieldNames(db, shop.accountId, page.rows), locations },
    timeZone: shop.timezone,
  };
}

const moment = z.iso.datetime().transform((text) => new Date(text));

const asked = z.discriminatedUnion('intent', [
  z.object({
    intent: z.literal('times'),
    startsAt: moment.optional(),
    endsAt: moment.nullable().optional(),
  }),
  z.object({ intent: z.enum(['end', 'cancel', 'delete', 'read-orders', 'stop-orders']) }),
]);

export const action = actionOf('edit', notAllowed, act);

async function act({ request, params, resources, shop, actor }: Acting): Promise<PromotionAnswer> {
  const promotionId = z.uuid().parse(params['id']);
  const wanted = asked.parse(await request.json());
  const promotion = { shopId: shop.id, promotionId, causedBy: actor };
  switch (wanted.intent) {
    case 'times': {
      const { startsAt, endsAt } = wanted;
      const times = { ...(startsAt !== undefined && { startsAt }), ...(endsAt !== undefined && { endsAt }) };
      return timesAnswer(await reschedulePromotion(resources, { ...promotion, ...times }));
    }
    case 'end':
      return endAnswer(await endPromotion(resources, promotion));
    case 'cancel':
      return cancelPromotionAnswer(await cancelPromotion(resources, promotion));
    case 'delete':
      return deleteAnswer(await deletePromotion(resources, promotion));
    case 'read-orders':
      await startOrderImport(resources, promotion);
      return { ok: true, message: 'Orders are being read' };
    case 'stop-orders':
      await cancelOrderImport(resources, promotion);
      return { ok: true, message: 'Orders are not read any more' };
  }
}

/** What can be done with a promotion as it stands. */
const ENDS: Record<string, { question: PromotionEnd; content: string }> = {
  scheduled: { question: 'cancel', content: 'Cancel promotion' },
  active: { question: 'end', content: 'End now' },
  ended: { question: 'delete', content: 'Delete' },
  cancelled: { question: 'delete', content: 'Delete' },
};

export default function Promotion() {
  const data = useLoaderData<typeof loader>();
  const { promotion, plan, sold, timeZone } = data;
  const fetcher = useFetcher<typeof action>();
  const [dialog, setDialog] = useState<PromotionEnd | 'times' | null>(null);
  useAnswerToast(fetcher.data, ({ ok }) => {
    if (ok || dialog !== 'times') setDialog(null);
  });
  const isDeleted = fetcher.data?.isDeleted === true;
  useFollow(fetcher, isDeleted ? '/app/promotions' : null);
  const isMoving = promotion.productsToFollow > 0 || sold.orders.state === 'reading';
  useReadingAgain(isDeleted ? 'never' : isMoving ? 'often' : 'seldom');

  const isBusy = fetcher.state !== 'idle';
  const ask = (request: z.input<typeof asked>) =>
    fetcher.submit(JSON.stringify(request), { method: 'post', encType: 'application/json' });
  const isAhead = promotion.state === 'scheduled' || promotion.state === 'active';
  const end = ENDS[promotion.state];
  return (
    <PageFrame
      title={promotion.name}
      titleMetadata={<StateBadge words={promotionStateWords(promotion)} />}
      subtitle={`${spanWords(promotion, timeZone)} (${timeZone})`}
      backAction={{ content: 'Promotions', url: '/app/promotions' }}
      secondaryActions={[
        ...(isAhead ? [{ content: 'Change times', onAction: () => setDialog('times') }] : []),
        ...(isAhead ? [] : [{ content: 'Make it again', url: `/app/edits/new?from=${promotion.id}` }]),
        ...(end === undefined
          ? []
          : [{ content: end.content, destructive: true, onAction: () => setDialog(end.question) }]),
      ]}
    >
      <BlockStack gap="400">
        <PromotionBanners
          promotion={promotion}
          aboveLowest={plan?.warnings['compare-at-above-lowest-price'] ?? 0}
        />
        <PromotionFactsCard promotion={promotion} what={data.what} timeZone={timeZone} />
        <OverlapsCard overlapping={promotion.overlapping} timeZone={timeZone} />
        {promotion.activatedAt !== null && (
          <PromotionEffectCard
            promotionId={promotion.id}
            orders={sold.orders}
            effect={sold.effect}
            timeZone={timeZone}
            asking={isBusy}
            onRead={() => ask({ intent: 'read-orders' })}
            onStop={() => ask({ intent: 'stop-orders' })}
          />
        )}
        {plan !== null && (
          <EditFieldsCard
            key={`${data.view} ${data.fields[0]?.position}`}
            title="Prices as planned"
            isPlanOnly
            edit={{ ...plan, state: 'planned' }}
            fields={data.fields}
            next={data.next}
            view={data.view}
            names={data.names}
            timeZone={timeZone}
          />
        )}
      </BlockStack>
      {dialog === 'times' && (
        <PromotionTimesModal
          promotion={promotion}
          timeZone={timeZone}
          saving={isBusy}
          onSave={(times) => ask({ intent: 'times', ...times })}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog !== null && dialog !== 'times' && (
        <PromotionEndModal
          question={dialog}
          asking={isBusy}
          onYes={() => ask({ intent: dialog })}
          onClose={() => setDialog(null)}
        />
      )}
    </PageFrame>
  );
}
