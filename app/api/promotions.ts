/** Promotions: prices of this store for a time. */
import { z } from 'zod';
import { PRIORITIES, PROMOTION_STATES } from '~/core/promotion';
import { readPromotion, readPromotions } from '~/db/pages/promotions.server';
import type { PromotionRow, PromotionView } from '~/db/pages/promotions.server';
import { cancelPromotion } from '~/sync/cancel-promotion';
import { endPromotion } from '~/sync/end-promotion';
import { reschedulePromotion } from '~/sync/reschedule-promotion';
import { priceChanges, promotionBody } from './bulk-changes';
import { startJob, startedAnswers } from './bulk-edits';
import { endpoint, none } from './endpoint';
import type { ApiContext, Endpoint } from './endpoint';
import { notFound, notPossible } from './problem';
import { promotionEffectEndpoint } from './promotion-effect';
import { datedCursor, id, instant, limit, named, pageOf } from './schemas';

const promotion = named(
  'Promotion',
  z.object({
    id,
    name: z.string(),
    state: z.enum(PROMOTION_STATES),
    priority: z.int(),
    show_base_as_compare_at: z.boolean(),
    starts_at: z.iso.datetime(),
    ends_at: z.iso.datetime().nullable(),
    products: z.int(),
    variants: z.int(),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    activated_at: z.iso.datetime().nullable().describe('When it began; null: it has not, or it was missed.'),
    ended_at: z.iso.datetime().nullable(),
    ended_by: z.string().nullable().describe('Who ended or cancelled it; null: its time was over.'),
    links: z.object({
      self: z.string(),
      prices: z.string().describe('The prices as they were planned.'),
      effect: z.string().describe('What it did.'),
      end: z.string(),
      cancel: z.string(),
      reschedule: z.string(),
    }),
  }),
);

const promotionDetail = named(
  'PromotionDetail',
  promotion.extend({
    products_to_follow: z.int().describe('Products whose prices Shopify has not taken yet.'),
    overlapping: z
      .array(
        z.object({
          id,
          name: z.string(),
          priority: z.int(),
          shared_variants: z.int(),
          wins: z.boolean().describe('True: the other one wins the prices that both change.'),
        }),
      )
      .describe('Others that share variants and time with it.'),
  }),
);

function promotionJson(row: PromotionRow): z.input<typeof promotion> {
  const self = `/api/shopify/promotions/${row.id}`;
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    priority: row.priority,
    show_base_as_compare_at: row.showsBaseAsCompareAt,
    starts_at: row.startsAt,
    ends_at: row.endsAt,
    products: row.products,
    variants: row.variants,
    created_by: row.createdBy,
    created_at: row.createdAt,
    activated_at: row.activatedAt,
    ended_at: row.endedAt,
    ended_by: row.endedBy,
    links: {
      self,
      prices: `/api/shopify/jobs/${row.id}/fields`,
      effect: `${self}/effect`,
      end: `${self}/end`,
      cancel: `${self}/cancel`,
      reschedule: `${self}/reschedule`,
    },
  };
}

function detailJson(view: PromotionView): z.input<typeof promotionDetail> {
  return {
    ...promotionJson(view),
    products_to_follow: view.productsToFollow,
    overlapping: view.overlapping.map(({ sharedVariants, ...other }) => ({
      ...{ id: other.id, name: other.name, priority: other.priority, wins: other.wins },
      shared_variants: sharedVariants,
    })),
  };
}

async function answerPromotion({ resources, shop }: ApiContext, promotionId: string) {
  const view = await readPromotion(resources.db, shop.id, promotionId);
  return view === null ? notFound('promotion') : { status: 200 as const, body: detailJson(view) };
}

const byId = z.strictObject({ id });
const answers = { 200: { description: 'The promotion as it is now.', body: promotionDetail } };

