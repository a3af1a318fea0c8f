/** What a promotion did: sales before, during and after it. */
import { z } from 'zod';
import type { PeriodSums, Span, Verdict } from '~/core/promotion-effect';
import { readPromotionEffect } from '~/db/pages/promotion-effect.server';
import type { EffectView } from '~/db/pages/promotion-effect.server';
import { endpoint, none } from './endpoint';
import type { ApiContext, Endpoint } from './endpoint';
import { notFound, notPossible } from './problem';
import { id, named } from './schemas';

const day = z.iso.date();
const change = named(
  'SalesChange',
  z.object({
    estimate: z.number().nullable().describe('0.25: a quarter more. Null: too little to tell.'),
    low: z
      .number()
      .nullable()
      .describe('The truth lies above it, and below `high`, in 95 of 100 such cases.'),
    high: z.number().nullable(),
    too_little: z.enum(['few-days', 'few-units', 'no-comparison', 'too-restless']).nullable(),
  }),
);
const salesPeriod = named(
  'SalesPeriod',
  z.object({
    first: day,
    last: day,
    days: z.int(),
    units: z.int(),
    revenue: z.string(),
    rest_units: z.int().describe('Of the rest of the store.'),
    rest_revenue: z.string(),
  }),
);
const promotionSales = named(
  'PromotionEffect',
  z.object({
    orders_read_at: z.iso.datetime().nullable(),
    currency: z.string(),
    is_on: z.boolean(),
    before: salesPeriod,
    during: salesPeriod,
    after: salesPeriod.nullable(),
    units: change.describe('Units during it, against the rest of the store.'),
    revenue: change,
    units_after: change.nullable(),
    revenue_after: change.nullable(),
    extra_revenue: z
      .object({ amount: z.string(), low: z.string(), high: z.string() })
      .nullable()
      .describe('Revenue beyond what was to be expected without it.'),
  }),
);

function changeJson(verdict: Verdict): z.input<typeof change> {
  return verdict.kind === 'estimate'
    ? { estimate: verdict.change, low: verdict.low, high: verdict.high, too_little: null }
    : { estimate: null, low: null, high: null, too_little: verdict.reason };
}

function periodJson(span: Span, sums: PeriodSums): z.input<typeof salesPeriod> {
  const { restUnits, restRevenue, ...own } = sums;
  return { ...span, ...own, rest_units: restUnits, rest_revenue: restRevenue };
}

function effectJson(
  { effect, currencyCode }: Extract<EffectView, { kind: 'effect' }>,
  readAt: string | null,
): z.input<typeof promotionSales> {
  const { periods, aftermath } = effect;
  return {
    orders_read_at: readAt,
    currency: currencyCode,
    is_on: periods.isOn,
    before: periodJson(periods.before, effect.before),
    during: periodJson(periods.during, effect.during),
    after: periods.after && effect.after && periodJson(periods.after, effect.after),
    units: changeJson(effect.effect.units),
    revenue: changeJson(effect.effect.revenue),
    units_after: aftermath && changeJson(aftermath.units),
    revenue_after: aftermath && changeJson(aftermath.revenue),
    extra_revenue: effect.effect.extraRevenue,
  };
}

async function answerEffect({ resources, shop }: ApiContext, promotionId: string) {
  const asked = { shopId: shop.id, promotionId, now: resources.now() };
  const view = await readPromotionEffect(resources.db, asked);
  if (view === null) return notFound('promotion');
  if (view.effect.kind !== 'effect')
    return notPossible(
      view.effect.kind === 'not-read'
        ? `It takes the orders since ${view.effect.needed}: have orders read on the page of a promotion.`
        : 'No day of this promotion is over, or it was never on.',
    );
  return { status: 200 as const, body: effectJson(view.effect, view.orders.readAt) };
}

export const promotionEffectEndpoint: Endpoint = endpoint({
  id: 'getPromotionEffect',
  method: 'GET',
  path: '/promotions/{id}/effect',
  tag: 'Promotions',
  scope: 'jobs:read',
  summary: 'What a promotion did',
  description:
    'Units and revenue of its variants on its days, on the same weekdays before it and after it, beside those of the rest of the store, and the change against that rest with an interval of 95 %. It takes the orders of the store, which are read when somebody asks for it on the page of a promotion.',
  params: z.strictObject({ id }),
  query: none,
  body: none,
  answers: { 200: { description: 'The effect as far as it is known.', body: promotionSales } },
  problems: ['not-possible-now'],
})((context, { params }) => answerEffect(context, params.id));