export const promotionEndpoints: Endpoint[] = [
  endpoint({
    id: 'createPromotion',
    method: 'POST',
    path: '/promotions',
    tag: 'Promotions',
    scope: 'bulk:write',
    summary: 'Plan a promotion',
    description:
      'Makes a job that plans the prices and then puts the promotion on the calendar by itself; where it goes beyond a limit of the shop it stays planned and says how to confirm it. The id of the job is that of the promotion. The catalog is not changed: the prices are reckoned from its current ones while the promotion is on, and go back to them at its end.',
    params: none,
    query: none,
    body: promotionBody,
    example: {
      category: 'Bedding',
      price_adjustment: '-20%',
      starts_at: '2026-11-27T00:00:00Z',
      ends_at: '2026-11-30T23:00:00Z',
      show_base_as_compare_at: true,
    },
    answers: startedAnswers,
    problems: [],
  })((context, { body }) =>
    startJob(context, body, 'Promotion', priceChanges(body), {
      kind: 'promotion',
      terms: {
        startsAt: body.starts_at === undefined ? context.resources.now() : new Date(body.starts_at),
        endsAt: body.ends_at === undefined ? null : new Date(body.ends_at),
        priority: body.priority ?? PRIORITIES.usual,
        showsBaseAsCompareAt: body.show_base_as_compare_at ?? false,
      },
    }),
  ),
  endpoint({
    id: 'listPromotions',
    method: 'GET',
    path: '/promotions',
    tag: 'Promotions',
    scope: 'jobs:read',
    summary: 'List promotions, the latest start first',
    params: none,
    query: z.strictObject({
      state: z.enum(PROMOTION_STATES).optional(),
      limit,
      cursor: datedCursor.parameter,
    }),
    body: none,
    answers: { 200: { description: 'A page of promotions.', body: pageOf('PromotionPage', promotion) } },
    problems: [],
  })(async ({ resources, shop }, { query }) => {
    const { rows, next } = await readPromotions(resources.db, shop.id, {
      states: query.state === undefined ? [] : [query.state],
      before: datedCursor.read(query.cursor),
      limit: query.limit,
    });
    return { status: 200, body: { data: rows.map(promotionJson), next_cursor: datedCursor.write(next) } };
  }),
  endpoint({
    id: 'getPromotion',
    method: 'GET',
    path: '/promotions/{id}',
    tag: 'Promotions',
    scope: 'jobs:read',
    summary: 'A promotion',
    params: byId,
    query: none,
    body: none,
    answers,
    problems: [],
  })((context, { params }) => answerPromotion(context, params.id)),
  promotionEffectEndpoint,
  endpoint({
    id: 'endPromotion',
    method: 'POST',
    path: '/promotions/{id}/end',
    tag: 'Promotions',
    scope: 'bulk:write',
    summary: 'End a promotion that is on',
    description: 'Its products go back to what lies beneath: another promotion, an override, the catalog.',
    params: byId,
    query: none,
    body: none,
    answers,
    problems: ['not-possible-now'],
  })(async (context, { params }) => {
    const { resources, shop, actor: causedBy } = context;
    const ended = await endPromotion(resources, { shopId: shop.id, promotionId: params.id, causedBy });
    if (ended.kind === 'not-on')
      return notPossible(`Only a promotion that is on can be ended; this one is "${ended.state}".`);
    return answerPromotion(context, params.id);
  }),
  endpoint({
    id: 'cancelPromotion',
    method: 'POST',
    path: '/promotions/{id}/cancel',
    tag: 'Promotions',
    scope: 'bulk:write',
    summary: 'Cancel a promotion that has not begun',
    params: byId,
    query: none,
    body: none,
    answers,
    problems: ['not-possible-now'],
  })(async (context, { params }) => {
    const { resources, shop, actor: causedBy } = context;
    const cancelled = await cancelPromotion(resources, { shopId: shop.id, promotionId: params.id, causedBy });
    if (cancelled.kind === 'not-scheduled')
      return notPossible(
        `Only a promotion that has not begun can be cancelled; this one is "${cancelled.state}".`,
      );
    return answerPromotion(context, params.id);
  }),
  endpoint({
    id: 'reschedulePromotion',
    method: 'POST',
    path: '/promotions/{id}/reschedule',
    tag: 'Promotions',
    scope: 'bulk:write',
    summary: 'Move a promotion',
    description:
      'Before it begins its start and its end, while it is on its end only. What is not sent stays.',
    params: byId,
    query: none,
    body: z.strictObject({
      starts_at: instant.optional(),
      ends_at: instant.nullable().optional().describe('Null: until somebody ends it.'),
    }),
    example: { ends_at: '2026-12-01T23:00:00Z' },
    answers,
    problems: ['not-possible-now'],
  })(async (context, { params, body }) => {
    const { resources, shop, actor: causedBy } = context;
    const moved = await reschedulePromotion(resources, {
      ...{ shopId: shop.id, promotionId: params.id, causedBy },
      ...(body.starts_at !== undefined && { startsAt: new Date(body.starts_at) }),
      ...(body.ends_at !== undefined && { endsAt: body.ends_at === null ? null : new Date(body.ends_at) }),
    });
    switch (moved.kind) {
      case 'too-late':
        return notPossible(`It cannot be moved so: the promotion is "${moved.state}".`);
      case 'refused':
        return {
          problem: 'invalid-value',
          detail: 'The promotion stays as it was.',
          errors: moved.problems.map((problem) => ({ ...problem, field: 'ends_at' })),
        };
      default:
        return answerPromotion(context, params.id);
    }
  }),
];
